package score

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// humanEval is one line of the data set.
type humanEval struct {
	Suite
	ID        string `json:"task_id"`
	Canonical string `json:"canonical_solution"`
}

// problems reads the data set, which is no part of the repository.
func problems(t testing.TB) []humanEval {
	t.Helper()
	path := os.Getenv("ASSAY_HUMANEVAL")
	if path == "" {
		path = filepath.Join("..", "..", "..", "shared", "data", "humaneval.jsonl.gz")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("HumanEval is not here; name its JSONL in ASSAY_HUMANEVAL: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []humanEval
	lines := bufio.NewScanner(z)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var p humanEval
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if lines.Err() != nil || len(all) != 164 {
		t.Fatalf("got %d problems (%v), want 164", len(all), lines.Err())
	}
	return all
}

// scoreAll scores one program for each problem, as many at a time as there are slots.
func scoreAll(t testing.TB, s *Scorer, all []humanEval, program func(humanEval) string) []Result {
	t.Helper()
	results := make([]Result, len(all))
	var wg sync.WaitGroup
	gate := make(chan struct{}, s.config.Slots)
	for i, p := range all {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			r, err := s.Score(t.Context(), p.Suite, program(p))
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
			results[i] = r
		})
	}
	wg.Wait()
	return results
}

func TestEveryReferenceSolutionPasses(t *testing.T) {
	t.Parallel()
	all := problems(t)
	for _, program := range []func(humanEval) string{
		func(p humanEval) string { return p.Prompt + p.Canonical },
		func(p humanEval) string { return Compose(p.Suite, p.Canonical) },
	} {
		for i, r := range scoreAll(t, newScorer(t, Limits{}), all, program) {
			if r.Verdict != Passed || r.Passed != r.Total || r.Total == 0 {
				t.Errorf("%s: got %s, %d of %d: %s", all[i].ID, r.Verdict, r.Passed, r.Total, r.Reason)
			}
		}
	}
}

func TestNoStubPasses(t *testing.T) {
	t.Parallel()
	all := problems(t)
	stub := func(p humanEval) string { return p.Prompt + "    pass\n" }
	for i, r := range scoreAll(t, newScorer(t, Limits{}), all, stub) {
		if r.Verdict != WrongAnswer {
			t.Errorf("%s: got %s, want wrong_answer: %s", all[i].ID, r.Verdict, r.Reason)
		}
	}
}
