package simulated

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestAProblemIsFoundHoweverItIsAskedFor(t *testing.T) {
	t.Parallel()
	var x Index
	items := bank(t)
	x.Add(items...)
	x.Add(Item{ID: "prose", Prompt: "Add two numbers.", Reference: "def add(a, b):\n    return a + b\n", EntryPoint: "add"})
	x.Add(Item{ID: "longer", Prompt: items[0].Prompt + "    # with a remark\n", EntryPoint: items[0].EntryPoint})
	p := items[1].Prompt
	for name, c := range map[string]struct{ message, want string }{
		"the prompt itself":        {p, "own/1"},
		"without its last break":   {strings.TrimSpace(p), "own/1"},
		"in a fence":               {"Complete it:\n```python\n" + p + "```\nOnly code, please.", "own/1"},
		"between markers":          {"<problem>\n" + p + "</problem>\nOnly code.", "own/1"},
		"with CRLF":                {"Do:\r\n" + strings.ReplaceAll(p, "\n", "\r\n") + "\r\nNow.", "own/1"},
		"a problem without a name": {"Please: Add two numbers. Thanks.", "prose"},
		"the longer of two":        {"x\n" + items[0].Prompt + "    # with a remark\n    pass", "longer"},
		"the shorter of two":       {"x\n" + items[0].Prompt, "own/0"},
		"something else":           {"def is_prime(n): what does this do?", ""},
		"nothing":                  {"", ""},
	} {
		got, ok := x.Lookup(c.message)
		if got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q, want %q", name, got.ID, c.want)
		}
	}
}

func TestALaterItemTakesThePlaceOfOneWithTheSamePrompt(t *testing.T) {
	t.Parallel()
	var x Index
	x.Add(Item{ID: "a", Prompt: "def f():", EntryPoint: "f"}, Item{ID: "b", Prompt: "def f():\n", EntryPoint: "f"}, Item{ID: "c"})
	if got, _ := x.Lookup("so: def f(): ..."); got.ID != "b" || x.Len() != 1 {
		t.Errorf("got %q of %d, want b of 1", got.ID, x.Len())
	}
	x.Replace([]Item{{ID: "d", Prompt: "def g():", EntryPoint: "g"}})
	if _, ok := x.Lookup("def f():"); ok || x.Len() != 1 {
		t.Error("the replaced problem is still there")
	}
}

func TestAnIndexIsReadWhileItIsWritten(t *testing.T) {
	t.Parallel()
	var x Index
	x.Add(Item{ID: "fixed", Prompt: "def fixed():", EntryPoint: "fixed"}, Item{ID: "loose", Prompt: "loose"})
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 50 {
				x.Add(Item{ID: "i", Prompt: fmt.Sprintf("def f%d_%d():", n, i), EntryPoint: fmt.Sprintf("f%d_%d", n, i)})
				if _, ok := x.Lookup("please: def fixed(): now"); !ok {
					t.Error("the fixed problem is not found")
				}
			}
		})
	}
	all.Wait()
	if got := x.Len(); got != 402 {
		t.Errorf("problems: got %d, want 402", got)
	}
}
