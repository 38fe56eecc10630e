package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func TestTheWholeWayFromTheLinkToAnAttempt(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "ASSAY_SIMULATED_SPEED=20")
	b := browse(t, s.url)
	b.comeIn(s.link)
	b.startRun()
}

// comeIn follows the printed link and makes the owner.
func (b *tab) comeIn(address string) {
	b.Helper()
	b.do(chromedp.Navigate(address))
	b.is("Create the owner account")
	b.see("sign-in")
	b.follow(fill("name", "Mara Lindqvist"), fill("email", "mara@example.org"), chromedp.Click(button("Create the account and sign in")))
	b.is("Set up the bench")
	b.see("start")
}

// startRun fills the form and sends it.
func (b *tab) startRun() {
	b.Helper()
	b.follow(chromedp.Click(link("Live runs")))
	b.is("Live runs")
	b.follow(chromedp.Click(link("Start a run")))
	b.do(fill("name", "Weekly bench"), fill("samples", "2"))
	for _, model := range []string{"Tessera Large", "Touchstone 8B", "Fennel Mini"} {
		b.do(chromedp.Click(tick(model)))
	}
	b.until(`document.querySelector("#planned").innerText.includes("120 attempts planned: 20 problems × 3 models × 2 samples.")`)
	b.see("run-new")
	b.follow(chromedp.Click(button("Start run")))
	b.is("Weekly bench")
}
