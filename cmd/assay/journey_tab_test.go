package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axePath is the accessibility checker as npm leaves it.
const axePath = "../../static/node_modules/axe-core/axe.min.js"

// patience is how long a page may take to come to what a test expects of it.
const patience = 30 * time.Second

// tab is a page of a headless browser. Whatever goes wrong behind the scenes of
// it (a script error, a refused source, a failed request) fails its test.
type tab struct {
	*testing.T
	ctx   context.Context
	base  string
	axe   string
	plain bool // scripts are off
	looks []look

	mu      sync.Mutex
	wrong   []string
	meant   []string // answers that the journey provokes, such as "422 /providers"
	dialogs int
}

// browse starts a browser for the pages of base.
func browse(t *testing.T, base string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium on this machine; `make test` installs it")
	}
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatal("the packages of static are not installed; `make test` installs them")
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(stop)
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))...)
	t.Cleanup(stopBrowser)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &tab{T: t, ctx: ctx, base: base, axe: string(axe), looks: looks}
	b.do(chromedp.EmulateViewport(1280, 900))
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.check)
	return b
}

// notice writes down what went wrong. It runs inside the browser's loop.
func (b *tab) notice(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, fmt.Sprintf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.wrong = append(b.wrong, fmt.Sprintf("console: %s %s", e.Type, said(e.Args)))
		}
	case *log.EventEntryAdded:
		// The answers themselves are noticed below, with their status.
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			b.wrong = append(b.wrong, fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			d := e.Issue.Details.ContentSecurityPolicyIssueDetails
			b.wrong = append(b.wrong, fmt.Sprintf("policy: %s refused %s", d.ViolatedDirective, d.BlockedURL))
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= http.StatusBadRequest {
			b.wrong = append(b.wrong, fmt.Sprintf("%d %s", e.Response.Status, pathOf(e.Response.URL)))
		}
	case *network.EventLoadingFailed:
		if !e.Canceled { // leaving a page cuts what it is loading
			b.wrong = append(b.wrong, fmt.Sprintf("request failed: %s %s", e.ErrorText, e.BlockedReason))
		}
	case *page.EventJavascriptDialogOpening:
		b.dialogs++
		b.wrong = append(b.wrong, "dialog: "+e.Message)
		go func() { // not from inside the loop
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	}
}

// said joins what a script wrote to the console.
func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, string(a.Value)+a.Description)
	}
	return strings.Join(words, " ")
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Path
}

// provoke says that an answer such as "422 /providers" is going to be meant.
func (b *tab) provoke(answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.meant = append(b.meant, answer)
}

// check tells what went wrong; what was meant to has to have happened.
func (b *tab) check() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, what := range b.meant {
		i := slices.Index(b.wrong, what)
		if i < 0 {
			b.Errorf("expected, and it never came: %s", what)
			continue
		}
		b.wrong = slices.Delete(b.wrong, i, i+1)
	}
	for _, what := range b.wrong {
		b.Errorf("behind the scenes: %s", what)
	}
}

// do carries out actions, which have to succeed while a person would wait.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx); err != nil { // the first call's context is the browser's life
		b.Fatal(err)
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatalf("%v, on %s", err, b.whereabouts())
	}
}

// follow carries out actions, the last of which leads to another page, and waits
// for that.
func (b *tab) follow(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, actions...); err != nil {
		b.Fatalf("%v, on %s", err, b.whereabouts())
	}
}

