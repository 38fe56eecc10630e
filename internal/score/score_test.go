package score

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newScorer returns a scorer of its own; where the tools of the sandbox are absent
// the test fails with the sentence that names them.
func newScorer(t testing.TB, l Limits) *Scorer {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Sandbox: box, Slots: 2, Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestBadProgramsGetTheirVerdict(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{Wall: 5 * time.Second})
	for _, c := range []struct {
		name, program string
		want          Verdict
		reason        string
	}{
		{"empty", "", NoCode, "no code"},
		{"blank", " \n\t\n", NoCode, "no code"},
		{"a comment", "# nothing\n", RuntimeError, "does not define double"},
		{"5 MB", strings.Repeat("x = 1\n", 5<<20/6), CompileError, "at most 1048576"},
		{"NUL bytes", "def double(x):\x00 return x", CompileError, "null bytes"},
		{"no UTF-8", "def double(x): return '\xff\xfe'", CompileError, "utf-8"},
		{"syntax", "def double(x:\n    return x", CompileError, "SyntaxError"},
		{"indentation", "def double(x):\nreturn x", CompileError, "IndentationError: expected an indented block"},
		{"nesting", strings.Repeat("(", 5000) + strings.Repeat(")", 5000), CompileError, "too many nested parentheses"},
		{"prose", "Here is the function you asked for.", CompileError, "invalid syntax"},
		{"no entry point", "def triple(x): return x", RuntimeError, "does not define double"},
		{"no function", "double = 3", RuntimeError, "of type int and cannot be called"},
		{"arity", "def double(): return 1", RuntimeError, "takes 0 positional arguments but 1 was given"},
		{"error on loading", "import nothing_like_it\ndef double(x): return x", RuntimeError, "No module named 'nothing_like_it' (line 1"},
		{"error in a call", "def double(x):\n    return x[0][1]", RuntimeError, "'int' object is not subscriptable (line 2, in double: return x[0][1])"},
		{"error without message", "def double(x):\n    class Odd(Exception):\n        def __str__(self): 1/0\n    raise Odd", RuntimeError, "Odd: (its message cannot be read)"},
		{"wrong", "def double(x): return 4", WrongAnswer, "line 4 of the test expects 14 and got 4"},
		{"nothing", "def double(x): pass", WrongAnswer, "expects 4 and got None"},
		{"main guard", "def double(x): return x + x\nif __name__ == '__main__': 1/0", Passed, "all 4"},
		{"printing", "def double(x):\n    print('hello')\n    return x + x", Passed, "all 4"},
		{"a dataclass", "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef double(x): return x + x", Passed, "all 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Score(t.Context(), double, c.program)
			if err != nil {
				t.Fatal(err)
			}
			if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("got %s: %s, want %s: %s", got.Verdict, got.Reason, c.want, c.reason)
			}
		})
	}
}

func TestAResultTellsWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	got, err := s.Score(t.Context(), double, "import sys\nprint('out', flush=True)\nprint('err\\0', file=sys.stderr)\ndef double(x): return 4")
	if err != nil {
		t.Fatal(err)
	}
	want := []Check{
		{Line: 3, Source: "assert candidate(2) == 4", Passed: true, Got: "4", Expected: "4"},
		{Line: 4, Source: "assert candidate(7) == 14", Got: "4", Expected: "14"},
		{Line: 5, Source: "assert candidate([1]) == [1, 1]", Got: "4", Expected: "[1, 1]"},
		{Line: 6, Source: `assert candidate("ab") != "ab"`, Passed: true, Got: "4", Expected: "'ab'"},
	}
	if diff := cmp.Diff(want, got.Checks); diff != "" {
		t.Error(diff)
	}
	if got.Passed != 2 || got.Total != 4 {
		t.Errorf("got %d of %d, want 2 of 4", got.Passed, got.Total)
	}
	if got.Output != "out\nerr\uFFFD\n" || got.OutputBytes != 9 {
		t.Errorf("output: got %q, %d bytes", got.Output, got.OutputBytes)
	}
	if got.Wall <= 0 || got.CPU <= 0 || got.PeakMemory < 1<<20 {
		t.Errorf("usage: got %+v", got)
	}
}

