package ui

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func somePoints(t *rapid.T) FrontierProps {
	p := FrontierProps{ID: "f", Title: "Cost", Desc: "Cost against score", Unit: "$"}
	for range rapid.IntRange(0, 24).Draw(t, "count") {
		y := rapid.Float64Range(0, 100).Draw(t, "y")
		p.Points = append(p.Points, FrontierPoint{
			Label: rapid.StringMatching(`[A-Z][a-z]{2,10} [0-9.]{1,6}`).Draw(t, "label"),
			X:     rapid.Float64Range(0, 1000).Draw(t, "x"), Y: y, Lo: y - 3, Hi: y + 3,
			Pareto: rapid.Bool().Draw(t, "pareto"),
		})
	}
	return p
}

func TestLabelsOfTheFrontierNeverOverlapNorLeaveTheDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := somePoints(t)
		for class, width := range map[string]float64{"wide": 720, "narrow": 358} {
			plan := planFrontier(p, class, width, 332)
			for i, a := range plan.labels {
				if !a.box.within(rect{0, 0, plan.width, plan.height}) {
					t.Errorf("%s: %q leaves the drawing: %v", class, a.text, a.box)
				}
				for _, b := range plan.labels[i+1:] {
					if a.box.meets(b.box) {
						t.Errorf("%s: %q meets %q", class, a.text, b.text)
					}
				}
			}
			for _, m := range plan.marks {
				if math.IsNaN(m.x) || !(rect{m.x, m.y, m.x, m.y}).within(plan.plot) {
					t.Errorf("%s: %q lies outside the plot at %v, %v", class, m.Label, m.x, m.y)
				}
			}
		}
	})
}

func TestEveryPointOfAnOrdinaryFrontierIsNamed(t *testing.T) {
	t.Parallel()
	p := FrontierProps{Points: []FrontierPoint{
		{Label: "Small", X: 0.4, Y: 70, Lo: 67, Hi: 74, Pareto: true}, {Label: "Middle", X: 2, Y: 79, Lo: 77, Hi: 81, Pareto: true},
		{Label: "Other", X: 3, Y: 76, Lo: 74, Hi: 78}, {Label: "Large", X: 18, Y: 87, Lo: 85, Hi: 89, Pareto: true},
	}}
	if got := len(planFrontier(p, "wide", 720, 332).labels); got != 4 {
		t.Errorf("wide: got %d names, want 4", got)
	}
	if got := len(planFrontier(p, "narrow", 358, 288).labels); got != 3 {
		t.Errorf("narrow: got %d names, want the 3 of the frontier", got)
	}
}

func TestNamesAtTheRightEdgeKeepTheirPitch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfN(rapid.Float64Range(0, 300), 0, 6).Draw(t, "at")
		slices.Sort(at)
		got := spread(at, labelPitch, 10, 280)
		for i, y := range got {
			if y < 10 || y > 280 {
				t.Errorf("%v lies outside 10..280", y)
			}
			if i > 0 && y-got[i-1] < labelPitch-1e-9 {
				t.Errorf("%v and %v are nearer than %d", got[i-1], y, labelPitch)
			}
		}
	})
}

func TestConvergenceDrawsAtMostSixSeriesAndSkipsEmptyOnes(t *testing.T) {
	t.Parallel()
	p := ConvergenceProps{Now: 10, XMax: 20}
	for range 8 {
		p.Series = append(p.Series, Series{Label: "a", Samples: []Sample{{1, 50, 40, 60}, {10, 55, 50, 60}}})
	}
	p.Series[1].Samples = nil
	if got := len(planConvergence(p, "wide", 720, 324, 150).series); got != 5 {
		t.Errorf("got %d series, want 5", got)
	}
}

func TestTicksAreRoundAndSpanTheData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got, want []float64
	}{
		{ticks(63.6, 89.1, 6), []float64{60, 65, 70, 75, 80, 85, 90}},
		{ticks(0, 100, 5), []float64{0, 20, 40, 60, 80, 100}},
		{ticks(5, 5, 2), []float64{5, 5.5, 6}},
		{logTicks(0.42, 18.4), []float64{0.3, 1, 3, 10, 30}},
		{logTicks(1, 10), []float64{1, 3, 10}},
		{logTicks(2, 2), []float64{1, 3}},
		{logTicks(math.Inf(1), 0), []float64{1, 10}},
	} {
		if !slices.EqualFunc(c.got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(1e-6, 1e6).Draw(t, "lo")
		hi := lo * rapid.Float64Range(1, 1e6).Draw(t, "ratio")
		for _, all := range [][]float64{ticks(lo, hi, 5), logTicks(lo, hi)} {
			if all[0] > lo*(1+1e-6) || all[len(all)-1] < hi*(1-1e-6) || len(all) > 40 {
				t.Errorf("%v does not span %v..%v", all, lo, hi)
			}
		}
	})
}

func TestAChartSaysItsTitleAndItsDescription(t *testing.T) {
	t.Parallel()
	for _, got := range []string{
		render(t, FrontierChart(FrontierProps{ID: "f", Title: "Cost <b>", Desc: "Nothing yet"})),
		render(t, ConvergenceChart(ConvergenceProps{ID: "f", Title: "Cost <b>", Desc: "Nothing yet"})),
	} {
		for _, want := range []string{
			`aria-labelledby="f-wide-title"`, `<title id="f-wide-title">Cost &lt;b&gt;</title>`, `<desc id="f-narrow-desc">Nothing yet</desc>`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is missing", want)
			}
		}
	}
}
