package models

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// mostProblems is how many problems one table lists.
const mostProblems = 500

// Props is all that a profile shows.
type Props struct {
	Shell     shell.Props
	Path      string
	Title     string
	Name      string
	Provider  string
	Simulated bool
	Lead      string
	Strip     []ui.Datum
	Groups    []Group
	Scale     ui.Scale // of the groups' intervals
	Problems  []Problem
	Left      int // problems that the table leaves out
	Orders    []ui.Choice
	Filter    ui.FilterProps
	Order     string // of the problems, which the filter keeps
	Only      string // the problem whose attempts are shown alone, or ""
	Without   string // the same page without Only
	Attempts  []Attempt
	More      bool // there may be older attempts than those shown
}

// Group is what the model did on one language of one suite.
type Group struct {
	Suite    string
	Language string
	Rate     stat.Rate
}

// Problem is what the model did on one problem.
type Problem struct {
	ID       id.ID
	Name     string
	Language string
	Suite    string
	Passed   int
	N        int
	Href     string // its attempts by this model
}

// Attempt is one line of the latest attempts.
type Attempt struct {
	Href    string
	At      time.Time
	Problem string
	Status  ui.Status
	Verdict string
	Reason  string
	Checks  string
	Seconds float64
	Cost    float64
}

// Build makes the profile of a model from its results, the board on which it
// stands and its latest attempts.
func Build(c choice, m board.Model, results []board.Result, b board.Board, latest []bench.Attempt) Props {
	path := "/models/" + m.ID.String()
	p := Props{Path: path, Title: m.Title, Name: m.Name, Provider: m.Provider, Simulated: m.Simulated, More: len(latest) == shown}
	p.Lead, p.Strip = summary(m, results, b)
	p.Groups = groups(results)
	p.Scale = ui.NewScale(0, 100)
	p.Problems, p.Left = problems(c, path, results)
	p.Orders, p.Filter = orders(c, path), filter(c, path)
	if c.suite {
		p.Order = "suite"
	}
	if c.problem != id.Nil {
		p.Only, p.Without = nameOf(c.problem, results), choice{verdict: c.verdict, suite: c.suite}.address(path)
	}
	for _, a := range latest {
		p.Attempts = append(p.Attempts, line(a))
	}
	return p
}

// summary returns the lead and the figures at the top.
func summary(m board.Model, results []board.Result, b board.Board) (string, []ui.Datum) {
	rate, passed := rateOf(results)
	lead := fmt.Sprintf("%s of %s: %s attempts at %s in public runs.", m.Title, m.Provider, ui.Count(rate.Samples), count(rate.Problems, "problem"))
	strip := []ui.Datum{
		{Label: "Score, pass@1", Value: percent(rate.Mean), Unit: "%", Note: "95 % CI " + interval(rate) + ", effective n " + ui.Count(int(math.Round(rate.Effective)))},
		{Label: "Attempts passed", Value: ui.Count(passed), Unit: "of " + ui.Count(rate.Samples), Note: "failures of the infrastructure are not counted"},
	}
	prices := ui.Datum{Label: "Price per 1M tokens", Value: "$" + price(m.InputPrice.Dollars()), Unit: "in", Note: "$" + price(m.OutputPrice.Dollars()) + " out"}
	i := slices.IndexFunc(b.Entries, func(e board.Entry) bool { return e.Model == m.ID })
	if i < 0 { // the board in memory is a moment older than the results
		return lead, append(strip, prices)
	}
	e := b.Entries[i]
	strip = slices.Insert(strip, 0, ui.Datum{Label: "Rank", Value: place(e.Spread.Low, e.Spread.High), Unit: "of " + ui.Count(len(b.Entries)),
		Note: fmt.Sprintf("%s by score, among %s models", ordinal(e.Spread.Rank), kind(m.Simulated))})
	pareto := "a cheaper model scores as well"
	if e.Pareto {
		pareto = "no cheaper model scores as well"
	}
	return lead, append(strip,
		ui.Datum{Label: "Cost of 100 problems", Value: "$" + price(e.PerHundred.Dollars()), Note: pareto},
		ui.Datum{Label: "Answer, p50", Value: seconds(e.P50), Unit: "s", Note: "p95 " + seconds(e.P95) + " s"},
		prices)
}