// visit opens a page by its address.
func (b *tab) visit(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// saying finds the visible link, button or label that says just this.
func saying(kind, text string) chromedp.JSPath {
	return chromedp.JSPath(fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.textContent.trim().replace(/\s+/g, " ") === %q && e.checkVisibility())`, kind, text))
}

func button(text string) chromedp.JSPath { return saying("button, summary", text) }
func link(text string) chromedp.JSPath   { return saying("a", text) }
func tick(text string) chromedp.JSPath   { return saying("label.tick", text) }

// field finds a control by its id.
func field(id string) chromedp.ID { return chromedp.ID(id) }

// fill replaces what a field holds.
func fill(id, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.Focus(field(id)), chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), chromedp.KeyEvent(text))
}

// read returns what an expression is worth on the page.
func read[T any](b *tab, expression string) T {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v, on %s", expression, err, b.whereabouts())
	}
	return v
}

// text returns the text of the first element that a selector finds.
func (b *tab) text(selector string) string {
	b.Helper()
	return read[string](b, fmt.Sprintf(`document.querySelector(%q).innerText`, selector))
}

// until waits for a condition of the page, which may be loaded anew meanwhile.
func (b *tab) until(condition string) {
	b.Helper()
	b.within(patience, condition)
}

// within waits for as long as a whole run may take on a busy machine.

func (b *tab) within(limit time.Duration, condition string) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, limit)
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		// A page that is just being left has nothing to ask: that is no fault.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+condition+`)`)); err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			b.Fatalf("never: %s, on %s", condition, b.whereabouts())
		case <-tick.C:
		}
	}
}

// is compares the page's first heading.
func (b *tab) is(heading string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.querySelector("h1")?.innerText.includes(%q)`, heading))
}

// whereabouts describes the page for a person who reads why a test failed.
func (b *tab) whereabouts() string {
	ctx, stop := context.WithTimeout(b.ctx, 5*time.Second)
	defer stop()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.search + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return "a page that does not answer: " + err.Error()
	}
	return got
}

// scripts switches the scripts of pages that are loaded from now on.
func (b *tab) scripts(on bool) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.Fatal(err)
	}
	b.plain = !on
}

// look is a combination of theme and width.
type look struct {
	theme string
	width int64
}

// looks are all that pages are seen in; the last is how the journey goes on.
var looks = []look{{"light", 390}, {"dark", 390}, {"dark", 1280}, {"light", 1280}}

// wear makes the page look so. Nothing may move, or colours are measured half way.
func (b *tab) wear(l look) {
	b.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(l.width, 900))
}

// verdict is what axe says.
type verdict struct {
	Passes     int      `json:"passes"`
	Violations []string `json:"violations"`
}

const axeRun = `axe.run({runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}, preload: false, resultTypes: ["violations"]})
	.then(r => ({passes: r.passes.length, violations: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 5).map(n => n.target.join(" ") + " " + n.html.slice(0, 200)).join("; "))}))`

// see looks at the page that is open, in the given combinations or in all.
func (b *tab) see(name string, in ...look) {
	b.Helper()
	if len(in) == 0 {
		in = b.looks
	}
	if b.plain { // the checker is a script
		name = "plain-" + name
		// What stands in for scripts would vanish as soon as they may run.
		b.do(chromedp.Evaluate[chromedp.Void](`for (const n of document.querySelectorAll("noscript")) n.replaceWith(...n.childNodes)`))
		b.scripts(true)
		defer b.scripts(false)
	}
	b.do(chromedp.Evaluate[chromedp.Void](b.axe))
	defer b.wear(looks[len(looks)-1])
	for _, l := range in {
		b.wear(l)
		b.audit(name + ", " + l.theme + ", " + strconv.FormatInt(l.width, 10))
		b.shoot(fmt.Sprintf("%s-%s-%d.png", name, l.theme, l.width))
	}
}

func (b *tab) audit(name string) {
	b.Helper()
	if over := read[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.Errorf("%s: the page is %d px too wide: %v", name, over, read[[]string](b,
			`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .code, .vh")).slice(0, 5).map(e => e.tagName + "." + (e.className.baseVal ?? e.className) + " " + e.textContent.trim().slice(0, 40))`))
	}
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[verdict](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	if got.Passes < 15 {
		b.Errorf("%s: only %d rules applied", name, got.Passes)
	}
	for _, v := range got.Violations {
		b.Errorf("%s: %s", name, v)
	}
}

// shoot keeps a picture where ASSAY_SHOTS says, for people who want to look.
func (b *tab) shoot(file string) {
	b.Helper()
	dir := os.Getenv("ASSAY_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), picture, 0o644); err != nil {
		b.Fatal(err)
	}
}
