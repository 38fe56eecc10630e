package problems

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// shown is how many bytes of a text a page shows.
const shown = 64 << 10

// problemProps is the page of one problem.
type problemProps struct {
	Shell     shell.Props
	Name      string
	Suite     ui.Choice
	Language  string
	Number    int
	Facts     [][2]string
	Prompt    source
	Reference source
	Test      source
}

// source is a text of a problem.
type source struct {
	Lines []ui.CodeLine
	Size  string
	Cut   bool // it goes on after these lines
}

// show answers GET /problems/{id}.
func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	want, err := idOf(r, "problem")
	if err != nil {
		return err
	}
	text, err := h.bank.Get(r.Context(), want)
	if err != nil {
		return err
	}
	p := newProblem(text)
	p.Shell = h.site.Props(r, p.Name, section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, problemPage(p))
}

// newProblem describes a problem.
func newProblem(t problem.Text) problemProps {
	return problemProps{
		Name: t.Name, Suite: ui.Choice{Label: t.SuiteName, Href: hrefOfSuite(t.Suite)}, Language: languageName(t.Language), Number: t.Number,
		Facts: [][2]string{{"Suite", t.SuiteName}, {"Language", languageName(t.Language)}, {"Entry point", t.EntryPoint},
			{"Version", strconv.Itoa(t.Number)}, {"Id", t.Problem.String()}},
		Prompt: newSource(t.Language, t.Prompt), Reference: newSource(t.Language, t.Reference), Test: newSource(t.Language, t.Test),
	}
}

// newSource colours a text, or the beginning of one too long for a page.
func newSource(language, text string) source {
	s := source{Size: count(utf8.RuneCountInString(text), "character")}
	if len(text) > shown {
		s.Cut = true
		end := strings.LastIndexByte(text[:shown], '\n')
		if end < 0 {
			end = shown
		}
		text = strings.ToValidUTF8(text[:end], "") // the cut may go through a letter
	}
	s.Lines = ui.Highlight(language, ui.Visible(text))
	return s
}
