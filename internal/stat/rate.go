package stat

import "math"

// Cell is what one model did with one problem: Passed of N samples. N = 0 says
// that the model was not asked.
type Cell struct{ N, Passed int }

// rate returns the share of samples that passed, or NaN where there are none.
func (c Cell) rate() float64 {
	if c.N <= 0 {
		return math.NaN()
	}
	return float64(c.Passed) / float64(c.N)
}

// Rate is a model's pass rate over a set of problems.
type Rate struct {
	Mean      float64 // mean over problems of the share of samples that passed
	SE        float64 // standard error of Mean, problems being the clusters
	Problems  int     // problems with at least one sample
	Samples   int     // samples over all problems
	Effective float64 // independent samples that would tell as much
	Interval  Interval
}

// ClusterRate returns the pass rate over the given problems with its interval
// at the given level. Samples of one problem resemble each other, so they are
// not counted as independent: with one sample a problem the result is plain
// Wilson over the problems, and no number of further samples makes the interval
// narrower than Samples independent trials would.
//
//	mean = Σ r_g / G
//	SE²  = Σ (r_g − mean)² / (G (G−1))
//	n    = mean (1−mean) / SE² · (t_{N−1} / t_{G−1})²,  held in [G, N]
//
// with r_g the rate of problem g of G, N samples in all and t the Student
// quantile of the level. Sources: E. Miller, "Adding error bars to evals"
// (arXiv 2411.00640, 2024) for the clustered standard error; E. L. Korn &
// B. I. Graubard, "Confidence intervals for proportions with small expected
// number of positive counts estimated from survey data", Survey Methodology 24
// (1998) for the effective sample size in a binomial interval.
func ClusterRate(cells []Cell, level float64) Rate {
	r := Rate{Interval: Interval{0, 1}}
	var sum float64
	passed, even := 0, 0 // even: samples of every problem so far, -1 once they differ
	for _, c := range cells {
		if c.N > 0 {
			if r.Problems++; r.Problems == 1 {
				even = c.N
			} else if c.N != even {
				even = -1
			}
			r.Samples += c.N
			passed += c.Passed
			sum += c.rate()
		}
	}
	if r.Problems == 0 {
		return r
	}
	if r.Mean = sum / float64(r.Problems); even > 0 { // the same, without the rounding of a sum of thirds
		r.Mean = float64(passed) / float64(r.Samples)
	}
	r.SE = clusterSE(cells, r.Mean, r.Problems)
	r.Effective = effective(r, level)
	r.Interval = WilsonEff(r.Mean, r.Effective, level)
	return r
}

func clusterSE(cells []Cell, mean float64, problems int) float64 {
	if problems < 2 {
		return 0
	}
	var squares float64
	for _, c := range cells {
		if c.N > 0 {
			d := c.rate() - mean
			squares += d * d
		}
	}
	g := float64(problems)
	return math.Sqrt(squares / (g * (g - 1)))
}

// effective returns the sample size of r for a binomial interval.
func effective(r Rate, level float64) float64 {
	g, n := float64(r.Problems), float64(r.Samples)
	spread := r.Mean * (1 - r.Mean)
	// Where every sample agrees nothing is known of how problems differ, so the
	// further samples are not taken for evidence.
	if r.Samples == r.Problems || r.Problems < 2 || spread <= 0 {
		return g
	}
	if r.SE == 0 {
		return n
	}
	t := studentTwoSided(level, n-1) / studentTwoSided(level, g-1)
	return math.Min(math.Max(spread/(r.SE*r.SE)*t*t, g), n)
}
