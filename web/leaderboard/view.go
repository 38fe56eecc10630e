package leaderboard

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// Props is all that the page shows.
type Props struct {
	Shell     shell.Props
	Lead      string
	Set       string // why these are simulated models, or ""
	Permalink string
	CSV       string
	JSON      string
	Filter    ui.FilterProps
	Heads     map[string]ui.Sort // by column
	Rows      []Row
	Scale     ui.Scale
	Decimals  Decimals
	Simulated bool
	Frontier  ui.FrontierProps // no points: none is drawn
	Undrawn   string           // which models the figure leaves out, or ""
	Updated   time.Time
	Runs      int
	Cite      string
	Empty     *Empty // instead of the table
	Drawn     string // table and figure, see drawings
}

// Empty says why there is no table, and what to do.
type Empty struct {
	Title string
	Text  string
	Links []ui.Choice
	Ghost bool // show the outline of a table to come
}

// Build makes the page of a choice and its board.
func Build(c choice, b board.Board) Props {
	p := Props{
		Lead:      lead(b),
		Set:       set(c),
		Permalink: c.address("/leaderboard"), CSV: c.address("/leaderboard.csv"), JSON: c.address("/leaderboard.json"),
		Filter:    filter(c),
		Simulated: c.filter.Simulated, Updated: b.UpdatedAt, Runs: b.Runs,
	}
	if len(b.Entries) == 0 {
		p.Empty = empty(c)
		if p.Empty.Ghost {
			p.Filter.Cells = nil
		}
		return p
	}
	p.Heads, p.Rows = heads(c), rows(c, b)
	p.Scale, p.Decimals = scale(p.Rows), decimals(p.Rows)
	p.Frontier, p.Undrawn = frontier(p.Rows)
	return p
}

func lead(b board.Board) string {
	switch len(b.Entries) {
	case 0:
		return "Which model writes code that works, at what price and how fast: measured by executing what it writes."
	case 1:
		return fmt.Sprintf("1 model, %s, %s. A rank needs a second one.", count(b.Problems, "problem"), count(b.Attempts, "attempt"))
	}
	return fmt.Sprintf("%s, %s, %s. Ranks are reported as spreads: models that paired tests cannot tell apart share places.",
		count(len(b.Entries), "model"), count(b.Problems, "problem"), count(b.Attempts, "attempt"))
}

// set says why the models are simulated ones.
func set(c choice) string {
	switch {
	case !c.filter.Simulated:
		return ""
	case c.simulatedFirst():
		return "No real model has public results yet, so these are the models that Assay plays itself, by the real protocol and on executed code."
	}
	return "These are the models that Assay plays itself. They never stand in one ranking with real ones."
}

func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return ui.Count(n) + " " + word
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// heads are the columns that sort; a second click turns the order round.
func heads(c choice) map[string]ui.Sort {
	m := map[string]ui.Sort{
		"rank": {Label: "Rank"}, "model": {Label: "Model"}, "score": {Label: "Score", Num: true, Title: "pass@1, % of problems"},
		"cost": {Label: "$ per 100", Num: true, Title: "US dollars per 100 problems"},
		"p50":  {Label: "p50 s", Num: true, Title: "Median time of an answer, seconds"},
		"p95":  {Label: "p95 s", Num: true, Class: "w2", Title: "Time within which 95 % of answers came, seconds"},
	}
	for column, head := range m {
		to := c
		to.sort, to.desc = column, column == "score" // the best first
		if column == c.sort {
			to.desc = !c.desc
			head.Dir = "ascending"
			if c.desc {
				head.Dir = "descending"
			}
		}
		head.Href = to.address("/leaderboard")
		m[column] = head
	}
	return m
}

// scale spans the intervals of all rows and ends between tens, so that the ticks
// lie within.
func scale(list []Row) ui.Scale {
	lo, hi := 100.0, 0.0
	for _, r := range list {
		lo, hi = math.Min(lo, r.Low), math.Max(hi, r.High)
	}
	lo, hi = 10*math.Floor(lo/10)-5, 10*math.Ceil(hi/10)+5
	return ui.NewScale(math.Max(0, lo), math.Min(100, hi))
}

