package attempts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

func TestOnlyTheLastPlaceOfAReasonIsALine(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]int{
		"IndexError: x (line 12, in f: return xs[9])":                 12,
		"ValueError: (line 3, in a) (line 4, in f: g(1))":             4,
		"SyntaxError: '(' was never closed (line 2, in <module>: f()": 2,
		"line 4 of the test expects 1 and got 2":                      0,
		"X (line 99999999999999999999, in f: )":                       0,
		"":                                                            0,
	} {
		if _, got := located(reason); got != want {
			t.Errorf("%q: got %d, want %d", reason, got, want)
		}
	}
	d := failed()
	d.Reason = "IndexError: x (line 4, in f: )"
	for _, l := range newView(d, "code").Lines {
		if l.Mark != ui.Unmarked {
			t.Errorf("line %d is marked although the reason names none of the program", l.No)
		}
	}
}

func TestInvisibleCharactersAreWritten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\ttext\n": "plain\ttext\n", "a\u202eb": "a⟨U+202E⟩b", "\x1b[0m": "⟨U+001B⟩[0m", "a\rb": "a⟨U+000D⟩b", "a\x00": "a⟨U+0000⟩",
		"zero\u200dwidth\ufeff": "zero⟨U+200D⟩width⟨U+FEFF⟩", "tag\U000e0041": "tag⟨U+E0041⟩", "é Ω 語": "é Ω 語",
	} {
		if got := ui.Visible(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := plain("a\r\nb"); got != "a\nb" {
		t.Errorf("got %q", got)
	}
}

func TestADiffHoldsBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c", ""}))
		before, after := lines.Draw(t, "before"), lines.Draw(t, "after")
		gotBefore, gotAfter := []string{}, []string{}
		for _, l := range diff(before, after) {
			if l.Mark != ui.Added {
				gotBefore = append(gotBefore, l.Tokens[0].Text)
			}
			if l.Mark != ui.Removed {
				gotAfter = append(gotAfter, l.Tokens[0].Text)
			}
		}
		if d := cmp.Diff(before, gotBefore) + cmp.Diff(after, gotAfter); d != "" {
			t.Fatal(d)
		}
	})
}

func TestADiffKeepsWhatBothShare(t *testing.T) {
	t.Parallel()
	var got []string
	for _, l := range diff([]string{"def f():", "  x = 1", "  y = 2", "  return x"}, []string{"def f():", "  y = 2", "  z = 3", "  return x"}) {
		got = append(got, string(l.Mark)+"|"+l.Tokens[0].Text)
	}
	want := []string{"|def f():", "del|  x = 1", "|  y = 2", "add|  z = 3", "|  return x"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if table(make([]string, 2000), make([]string, 2000)) != nil {
		t.Error("a table of four million places was made")
	}
}

func TestTheTaskIsTheDocstring(t *testing.T) {
	t.Parallel()
	for prompt, want := range map[string]string{
		"def f(x: List[int]) -> int:\n    \"\"\" Say\n    it. >>> f(1)\n    \"\"\"\n": "Say it.",
		"def g(x):\n    '''Other.'''\ndef f(x):\n    '''Mine.'''\n":                   "Mine.",
		"def f(x):\n    return 1\n":                                                   "",
		"":                                                                            "",
	} {
		if got := task(prompt, "f"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryVerdictIsNamedInPlainEnglish(t *testing.T) {
	t.Parallel()
	for _, v := range []score.Verdict{score.Passed, score.WrongAnswer, score.RuntimeError, score.CompileError, score.TimeLimit, score.MemoryLimit,
		score.OutputLimit, score.SandboxViolation, score.NoCode, score.Infrastructure} {
		d := failed()
		d.Verdict = v
		if got := verdict(d); got.Value == "Not finished" || got.Tone == "" || strings.Contains(got.Value, "_") {
			t.Errorf("%s: got %+v", v, got)
		}
	}
	d := failed()
	d.Verdict = score.Infrastructure
	if got := verdict(d).Unit; got != "not counted" {
		t.Errorf("got %q, want that it is not counted", got)
	}
}
