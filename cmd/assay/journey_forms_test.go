package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// problemLine is a problem in the format of HumanEval.
const problemLine = `{"task_id":"T/%d","prompt":"def one():\n","canonical_solution":"    return 1\n","test":"def check(candidate):\n    assert candidate() == 1\n","entry_point":"one"}` + "\n"

// file writes a file for an upload.
func (b *tab) file(name, text string) []string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return []string{path}
}

// importProblems sends a file with faults, and then a good one.
func (b *tab) importProblems() {
	b.Helper()
	b.visit("/problems")
	b.is("Problems")
	b.see("problems")
	one, two := fmt.Sprintf(problemLine, 1), fmt.Sprintf(problemLine, 2)
	bad := b.file("bad.jsonl", one+"{\"task_id\": \n"+strings.Replace(two, `"one"`, "7", 1))
	b.provoke("422 /problems/import")
	b.follow(fill("suite", "Mine"), chromedp.SetUploadFiles(field("file"), bad), chromedp.Click(button("Import")))
	b.until(`document.querySelector("#faults")`)
	faults := read[[]string](b, `[...document.querySelectorAll("#faults tbody tr")].map(r => r.cells[0].innerText.trim() + " " + r.cells[1].innerText.trim())`)
	if len(faults) != 2 || !strings.HasPrefix(faults[0], "2 ") || !strings.HasPrefix(faults[1], "3 ") || !strings.Contains(faults[1], "entry_point") {
		b.Errorf("faults: got %q", faults)
	}
	if kept := read[string](b, `document.querySelector("#suite").value`); kept != "Mine" {
		b.Errorf("suite after the faults: got %q", kept)
	}
	b.see("problems-faults")
	b.follow(chromedp.SetUploadFiles(field("file"), b.file("good.jsonl", one+two)), chromedp.Click(button("Import")))
	b.is("Mine")
	if notice := b.text("#notice"); !strings.Contains(notice, "2 problems added") {
		b.Errorf("notice: got %q", notice)
	}
	b.see("suite")
	b.follow(chromedp.Click(link("T/1")))
	b.is("T/1")
	b.see("problem")
}

// connectProvider sends the form with a wrong address, mends it, and takes the
// provider away again.
func (b *tab) connectProvider() {
	b.Helper()
	const key = "sk-hunter2-hunter2"
	b.visit("/providers")
	b.is("Providers")
	b.follow(chromedp.Click(link("Connect a provider")))
	b.see("provider-new")
	b.provoke("422 /providers")
	b.follow(fill("name", "Somewhere"), fill("base_url", "ftp://models.example/v1"), fill("key", key), fill("at_once", "4"),
		fill("models", "some-1, Some One, 0.25, 2"), chromedp.Click(button("Connect")))
	b.until(`document.querySelector("#base_url-error")`)
	for id, want := range map[string]string{"name": "Somewhere", "base_url": "ftp://models.example/v1", "key": "", "at_once": "4", "models": "some-1, Some One, 0.25, 2"} {
		if got := read[string](b, `document.getElementById("`+id+`").value`); got != want {
			b.Errorf("%s after the fault: got %q, want %q", id, got, want)
		}
	}
	if read[bool](b, `document.documentElement.outerHTML.includes("hunter2")`) {
		b.Error("the key was sent back")
	}
	b.see("provider-faults")
	b.follow(fill("base_url", "http://127.0.0.1:9/v1"), fill("key", key), chromedp.Click(button("Connect")))
	b.is("Providers")
	b.until(`document.body.innerText.includes("Some One")`)
	if read[bool](b, `document.documentElement.outerHTML.includes("hunter2")`) {
		b.Error("the key is shown")
	}
	b.see("providers")
	b.removeProvider()
	b.until(`location.pathname === "/providers" && !document.body.innerText.includes("Somewhere")`)
}

func (b *tab) removeProvider() {
	b.Helper()
	if b.plain {
		b.follow(chromedp.Click(link("on a page of its own")))
		b.see("provider-remove")
		b.follow(chromedp.Click(button("Remove")))
		return
	}
	b.do(chromedp.Click(chromedp.CSS(`button[aria-label="Remove Somewhere"]`)))
	b.until(`document.querySelector("dialog[open]")`)
	b.see("provider-remove")
	b.follow(chromedp.Click(chromedp.CSS(`dialog[open] button[type="submit"]`)))
}

// readTheRest looks at the pages that lie beside the way.
func (b *tab) readTheRest() {
	b.Helper()
	b.visit("/methodology")
	b.see("methodology")
	b.visit("/search?q=tessera")
	b.until(`document.querySelector("main").innerText.includes("Tessera Large")`)
	b.see("search")
	b.provoke("404 /nowhere")
	b.visit("/nowhere")
	b.is("There is nothing here")
	b.see("nowhere")
	b.visit("/start")
	b.until(`document.querySelector(".lead").innerText.startsWith("All five steps are done")`)
	b.see("start-done")
}