// Decimals are those of the columns whose sizes differ from board to board.
type Decimals struct{ Cost, Seconds int }

// decimals gives each column as many as its smallest value needs.
func decimals(list []Row) Decimals {
	d := Decimals{Cost: 2, Seconds: 1}
	for _, r := range list {
		if r.PerHundred > 0 && r.PerHundred < 0.1 {
			d.Cost = 4
		}
		if r.P50 > 0 && r.P50 < 1 {
			d.Seconds = 2
		}
	}
	return d
}

// crowd is the number of models above which only those of the frontier bear
// their names in the figure.
const crowd = 30

// frontier describes the figure. Its axis of cost is logarithmic, so models that
// cost nothing cannot be drawn.
func frontier(list []Row) (ui.FrontierProps, string) {
	p := ui.FrontierProps{ID: "frontier", Title: "Cost against quality", Unit: "$",
		XTitle: "cost per 100 problems, log scale", YTitle: "score, %"}
	var cheapest, best *Row
	for i, r := range list {
		if r.PerHundred <= 0 {
			continue
		}
		label := r.Model
		if len(list) > crowd && !r.Pareto {
			label = ""
		}
		p.Points = append(p.Points, ui.FrontierPoint{Label: label, X: r.PerHundred, Y: r.Score, Lo: r.Low, Hi: r.High,
			Pareto: r.Pareto, Hollow: r.Simulated})
		if r.Pareto && (cheapest == nil || r.PerHundred < cheapest.PerHundred) {
			cheapest = &list[i]
		}
		if r.Pareto && (best == nil || r.Score > best.Score) {
			best = &list[i]
		}
	}
	p.Desc = fmt.Sprintf("%s.", count(len(p.Points), "model"))
	if cheapest != nil {
		p.Desc = fmt.Sprintf("%s; the frontier runs from %s at %.2f dollars to %s at %.2f. Table 1 holds every figure.",
			count(len(p.Points), "model"), cheapest.Model, cheapest.PerHundred, best.Model, best.PerHundred)
	}
	if n := len(list) - len(p.Points); n > 0 {
		return p, fmt.Sprintf("%s without a price cannot stand on a log scale; Table 1 has them.", count(n, "model"))
	}
	return p, ""
}

// filter describes the strip. Options are those of the chosen set.
func filter(c choice) ui.FilterProps {
	set, otherwise := realSet, realSet
	if c.filter.Simulated {
		set = simulatedSet
	}
	if c.simulatedFirst() {
		otherwise = simulatedSet
	}
	suite := ""
	if c.filter.Suite != id.Nil {
		suite = c.filter.Suite.String()
	}
	suites, languages := options(c)
	p := ui.FilterProps{Label: "Filter the leaderboard", Action: "/leaderboard", ClearHref: "/leaderboard", Cells: []ui.FilterCell{
		{Name: "set", Label: "Models", Value: set, Default: otherwise, Options: []ui.Option{{Value: realSet, Label: "Real"}, {Value: simulatedSet, Label: "Simulated"}}},
		{Name: "suite", Label: "Suite", Value: suite, Options: suites},
		{Name: "language", Label: "Language", Value: c.filter.Language, Options: languages},
		{Name: "period", Label: "Period", Value: periodValue(c.filter.Days), Options: periodOptions()},
		{Name: "sort", Label: "Order", Value: orderValue(c), Options: orderOptions(c)},
	}}
	return p
}

