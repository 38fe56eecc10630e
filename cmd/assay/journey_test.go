package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// wholeRun is how long a run of the journey may take on a busy machine.
const wholeRun = 2 * time.Minute

// unhurried are models and calls so few that the first run lasts long enough to
// be paused and cancelled.
var unhurried = []string{"ASSAY_SIMULATED_SPEED=2", "ASSAY_CALLS=4"}

func TestTheWholeWayFromTheLinkToAnAttempt(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), unhurried...)
	b := browse(t, s.url)
	b.comeIn(s.link)
	b.stopTheFirstRun()
	run := b.startRun()
	b.watch()
	b.readLeaderboard()
	b.readModel()
	b.readAttempt(run)
	b.importProblems()
	b.connectProvider()
	b.readTheRest()
	b.leave(s.link)
}

// comeIn follows the printed link, makes the owner, and goes on to the run that
// a new Assay begins by itself.
func (b *tab) comeIn(address string) {
	b.Helper()
	b.do(chromedp.Navigate(address))
	b.is("Create the owner account")
	b.see("sign-in")
	b.follow(fill("name", "Mara Lindqvist"), fill("email", "mara@example.org"), chromedp.Click(button("Create the account and sign in")))
	b.is("Set up the bench")
	await(b.T, "the first run begins", func() bool {
		b.visit("/start")
		return read[bool](b, `[...document.querySelectorAll("main a")].some(a => a.textContent.trim() === "Watch the run")`)
	})
	b.follow(chromedp.Click(link("Watch the run")))
	b.is("First look")
}

// stopTheFirstRun pauses, resumes and cancels the run that is open.
func (b *tab) stopTheFirstRun() {
	b.Helper()
	b.follow(chromedp.Click(button("Pause")))
	b.until(`document.querySelector("#notice").innerText.startsWith("This run is paused")`)
	b.see("run-paused")
	b.follow(chromedp.Click(button("Resume")))
	b.until(`!document.querySelector("#notice") && document.querySelector("h1").innerText.includes("running")`)
	b.do(chromedp.Click(button("Cancel run")))
	b.until(`document.querySelector("#cancel").open`)
	b.see("run-cancel")
	b.do(chromedp.Click(button("Keep running")))
	b.until(`!document.querySelector("#cancel").open`)
	b.do(chromedp.Click(button("Cancel run")))
	b.follow(chromedp.Click(chromedp.CSS(`#cancel button[type="submit"]`)))
	b.until(`document.querySelector("#notice").innerText.startsWith("This run was cancelled")`)
	b.see("run-cancelled", looks[0], looks[2])
}

// startRun fills the form and sends it. It returns the run's address.
func (b *tab) startRun() string {
	b.Helper()
	b.follow(chromedp.Click(link("Live runs")))
	b.is("Live runs")
	b.see("runs")
	b.visit("/start")
	b.see("start")
	b.follow(chromedp.Click(link("Start a run")))
	b.is("Start a run")
	b.do(fill("name", "Weekly bench"), fill("samples", "3"))
	for _, model := range []string{"Tessera Large", "Touchstone 8B", "Fennel Mini"} {
		b.do(chromedp.Click(tick(model)))
	}
	b.count("180 attempts planned: 20 problems × 3 models × 3 samples.")
	b.see("run-new")
	b.follow(chromedp.Click(button("Start run")))
	b.is("Weekly bench")
	return read[string](b, `location.pathname`)
}

// count waits for the sum of the form, which plain pages give on demand.
func (b *tab) count(sentence string) {
	b.Helper()
	if b.plain {
		b.follow(chromedp.Click(button("Count attempts")))
	}
	b.until(`document.querySelector("#planned").innerText.trim() === "` + sentence + `"`)
}

