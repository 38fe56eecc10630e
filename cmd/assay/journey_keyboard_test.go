package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestEverythingCanBeDoneByKeyboard(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), unhurried...)
	b := browse(t, s.url)
	b.do(chromedp.Navigate(s.link))
	b.until(`document.activeElement.id === "name"`)
	b.press("Mara Lindqvist", kb.Tab, "mara@example.org")
	b.enter()
	b.is("Set up the bench")
	b.skipAndSearch()
	b.startByKeyboard()
	b.cancelByKeyboard()
	b.menuByKeyboard()
}

// press types keys wherever the focus is.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// slash presses the key as a keyboard does: its letter comes only when the page
// leaves the key alone.
func (b *tab) slash() {
	b.Helper()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Code: "Slash", Text: "/", WindowsVirtualKeyCode: 0xbf}
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		if key.Type = kind; kind == input.DispatchKeyEventTypeKeyUp {
			key.Text = ""
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, key); err != nil {
			b.Fatal(err)
		}
	}
}

// enter presses the key that leads to another page.
func (b *tab) enter() {
	b.Helper()
	b.follow(chromedp.KeyEvent(kb.Enter))
}

// tabTo goes on from field to field until the focus is on what a selector names,
// and makes sure that one can see where it is.
func (b *tab) tabTo(selector string) {
	b.Helper()
	reached := fmt.Sprintf(`document.activeElement.matches(%q)`, selector)
	for range 80 {
		if read[bool](b, reached) {
			if !read[bool](b, `document.activeElement.matches(":focus-visible") && document.activeElement.checkVisibility()`) {
				b.Errorf("the focus on %s cannot be seen", selector)
			}
			return
		}
		b.press(kb.Tab)
	}
	b.Fatalf("the keyboard does not lead to %s, on %s", selector, b.whereabouts())
}

// skipAndSearch jumps over the head of the page and to the search field.
func (b *tab) skipAndSearch() {
	b.Helper()
	b.visit("/leaderboard")
	b.press(kb.Tab)
	b.until(`document.activeElement.matches("a.skip") && document.activeElement.getBoundingClientRect().top >= 0`)
	b.press(kb.Enter)
	b.until(`document.activeElement.id === "main"`)
	b.slash()
	b.until(`document.activeElement.id === "search" && document.activeElement.value === ""`)
	b.press("First/look")
	b.until(`document.activeElement.value === "First/look"`)
	b.enter()
	b.is("Search")
}

// startByKeyboard fills the form that starts a run, and sends it.
func (b *tab) startByKeyboard() {
	b.Helper()
	b.visit("/runs/new")
	b.tabTo("#name")
	b.press("By hand")
	b.tabTo("#suite")
	for range 2 { // any two models
		b.press(kb.Tab)
		b.tabTo(`input[name="models"]`)
		b.press(" ")
		b.until(`document.activeElement.checked`)
	}
	b.tabTo("#samples") // tabbing selects what is there
	b.press("100")
	b.tabTo(`#draft button.pri`)
	b.until(`document.querySelector("#planned").innerText.includes("4,000 attempts planned")`)
	b.enter()
	b.is("By hand")
}

// cancelByKeyboard opens the dialog, leaves it in each of three ways, and finds
// the focus where it was.
func (b *tab) cancelByKeyboard() {
	b.Helper()
	opener := `button[commandfor="cancel"]`
	b.until(`document.documentElement.dataset.live === "live"`)
	b.tabTo(opener)
	for _, leave := range []func(){
		func() { b.press(kb.Escape) },
		func() { b.tabTo(`#cancel button[command="close"]`); b.press(kb.Enter) },
	} {
		b.press(kb.Enter)
		b.until(`document.querySelector("#cancel").open && document.activeElement.closest("#cancel")`)
		leave()
		b.until(fmt.Sprintf(`!document.querySelector("#cancel").open && document.activeElement.matches(%q)`, opener))
	}
	b.press(kb.Enter)
	b.until(`document.querySelector("#cancel").open`)
	b.tabTo(`#cancel button[type="submit"]`)
	b.enter()
	b.until(`document.querySelector("#notice").innerText.startsWith("This run was cancelled")`)
}

// menuByKeyboard opens the menu of narrow screens and closes it.
func (b *tab) menuByKeyboard() {
	b.Helper()
	b.wear(looks[0])
	b.visit("/leaderboard")
	b.tabTo("details.phone summary")
	b.press(kb.Enter)
	b.until(`document.querySelector("details.phone").open`)
	b.see("menu", looks[0], looks[1])
	b.wear(looks[0])
	b.tabTo(`details.phone nav a[href="/runs"]`)
	b.press(kb.Escape)
	b.until(`!document.querySelector("details.phone").open && document.activeElement.matches("details.phone summary")`)
}
