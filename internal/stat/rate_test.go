package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestOneSampleAProblemIsPlainWilson(t *testing.T) {
	t.Parallel()
	cells := make([]Cell, 10)
	for i := range cells {
		cells[i] = Cell{N: 1}
		if i < 8 {
			cells[i].Passed = 1
		}
	}
	got := ClusterRate(append(cells, Cell{}, Cell{}), Level)
	if got.Interval != Wilson(8, 10, Level) {
		t.Errorf("interval: got %v, want %v", got.Interval, Wilson(8, 10, Level))
	}
	if got.Problems != 10 || got.Samples != 10 || got.Effective != 10 || !near(got.Mean, .8, 1e-12) {
		t.Errorf("got %+v", got)
	}
	if want := math.Sqrt(.8 * .2 / 9); !near(got.SE, want, 1e-12) {
		t.Errorf("standard error: got %g, want %g", got.SE, want)
	}
}

func TestMoreSamplesTellOnlyWhatTheyTell(t *testing.T) {
	t.Parallel()
	alike := make([]Cell, 20)  // a problem passes always or never
	mixed := make([]Cell, 20)  // samples pass by chance
	solved := make([]Cell, 20) // everything passes
	for i := range alike {
		alike[i] = Cell{10, 10 * (i % 2)}
		mixed[i] = Cell{10, 4 + 2*(i%2)}
		solved[i] = Cell{10, 10}
	}
	for _, c := range []struct {
		name      string
		cells     []Cell
		low, high float64
	}{
		{"problems that differ count once", alike, 20, 20},
		{"chance counts in full", mixed, 200, 200},
		{"a perfect record says nothing of how problems differ", solved, 20, 20},
		{"one problem is one, however often it is asked", []Cell{{50, 25}}, 1, 1},
		{"no sample", []Cell{{}, {}}, 0, 0},
	} {
		got := ClusterRate(c.cells, Level)
		if got.Effective < c.low || got.Effective > c.high {
			t.Errorf("%s: effective size %g, want %g to %g", c.name, got.Effective, c.low, c.high)
		}
		if !got.Interval.Holds(got.Mean) {
			t.Errorf("%s: %v does not hold %g", c.name, got.Interval, got.Mean)
		}
	}
}

func TestClusterIntervalsHoldThePopulationWherePlainOnesLie(t *testing.T) {
	t.Parallel()
	const runs = 3000
	for _, c := range []struct {
		problems, samples int
		// A problem passes with easy or hard, evenly: the population mean is known.
		hard, easy float64
	}{
		{20, 5, .1, .9}, {100, 5, .1, .9}, {164, 10, .3, .98}, {164, 3, .02, .5}, {50, 20, .4, .6},
	} {
		draw := rand.New(rand.NewPCG(7, uint64(c.problems)))
		truth := (c.hard + c.easy) / 2
		var clustered, plain int
		for range runs {
			cells, passed := drawCells(draw, c.problems, c.samples, c.hard, c.easy)
			if ClusterRate(cells, Level).Interval.Holds(truth) {
				clustered++
			}
			if Wilson(passed, c.problems*c.samples, Level).Holds(truth) {
				plain++
			}
		}
		got, naive := float64(clustered)/runs, float64(plain)/runs
		t.Logf("%d problems x %d samples, %g/%g: clustered %.3f, plain Wilson over samples %.3f",
			c.problems, c.samples, c.hard, c.easy, got, naive)
		if got < .93 || got > .97 {
			t.Errorf("%d x %d: clustered interval holds in %.4f, want .93 to .97", c.problems, c.samples, got)
		}
		if naive >= .90 {
			t.Errorf("%d x %d: plain Wilson holds in %.4f and should not", c.problems, c.samples, naive)
		}
	}
}

func drawCells(draw *rand.Rand, problems, samples int, hard, easy float64) ([]Cell, int) {
	cells, total := make([]Cell, problems), 0
	for g := range cells {
		p := hard
		if draw.Float64() < .5 {
			p = easy
		}
		cells[g].N = samples
		for range samples {
			if draw.Float64() < p {
				cells[g].Passed++
				total++
			}
		}
	}
	return cells, total
}
