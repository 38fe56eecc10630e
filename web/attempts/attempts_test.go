package attempts

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
)

func numbered(n int) id.ID {
	v, _ := id.Parse(fmt.Sprintf("0193f000-0000-7000-8000-%012d", n))
	return v
}

// fakeBench holds one attempt.
type fakeBench struct{ detail bench.Detail }

func (f fakeBench) Attempt(_ context.Context, attempt id.ID) (bench.Detail, error) {
	if attempt != f.detail.ID {
		return bench.Detail{}, fault.New(fault.NotFound, "there is no attempt %s", attempt)
	}
	return f.detail, nil
}

// hostile is what a model that means harm may write.
const hostile = "</script><script>alert(1)</script>\"><img src=x onerror=alert(1)>{{.}}<b hx-get=/x>\u202egnp.exe\u2066\x1b[31m\u200b"

// failed is an attempt that met an error in line 3 of its program.
func failed() bench.Detail {
	previous, next := numbered(1), numbered(3)
	return bench.Detail{
		Attempt: bench.Attempt{ID: numbered(2), Run: numbered(9), Model: numbered(100), ModelTitle: "Helios", Problem: numbered(1000), ProblemName: "HumanEval/1",
			Language: "Python", Sample: 2, Verdict: score.RuntimeError, Reason: "IndexError: list index out of range (line 3, in total: return xs[9])",
			ChecksPassed: 1, ChecksTotal: 60, Cost: 11_200, Latency: 4120 * time.Millisecond, SettledAt: time.Date(2026, 11, 22, 8, 31, 44, 0, time.UTC)},
		RunName: "Weekly, run 3", Provider: "Northwind", Temperature: 0.2, Samples: 10, Seed: 1299709, Version: 2, Settled: true, Rule: "single block",
		InputTokens: 842, OutputTokens: 362, FirstToken: 610 * time.Millisecond, Wall: 812 * time.Millisecond, CPU: 488 * time.Millisecond, PeakMemory: 23 << 20,
		Prompt: "def total(xs):\n    \"\"\" Add the numbers\n    of xs.\n    >>> total([1])\n    1\n    \"\"\"\n", Reference: "    return sum(xs)\n",
		EntryPoint: "total", Program: "def total(xs):\n    # add\n    return xs[9]\n", Answer: "```python\ndef total(xs): ...\n```",
		Checks: []score.Check{{Line: 2, Source: "candidate([]) == 0", Passed: true, Got: "0", Expected: "0"},
			{Line: 3, Source: "candidate([1]) == 1", Expected: "1", Error: "IndexError: list index out of range"}},
		Output: "debug\n", Previous: &previous, Next: &next,
	}
}

const self = "/attempts/0193f000-0000-7000-8000-000000000002"

