package runs

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/ui"
)

// lines is the most models that one chart tells apart.
const lines = 6

// figure is the chart of pass rates as attempts finish.
type figure struct {
	Text  string
	Chart *ui.ConvergenceProps // nil before there is a line in it
}

// drawnModels gives up to six models their colour and shape, 1 to 6: those of a
// small run all the time, of a bigger one the first six, and in the end the best.
func drawnModels(p bench.Progress) map[id.ID]int {
	order := slices.Clone(p.Standings)
	if p.Run.State == bench.Completed && len(order) > lines {
		slices.SortStableFunc(order, func(a, b bench.Standing) int { return cmp.Compare(rate(b), rate(a)) })
	}
	drawn := map[id.ID]int{}
	for i, m := range order[:min(len(order), lines)] {
		drawn[m.Model] = i + 1
	}
	return drawn
}

func newFigure(p bench.Progress, w worth, drawn map[id.ID]int) figure {
	out := figure{Text: "Pass rate as attempts finish. Bands on the highest and the lowest model are 95 % Wilson intervals."}
	if len(p.Standings) > lines {
		out.Text += fmt.Sprintf(" %d of %d models are drawn.", lines, len(p.Standings))
	}
	chart := ui.ConvergenceProps{ID: "pass", Title: "Pass rate as attempts finish", XTitle: "attempts finished", YTitle: "pass rate, %",
		XMax: float64(p.Run.Planned)}
	samples, now := converge(p.Steps, w, max(few, plannedEach(p)/16))
	for _, m := range p.Standings {
		if slot := drawn[m.Model]; slot > 0 && len(samples[m.Model]) > 0 {
			chart.Series = append(chart.Series, ui.Series{Label: m.Title, Slot: slot, Samples: samples[m.Model], Hollow: m.Simulated})
		}
	}
	if len(chart.Series) == 0 {
		return out
	}
	slices.SortFunc(chart.Series, func(a, b ui.Series) int { return cmp.Compare(a.Slot, b.Slot) })
	low, high := extremes(chart.Series)
	chart.Series[low].Band, chart.Series[high].Band = true, true
	if p.Run.State.Final() {
		chart.XMax = float64(now)
	} else {
		chart.Now, chart.NowText = float64(now), "now, "+ui.Count(now)
	}
	chart.Desc = fmt.Sprintf("%s after %s of %s attempts, from %s at %s to %s at %s per cent. Table 1 holds the figures.",
		count(len(p.Standings), "model"), ui.Count(p.Run.Settled), ui.Count(p.Run.Planned), chart.Series[low].Label,
		ui.Fixed(end(chart.Series[low]), 1), chart.Series[high].Label, ui.Fixed(end(chart.Series[high]), 1))
	out.Chart = &chart
	return out
}

func end(s ui.Series) float64 { return s.Samples[len(s.Samples)-1].Y }

// extremes finds the lines that end lowest and highest.
func extremes(list []ui.Series) (low, high int) {
	for i, s := range list {
		if end(s) < end(list[low]) {
			low = i
		}
		if end(s) > end(list[high]) {
			high = i
		}
	}
	return low, high
}

// converge adds steps up: at the end of every slice each model has a sample of
// all that it did so far, once it has made least attempts.
func converge(steps []bench.Step, w worth, least int) (map[id.ID][]ui.Sample, int) {
	type sum struct{ counted, passed int }
	sums, samples, now := map[id.ID]sum{}, map[id.ID][]ui.Sample{}, 0
	for at := 0; at < len(steps); {
		bucket := steps[at].Bucket
		for ; at < len(steps) && steps[at].Bucket == bucket; at++ {
			s := steps[at]
			sums[s.Model] = sum{sums[s.Model].counted + s.Counted, sums[s.Model].passed + s.Passed}
			now = max(now, s.UpTo)
		}
		for model, s := range sums {
			if s.counted < least {
				continue
			}
			i := w.interval(model, s.passed, s.counted)
			samples[model] = append(samples[model], ui.Sample{X: float64(now), Y: 100 * float64(s.passed) / float64(s.counted),
				Lo: 100 * i.Low, Hi: 100 * i.High})
		}
	}
	return samples, now
}
