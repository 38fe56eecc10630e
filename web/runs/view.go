package runs

import (
	"fmt"
	"math"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// runProps is what the page of a run shows.
type runProps struct {
	Shell     shell.Props
	Name      string
	Href      string
	Status    ui.Status
	Word      string
	Simulated bool
	Settings  string // one line; the start follows it
	Started   time.Time
	Visible   string
	Notice    string // what a reader must know first
	Live      bool
	Pause     bool
	Resume    bool
	Cancel    bool
	Strip     []ui.Datum
	Figure    figure
	Standing  standing
	Heat      *ui.HeatProps // nil before there is anything in it
	Latest    []feedRow
	Verdicts  []verdictCount
	Say       string // one sentence for those who listen
}

// newRun describes a run as it stands now; manage lets the viewer change it.
func newRun(p bench.Progress, cells []bench.Cell, manage bool, now time.Time) runProps {
	run := p.Run
	status, word := statusOf(run.State)
	out := runProps{
		Name: run.Name, Href: hrefOf(run.ID), Status: status, Word: word, Simulated: run.Simulated,
		Settings: settings(p), Started: run.CreatedAt, Visible: visibility(run.Public), Notice: notice(p),
		Pause:  manage && run.State == bench.Running,
		Resume: manage && run.State == bench.Paused,
		Cancel: manage && !run.State.Final(),
		Strip:  strip(p, now), Latest: latest(p.Latest), Verdicts: verdicts(p), Say: say(p),
	}
	drawn := drawnModels(p)
	out.Figure = newFigure(p, worthOf(cells), drawn)
	out.Standing = newStanding(p, cells, drawn)
	out.Heat = newHeat(p, cells)
	return out
}

// problems is how many problems each model of the run is asked.
func problems(p bench.Progress) int {
	return p.Run.Planned / max(1, len(p.Standings)*p.Run.Samples)
}

func settings(p bench.Progress) string {
	return fmt.Sprintf("%s, %s each, %s, temperature %g, at most %s tokens, seed %d, suite %s",
		count(len(p.Standings), "model"), count(problems(p), "problem"), count(p.Run.Samples, "sample"),
		p.Run.Temperature, ui.Count(p.Run.MaxTokens), p.Run.Seed, p.Run.SuiteName)
}

func notice(p bench.Progress) string {
	switch {
	case p.Run.State == bench.Cancelled:
		return fmt.Sprintf("This run was cancelled after %s of %s. What had finished is kept below; nothing of it reaches the leaderboard.",
			ui.Count(p.Run.Settled), count(p.Run.Planned, "attempt"))
	case p.Run.State == bench.Paused:
		return "This run is paused: what was under way finishes, and nothing new starts until it is resumed."
	}
	return ""
}

// say is the sentence that is read out now and then.
func say(p bench.Progress) string {
	share := fmt.Sprintf("%d %% done", 100*p.Run.Settled/max(1, p.Run.Planned))
	switch {
	case p.Run.State == bench.Completed:
		return "The run is complete."
	case p.Run.State == bench.Cancelled:
		return "The run was cancelled."
	case p.Run.State == bench.Paused:
		return share + ", paused."
	case p.Remaining > 0:
		return share + ", " + span(p.Remaining) + " left."
	}
	return share + "."
}

func strip(p bench.Progress, now time.Time) []ui.Datum {
	run := p.Run
	share := float64(run.Settled) / float64(max(1, run.Planned))
	return []ui.Datum{
		{Label: "Progress", Value: percent(run.Settled, run.Planned), Unit: ui.Count(run.Settled) + " of " + ui.Count(run.Planned),
			Bar: &ui.Meter{Label: "Progress", Share: share}},
		remaining(p, now),
		{Label: "Throughput", Value: ui.Fixed(p.PerMinute, 1), Unit: "attempts / min", Note: working(p)},
		cost(p),
		failures(p),
	}
}

// remaining tells the time that is left, or that a finished run took. The
// attempts of the last seconds are few, so the time has an interval: that of a
// Poisson count n, n ± 1.2816 √n at 80 %.
func remaining(p bench.Progress, now time.Time) ui.Datum {
	run := p.Run
	switch {
	case run.FinishedAt != nil:
		return ui.Datum{Label: "Duration", Value: span(run.FinishedAt.Sub(run.CreatedAt)),
			Note: "ended " + run.FinishedAt.UTC().Format("2006-01-02 15:04 UTC")}
	case run.State == bench.Paused:
		return ui.Datum{Label: "Remaining", Value: "paused", Note: ui.Count(run.Planned-run.Settled) + " attempts to go"}
	case p.Remaining == 0:
		return ui.Datum{Label: "Remaining", Value: "–", Note: "known once attempts finish"}
	}
	d := ui.Datum{Label: "Remaining", Value: span(p.Remaining), Unit: "ETA " + eta(now, now.Add(p.Remaining))}
	const window = 20 * time.Second // in which the pace is measured
	if n := p.PerMinute * window.Minutes(); n >= 3 {
		reach := 1.2816 / math.Sqrt(n)
		d.Note = "80 % interval " + spans(scaled(p.Remaining, 1/(1+reach)), scaled(p.Remaining, 1/(1-reach)))
	}
	return d
}

func scaled(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// eta writes the hour in UTC, and the day when it is another one.
func eta(now, at time.Time) string {
	if now.UTC().YearDay() != at.UTC().YearDay() {
		return at.UTC().Format("2 Jan 15:04")
	}
	return at.UTC().Format("15:04")
}

func working(p bench.Progress) string {
	n := 0
	for _, m := range p.Standings {
		n += m.Working
	}
	switch {
	case p.Run.State.Final():
		return "over the whole run"
	case n == 0:
		return "none under way"
	}
	return ui.Count(n) + " under way"
}

// forecast is what all attempts will have cost if the rest of each model's cost as
// much as those that it has answered; there is none before every model has.
func forecast(list []bench.Standing) (whole money.Micro, ok bool) {
	for _, m := range list {
		if m.Answered == 0 {
			return 0, false
		}
		whole += money.Micro(float64(m.Cost) / float64(m.Answered) * float64(m.Planned))
	}
	return whole, len(list) > 0
}

func cost(p bench.Progress) ui.Datum {
	d := ui.Datum{Label: "Cost", Value: usd(p.Cost), Unit: "so far"}
	if p.Run.State.Final() {
		d.Unit = "in all"
	} else if whole, ok := forecast(p.Standings); ok {
		d.Note = "forecast " + usd(whole) + " for all"
	}
	if p.Run.Simulated {
		d.Unit += ", simulated"
	}
	return d
}

func failures(p bench.Progress) ui.Datum {
	n := p.Verdicts[score.Infrastructure]
	return ui.Datum{Label: "Failures", Value: ui.Count(n), Unit: "infrastructure",
		Note: percent(n, p.Run.Settled) + " of finished, not counted"}
}

// verdictCount is one verdict with the attempts that ended so.
type verdictCount struct {
	Count  string
	Word   string
	Status ui.Status
	Href   string
	After  string // the stop that follows
}

func verdicts(p bench.Progress) []verdictCount {
	var list []verdictCount
	for _, o := range outcomes {
		if n := p.Verdicts[o.verdict]; n > 0 {
			list = append(list, verdictCount{ui.Count(n), o.word, o.status, hrefOf(p.Run.ID) + "/attempts?verdict=" + string(o.verdict), ", "})
		}
	}
	if len(list) > 0 {
		list[len(list)-1].After = ". "
	}
	return list
}

// feedRow is one finished attempt in a table.
type feedRow struct {
	At        time.Time
	Problem   string
	Href      string
	Model     string
	Simulated bool
	Sample    string
	Status    ui.Status
	Word      string
	Detail    string
	Seconds   string
	Cost      string
}

// latest makes rows of attempts.
func latest(list []bench.Attempt) []feedRow {
	rows := make([]feedRow, len(list))
	for i, a := range list {
		o := outcomeOf(a.Verdict)
		rows[i] = feedRow{At: a.SettledAt, Problem: a.ProblemName, Href: "/attempts/" + a.ID.String(), Model: a.ModelTitle,
			Simulated: a.Simulated, Sample: ui.Count(a.Sample), Status: o.status, Word: o.short(), Detail: detail(a),
			Seconds: ui.Fixed(a.Latency.Seconds(), 1), Cost: ui.Fixed(a.Cost.Dollars(), 4)}
	}
	return rows
}

func detail(a bench.Attempt) string {
	if a.Verdict == score.Passed {
		return ui.Count(a.ChecksPassed) + " of " + count(a.ChecksTotal, "check")
	}
	return clip(a.Reason, 64)
}
