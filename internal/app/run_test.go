package app

import (
	"bytes"
	"os"
	"testing"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/problem/starter"
	"github.com/assay-bench/assay/internal/score"
)

func (a *App) starter(t *testing.T) problem.Suite {
	t.Helper()
	report, err := a.problems.Import(a.asHome(t.Context()), starterSuite, bytes.NewReader(starter.JSONL()))
	if err != nil {
		t.Fatal(err)
	}
	return report.Suite
}

func TestSimulatedModelsEndInTheOrderOfTheirSkill(t *testing.T) {
	t.Parallel()
	a := working(t)
	names := []string{"fennel-mini", "tessera-large", "touchstone-8b"}
	got := a.execute(t, bench.Plan{Name: "Order", Suite: a.starter(t).ID, Models: a.models(t, names...), Samples: 5, Seed: 11, Public: true})
	rate := map[string]float64{}
	for _, s := range got.Standings {
		if !s.Simulated {
			t.Errorf("%s is not marked as simulated", s.Title)
		}
		rate[s.Title] = float64(s.Passed) / float64(s.Counted)
	}
	if rate["Tessera Large"] <= rate["Touchstone 8B"] || rate["Touchstone 8B"] <= rate["Fennel Mini"] {
		t.Errorf("pass rates: got %v", rate)
	}
	if got.Run.Settled != 300 || got.Verdicts[score.Infrastructure] > 3 {
		t.Errorf("settled %d, verdicts %v", got.Run.Settled, got.Verdicts)
	}
}

func TestCanonicalSolutionsPassAndStubsFailThroughTheWholeHouse(t *testing.T) {
	t.Parallel()
	a := working(t)
	suite := a.starter(t)
	if path := os.Getenv("ASSAY_HUMANEVAL"); path != "" {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		report, err := a.problems.Import(a.asHome(t.Context()), "HumanEval", file)
		if err != nil || report.Added != 164 {
			t.Fatalf("import: got %+v, %v", report, err)
		}
		suite = report.Suite
	}
	models := a.models(t, "control-canonical", "control-stub")
	got := a.execute(t, bench.Plan{Name: "Controls", Suite: suite.ID, Models: models, Samples: 1})
	for i, want := range []int{suite.Problems, 0} {
		if s := got.Standings[i]; s.Passed != want || s.Counted != suite.Problems {
			t.Errorf("%s: got %d of %d, want %d of %d; verdicts %v", s.Title, s.Passed, s.Counted, want, suite.Problems, got.Verdicts)
		}
	}
}
