package stat

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// solves gives a row where the first k of n problems pass.
func solves(k, n int) []Cell {
	row := make([]Cell, n)
	for i := range row {
		row[i].N = 1
		if i < k {
			row[i].Passed = 1
		}
	}
	return row
}

func TestRanksSpreadOverWhatCannotBeToldApart(t *testing.T) {
	t.Parallel()
	elsewhere := append(make([]Cell, 100), solves(30, 100)...)
	for _, c := range []struct {
		name   string
		models [][]Cell
		want   []Spread
	}{
		{"clear order", [][]Cell{solves(20, 100), solves(90, 100), solves(50, 100)}, []Spread{{3, 3, 3}, {1, 1, 1}, {2, 2, 2}}},
		{"a tie in front", [][]Cell{solves(91, 100), solves(90, 100), solves(50, 100)}, []Spread{{1, 1, 2}, {2, 1, 2}, {3, 3, 3}}},
		{"equal rates share a place", [][]Cell{solves(5, 10), solves(5, 10)}, []Spread{{1, 1, 2}, {1, 1, 2}}},
		{"nothing in common", [][]Cell{solves(90, 100), elsewhere}, []Spread{{1, 1, 2}, {2, 1, 2}}},
		{"a model without samples", [][]Cell{make([]Cell, 100), solves(90, 100)}, []Spread{{2, 1, 2}, {1, 1, 2}}},
		{"one model", [][]Cell{solves(1, 2)}, []Spread{{1, 1, 1}}},
		{"none", nil, nil},
	} {
		if got := RankSpread(c.models); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheSpreadHoldsThePlaceWhereProblemsDiffer(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		models := make([][]Cell, 6)
		for m := range models {
			models[m] = make([]Cell, 40)
			for g := range models[m] {
				if draw.IntN(3) > 0 {
					models[m][g] = drawCell(draw, 1+draw.IntN(3), draw.Float64())
				}
			}
		}
		for m, s := range RankSpread(models) {
			if s.Low < 1 || s.Low > s.Rank || s.Rank > s.High || s.High > len(models) {
				t.Fatalf("model %d: %+v", m, s)
			}
		}
	}
}

func manyModels(samples int) [][]Cell {
	draw := rand.New(rand.NewPCG(5, 5))
	models := make([][]Cell, 60)
	for m := range models {
		models[m] = make([]Cell, 1000)
		for g := range models[m] {
			models[m][g] = drawCell(draw, samples, .3+.01*float64(m))
		}
	}
	return models
}

func BenchmarkRankSpread60x1000OneSample(b *testing.B) {
	models := manyModels(1)
	for b.Loop() {
		RankSpread(models)
	}
}

func BenchmarkRankSpread60x1000FiveSamples(b *testing.B) {
	models := manyModels(5)
	for b.Loop() {
		RankSpread(models)
	}
}