func TestEveryPlainValueSurvivesTheJourney(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	values := []string{
		"0", "-1", "10**200", "-(1 << 600)", "True", "None", "1.5", "-0.0", "1e308", "float('inf')", "-float('inf')",
		"''", "'\\\\ \"quoted\" \\n\\t\\0'", "'\\u00e4\\U0001f600\\ud800'", "b'\\x00\\xff'", "(1, (2,))", "[]", "()", "[[1], [2, [3]]]",
		"{1, 2}", "set()", "frozenset({'a'})", "{'a': [1], (1, 2): {3}}", "{}", "1+2j", "{'t': 1}", "[{'d': []}]",
	}
	var test strings.Builder
	test.WriteString("def check(candidate):\n")
	for _, v := range values {
		test.WriteString("    v = " + v + "\n    r = candidate(v)\n    assert r == v\n    assert type(r) is type(v)\n    assert repr(r) == repr(v) or isinstance(v, (set, frozenset))\n")
	}
	test.WriteString("    n = candidate(float('nan'))\n    assert n != n\n")
	got, err := s.Score(t.Context(), Suite{Prompt: "def same(x): pass", Test: test.String(), EntryPoint: "same"}, "def same(x): return x")
	if err != nil {
		t.Fatal(err)
	}
	if got.Verdict != Passed || got.Total != 3*len(values)+1 {
		t.Errorf("got %s, %d of %d: %s", got.Verdict, got.Passed, got.Total, got.Reason)
	}
}

func TestTheProgramCannotFindWhatIsExpected(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	suite := Suite{Prompt: "def f(x): pass", EntryPoint: "f", Test: "def check(candidate): assert candidate(1) == 918273645"}
	// The needle is computed, so that the program does not find itself.
	got, err := s.Score(t.Context(), suite, `
import gc, os, sys
def texts():
    yield from sys.argv
    yield from (repr(v) for v in os.environ.items())
    frame = sys._getframe()
    while frame:
        yield repr(frame.f_locals); yield repr(frame.f_globals); frame = frame.f_back
    for o in gc.get_objects():
        if not isinstance(o, type(sys)): yield repr(o)
    for path in ("/proc/self/cmdline", "/proc/1/cmdline", "/proc/self/environ", "/proc/self/maps"):
        if os.path.exists(path): yield open(path).read()
    for folder in ("/", "/tmp", "/dev", "/dev/shm"):
        if os.path.exists(folder): yield repr(os.listdir(folder))
def f(x):
    count = 0
    for text in texts():
        count += 1
        if str(306091215 * 3) in text: print("FOUND", text[:200])
    print(count > 100)
    return 0`)
	if err != nil {
		t.Fatal(err)
	}
	if got.Verdict != WrongAnswer || got.Output != "True\n" {
		t.Errorf("got %s (%s), output %q; want wrong_answer and a search in vain", got.Verdict, got.Reason, got.Output)
	}
}

