package stat

import (
	"math/rand/v2"
	"testing"
)

func TestMcNemarGivesThePublishedValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		better, worse int
		exact, mid    float64
	}{
		{121, 59, 4.434449e-06, 3.266647e-06},
		{6, 16, .052479, .03469},
		{10, 2, .038574, .022461},
		{0, 0, 1, 1},
		{7, 7, 1, 1},
		{0, 1, 1, .5},
	} {
		if got := McNemar(c.better, c.worse); !near(got, c.exact, 3e-5*c.exact) {
			t.Errorf("exact %d:%d: got %g, want %g", c.better, c.worse, got, c.exact)
		}
		if got := McNemarMid(c.better, c.worse); !near(got, c.mid, 3e-5*c.mid) {
			t.Errorf("mid-p %d:%d: got %g, want %g", c.better, c.worse, got, c.mid)
		}
		if McNemar(c.better, c.worse) != McNemar(c.worse, c.better) {
			t.Errorf("%d:%d: the order matters", c.better, c.worse)
		}
	}
}

func TestStudentGivesTheTabledValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ df, want float64 }{
		{1, 12.706205}, {2, 4.302653}, {9, 2.262157}, {19, 2.093024}, {99, 1.984217}, {1e7, 1.959964},
	} {
		if got := studentTwoSided(Level, c.df); !near(got, c.want, 2e-6) {
			t.Errorf("df %g: got %.6f, want %.6f", c.df, got, c.want)
		}
		if got := studentP(c.want, c.df); !near(got, .05, 1e-6) {
			t.Errorf("p at df %g: got %g, want .05", c.df, got)
		}
	}
}

// discordant gives two rows of n problems: a alone solves the first better of
// them, b alone the next worse, both the rest.
func discordant(n, better, worse int) (a, b []Cell) {
	a, b = make([]Cell, n), make([]Cell, n)
	for i := range n {
		a[i], b[i] = Cell{1, 1}, Cell{1, 1}
		if i < better {
			b[i].Passed = 0
		} else if i < better+worse {
			a[i].Passed = 0
		}
	}
	return a, b
}

func TestPairingFindsWhatOverlappingIntervalsHide(t *testing.T) {
	t.Parallel()
	got := Compare(discordant(500, 53, 25))
	if !near(got.Delta, .056, 1e-12) || !near(got.SE, .0175, 5e-5) || !near(got.P, .0016, 4e-4) {
		t.Errorf("got %+v, want Delta .056, SE .0175, P about .0016", got)
	}
	if tie := Compare(discordant(500, 41, 40)); tie.P < .9 {
		t.Errorf("41:40 is no tie: %+v", tie)
	}
}

func TestComparingTakesOnlyProblemsInCommon(t *testing.T) {
	t.Parallel()
	a := []Cell{{5, 5}, {5, 4}, {}, {5, 5}, {5, 3}, {5, 5}}
	b := []Cell{{5, 2}, {5, 2}, {5, 5}, {5, 1}, {5, 1}}
	got := Compare(a, b)
	// Differences .6 .4 .8 .4: mean .55, sd .191485, t = 5.7446 with 3 degrees.
	if got.Problems != 4 || !near(got.Delta, .55, 1e-12) || !near(got.SE, .095743, 1e-6) || !near(got.P, .010473, 1e-5) {
		t.Errorf("got %+v", got)
	}
	if got := Compare([]Cell{{1, 1}, {}}, []Cell{{}, {1, 0}}); got != (Diff{P: 1}) {
		t.Errorf("disjoint problems: got %+v, want nothing in common", got)
	}
	if got := Compare(nil, nil); got.P != 1 {
		t.Errorf("no problems: got %+v", got)
	}
}

func TestTwoProblemsProveNothing(t *testing.T) {
	t.Parallel()
	if got := Compare([]Cell{{5, 5}, {5, 5}}, []Cell{{5, 0}, {5, 0}}); got.P < .49 {
		t.Errorf("got p = %g, want the sign test's .5", got.P)
	}
	if got := Compare([]Cell{{9, 9}}, []Cell{{9, 0}}); got.P != 1 {
		t.Errorf("one problem: got p = %g, want 1", got.P)
	}
}

func TestEqualModelsAreSeldomCalledDifferent(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(11, 1))
	const runs = 2000
	for _, samples := range []int{1, 5} {
		called := 0
		for range runs {
			a, b := make([]Cell, 100), make([]Cell, 100)
			for g := range a {
				p := draw.Float64()
				a[g], b[g] = drawCell(draw, samples, p), drawCell(draw, samples, p)
			}
			if Compare(a, b).P < Alpha {
				called++
			}
		}
		got := float64(called) / runs
		t.Logf("%d samples: %.2f %% of equal pairs called different", samples, 100*got)
		if got < .025 || got > .065 {
			t.Errorf("%d samples: got %.4f, want about .05", samples, got)
		}
	}
}

func drawCell(draw *rand.Rand, n int, p float64) Cell {
	c := Cell{N: n}
	for range n {
		if draw.Float64() < p {
			c.Passed++
		}
	}
	return c
}
