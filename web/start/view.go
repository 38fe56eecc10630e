package start

import (
	"strings"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// shown is how many lines of the leaderboard stand beside the checklist.
const shown = 5

// pageProps is the page.
type pageProps struct {
	Shell shell.Props
	Lead  string
	Steps []step
	Board ranking
	Facts []Fact
}

// ranking is the top of the leaderboard. Without rows its ghost is drawn.
type ranking struct {
	Caption   string
	Simulated bool
	Rows      []row
	Scale     ui.Scale
	More      string // leads to the whole; empty without rows
}

// row is one model in it.
type row struct {
	Rank, Model, Href, Score, Text string
	Mark                           ui.Interval
}

// newPage describes the page.
func newPage(f found) pageProps {
	p := pageProps{Steps: steps(f), Board: newRanking(f), Facts: f.facts}
	done := 0
	for i := range p.Steps {
		if p.Steps[i].Done {
			done++
		}
	}
	p.Lead = lead(done, len(p.Steps))
	return p
}

// lead says how far it has come.
func lead(done, of int) string {
	if done == of {
		return "All " + numeral(of) + " steps are done. From here on, every run adds to what you know."
	}
	verb := " are"
	if done == 1 {
		verb = " is"
	}
	return upper(numeral(done)) + " of " + numeral(of) + " steps" + verb + " done. The leaderboard appears after the first complete run."
}

// newRanking prefers real models: simulated ones show only while there are none.
func newRanking(f found) ranking {
	b := f.real
	if len(b.Entries) == 0 {
		b = f.simulated
	}
	r := ranking{Caption: "Your leaderboard, once results arrive.", Simulated: b.Filter.Simulated}
	if len(b.Entries) == 0 {
		r.Simulated = false
		return r
	}
	r.Caption, r.More = "The leaderboard as it stands, pass@1 in %.", "/leaderboard"
	r.Rows, r.Scale = rows(b), ui.NewScale(0, 100)
	return r
}

func rows(b board.Board) []row {
	var list []row
	for _, e := range b.Entries[:min(shown, len(b.Entries))] {
		score, lo, hi := 100*e.Rate.Mean, 100*e.Rate.Interval.Low, 100*e.Rate.Interval.High
		list = append(list, row{Rank: ui.Count(e.Spread.Rank), Model: e.Title, Href: "/models/" + e.Model.String(), Score: ui.Fixed(score, 1),
			Mark: ui.Interval{Value: score, Lo: lo, Hi: hi, Pareto: e.Pareto, Hollow: b.Filter.Simulated,
				Text: "95 % interval " + ui.Fixed(lo, 1) + " to " + ui.Fixed(hi, 1)}})
	}
	return list
}

// count writes "1 model" or "6 models".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Count(n) + " " + noun + "s"
}

// numeral writes small numbers as words, as the lead does.
func numeral(n int) string {
	words := [...]string{"none", "one", "two", "three", "four", "five", "six"}
	if n < 0 || n >= len(words) {
		return ui.Count(n)
	}
	return words[n]
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func pairs(facts []Fact) []ui.Pair {
	list := make([]ui.Pair, len(facts))
	for i, f := range facts {
		list[i] = ui.Pair{Term: f.Term, Value: ui.State(f.Status, f.Text)}
	}
	return list
}
