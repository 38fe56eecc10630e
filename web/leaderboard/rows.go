package leaderboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
)

// Row is one model's line, in the units in which it is shown.
type Row struct {
	Rank       int     `json:"rank"`
	RankLow    int     `json:"rank_low"`
	RankHigh   int     `json:"rank_high"`
	Model      string  `json:"model"`
	Provider   string  `json:"provider"`
	Simulated  bool    `json:"simulated"`
	Score      float64 `json:"pass_at_1_percent"`
	Low        float64 `json:"pass_at_1_low_percent"`
	High       float64 `json:"pass_at_1_high_percent"`
	Problems   int     `json:"problems"`
	Attempts   int     `json:"attempts"`
	Passed     int     `json:"passed_attempts"`
	Effective  float64 `json:"effective_n"`
	PerHundred float64 `json:"cost_usd_per_100_problems"`
	P50        float64 `json:"latency_p50_s"`
	P95        float64 `json:"latency_p95_s"`
	Pareto     bool    `json:"pareto"`
	ID         id.ID   `json:"model_id"`
}

// rows returns the board's lines in the order of the choice. Page, CSV and JSON
// all show these.
func rows(c choice, b board.Board) []Row {
	list := make([]Row, len(b.Entries))
	for i, e := range b.Entries {
		list[i] = Row{
			Rank: e.Spread.Rank, RankLow: e.Spread.Low, RankHigh: e.Spread.High,
			Model: e.Title, Provider: e.Provider, Simulated: b.Filter.Simulated,
			Score: 100 * e.Rate.Mean, Low: 100 * e.Rate.Interval.Low, High: 100 * e.Rate.Interval.High,
			Problems: e.Rate.Problems, Attempts: e.Rate.Samples, Passed: e.Passed, Effective: e.Rate.Effective,
			PerHundred: e.PerHundred.Dollars(), P50: e.P50.Seconds(), P95: e.P95.Seconds(), Pareto: e.Pareto, ID: e.Model,
		}
	}
	compare := orders[c.sort]
	slices.SortStableFunc(list, func(a, b Row) int {
		if c.desc {
			a, b = b, a
		}
		return compare(a, b)
	})
	return list
}

// orders compare rows by each column. Rows come in the board's order, which
// decides between equal ones.
var orders = map[string]func(a, b Row) int{
	"rank":  func(a, b Row) int { return cmp.Compare(a.Rank, b.Rank) },
	"model": func(a, b Row) int { return cmp.Compare(strings.ToLower(a.Model), strings.ToLower(b.Model)) },
	"score": func(a, b Row) int { return cmp.Compare(a.Score, b.Score) },
	"cost":  func(a, b Row) int { return cmp.Compare(a.PerHundred, b.PerHundred) },
	"p50":   func(a, b Row) int { return cmp.Compare(a.P50, b.P50) },
	"p95":   func(a, b Row) int { return cmp.Compare(a.P95, b.P95) },
}

func (r Row) href() string { return "/models/" + r.ID.String() }
