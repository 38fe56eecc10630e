package stat

import "math"

// Alpha is the level of significance below which two models count as different.
const Alpha = 0.05

// Spread is a model's place among others and the places it may really hold.
type Spread struct{ Rank, Low, High int }

// RankSpread returns the place of each model by its mean rate over its own
// problems (equal rates share a place; models without a sample come last) and
// the range of places that the data allow:
//
//	Low  = 1 + number of models significantly better
//	High = N − number of models significantly worse
//
// "Significantly" is Compare with P < Alpha over the problems in common; models
// with none in common cannot be told apart. models[m][i] is model m on problem i.
// Where models met different problems, the range is widened to hold Rank.
// Source: W.-L. Chiang et al., "Chatbot Arena" (arXiv 2403.04132, 2024), ranking
// with intervals; no correction for the number of pairs, as there.
func RankSpread(models [][]Cell) []Spread {
	rows := make([]rates, len(models))
	means := make([]float64, len(models))
	for m, cells := range models {
		rows[m] = row(cells)
		means[m] = rows[m].mean()
	}
	out := make([]Spread, len(models))
	for m := range out {
		out[m] = Spread{Rank: 1 + countAbove(means, means[m]), Low: 1, High: len(models)}
	}
	for a := range rows {
		for b := a + 1; b < len(rows); b++ {
			d := rows[a].compare(rows[b])
			if d.P >= Alpha || d.Delta == 0 {
				continue
			}
			better, worse := a, b
			if d.Delta < 0 {
				better, worse = b, a
			}
			out[worse].Low++
			out[better].High--
		}
	}
	for m := range out {
		out[m].Low = min(out[m].Low, out[m].Rank)
		out[m].High = max(out[m].High, out[m].Rank)
	}
	return out
}

// mean returns the mean over the problems that were asked, or -1 without any.
func (a rates) mean() float64 {
	var sum float64
	var n int
	for _, r := range a.byProblem {
		if !math.IsNaN(r) {
			sum += r
			n++
		}
	}
	if n == 0 {
		return -1
	}
	return sum / float64(n)
}

// countAbove returns how many values exceed v by more than rounding.
func countAbove(values []float64, v float64) int {
	n := 0
	for _, x := range values {
		if x > v+1e-12 {
			n++
		}
	}
	return n
}
