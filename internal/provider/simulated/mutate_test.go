package simulated

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// bank reads the problems of testdata, split after the docstring.
func bank(t testing.TB) []Item {
	t.Helper()
	raw, err := os.ReadFile("testdata/functions.py")
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for i, src := range strings.Split(string(raw), "# ---\n") {
		parts := strings.SplitAfterN(src, `"""`, 3)
		_, entry, _ := strings.Cut(parts[0], "def ")
		entry, _, _ = strings.Cut(entry, "(")
		items = append(items, Item{
			ID: fmt.Sprintf("own/%d", i), Prompt: parts[0] + parts[1] + "\n", EntryPoint: entry,
			Reference: strings.TrimPrefix(parts[2], "\n"),
		})
	}
	return items
}

// compiles tells which of the programs Python accepts. None of them is run.
func compiles(t *testing.T, programs []string) []bool {
	t.Helper()
	const check = `import ast, json, sys
def fine(p):
    try:
        compile(p, "p", "exec", ast.PyCF_ONLY_AST); compile(p, "p", "exec")
        return True
    except SyntaxError:
        return False
json.dump([fine(p) for p in json.load(sys.stdin)], sys.stdout)`
	in, err := json.Marshal(programs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "-W", "ignore", "-c", check)
	cmd.Stdin, cmd.Env = bytes.NewReader(in), []string{}
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("no Python to check with: %v", err)
	}
	var ok []bool
	if err := json.Unmarshal(out, &ok); err != nil || len(ok) != len(programs) {
		t.Fatalf("Python said %.200s: %v", out, err)
	}
	return ok
}

func TestEveryMutantIsAnotherProgramThatCompiles(t *testing.T) {
	t.Parallel()
	var programs, notes []string
	for _, item := range bank(t) {
		right := solved(item)
		different := map[string]bool{}
		add := func(kind string, s solution) {
			programs = append(programs, s.program())
			notes = append(notes, item.EntryPoint+": "+kind)
		}
		for _, m := range mutations(right.body, chanceOf(1, "", item.ID, 0)) {
			wrong := solution{right.head, m.apply(right.body)}
			if wrong == right {
				t.Errorf("%s: %s changes nothing", item.EntryPoint, m.kind)
			}
			different[wrong.body] = true
			add(m.kind, wrong)
		}
		if len(different) < 3 {
			t.Errorf("%s: got %d mutants, want at least 3", item.EntryPoint, len(different))
		}
		add("the reference", right)
		add("a stub", right.stub(item, "return None"))
		add("a stub of a whole program", solution{body: right.program()}.stub(item, "return None"))
		add("the function alone", solution{body: alone(right.program(), item.EntryPoint, true)})
		for _, m := range mutations(right.program(), chanceOf(1, "", item.ID, 0)) {
			add("whole, "+m.kind, solution{body: m.apply(right.program())})
		}
	}
	for i, ok := range compiles(t, programs) {
		if !ok {
			t.Errorf("%s does not compile:\n%s", notes[i], programs[i])
		}
	}
	t.Logf("%d programs", len(programs))
}

func TestATorsoNeverCompiles(t *testing.T) {
	t.Parallel()
	var programs []string
	for _, item := range bank(t) {
		for at := range 20 {
			text := torso(solved(item), float64(at)/20)
			programs = append(programs, strings.TrimPrefix(text, "```python\n"))
		}
	}
	for i, ok := range compiles(t, programs) {
		if ok {
			t.Errorf("this compiles:\n%s", programs[i])
		}
	}
}

func TestMistakesOfEachKindAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, src, want string }{
		{"comparison", "    if a < b:\n        return 1\n", "    if a <= b:\n        return 1\n"},
		{"operator", "    return a + b\n", "    return a - b\n"},
		{"number", "    x = 0\n", "    x = 1\n"},
		{"number", "    x = f('it\\'s', 0)\n", "    x = f('it\\'s', 1)\n"},
		{"word", "    return a and b\n", "    return a or b\n"},
		{"word", "    return True\n", "    return False\n"},
		{"method", "    return s.lower()\n", "    return s.upper()\n"},
		{"function", "    return max(a, b)\n", "    return min(a, b)\n"},
		{"membership", "    return a in b\n", "    return a not in b\n"},
		{"lost not", "    return a not in b\n", "    return a in b\n"},
		{"lost not", "    return a is not b\n", "    return a is b\n"},
		{"identity", "    return a is b\n", "    return a is not b\n"},
		{"lost sign", "    return x[-1]\n", "    return x[1]\n"},
		{"bound", "    for i in range(n):\n        f(i)\n", "    for i in range(1, n):\n        f(i)\n"},
		{"bound", "    for i in range(a, n):\n        f(i)\n", "    for i in range(a, n - 1):\n        f(i)\n"},
		{"length", "    return len(x)\n", "    return len(x) - 1\n"},
		{"swapped branches", "    if a or b:  # why\n        f()\n", "    if not (a or b):  # why\n        f()\n"},
		{"swapped branches", "    x = a if b == c else d\n", "    x = a if not (b == c) else d\n"},
		{"lost result", "    return x\n", "    return None\n"},
		{"reversed result", "    return x == y\n", "    return not (x == y)\n"},
		{"dropped line", "    x = f(1,\n          2)  # so\n    return y\n", "    return y\n"},
	} {
		found := false
		for _, m := range mutations(c.src, chanceOf(1, "", "", 0)) {
			found = found || m.kind == c.kind && m.apply(c.src) == c.want
		}
		if !found {
			t.Errorf("%s: %q never becomes %q", c.kind, c.src, c.want)
		}
	}
}

func TestNothingIsChangedWhereAMistakeWouldNotCompileOrNotShow(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		"def f(a=1, *b, c: int = 2, **d) -> int:\n", "import a.b\n", "@wraps(1)\n", "    'text < 1 + 2'\n",
		"    # a < b + 1\n", "    \"\"\"a\n    < 1\n    \"\"\"\n", "    x = 'open\n", "    x = (1\n", "    x = 1)\n", "\x00", "?",
		"    print(*a, **b)\n", "    for a in b:\n", "    x = rb'1 < 2'\n", "    x = 'it\\'s < 1'\n",
	} {
		if got := mutations(src, chanceOf(1, "", "", 0)); len(got) > 0 && got[0].kind != "lost result" {
			t.Errorf("%q: got %q, want nothing", src, got[0].apply(src))
		}
	}
}

func TestMistakesThatMayNeverEndComeLast(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		found := mutations("    i = 0\n    while i < n:\n        i += 1\n    return i + n\n", chanceOf(seed, "", "", 0))
		last := 0
		for _, m := range found {
			if m.rank < last {
				t.Fatalf("rank %d after %d", m.rank, last)
			}
			last = m.rank
		}
		if first := found[0]; last != 2 || first.rank != 0 {
			t.Errorf("ranks: got %d to %d, want 0 to 2", first.rank, last)
		}
	}
}

func FuzzMutationsNeverPanic(f *testing.F) {
	for _, item := range bank(f) {
		f.Add(item.Prompt + item.Reference)
	}
	f.Add("def")
	f.Add("not\n is len( range(*\n lambda if else [)")
	f.Fuzz(func(t *testing.T, src string) {
		for _, m := range mutations(src, chanceOf(1, "", "", 0)) {
			_ = m.apply(src)
		}
		_ = alone(src, "f", true)
		_ = torso(solution{body: src}, 0.5)
	})
}
