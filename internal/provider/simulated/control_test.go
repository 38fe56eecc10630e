package simulated

import (
	"strings"
	"testing"
)

func TestControlsHandInTheReferenceAndTheStubAndNothingElse(t *testing.T) {
	t.Parallel()
	item := Item{ID: "x", Prompt: "def f(x):\n    \"\"\"Return x.\"\"\"\n", Reference: "    return x\n", EntryPoint: "f"}
	s := &Server{cfg: Config{Spread: 1}}
	for _, m := range Controls() {
		if !Control(m.Name) {
			t.Errorf("%s is not known as a control", m.Name)
		}
		for seed := range uint64(200) {
			p := s.plan(actor{Model: m}, item, seed)
			got, err := s.answer(t.Context(), p, item)
			if err != nil {
				t.Fatal(err)
			}
			if solves := strings.Contains(got.text, "return x"); solves == m.Stub {
				t.Fatalf("%s, seed %d: got %q", m.Name, seed, got.text)
			}
		}
	}
	for _, m := range Catalogue() {
		if Control(m.Name) {
			t.Errorf("%s passes for a control", m.Name)
		}
	}
}
