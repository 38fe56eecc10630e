package runs

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/ui"
)

func fetch(t *testing.T, h http.Handler, target string) *html.Node {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got %d", target, w.Code)
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestStepsAddUpToSamples(t *testing.T) {
	t.Parallel()
	got, now := converge(running().progress.Steps, nil, few)
	if now != 19 {
		t.Errorf("now: got %d, want 19", now)
	}
	type point struct{ X, Y float64 }
	points := map[id.ID][]point{}
	for m, list := range got {
		for _, s := range list {
			points[m] = append(points[m], point{s.X, s.Y})
			if s.Lo >= s.Y || s.Hi < s.Y {
				t.Errorf("the interval %g to %g does not hold %g", s.Lo, s.Hi, s.Y)
			}
		}
	}
	want := map[id.ID][]point{numbered(100): {{9, 80}, {19, 90}}, numbered(101): {{19, 100.0 / 3}}}
	if diff := cmp.Diff(want, points); diff != "" {
		t.Error(diff)
	}
}

func TestRanksAreGivenWhenTheRunIsComplete(t *testing.T) {
	t.Parallel()
	f := running()
	f.progress.Standings[0], f.progress.Standings[1] = f.progress.Standings[1], f.progress.Standings[0]
	for i := range 40 { // enough to tell the models apart
		f.cells = append(f.cells, bench.Cell{Problem: numbered(2000 + i), Model: numbered(100), Counted: 2, Passed: 2},
			bench.Cell{Problem: numbered(2000 + i), Model: numbered(101), Counted: 2, Passed: 0})
	}
	before := newStanding(f.progress, f.cells, drawnModels(f.progress))
	if before.Ranked || before.Rows[0].Rank != "" || before.Rows[0].Model != "Borealis" {
		t.Errorf("while running: got %+v", before)
	}
	f.progress.Run.State = bench.Completed
	after := newStanding(f.progress, f.cells, drawnModels(f.progress))
	if !after.Ranked || after.Rows[0].Model != "Helios" || after.Rows[0].Rank != "1" || after.Rows[0].Spread != "" || after.Rows[1].Rank != "2" {
		t.Errorf("complete: got %+v", after.Rows)
	}
	f.progress.Run.State = bench.Cancelled
	if got := newStanding(f.progress, f.cells, nil); got.Ranked {
		t.Error("a cancelled run has ranks")
	}
}

func TestManyProblemsShareRows(t *testing.T) {
	t.Parallel()
	for problems, want := range map[int]int{1: 1, 40: 1, 41: 5, 85: 5, 164: 10, 400: 25, 1000: 100} {
		if got := blockOf(problems); got != want {
			t.Errorf("%d problems: got blocks of %d, want %d", problems, got, want)
		}
	}
	f := running()
	f.progress.Run.Planned, f.progress.Run.Samples = 164*2, 1
	f.cells = nil
	for i := range 25 {
		f.cells = append(f.cells, bench.Cell{Problem: numbered(i), Model: numbered(100), Counted: 1, Passed: i % 2})
	}
	got := newHeat(f.progress, f.cells)
	want := []ui.HeatRow{{Label: "1–10", Cells: []ui.HeatCell{{Value: 50, N: 10}, {}}}, {Label: "11–20", Cells: []ui.HeatCell{{Value: 50, N: 10}, {}}},
		{Label: "21–25", Cells: []ui.HeatCell{{Value: 40, N: 5}, {}}}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestColumnsHaveNamesThatDiffer(t *testing.T) {
	t.Parallel()
	got := shortNames([]bench.Standing{{Title: "Claude Sonnet 4.5"}, {Title: "Claude Opus 4.5"}, {Title: "GPT-5"}, {Title: "GPT-5"}})
	if diff := cmp.Diff([]string{"Sonnet", "Opus", "GPT-5", "GPT-5"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheStripFollowsTheState(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p *bench.Progress)
		want   ui.Datum
	}{
		"running":  {func(p *bench.Progress) { p.PerMinute, p.Remaining = 38.2, 24*time.Minute }, ui.Datum{Label: "Remaining", Value: "24 min", Unit: "ETA 12:24", Note: "80 % interval 18 to 37 min"}},
		"too soon": {func(p *bench.Progress) { p.PerMinute, p.Remaining = 0, 0 }, ui.Datum{Label: "Remaining", Value: "–", Note: "known once attempts finish"}},
		"paused":   {func(p *bench.Progress) { p.Run.State = bench.Paused }, ui.Datum{Label: "Remaining", Value: "paused", Note: "20 attempts to go"}},
		"complete": {func(p *bench.Progress) { p.Run.State, p.Run.FinishedAt = bench.Completed, &noon }, ui.Datum{Label: "Duration", Value: "10 min", Note: "ended 2026-11-22 12:00 UTC"}},
	} {
		f := running()
		c.change(&f.progress)
		if diff := cmp.Diff(c.want, remaining(f.progress, noon)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{48 * time.Second: "48 s", 24 * time.Minute: "24 min", 200 * time.Minute: "3 h 20 min", 50 * time.Hour: "2 days 2 h"} {
		if got := span(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for want, ends := range map[string][2]time.Duration{"21 to 31 min": {21 * time.Minute, 31 * time.Minute}, "50 s to 2 min": {50 * time.Second, 2 * time.Minute},
		"1 h 40 min to 2 h 10 min": {100 * time.Minute, 130 * time.Minute}} {
		if got := spans(ends[0], ends[1]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryVerdictHasAWord(t *testing.T) {
	t.Parallel()
	if len(outcomes) != 10 {
		t.Errorf("got %d verdicts, want 10", len(outcomes))
	}
	for _, o := range outcomes {
		if o.word == "" || o.status == "" || outcomeOf(o.verdict) != o {
			t.Errorf("%s: got %+v", o.verdict, o)
		}
	}
}