// watch follows the run that is open to its end, without loading it again.
func (b *tab) watch() {
	b.Helper()
	b.until(`document.documentElement.dataset.live === "live"`)
	b.do(chromedp.Evaluate[chromedp.Void](`window.stays = true`))
	before := b.text("#run-strip .datum")
	b.until(`document.querySelector("#run-strip .datum").innerText !== "` + before + `"`)
	b.until(`document.querySelectorAll("#run-latest tbody a").length > 0`)
	b.see("run-live")
	b.within(wholeRun, `document.querySelector("h1").innerText.includes("complete")`)
	b.until(`document.querySelector("#status").innerText === "The run is complete."`)
	b.until(`window.stays && !document.querySelector("#live, .livebadge, #run-head form")`)
	if got := b.text("#run-strip .datum"); got != "100.0 %" {
		b.Errorf("progress at the end: got %s", got)
	}
	b.see("run")
}

// readModel goes from the leaderboard to a model, and from it to an attempt.
func (b *tab) readModel() {
	b.Helper()
	b.follow(chromedp.Click(link("Fennel Mini")))
	b.is("Fennel Mini")
	b.until(`document.querySelector("header.head .hm.simulated")`)
	b.see("model")
	b.do(chromedp.SetValue(chromedp.CSS(`select[name="verdict"]`), "wrong_answer"))
	b.follow(chromedp.Click(button("Apply")))
	b.until(`location.search.includes("verdict=wrong_answer")`)
	b.follow(chromedp.Click(chromedp.CSS("#attempts tbody th a")))
	b.until(`location.pathname.startsWith("/attempts/") && document.querySelector("header.head").innerText.includes("Fennel Mini")`)
}

// readAttempt looks into the failed attempt that is open, and at its neighbours
// in the run.
func (b *tab) readAttempt(run string) {
	b.Helper()
	b.until(`document.querySelector(".strip .datum").innerText === "Wrong answer"`)
	b.until(`document.querySelectorAll("#code .ln").length > 1 && document.querySelector("#code").innerText.includes("def ")`)
	if failed := b.text("td.red"); strings.TrimSpace(failed) == "" {
		b.Error("the failing check does not say what it got")
	}
	b.see("attempt")
	for _, tab := range []string{"Prompt", "Diff to reference", "Raw answer", "Sandbox log"} {
		b.follow(chromedp.Click(link(tab)))
		b.until(`document.querySelector("nav [aria-current]") && document.querySelector(".c-7").innerText.trim().length > 40`)
		b.see("attempt-"+strings.ToLower(strings.Fields(tab)[0]), looks[0], looks[2])
	}
	b.visit(run + "/attempts?verdict=wrong_answer")
	b.is("Attempts of Weekly bench")
	b.see("attempts")
	b.follow(chromedp.Click(chromedp.CSS("table.ruled tbody th a")))
	here := read[string](b, `location.pathname`)
	way, back := "Next", "Previous"
	if !read[bool](b, `[...document.querySelectorAll(".seg a")].some(a => a.textContent === "Next")`) {
		way, back = back, way
	}
	b.follow(chromedp.Click(link(way)))
	b.until(`location.pathname.startsWith("/attempts/") && location.pathname !== "` + here + `"`)
	b.follow(chromedp.Click(link(back)))
	b.until(`location.pathname === "` + here + `"`)
}

// leave signs out, and finds doors closed that were open.
func (b *tab) leave(used string) {
	b.Helper()
	b.visit("/leaderboard")
	b.do(chromedp.Click(button("Mara Lindqvist, owner")))
	b.follow(chromedp.Click(button("Sign out")))
	b.until(`document.querySelector('a[href="/sign-in"]')`)
	b.provoke("401 /providers/new")
	b.visit("/providers/new")
	b.see("signed-out", looks[0], looks[2])
	b.visit("/sign-in")
	b.is("Sign in")
	b.see("sign-in-help", looks[0], looks[2])
	b.provoke("403 " + pathOf(used))
	b.do(chromedp.Navigate(used))
	b.is("This link no longer works")
	b.see("sign-in-spent", looks[0], looks[2])
}