func get(t *testing.T, d bench.Detail, target string) (*httptest.ResponseRecorder, *html.Node) {
	t.Helper()
	r := chi.NewRouter()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test", BaseURL: "https://assay.example"}
	New(site, fakeBench{d}).Routes(r)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	doc, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

func all(doc *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(doc, cascadia.MustCompile(selector))
}

// text joins what stands in the nodes that the selector finds.
func text(doc *html.Node, selector string) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && strings.Contains(" td th li dt dd p div ", " "+n.Data+" ") {
			b.WriteByte(' ')
		}
	}
	for _, n := range all(doc, selector) {
		walk(n)
		b.WriteString(" ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestTheFindingStandsOnItsLine(t *testing.T) {
	t.Parallel()
	_, doc := get(t, failed(), self)
	for selector, want := range map[string]string{
		"h1":                            "HumanEval/1, total",
		".meta":                         "Helios sample 2 of 10, temperature 0.2, finished 2026-11-22 08:31:44 UTC",
		"#code-L3.find .why":            "IndexError: list index out of range",
		".note.serif":                   "Add the numbers of xs. Full prompt",
		"main .c-7 > p":                 "Found in the answer by the rule “single block”.",
		".strip > div:nth-child(1)":     "Verdict Runtime error 1 of 60 checks hold, first failure at check 2",
		".strip > div:nth-child(2)":     "Latency 4.12 s first token 0.61 s",
		".strip > div:nth-child(3)":     "Tokens 1,204 in 842, out 362",
		".strip > div:nth-child(4)":     "Cost $0.0112 of Northwind",
		".strip > div:nth-child(5)":     "Execution 0.81 s wall cpu 0.49 s, peak memory 23.0 MB",
		".scroll caption":               "Table 1. 2 of 60 checks of the test, in the order of execution; failed ones are kept first.",
		".scroll tbody tr:nth-child(1)": "1 candidate([]) 0 0 pass",
		".scroll tbody tr:nth-child(2)": "2 candidate([1]) 1 IndexError: list index out of range fail",
		".crumbs":                       "Weekly, run 3 HumanEval/1 sample 2",
	} {
		if got := text(doc, selector); got != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	if n := len(all(doc, ".find")); n != 1 {
		t.Errorf("marked lines: got %d, want one", n)
	}
	for _, href := range []string{"/attempts/" + numbered(1).String(), "/attempts/" + numbered(3).String(), self, self + "?view=diff"} {
		if len(all(doc, `main a[href="`+href+`"]`)) == 0 {
			t.Errorf("no link to %s", href)
		}
	}
}

func TestEveryViewShowsItsText(t *testing.T) {
	t.Parallel()
	for view, want := range map[string]string{
		"prompt": "Answer with the whole function", "diff": "return sum(xs)", "answer": "def total(xs): ...", "log": "debug", "odd": "return xs[9]",
	} {
		_, doc := get(t, failed(), self+"?view="+view)
		if got := text(doc, ".code"); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", view, got, want)
		}
		if n := len(all(doc, ".tabs [aria-current]")); n != 1 {
			t.Errorf("%s: %d tabs are current", view, n)
		}
	}
	_, doc := get(t, failed(), self+"?view=log")
	if got := text(doc, ".c-7 .kv"); !strings.Contains(got, "Runtime error") || !strings.Contains(got, "line 3, in total") {
		t.Errorf("log: got %q", got)
	}
}

func TestWhatAModelWroteStaysInert(t *testing.T) {
	t.Parallel()
	d := failed()
	d.Answer, d.Program, d.Output, d.Reason, d.ModelTitle, d.FinishReason = hostile, hostile, hostile, hostile+" (line 1, in x)", hostile, hostile
	d.Checks[1].Source, d.Checks[1].Got, d.Checks[1].Expected, d.Checks[1].Error = hostile, hostile, hostile, hostile
	d.Checks[0].Got = hostile
	for _, view := range []string{"code", "prompt", "diff", "answer", "log", "%22%3E%3Cscript%3E"} {
		w, doc := get(t, d, self+"?view="+view)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: got %d", view, w.Code)
		}
		if n := len(all(doc, "img, [onerror], [hx-get], body script")); n > 0 {
			t.Errorf("%s: %d elements came out of a model's words", view, n)
		}
		if body := w.Body.String(); strings.ContainsAny(body, "\u202e\u2066\u200b\x1b") {
			t.Errorf("%s: an invisible character went through", view)
		}
	}
	_, doc := get(t, d, self+"?view=answer")
	if got := text(doc, "#answer"); !strings.Contains(got, "⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+001B⟩[31m⟨U+200B⟩") {
		t.Errorf("answer: got %q", got)
	}
}

func TestTheAnswerIsAFileToSave(t *testing.T) {
	t.Parallel()
	d := failed()
	d.Answer = hostile
	w, _ := get(t, d, self+"/answer.txt")
	for name, want := range map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `attachment; filename="attempt-0193f000-0000-7000-8000-000000000002.txt"`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if w.Body.String() != hostile {
		t.Error("the file is not the answer as it came")
	}
}

func TestAttemptsThatAreNotThereAreNotFound(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/attempts/" + numbered(8).String(), "/attempts/" + numbered(8).String() + "/answer.txt", "/attempts/937"} {
		if w, doc := get(t, failed(), target); w.Code != http.StatusNotFound || len(all(doc, "h1")) != 1 {
			t.Errorf("%s: got %d, want the page of 404", target, w.Code)
		}
	}
}

func TestALongAnswerIsCutAndOffered(t *testing.T) {
	t.Parallel()
	d := failed()
	d.Answer = strings.Repeat("0123456789\n", 40_000)
	_, doc := get(t, d, self+"?view=answer")
	if n := len(all(doc, "#answer .ln")); n != maxShown/11 {
		t.Errorf("lines: got %d, want %d", n, maxShown/11)
	}
	if got := text(doc, ".c-7 p"); !strings.Contains(got, "440,000 bytes") || !strings.Contains(got, "this is its beginning") {
		t.Errorf("note: got %q", got)
	}
	if len(all(doc, `a[download][href="`+self+`/answer.txt"]`)) != 1 {
		t.Error("there is no download")
	}
}

func TestAnAttemptWithoutAProgramSaysSo(t *testing.T) {
	t.Parallel()
	d := failed()
	d.Verdict, d.Reason, d.Program, d.Rule, d.Checks, d.ChecksPassed, d.ChecksTotal = score.NoCode, "the answer is prose", "", "no code", nil, 0, 0
	d.Wall, d.CPU, d.PeakMemory = 0, 0, 0
	_, doc := get(t, d, self)
	if got := text(doc, ".empty"); !strings.Contains(got, "No program was found in the answer. The answer is prose.") || !strings.Contains(got, "There was no program to check.") {
		t.Errorf("got %q", got)
	}
	if got := text(doc, ".strip"); !strings.Contains(got, "No code found") || !strings.Contains(got, "nothing was executed") {
		t.Errorf("strip: got %q", got)
	}
}
