package simulated

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAWrongSolutionIsOneThatCompilesAndFails(t *testing.T) {
	t.Parallel()
	item := bank(t)[0]
	right := solved(item)
	broken := errors.New("no sandbox")
	for name, c := range map[string]struct {
		judge func(n int32, code string) (bool, error)
		want  func(s solution) bool
	}{
		"the first that fails": {
			func(n int32, code string) (bool, error) { return n < 4, nil },
			func(s solution) bool { return s == mutant(item, 3) },
		},
		"not one that does not compile": {
			func(n int32, code string) (bool, error) {
				if n < 3 {
					return false, ErrSyntax
				}
				return false, nil
			},
			func(s solution) bool { return s == mutant(item, 2) },
		},
		"a stub when no mutant fails": {
			func(n int32, code string) (bool, error) { return !strings.Contains(code, "return None"), nil },
			func(s solution) bool { return s.body == "    return None\n" },
		},
		"an exception when even a stub passes": {
			func(n int32, code string) (bool, error) { return !strings.Contains(code, "raise"), nil },
			func(s solution) bool { return s.body == "    raise NotImplementedError\n" },
		},
		"the first mutant when nobody can tell": {
			func(n int32, code string) (bool, error) { return false, broken },
			func(s solution) bool { return s == mutant(item, 0) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			s := drawing(t, 0)
			s.wrong.judge = func(_ context.Context, _ Item, code string) (bool, error) { return c.judge(asked.Add(1), code) }
			got, err := s.wrong.get(t.Context(), item, 2)
			if err != nil || got == right || !c.want(got) {
				t.Errorf("got %v and\n%s", err, got.program())
			}
		})
	}
}

func mutant(item Item, n int) solution {
	right := solved(item)
	return solution{right.head, mutations(right.body, chanceOf(42, "mutant", item.ID, 2))[n].apply(right.body)}
}

func TestAWrongSolutionIsLookedForOnce(t *testing.T) {
	t.Parallel()
	item := bank(t)[0]
	var asked atomic.Int32
	s := drawing(t, 0)
	s.wrong.judge = func(context.Context, Item, string) (bool, error) { asked.Add(1); return false, nil }
	for range 50 {
		s.wrong.running.Go(func() {
			if _, err := s.wrong.get(context.Background(), item, 1); err != nil {
				t.Error(err)
			}
		})
	}
	s.wrong.running.Wait()
	if got := asked.Load(); got != 1 {
		t.Errorf("judged: got %d times, want once", got)
	}
}

func TestAReferenceIsTakenAsABodyOrAsAWholeProgram(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		item Item
		want string
	}{
		"a body":                        {Item{Prompt: "def f(a):\n", Reference: "    return a\n", EntryPoint: "f"}, "def f(a):\n    return a\n"},
		"a body after a blank line":     {Item{Prompt: "def f(a):\n", Reference: "\n    return a", EntryPoint: "f"}, "def f(a):\n\n    return a\n"},
		"a prompt that is not ended":    {Item{Prompt: "def f(a):", Reference: "\treturn a", EntryPoint: "f"}, "def f(a):\n\treturn a\n"},
		"a whole program":               {Item{Prompt: "Write f.", Reference: "import re\n\ndef f(a):\n    return a\n\n", EntryPoint: "f"}, "import re\n\ndef f(a):\n    return a\n"},
		"a program that only binds":     {Item{Prompt: "Write f.", Reference: "f = abs\n", EntryPoint: "f"}, "f = abs\n"},
		"a body with a function of one": {Item{Prompt: "def f(a):\n", Reference: "    def g():\n        return a\n    return g()\n", EntryPoint: "f"}, "def f(a):\n    def g():\n        return a\n    return g()\n"},
	} {
		if got := solved(c.item).program(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
