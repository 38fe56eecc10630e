package gallery

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/web/asset"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const packages = "../../static/node_modules"

// site serves the gallery as the product does, with built files and its policy.
func site(t *testing.T) string {
	t.Helper()
	dist := t.TempDir()
	if err := asset.Build("../../static", dist); fault.KindOf(err) == fault.Unavailable {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	assets, err := asset.Load(os.DirFS(dist))
	if err != nil {
		t.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.Handle(asset.Prefix, assets.Handler())
	pages.Handle("/gallery/", handler(assets.URL))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		pages.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAllocator)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	return ctx
}

const check = `axe.run({runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}})
	.then(r => ({passes: r.passes.length, violations: r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", "))}))`

type report struct {
	Passes     int      `json:"passes"`
	Violations []string `json:"violations"`
}

func TestNoPageOfTheGalleryKeepsAnyoneOut(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join(packages, "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("the packages of static are not installed: run npm ci there")
	}
	base, ctx := site(t), browser(t)
	for _, path := range Paths {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390} {
				if theme == "dark" && width == 390 {
					continue // colours were seen at 1280, the layout in light
				}
				name := path + " " + theme + " " + strconv.FormatInt(width, 10)
				got := audit(t, ctx, base+"/gallery"+path+"?theme="+theme, width, string(axe))
				if got.Passes < 20 {
					t.Errorf("%s: only %d rules applied", name, got.Passes)
				}
				for _, v := range got.Violations {
					t.Errorf("%s: %s", name, v)
				}
			}
		}
	}
}

func audit(t *testing.T, ctx context.Context, url string, width int64, axe string) report {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`))
	if err != nil {
		t.Fatal(err)
	}
	if over > 0 {
		t.Errorf("%s at %d px: the page is %d px too wide", url, width, over)
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[report](check, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheScriptsDoTheirSmallDuties(t *testing.T) {
	t.Parallel()
	base, ctx := site(t), browser(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+"/gallery/live?theme=light")); err != nil {
		t.Fatal(err)
	}
	press := `document.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true})), `
	for _, c := range []struct{ duty, script string }{
		{"htmx runs without its own style", `htmx.config.prefix === "hx-" && htmx.config.includeIndicatorCSS === false`},
		{"a slash goes to the search", press + `document.activeElement.id === "search"`},
		{"the theme changes in place", `document.querySelector("button.to-dark").click(), document.documentElement.dataset.theme === "dark"`},
		{"a dialog opens", `document.querySelector("[commandfor=cancel][command=show-modal]").click(), document.getElementById("cancel").open`},
		{"a dialog closes", `document.querySelector("#cancel [command=close]").click(), !document.getElementById("cancel").open`},
		{"our own fonts are used", `[..."Geist,Newsreader,Newsreader Display".split(",")].every(f => document.fonts.check("400 16px '" + f + "'"))`},
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.fonts.ready.then(() => (`+c.script+`))`, chromedp.EvalAwaitPromise))
		if err != nil || !got {
			t.Errorf("%s: got %v, %v", c.duty, got, err)
		}
	}
}
