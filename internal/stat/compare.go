package stat

import "math"

// Diff is the comparison of two models, a minus b, over the problems that both
// were asked.
type Diff struct {
	Problems int     // problems in common; 0 says that they cannot be compared
	Delta    float64 // mean over common problems of the rate of a minus that of b
	SE       float64 // standard error of Delta, paired by problem
	P        float64 // two-sided; 1 where they cannot be compared
}

// Compare compares two models by the problems that both were asked; a[i] and
// b[i] are the same problem, and what stands beyond the shorter slice is missing.
// Where each model gave one sample to every common problem, P is McNemar's mid-p;
// otherwise it is the paired t test over the problems' differences.
//
//	SE² = Σ (d_g − Delta)² / (G (G−1))
//
// Source: E. Miller, "Adding error bars to evals" (arXiv 2411.00640, 2024),
// section on paired differences.
func Compare(a, b []Cell) Diff { return row(a).compare(row(b)) }

// rates is one model's rate by problem, NaN where it was not asked.
type rates struct {
	byProblem []float64
	single    bool // no problem has more than one sample
}

func row(cells []Cell) rates {
	out := rates{byProblem: make([]float64, len(cells)), single: true}
	for i, c := range cells {
		out.byProblem[i] = c.rate()
		out.single = out.single && c.N <= 1
	}
	return out
}

func (a rates) compare(b rates) Diff {
	n := min(len(a.byProblem), len(b.byProblem))
	as, bs := a.byProblem[:n], b.byProblem[:n]
	var sum, squares float64
	var problems, better, worse int
	for i, x := range as {
		d := x - bs[i]
		if d != d { // NaN: one of the two was not asked
			continue
		}
		problems++
		sum += d
		squares += d * d
		if d > 0 {
			better++
		} else if d < 0 {
			worse++
		}
	}
	if problems == 0 {
		return Diff{P: 1}
	}
	g := float64(problems)
	out := Diff{Problems: problems, Delta: sum / g}
	if problems > 1 {
		out.SE = math.Sqrt(math.Max(0, squares-sum*sum/g) / (g * (g - 1)))
	}
	if a.single && b.single {
		out.P = McNemarMid(better, worse)
	} else {
		out.P = pairedP(out, better, worse)
	}
	return out
}

// pairedP returns the p-value of the paired t test, and of the sign test where
// all differences are equal: a t of infinity would call two problems a proof.
func pairedP(d Diff, better, worse int) float64 {
	if d.Problems < 2 || d.SE < 1e-9 {
		return McNemar(better, worse)
	}
	return studentP(d.Delta/d.SE, float64(d.Problems-1))
}

// McNemar returns the exact two-sided p-value of better against worse discordant
// pairs: twice the smaller tail of the binomial with p = 1/2, at most 1.
// Source: Q. McNemar, Psychometrika 12 (1947), in its exact conditional form.
func McNemar(better, worse int) float64 {
	tail, _ := halfBinomialTail(min(better, worse), better+worse)
	return math.Min(1, 2*tail)
}

// McNemarMid returns McNemar's mid-p: the exact p-value less the chance of the
// very table that was seen. It keeps its level without the exact test's loss of
// power. Source: M. W. Fagerland, S. Lydersen & P. Laake, "The McNemar test for
// binary matched-pairs data", BMC Medical Research Methodology 13 (2013).
func McNemarMid(better, worse int) float64 {
	tail, point := halfBinomialTail(min(better, worse), better+worse)
	return math.Min(1, 2*tail-point)
}

// halfBinomialTail returns P(X <= k) and P(X = k) for X binomial with n trials
// and p = 1/2. Terms are summed downwards from k, where they only shrink.
func halfBinomialTail(k, n int) (tail, point float64) {
	if n <= 0 {
		return 1, 1
	}
	ln, _ := math.Lgamma(float64(n + 1))
	lk, _ := math.Lgamma(float64(k + 1))
	lr, _ := math.Lgamma(float64(n - k + 1))
	point = math.Exp(ln - lk - lr - float64(n)*math.Ln2)
	term := point
	for i := k; i >= 0 && term > tail*1e-17; i-- {
		tail += term
		term *= float64(i) / float64(n-i+1)
	}
	return tail, point
}
