package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		passed, n int
		low, high float64
	}{
		{8, 10, .490162, .943318},
		{0, 10, 0, .277533},
		{10, 10, .722467, 1},
		{80, 100, .711171, .866633},
		{1, 1, .206549, 1},
		{325, 500, .607193, .69052},
		{0, 0, 0, 1},
	} {
		got := Wilson(c.passed, c.n, Level)
		if !near(got.Low, c.low, 1e-6) || !near(got.High, c.high, 1e-6) {
			t.Errorf("%d of %d: got %v, want [%g, %g]", c.passed, c.n, got, c.low, c.high)
		}
		if c.n > 0 && !got.Holds(float64(c.passed)/float64(c.n)) {
			t.Errorf("%d of %d: %v does not hold its own rate", c.passed, c.n, got)
		}
	}
}

func TestWilsonOfNonsenseKnowsNothing(t *testing.T) {
	t.Parallel()
	for _, got := range []Interval{
		Wilson(3, -1, Level), WilsonEff(math.NaN(), 10, Level), WilsonEff(.5, math.NaN(), Level), WilsonEff(.5, 0, Level),
	} {
		if got != (Interval{0, 1}) {
			t.Errorf("got %v, want [0, 1]", got)
		}
	}
	if got := WilsonEff(1.5, 10, Level); got != Wilson(10, 10, Level) {
		t.Errorf("a rate over 1: got %v", got)
	}
}

// wald is the textbook interval that a board must not use.
func wald(passed, n int) Interval {
	p := float64(passed) / float64(n)
	reach := normalTwoSided(Level) * math.Sqrt(p*(1-p)/float64(n))
	return Interval{p - reach, p + reach}
}

func wilson95(passed, n int) Interval { return Wilson(passed, n, Level) }

// coverage draws runs of n problems, the skill of the i-th of them being
// skill(i), and returns how often the interval holds the skill.
func coverage(runs, n int, seed uint64, skill func(i int) float64, interval func(passed, n int) Interval) float64 {
	draw := rand.New(rand.NewPCG(seed, uint64(n)))
	held := 0
	for i := range runs {
		p, passed := skill(i), 0
		for range n {
			if draw.Float64() < p {
				passed++
			}
		}
		if interval(passed, n).Holds(p) {
			held++
		}
	}
	return float64(held) / float64(runs)
}

func TestTheIntervalsDoNotLie(t *testing.T) {
	t.Parallel()
	const runs = 10_000
	skills := func(i int) float64 { return .05 + .9*float64(i)/(runs-1) }
	for _, n := range []int{20, 100, 164} {
		got := coverage(runs, n, 1, skills, wilson95)
		t.Logf("%d problems: Wilson holds the true skill in %.2f %%", n, 100*got)
		if got < .94 || got > .97 {
			t.Errorf("%d problems: got %.4f, want .94 to .97", n, got)
		}
	}
}

func TestWaldLiesWhereWilsonDoesNot(t *testing.T) {
	t.Parallel()
	fixed := func(p float64) func(int) float64 { return func(int) float64 { return p } }
	if got := coverage(2000, 50, 2, fixed(.6), wilson95); got < .93 || got > .97 {
		t.Errorf("Wilson at p=.6, n=50: got %.4f, want .93 to .97", got)
	}
	bad := coverage(2000, 20, 2, fixed(.95), wald)
	good := coverage(2000, 20, 2, fixed(.95), wilson95)
	t.Logf("p=.95, n=20: Wald %.3f, Wilson %.3f", bad, good)
	if bad >= .93 {
		t.Errorf("Wald at p=.95, n=20 passed with %.4f", bad)
	}
	// The exact coverage here is P(X >= 18) = .9245, under the nominal level:
	// Wilson keeps it on average over p, not at each.
	if good < .90 {
		t.Errorf("Wilson at p=.95, n=20: got %.4f, want about .9245", good)
	}
}
