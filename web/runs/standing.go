package runs

import (
	"cmp"
	"math"
	"slices"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/ui"
)

// standing is the table of the run's models.
type standing struct {
	Caption string
	Of      string // the head of the count column
	Ranked  bool
	Scale   ui.Scale
	Rows    []standingRow
}

// standingRow is one model in it.
type standingRow struct {
	Rank      string
	Spread    string // the ranks it may really hold
	Slot      int    // of its line in Figure 1; 0 without one
	Model     string
	Provider  string
	Href      string
	Simulated bool
	Counted   string
	Pass      string
	Known     bool // whether there is an interval
	Interval  ui.Interval
	Cost      string
	Status    ui.Status
	Word      string
}

func newStanding(p bench.Progress, cells []bench.Cell, drawn map[id.ID]int) standing {
	order := slices.Clone(p.Standings)
	out := standing{Of: "of " + ui.Count(plannedEach(p)), Ranked: p.Run.State == bench.Completed,
		Caption: "Standing so far, pass rate with 95 % interval. Ranks are withheld until the run is complete."}
	var spreads map[id.ID]stat.Spread
	switch p.Run.State {
	case bench.Completed:
		out.Caption = "Standing, pass rate with 95 % interval. A range of ranks such as 1–2 holds models that the data do not tell apart."
		spreads = ranks(p, cells)
		slices.SortStableFunc(order, func(a, b bench.Standing) int {
			return cmp.Or(cmp.Compare(spreads[a.Model].Rank, spreads[b.Model].Rank), cmp.Compare(rate(b), rate(a)))
		})
	case bench.Cancelled:
		out.Caption = "Standing when the run was cancelled, pass rate with 95 % interval. A cancelled run gives no ranks."
	}
	w := worthOf(cells)
	out.Scale = scaleOf(order, w)
	greatest := money.Micro(0)
	for _, m := range order {
		greatest = max(greatest, m.Cost)
	}
	for _, m := range order {
		row := newStandingRow(p.Run, m, w, drawn[m.Model], greatest)
		if s, ok := spreads[m.Model]; ok {
			row.Rank = ui.Count(s.Rank)
			if s.Low < s.High {
				row.Spread = ui.Count(s.Low) + "–" + ui.Count(s.High)
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func newStandingRow(run bench.Run, m bench.Standing, w worth, slot int, greatest money.Micro) standingRow {
	row := standingRow{Slot: slot, Model: m.Title, Provider: m.Provider, Href: hrefOf(run.ID) + "/attempts?model=" + m.Model.String(),
		Simulated: m.Simulated, Counted: ui.Count(m.Counted), Pass: "–", Cost: dollars(m.Cost, greatest)}
	row.Status, row.Word = modelStatus(run.State, m)
	if m.Counted > 0 {
		i := w.interval(m.Model, m.Passed, m.Counted)
		row.Known, row.Pass = true, ui.Fixed(100*rate(m), 1)
		row.Interval = ui.Interval{Value: 100 * rate(m), Lo: 100 * i.Low, Hi: 100 * i.High, Bare: true, Series: slot, Hollow: m.Simulated,
			Text: "95 % interval " + ui.Fixed(100*i.Low, 1) + " to " + ui.Fixed(100*i.High, 1)}
	}
	return row
}

// plannedEach is how many attempts each model makes.
func plannedEach(p bench.Progress) int { return p.Run.Planned / max(1, len(p.Standings)) }

func rate(m bench.Standing) float64 {
	if m.Counted == 0 {
		return -1
	}
	return float64(m.Passed) / float64(m.Counted)
}

// modelStatus says what a model does in a run of the given state.
func modelStatus(s bench.State, m bench.Standing) (ui.Status, string) {
	switch {
	case m.Settled >= m.Planned:
		return ui.Done, "done"
	case s == bench.Cancelled:
		return ui.Cancelled, "cancelled"
	case m.Working > 0:
		return ui.Running, "running"
	case s == bench.Paused:
		return ui.Paused, "paused"
	case m.Settled > 0:
		return ui.Running, "waiting"
	}
	return ui.Queued, "queued"
}

// scaleOf spans all intervals in whole tens.
func scaleOf(list []bench.Standing, w worth) ui.Scale {
	lo, hi := 100.0, 0.0
	for _, m := range list {
		if m.Counted > 0 {
			i := w.interval(m.Model, m.Passed, m.Counted)
			lo, hi = min(lo, 10*math.Floor(10*i.Low)), max(hi, 10*math.Ceil(10*i.High))
		}
	}
	if lo >= hi {
		lo, hi = 0, 100
	}
	if hi-lo < 20 {
		lo, hi = max(0, lo-10), min(100, hi+10)
	}
	return ui.NewScale(lo, hi)
}

// ranks places the models of a complete run by what they did on each problem.
func ranks(p bench.Progress, cells []bench.Cell) map[id.ID]stat.Spread {
	models, problems := map[id.ID]int{}, map[id.ID]int{}
	for i, m := range p.Standings {
		models[m.Model] = i
	}
	for _, c := range cells {
		if _, ok := problems[c.Problem]; !ok {
			problems[c.Problem] = len(problems)
		}
	}
	rows := make([][]stat.Cell, len(models))
	for i := range rows {
		rows[i] = make([]stat.Cell, len(problems))
	}
	for _, c := range cells {
		if i, ok := models[c.Model]; ok {
			rows[i][problems[c.Problem]] = stat.Cell{N: c.Counted, Passed: c.Passed}
		}
	}
	out := make(map[id.ID]stat.Spread, len(rows))
	for i, s := range stat.RankSpread(rows) {
		out[p.Standings[i].Model] = s
	}
	return out
}
