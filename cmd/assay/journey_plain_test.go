package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

func TestTheWholeWayWithScriptsOff(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), unhurried...)
	b := browse(t, s.url)
	b.looks = looks[1:2]
	b.scripts(false)
	b.comeIn(s.link)
	b.stopTheFirstRunPlainly()
	run := b.startRun()
	b.watchPlainly()
	b.readLeaderboard()
	b.readModel()
	b.readAttempt(run)
	b.changeThemePlainly()
	b.importProblems()
	b.connectProvider()
	b.readTheRest()
	b.leave(s.link)
}

// stopTheFirstRunPlainly pauses, resumes and cancels by forms and links alone.
func (b *tab) stopTheFirstRunPlainly() {
	b.Helper()
	b.follow(chromedp.Click(button("Pause")))
	b.until(`document.querySelector("#notice").innerText.startsWith("This run is paused")`)
	if read[bool](b, `document.querySelector(".livebadge")?.checkVisibility() ?? false`) {
		b.Error("a page that stands still says that it is live")
	}
	b.see("run-paused")
	b.follow(chromedp.Click(button("Resume")))
	b.until(`!document.querySelector("#notice") && document.querySelector("h1").innerText.includes("running")`)
	// Browsers that know commands open the dialog themselves; the others have a page.
	b.do(chromedp.Click(button("Cancel run")))
	b.until(`document.querySelector("#cancel").open`)
	b.do(chromedp.Click(button("Keep running")))
	b.until(`!document.querySelector("#cancel").open`)
	b.follow(chromedp.Click(link("Cancel on a page of its own")))
	b.is("Cancel First look")
	b.see("run-cancel")
	b.follow(chromedp.Click(link("Keep running")))
	b.until(`document.querySelector("h1").innerText.includes("running")`)
	b.follow(chromedp.Click(link("Cancel on a page of its own")))
	b.follow(chromedp.Click(button("Cancel run")))
	b.until(`document.querySelector("#notice").innerText.startsWith("This run was cancelled")`)
}

// watchPlainly loads the run that is open again and again until it is complete.
func (b *tab) watchPlainly() {
	b.Helper()
	before := b.text("#run-strip .datum")
	moved := false
	await(b.T, "the run completes", func() bool {
		b.do(chromedp.Reload())
		moved = moved || b.text("#run-strip .datum") != before
		return read[bool](b, `document.querySelector("h1").innerText.includes("complete")`)
	})
	if got := b.text("#run-strip .datum"); !moved || got != "100.0 %" {
		b.Errorf("progress at the end: got %s, moved %t", got, moved)
	}
	b.see("run")
}

// changeThemePlainly sends the form of the switch.
func (b *tab) changeThemePlainly() {
	b.Helper()
	for _, theme := range []string{"dark", "light"} {
		b.visit("/leaderboard")
		b.follow(chromedp.Click(chromedp.CSS("header.top button.to-" + theme)))
		b.until(`location.pathname === "/leaderboard" && document.documentElement.dataset.theme === "` + theme + `"`)
	}
	if _, err := chromedp.Call(b.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "theme", URL: b.base}); err != nil {
		b.Fatal(err)
	}
}