func options(c choice) (suites, languages []ui.Option) {
	seen := map[string]bool{}
	for _, f := range c.offered {
		suite := f.Suite.String()
		// What is chosen stays on offer, or the strip would say something else.
		if !seen[suite] && (f.Simulated == c.filter.Simulated || f.Suite == c.filter.Suite) {
			suites = append(suites, ui.Option{Value: suite, Label: f.SuiteName})
			seen[suite] = true
		}
		if !seen[f.Language] && (f.Simulated == c.filter.Simulated || f.Language == c.filter.Language) {
			languages = append(languages, ui.Option{Value: f.Language, Label: languageName(f.Language)})
			seen[f.Language] = true
		}
	}
	return append([]ui.Option{{Label: allOf(len(suites))}}, suites...), append([]ui.Option{{Label: allOf(len(languages))}}, languages...)
}

func allOf(n int) string {
	if n < 2 {
		return "All"
	}
	return fmt.Sprintf("All %d", n)
}

func periodOptions() []ui.Option {
	list := []ui.Option{{Label: "All time"}}
	for _, days := range periods[1:] {
		list = append(list, ui.Option{Value: periodValue(days), Label: fmt.Sprintf("Last %d days", days)})
	}
	return list
}

// orderValue is the order as the form names it: empty by rank.
func orderValue(c choice) string { return c.values().Get("sort") }

// orderOptions lets phones, which show no heads, sort too. An order that only
// the heads offer is listed while it is chosen.
func orderOptions(c choice) []ui.Option {
	list := []ui.Option{{Label: "Rank"}, {Value: "-score", Label: "Best score"}, {Value: "cost", Label: "Lowest cost"},
		{Value: "p50", Label: "Fastest, p50"}, {Value: "p95", Label: "Fastest, p95"}, {Value: "model", Label: "Name"}}
	for _, other := range []ui.Option{{Value: "-rank", Label: "Last rank first"}, {Value: "score", Label: "Lowest score"}, {Value: "-cost", Label: "Highest cost"},
		{Value: "-p50", Label: "Slowest, p50"}, {Value: "-p95", Label: "Slowest, p95"}, {Value: "-model", Label: "Name, backwards"}} {
		if other.Value == orderValue(c) {
			list = append(list, other)
		}
	}
	return list
}

// languageName writes a language as people do.
func languageName(s string) string {
	switch s {
	case "typescript":
		return "TypeScript"
	case "javascript":
		return "JavaScript"
	case "csharp":
		return "C#"
	}
	return upper(s)
}

func empty(c choice) *Empty {
	switch {
	case len(c.offered) == 0:
		return &Empty{Title: "No model has been measured yet.", Ghost: true,
			Text:  "The leaderboard stands over completed public runs. Set Assay up and start one, or watch those that are under way.",
			Links: []ui.Choice{{Label: "Set up and start a run", Href: "/start"}, {Label: "Live runs", Href: "/runs"}}}
	case !c.filter.Simulated && !c.has(false):
		return &Empty{Title: "No real model has been measured yet.",
			Text:  "Connect a provider and start a public run. Simulated models have results already.",
			Links: []ui.Choice{{Label: "Connect a provider", Href: "/providers"}, {Label: "Show simulated models", Href: "/leaderboard?set=simulated"}}}
	case c.filter.Simulated && !c.has(true):
		return &Empty{Title: "No simulated model has been measured.",
			Text: "Real models have results.", Links: []ui.Choice{{Label: "Show real models", Href: "/leaderboard"}}}
	}
	return &Empty{Title: "No result fits these filters.",
		Text:  "There is no public result of " + chosen(c) + ".",
		Links: []ui.Choice{{Label: "Clear the filters", Href: "/leaderboard"}}}
}

// chosen says in words what is filtered by.
func chosen(c choice) string {
	words := "real models"
	if c.filter.Simulated {
		words = "simulated models"
	}
	for _, f := range c.offered {
		if f.Suite == c.filter.Suite {
			words += " on " + f.SuiteName
			break
		}
	}
	if c.filter.Language != "" {
		words += " in " + languageName(c.filter.Language)
	}
	if c.filter.Days > 0 {
		words += fmt.Sprintf(" from the last %d days", c.filter.Days)
	}
	return words
}
