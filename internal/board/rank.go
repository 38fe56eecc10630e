package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/stat"
)

// sums is what all boards of one period are made of.
type sums struct {
	cells    []cell
	sketches []part
	problems map[id.ID]place
	models   map[id.ID]Model
	suites   map[id.ID]string
	updated  time.Time
	runs     int
}

// cell is what one model did on one problem in the period.
type cell struct {
	model, problem id.ID
	samples        int
	passed         int
	cost           money.Micro
}

// part is the latencies of one model on one suite's problems in one language.
type part struct {
	model  id.ID
	place  place
	sketch *stat.Sketch
}

// place is where a problem belongs.
type place struct {
	suite    id.ID
	language string
}

// in reports whether the filter takes what a model did in a place.
func (f Filter) in(m Model, p place) bool {
	return m.Simulated == f.Simulated && (f.Suite == id.Nil || f.Suite == p.suite) && (f.Language == "" || f.Language == p.language)
}

// rank makes the board of a filter.
func (s *sums) rank(f Filter) Board {
	b := Board{Filter: f, UpdatedAt: s.updated, Runs: s.runs}
	var cells []cell
	for _, c := range s.cells {
		if f.in(s.models[c.model], s.problems[c.problem]) {
			cells = append(cells, c)
			b.Attempts += c.samples
		}
	}
	sketches := map[id.ID]*stat.Sketch{}
	for _, p := range s.sketches {
		if !f.in(s.models[p.model], p.place) {
			continue
		}
		if sketches[p.model] == nil {
			sketches[p.model] = &stat.Sketch{}
		}
		sketches[p.model].Merge(p.sketch)
	}
	b.Entries, b.Problems = rank(cells, sketches, s.models)
	return b
}

// rank turns cells into entries, best first. Cost per hundred problems weighs
// every problem alike, as the score does, so that a model is not cheap because
// it was asked the short ones more often.
func rank(cells []cell, sketches map[id.ID]*stat.Sketch, names map[id.ID]Model) ([]Entry, int) {
	problems, models := map[id.ID]int{}, map[id.ID][]cell{}
	for _, c := range cells {
		if _, ok := problems[c.problem]; !ok {
			problems[c.problem] = len(problems)
		}
		models[c.model] = append(models[c.model], c)
	}
	var rows [][]stat.Cell
	var entries []Entry
	for model, own := range models {
		row := make([]stat.Cell, len(problems))
		e := Entry{Model: model, Title: names[model].Title, Provider: names[model].Provider,
			InputPrice: names[model].InputPrice, OutputPrice: names[model].OutputPrice}
		var perProblem float64
		for _, c := range own {
			row[problems[c.problem]] = stat.Cell{N: c.samples, Passed: c.passed}
			e.Passed += c.passed
			e.Cost += c.cost
			perProblem += float64(c.cost) / float64(c.samples)
		}
		e.Rate = stat.ClusterRate(row, Level)
		e.PerHundred = money.Micro(100 * perProblem / float64(len(own)))
		e.P50, e.P95 = quantile(sketches[model], 0.5), quantile(sketches[model], 0.95)
		rows, entries = append(rows, row), append(entries, e)
	}
	for i, s := range stat.RankSpread(rows) {
		entries[i].Spread = s
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Spread.Rank, b.Spread.Rank), cmp.Compare(a.PerHundred, b.PerHundred), cmp.Compare(a.Title, b.Title))
	})
	markFrontier(entries)
	return entries, len(problems)
}

// markFrontier marks the entries that no other beats in score without costing
// more (the Pareto frontier of score and cost).
func markFrontier(entries []Entry) {
	for i := range entries {
		e := &entries[i]
		e.Pareto = !slices.ContainsFunc(entries, func(o Entry) bool {
			return (o.PerHundred <= e.PerHundred && o.Rate.Mean > e.Rate.Mean) ||
				(o.PerHundred < e.PerHundred && o.Rate.Mean >= e.Rate.Mean)
		})
	}
}

// quantile reads a latency, kept in microseconds.
func quantile(s *stat.Sketch, q float64) time.Duration {
	if s == nil {
		return 0
	}
	v, _ := s.Quantile(q)
	return time.Duration(v) * time.Microsecond
}