func TestSuitesAreTakenAsTheyCome(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{Wall: 3 * time.Second})
	const program = "def f(x, y=0):\n    if x < 0: raise ValueError('negative')\n    return x + y"
	for _, c := range []struct {
		name, prompt, test string
		want               Verdict
		reason             string
	}{
		{"loops", "", "def check(c):\n    for n in range(100): assert c(n) == n", Passed, "100"},
		{"helpers of the prompt", "def twice(x): return 2 * x\ndef f(x, y=0):\n", "def check(c): assert twice(c(2)) == 4", Passed, ""},
		{"named arguments", "", "def check(c): assert c(1, y=2) == 3", Passed, ""},
		{"the name instead of the parameter", "", "def check(candidate): assert f(1) == 1", Passed, ""},
		{"an expected error", "", "def check(c):\n    try:\n        c(-1)\n        assert False\n    except ValueError as e: assert str(e) == 'negative'", Passed, ""},
		{"an error nobody expected", "", "def check(c):\n    x = c(-1)\n    assert x == 1", RuntimeError, "ValueError: negative"},
		{"expected on the left", "", "def check(c): assert 5 == c(4)", WrongAnswer, "expects 5 and got 4"},
		{"a result that the test cannot use", "", "def check(c): assert c(1)[0] == 1", WrongAnswer, "the test cannot use the result: TypeError"},
		{"more after a failure", "", "def check(c):\n    assert c(1) == 2\n    assert c(2) == 2", WrongAnswer, "line 2"},
		{"no assertion", "", "def check(c): c(1)", Infrastructure, "asserts nothing"},
		{"a constant", "", "def check(c):\n    c(1)\n    assert True", Infrastructure, "asserts nothing"},
		{"no call", "", "def check(c): assert 1 + 1 == 2", Infrastructure, "never calls"},
		{"no check", "", "x = 1", Infrastructure, "defines no function check"},
		{"no Python", "", "def check(:", Infrastructure, "SyntaxError"},
		{"an error of its own", "", "def check(c): missing", Infrastructure, "NameError"},
		{"an argument that is not plain", "", "def check(c): assert c(object()) == 1", Infrastructure, "not plain"},
		{"no end", "", "def check(c):\n    while True: pass", Infrastructure, "did not end"},
		{"a loop that the result drives", "", "def check(c):\n    while c(1) == 1: pass\n    assert c(1) == 2", TimeLimit, "stopped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.prompt == "" {
				c.prompt = "def f(x, y=0):\n"
			}
			got, err := s.Score(t.Context(), Suite{Prompt: c.prompt, Test: c.test, EntryPoint: "f"}, program)
			if err != nil {
				t.Fatal(err)
			}
			if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("got %s: %s, want %s: %s", got.Verdict, got.Reason, c.want, c.reason)
			}
		})
	}
}

func TestOneSuiteCannotTouchTheNext(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	spoil := Suite{Prompt: "def f(x): pass", EntryPoint: "f", Test: `
import os, time, operator, json, random
def check(candidate):
    operator.eq = json.dumps = random.seed = None
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    assert candidate(1) == 1`}
	for range 2 * 40 { // more than the processes that a tester may have
		if _, err := s.Score(t.Context(), spoil, "def f(x): return 1"); err != nil && fault.KindOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
	}
	got, err := s.Score(t.Context(), double, "def double(x): return x + x")
	if err != nil || got.Verdict != Passed {
		t.Errorf("got %s (%s) %v", got.Verdict, got.Reason, err)
	}
}

func TestADeadTesterIsReplaced(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	suicide := Suite{Prompt: "def f(x): pass", EntryPoint: "f", Test: "import os\ndef check(c):\n    c(1)\n    os._exit(3)"}
	_, err := s.Score(t.Context(), suicide, "def f(x): return 1")
	if got := fault.KindOf(err); got != fault.Unavailable {
		t.Errorf("got %v, want a fault of kind unavailable", err)
	}
	for range 3 {
		if got, err := s.Score(t.Context(), double, "def double(x): return x + x"); err != nil || got.Verdict != Passed {
			t.Errorf("afterwards: got %s (%s) %v", got.Verdict, got.Reason, err)
		}
	}
}

func TestTheEndOfTheContextEndsAnAttempt(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := s.Score(ctx, double, "while True: pass"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	if got, err := s.Score(t.Context(), double, "def double(x): return x + x"); err != nil || got.Verdict != Passed {
		t.Errorf("afterwards: got %s %v", got.Verdict, err)
	}
}

func TestAClosedScorerRefuses(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Score(t.Context(), double, "x = 1"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v, want a fault of kind unavailable", err)
	}
}
