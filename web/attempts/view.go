package attempts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// maxShown is the most of a text that a page shows.
const maxShown = 200_000

// maxColoured is the most source that is coloured: the lexer is not free.
const maxColoured = 60_000

var tabs = []struct{ name, label string }{
	{"code", "Code"}, {"prompt", "Prompt"}, {"diff", "Diff to reference"}, {"answer", "Raw answer"}, {"log", "Sandbox log"},
}

// view is what stands on the left of the page.
type view struct {
	Name     string
	Task     string // what the model was asked, in a few lines
	Note     string // one sentence under the code
	Empty    string // why there is nothing
	Lines    []ui.CodeLine
	Diff     bool
	Bare     bool
	Cut      bool // more than is shown; Download has all
	Download string
	Facts    [][2]string
}

func newView(d bench.Detail, name string) view {
	v := view{Name: name}
	switch name {
	case "prompt":
		v.prompt(d)
	case "diff":
		v.diff(d)
	case "answer":
		v.answer(d)
	case "log":
		v.log(d)
	default:
		v.Name = "code"
		v.code(d)
	}
	return v
}

// code shows the program as it was executed.
func (v *view) code(d bench.Detail) {
	v.Task = task(d.Prompt, d.EntryPoint)
	if d.Program == "" {
		v.Empty = "No program was found in the answer."
		if !d.Settled {
			v.Empty = "The answer has not been read yet."
		}
		v.Note = sentence(d.Reason)
		return
	}
	text, cut := capped(plain(d.Program), maxShown)
	v.Cut, v.Lines = cut, coloured(d.Language, text)
	if what, at := located(d.Reason); d.Verdict != score.Passed && at > 0 && at <= len(v.Lines) {
		v.Lines[at-1].Mark, v.Lines[at-1].Why = ui.Finding, clip(what, 160)
	}
	if d.Rule != "" {
		v.Note = "Found in the answer by the rule “" + d.Rule + "”."
	}
}

func (v *view) prompt(d bench.Detail) {
	text := plain(bench.Ask(problemText(d)))
	text, v.Cut = capped(text, maxShown)
	v.Lines = coloured("markdown", text)
	v.Note = "Every model is asked in these words."
}

func (v *view) diff(d bench.Detail) {
	if d.Program == "" {
		v.Empty = "There is no program to compare."
		return
	}
	if d.Reference == "" {
		v.Empty = "The reference is for members of the organization that keeps the problem, so that it stays unseen."
		return
	}
	own, cutOwn := capped(plain(d.Program), maxShown/2)
	known, cutKnown := capped(plain(d.Prompt+d.Reference), maxShown/2)
	v.Diff, v.Cut = true, cutOwn || cutKnown
	v.Lines = diff(split(known), split(own))
	v.Note = "− stands in the reference, + in the program. Other words may do the same work: the verdict comes from the checks alone."
}

func (v *view) answer(d bench.Detail) {
	if d.Answer == "" {
		v.Empty = "There is no answer."
		v.Note = sentence(d.Reason)
		return
	}
	text, cut := capped(d.Answer, maxShown)
	v.Bare, v.Cut, v.Download = true, cut, href(d.ID)+"/answer.txt"
	v.Lines = ui.Plainly(split(plain(text))...)
	v.Note = fmt.Sprintf("%s bytes, as the model wrote them; characters that cannot be seen are written as ⟨U+…⟩.", ui.Count(len(d.Answer)))
}

func (v *view) log(d bench.Detail) {
	v.Facts = [][2]string{{"Verdict", outcomeOf(d.Verdict).word}}
	if d.Reason != "" {
		v.Facts = append(v.Facts, [2]string{"Reason", clip(d.Reason, 1000)})
	}
	if d.Output == "" {
		v.Empty = "The program printed nothing."
		return
	}
	v.Bare = true
	v.Lines = ui.Plainly(split(plain(d.Output))...)
	v.Note = "The end of what the program printed, standard output and standard error as they came."
}

// coloured highlights what is not too long for it.
func coloured(language, text string) []ui.CodeLine {
	if len(text) > maxColoured {
		return ui.Plainly(split(text)...)
	}
	return ui.Highlight(language, text)
}

func split(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

// place is how a reason ends that names a line of the program.
var place = regexp.MustCompile(`^\(line (\d+), in [^\n]*\)$`)

// located splits a reason into what happened and the line of the program where,
// 0 when it names none.
func located(reason string) (what string, line int) {
	reason = strings.TrimSpace(reason)
	at := max(0, strings.LastIndex(reason, "(line "))
	m := place.FindStringSubmatch(reason[at:])
	if m == nil {
		return reason, 0
	}
	line, err := strconv.Atoi(m[1])
	if err != nil {
		return reason, 0
	}
	return strings.TrimSpace(reason[:at]), line
}
