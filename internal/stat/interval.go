// Package stat holds the statistics that boards and comparisons rest on: pure
// functions of numbers, each with the source of its formula.
package stat

import "math"

// Level is the confidence level of every interval that Assay shows.
const Level = 0.95

// Interval is a confidence interval of a rate; both ends lie in [0, 1].
type Interval struct{ Low, High float64 }

// Holds tells whether x lies in the interval, ends included.
func (i Interval) Holds(x float64) bool { return i.Low <= x && x <= i.High }

// Width returns High minus Low.
func (i Interval) Width() float64 { return i.High - i.Low }

// Wilson returns the score interval of the rate passed/n of n independent
// trials at the given level (0.95 for 95 %). Nothing is known without trials:
// n <= 0 gives [0, 1].
//
//	(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// Source: E. B. Wilson, "Probable inference, the law of succession, and
// statistical inference", JASA 22 (1927). Unlike Wald's p ± z √(p(1−p)/n) it
// keeps its level on average over p even for 20 trials (Brown, Cai & DasGupta,
// "Interval estimation for a binomial proportion", Statistical Science 16, 2001).
func Wilson(passed, n int, level float64) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	return WilsonEff(float64(passed)/float64(n), float64(n), level)
}

// WilsonEff returns Wilson's interval of a mean rate that carries as much
// information as n independent trials; n need not be whole. A mean outside
// [0, 1] is taken for the nearer end, and n <= 0 gives [0, 1].
func WilsonEff(mean, n, level float64) Interval {
	if !(n > 0) || math.IsNaN(mean) {
		return Interval{0, 1}
	}
	p := math.Min(math.Max(mean, 0), 1)
	z := normalTwoSided(level)
	centre := p + z*z/(2*n)
	reach := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	out := Interval{math.Max(0, (centre-reach)/scale), math.Min(1, (centre+reach)/scale)}
	// Rounding must not push a perfect or an empty record out of its own interval.
	if p == 0 {
		out.Low = 0
	}
	if p == 1 {
		out.High = 1
	}
	return out
}

// normalTwoSided returns z such that a standard normal value lies in [-z, z]
// with the given probability: 1.959964 for 0.95.
func normalTwoSided(level float64) float64 {
	return math.Sqrt2 * math.Erfinv(math.Min(math.Max(level, 0), 1-1e-15))
}
