package attempts

import (
	"fmt"
	"time"
	"unicode"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// pageProps is what the page of an attempt shows.
type pageProps struct {
	Shell     shell.Props
	Crumbs    []ui.Choice
	Title     string
	Model     string
	Provider  string
	Simulated bool
	Sample    string
	Finished  time.Time // zero while the attempt has not finished
	Self      string
	Near      []ui.Choice
	Strip     []ui.Datum
	Tabs      []ui.Choice
	View      view
	Checks    checkTable
	Measures  []measure
	Reproduce []ui.CodeLine
}

// newPage describes an attempt with the view that was asked for.
func newPage(d bench.Detail, show, base string) pageProps {
	self := href(d.ID)
	p := pageProps{
		Title: title(d), Model: ui.Visible(d.ModelTitle), Provider: d.Provider, Simulated: d.Simulated, Self: self,
		Sample: fmt.Sprintf("sample %d of %d, temperature %g", d.Sample, d.Samples, d.Temperature), Finished: d.SettledAt,
		Crumbs: []ui.Choice{{Label: d.RunName, Href: "/runs/" + d.Run.String()},
			{Label: d.ProblemName, Href: "/runs/" + d.Run.String() + "/attempts?problem=" + d.Problem.String()},
			{Label: fmt.Sprintf("sample %d", d.Sample)}},
		Strip: strip(d), Checks: newChecks(d), Measures: measures(d), Reproduce: reproduce(d, base),
	}
	if d.Previous != nil {
		p.Near = append(p.Near, ui.Choice{Label: "Previous", Href: href(*d.Previous)})
	}
	if d.Next != nil {
		p.Near = append(p.Near, ui.Choice{Label: "Next", Href: href(*d.Next)})
	}
	if !d.SettledAt.IsZero() {
		p.Sample += ", finished "
	}
	p.View = newView(d, show)
	for _, t := range tabs {
		link := self
		if t.name != tabs[0].name {
			link += "?view=" + t.name
		}
		p.Tabs = append(p.Tabs, ui.Choice{Label: t.label, Href: link, Current: t.name == p.View.Name})
	}
	return p
}

func href(attempt id.ID) string { return "/attempts/" + attempt.String() }

func title(d bench.Detail) string {
	if d.EntryPoint == "" || d.EntryPoint == d.ProblemName {
		return d.ProblemName
	}
	return d.ProblemName + ", " + d.EntryPoint
}

func strip(d bench.Detail) []ui.Datum {
	tokens := ui.Datum{Label: "Tokens", Value: ui.Count(int(d.InputTokens + d.OutputTokens)),
		Note: fmt.Sprintf("in %s, out %s", ui.Count(int(d.InputTokens)), ui.Count(int(d.OutputTokens)))}
	if d.Estimated {
		tokens.Unit = "estimated"
	}
	cost := ui.Datum{Label: "Cost", Value: d.Cost.String(), Note: "of " + d.Provider}
	if d.Simulated {
		cost.Unit = "simulated"
	}
	latency := ui.Datum{Label: "Latency", Value: "–", Note: "no answer came"}
	if d.Latency > 0 {
		latency = ui.Datum{Label: "Latency", Value: seconds(d.Latency), Note: "for the whole answer"}
	}
	if d.FirstToken > 0 {
		latency.Note = "first token " + seconds(d.FirstToken)
	}
	execution := ui.Datum{Label: "Execution", Value: "–", Note: "nothing was executed"}
	if d.Wall > 0 {
		execution = ui.Datum{Label: "Execution", Value: seconds(d.Wall), Unit: "wall",
			Note: fmt.Sprintf("cpu %s, peak memory %s", seconds(d.CPU), megabytes(d.PeakMemory))}
	}
	return []ui.Datum{verdict(d), latency, tokens, cost, execution}
}

func verdict(d bench.Detail) ui.Datum {
	o := outcomeOf(d.Verdict)
	out := ui.Datum{Label: "Verdict", Value: o.word, Tone: o.tone}
	if d.Verdict != score.Passed {
		out.Note = clip(d.Reason, 60)
	}
	if d.ChecksTotal > 0 {
		out.Unit, out.Note = ui.Count(d.ChecksPassed)+" of "+ui.Count(d.ChecksTotal), "checks hold"
	}
	if n := firstFailing(d.Checks); n > 0 {
		out.Note += fmt.Sprintf(", first failure at check %d", n)
	}
	if d.Verdict == score.Infrastructure {
		out.Unit = "not counted"
	}
	return out
}

// sentence makes a reason one.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	letters := []rune(clip(s, 300))
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters) + "."
}

// firstFailing returns the place of the first check that failed, from 1; 0 when
// none did.
func firstFailing(list []score.Check) int {
	for i, c := range list {
		if !c.Passed {
			return i + 1
		}
	}
	return 0
}

func seconds(d time.Duration) string { return ui.Fixed(d.Seconds(), 2) + " s" }

func megabytes(bytes int64) string { return ui.Fixed(float64(bytes)/(1<<20), 1) + " MB" }

// reproduce lists what it takes to ask again.
func reproduce(d bench.Detail, base string) []ui.CodeLine {
	lines := []string{
		"problem      " + ui.Visible(d.ProblemName) + fmt.Sprintf(", version %d", d.Version),
		"model        " + ui.Visible(d.ModelTitle) + ", of " + ui.Visible(d.Provider),
		fmt.Sprintf("temperature  %g", d.Temperature),
		fmt.Sprintf("seed         %d", d.Seed),
	}
	if d.FinishReason != "" {
		lines = append(lines, "finish       "+clip(d.FinishReason, 40))
	}
	return ui.Plainly(append(lines, "curl -O "+base+href(d.ID)+"/answer.txt")...)
}
