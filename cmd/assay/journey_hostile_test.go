package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	// attack tries every way of getting out of text that HTML has.
	attack = `</script></title></textarea>"'><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>`
	// name is what fits into the fields for names.
	name = `<script>alert(4)</script><img src=x onerror=alert(5)>`
	// turned writes backwards what follows, and hides a blank.
	turned = "\u202e\u2066\u200b"
)

// hostileModel answers every request with a program that passes and text that
// attacks.
func hostileModel(t *testing.T) string {
	t.Helper()
	answer := "```python\ndef one():\n    \"\"\"" + attack + turned + "\"\"\"\n    print(" + fmt.Sprintf("%q", attack) + ")\n    return 2\n```\n" + attack + turned
	body, err := json.Marshal(map[string]any{"id": "x", "object": "chat.completion", "model": name,
		"choices": []any{map[string]any{"index": 0, "finish_reason": attack, "message": map[string]string{"role": "assistant", "content": answer}}},
		"usage":   map[string]int{"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // who hangs up early is not our concern
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

func TestNothingThatIsTypedOrAnsweredRuns(t *testing.T) {
	t.Parallel()
	model := hostileModel(t)
	s := serve(t, t.TempDir(), "ASSAY_SIMULATED=false", "ASSAY_ORG="+name)
	b := browse(t, s.url)
	b.looks = looks[:1]
	b.do(chromedp.Navigate(s.link))
	b.follow(fill("name", name), fill("email", "mara@example.org"), chromedp.Click(button("Create the account and sign in")))
	b.harmless("start")
	b.importAttack()
	b.connectAttack(model)
	run := b.runAttack()
	for name, path := range map[string]string{"problems": "/problems", "provider-new": "/providers/new", "runs": "/runs", "run-new": "/runs/new", "run": run,
		"attempts": run + "/attempts", "leaderboard": "/leaderboard", "search": "/search?q=script", "start-done": "/start"} {
		b.visit(path)
		b.harmless(name)
	}
	b.readAttack(run)
}

// hostileProblem is a line of a problem set whose every text attacks.
func (b *tab) hostileProblem(id string) string {
	b.Helper()
	line, err := json.Marshal(map[string]string{"task_id": id, "entry_point": "one", "prompt": "def one():\n    \"\"\"" + attack + turned + "\n    \"\"\"\n",
		"canonical_solution": "    return 1  # " + attack + turned + "\n", "test": "def check(candidate):\n    assert candidate() == 1, " + fmt.Sprintf("%q", attack) + "\n"})
	if err != nil {
		b.Fatal(err)
	}
	return string(line) + "\n"
}

// importAttack adds a suite whose every text attacks. A name that cannot be seen
// for what it is cannot be had.
func (b *tab) importAttack() {
	b.Helper()
	b.visit("/problems")
	b.provoke("422 /problems/import")
	b.follow(fill("suite", name), chromedp.SetUploadFiles(field("file"), b.file("turned.jsonl", b.hostileProblem("T/1"+turned))), chromedp.Click(button("Import")))
	b.until(`document.querySelector("#faults")?.innerText.includes("task_id")`)
	b.harmless("faults")
	b.follow(chromedp.SetUploadFiles(field("file"), b.file("attack.jsonl", b.hostileProblem("T/"+name))), chromedp.Click(button("Import")))
	b.is(name)
	b.harmless("suite")
	b.follow(chromedp.Click(chromedp.CSS("table.ruled tbody th a")))
	b.harmless("problem")
}

// connectAttack adds a model whose title attacks.
func (b *tab) connectAttack(model string) {
	b.Helper()
	b.visit("/providers/new")
	b.follow(fill("name", name), fill("base_url", model), fill("models", "m, "+name+", 1, 2"), chromedp.Click(button("Connect")))
	b.is("Providers")
	b.harmless("providers")
}

// runAttack lets the model answer, and returns the run's address.
func (b *tab) runAttack() string {
	b.Helper()
	b.visit("/runs/new")
	b.do(fill("name", name), chromedp.Click(tick(name)))
	value := read[string](b, `[...document.querySelectorAll("#suite option")].find(o => o.textContent.includes("script")).value`)
	b.do(chromedp.SetValue(field("suite"), value))
	b.follow(chromedp.Click(button("Start run")))
	b.is(name)
	run := read[string](b, `location.pathname`)
	b.within(wholeRun, `document.querySelector("h1").innerText.includes("complete")`)
	b.harmless("run-live")
	return run
}

// readAttack looks at each view of the attempt.
func (b *tab) readAttack(run string) {
	b.Helper()
	b.visit(run + "/attempts")
	attempt := read[string](b, `document.querySelector("table.ruled tbody th a").pathname`)
	for _, view := range []string{"", "?view=prompt", "?view=diff", "?view=answer", "?view=log"} {
		b.visit(attempt + view)
		b.harmless("attempt" + strings.ReplaceAll(view, "?view=", "-"))
	}
	b.visit("/leaderboard")
	b.follow(chromedp.Click(link(name)))
	b.harmless("model")
	for _, what := range []string{"CSV", "JSON"} {
		b.visit("/leaderboard")
		resp := b.fetch(what)
		resp.Body.Close()
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			b.Errorf("%s: a browser may take it for a page", what)
		}
	}
}

// harmless makes sure that the page shows what attacks as text, and obeys none.
func (b *tab) harmless(page string) {
	b.Helper()
	planted := `[...document.querySelectorAll("script:not([src]), img[src=x], svg[onload], [onerror], [onload]")].map(e => e.outerHTML.slice(0, 100))`
	if got := read[[]string](b, planted); len(got) > 0 {
		b.Errorf("%s: planted elements: %q", page, got)
	}
	turning := `[...document.querySelectorAll("body *, title")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && /[\u202a-\u202e\u2066-\u2069\u200b]/.test(n.data))).map(e => e.parentElement.tagName + " > " + e.outerHTML.slice(0, 160))`
	if got := read[[]string](b, turning); len(got) > 0 {
		b.Errorf("%s: characters that turn text round, or hide, reach the reader: %q", page, got)
	}
	b.mu.Lock()
	dialogs := b.dialogs
	b.mu.Unlock()
	if dialogs > 0 {
		b.Fatalf("%s: a script ran", page)
	}
	b.see("hostile-" + page)
}
