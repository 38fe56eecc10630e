package starter

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheStarterProblemsAreWhole(t *testing.T) {
	t.Parallel()
	problems, err := Problems()
	if err != nil || len(problems) != 20 {
		t.Fatalf("got %d problems, %v, want 20", len(problems), err)
	}
	names, levels := map[string]bool{}, map[string]int{}
	for i, p := range problems {
		if want := fmt.Sprintf("Assay/%d", i+1); p.TaskID != want {
			t.Errorf("line %d: got id %s, want %s", p.Line, p.TaskID, want)
		}
		if names[p.EntryPoint] {
			t.Errorf("%s: the name %s is taken", p.TaskID, p.EntryPoint)
		}
		names[p.EntryPoint] = true
		levels[level(p.Test)]++
		if n := strings.Count(p.Test, "\n    assert "); n < 10 || n > 20 {
			t.Errorf("%s: %d asserts, want 10 to 20", p.TaskID, n)
		}
		if n := strings.Count(p.Prompt, "\n    >>> "); n < 2 || n > 3 {
			t.Errorf("%s: %d examples, want 2 or 3", p.TaskID, n)
		}
		if !strings.HasPrefix(p.Solution, "    ") || !strings.HasSuffix(p.Solution, "\n") {
			t.Errorf("%s: the solution is no body of four blanks", p.TaskID)
		}
		if strings.Contains(p.Prompt+p.Solution+p.Test, "import ") {
			t.Errorf("%s: needs an import", p.TaskID)
		}
	}
	if levels["easy"] != 5 || levels["middle"] != 10 || levels["hard"] != 5 {
		t.Errorf("got %v, want 5 easy, 10 middle, 5 hard", levels)
	}
}

// level returns what METADATA calls the difficulty.
func level(test string) string {
	_, rest, _ := strings.Cut(test, "'level': '")
	out, _, _ := strings.Cut(rest, "'")
	return out
}