func rateOf(results []board.Result) (stat.Rate, int) {
	cells := make([]stat.Cell, len(results))
	passed := 0
	for i, r := range results {
		cells[i] = r.Cell
		passed += r.Cell.Passed
	}
	return stat.ClusterRate(cells, board.Level), passed
}

// groups counts by suite and language, in the order of the results.
func groups(results []board.Result) []Group {
	var list []Group
	members := map[Group][]board.Result{}
	for _, r := range results {
		g := Group{Suite: r.Suite, Language: r.Language}
		if members[g] == nil {
			list = append(list, g)
		}
		members[g] = append(members[g], r)
	}
	for i, g := range list {
		list[i].Rate, _ = rateOf(members[g])
		list[i].Language = languageName(g.Language)
	}
	return list
}

// problems lists the worst first, those with more evidence before others, or all
// in the order of their suites.
func problems(c choice, path string, results []board.Result) (list []Problem, left int) {
	for _, r := range results {
		to := choice{problem: r.Problem, suite: c.suite}
		list = append(list, Problem{ID: r.Problem, Name: r.Name, Language: languageName(r.Language), Suite: r.Suite,
			Passed: r.Cell.Passed, N: r.Cell.N, Href: to.address(path) + "#attempts"})
	}
	if !c.suite {
		slices.SortStableFunc(list, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.share(), b.share()), cmp.Compare(b.N, a.N))
		})
	}
	kept := min(len(list), mostProblems)
	return list[:kept], len(list) - kept
}

func (p Problem) share() float64 {
	if p.N == 0 {
		return 0
	}
	return float64(p.Passed) / float64(p.N)
}

func orders(c choice, path string) []ui.Choice {
	worst, suite := c, c
	worst.suite, suite.suite = false, true
	return []ui.Choice{
		{Label: "Worst first", Href: worst.address(path) + "#problems", Current: !c.suite},
		{Label: "In suite order", Href: suite.address(path) + "#problems", Current: c.suite},
	}
}

func filter(c choice, path string) ui.FilterProps {
	cell := ui.FilterCell{Name: "verdict", Label: "Verdict", Value: string(c.verdict), Options: []ui.Option{{Label: "All verdicts"}}}
	for _, v := range verdicts {
		word, _ := outcome(v)
		cell.Options = append(cell.Options, ui.Option{Value: string(v), Label: upper(word)})
	}
	clear := choice{problem: c.problem, suite: c.suite}
	return ui.FilterProps{Label: "Filter the attempts", Action: path + "#attempts", ClearHref: clear.address(path) + "#attempts", Cells: []ui.FilterCell{cell}}
}

func nameOf(problem id.ID, results []board.Result) string {
	for _, r := range results {
		if r.Problem == problem {
			return r.Name
		}
	}
	return problem.String()
}

func line(a bench.Attempt) Attempt {
	word, status := outcome(a.Verdict)
	l := Attempt{Href: "/attempts/" + a.ID.String(), At: a.SettledAt, Problem: a.ProblemName, Status: status, Verdict: word, Reason: plain(a.Reason, 120),
		Seconds: a.Latency.Seconds(), Cost: a.Cost.Dollars()}
	if a.ChecksTotal > 0 {
		l.Checks = fmt.Sprintf("%d of %d", a.ChecksPassed, a.ChecksTotal)
	}
	return l
}

func percent(share float64) string { return ui.Fixed(100*share, 1) }

func interval(r stat.Rate) string {
	return percent(r.Interval.Low) + "–" + percent(r.Interval.High)
}

// seconds gives short times two decimals, for a median of 0.04 s is not 0.0 s.
func seconds(d time.Duration) string {
	if d < time.Second {
		return ui.Fixed(d.Seconds(), 2)
	}
	return ui.Fixed(d.Seconds(), 1)
}

// price gives small amounts as many decimals as they need to be told from zero.
func price(dollars float64) string {
	if dollars > 0 && dollars < 0.1 {
		return ui.Fixed(dollars, int(math.Min(6, 1+math.Ceil(-math.Log10(dollars)))))
	}
	return ui.Fixed(dollars, 2)
}

func place(low, high int) string {
	if low == high {
		return ui.Count(low)
	}
	return ui.Count(low) + "–" + ui.Count(high)
}
