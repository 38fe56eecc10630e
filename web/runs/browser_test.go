package runs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/web/asset"
	"github.com/assay-bench/assay/web/shell"
)

// open serves the stage to its owner as the product does, and starts a browser.
func open(t *testing.T) (s *stage, base string, ctx context.Context) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium on this machine")
	}
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
	s = newStage(t, &shell.Site{Asset: assets.URL, Version: "test", Live: true})
	mux, mara := http.NewServeMux(), owner()
	mux.Handle(asset.Prefix, assets.Handler())
	mux.Handle("/", shell.Secure(pages(s.h, &mara)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(s.h.live.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAllocator)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	return s, server.URL, ctx
}

// until waits for a JavaScript condition.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
}

func TestAnOpenPageFollowsItsRun(t *testing.T) {
	t.Parallel()
	s, base, ctx := open(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+runURL)); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.documentElement.dataset.live === "live"`)
	s.happen(t, "attempt.settled", func(p *bench.Progress) {
		p.Run.Settled = 30
		p.Steps = append(p.Steps, bench.Step{Bucket: 3, Model: numbered(100), Counted: 5, Passed: 1, UpTo: 24})
	})
	until(t, ctx, `document.querySelector("#run-strip").textContent.includes("75.0 %")`)
	until(t, ctx, `document.querySelector("#run-figure .wide").textContent.includes("now, 24")`)
	until(t, ctx, `document.querySelector("#run-figure .wide .ln").getBBox().width > 100`) // drawn, not only there
	s.happen(t, "run.completed", func(p *bench.Progress) { p.Run.State, p.Run.FinishedAt = bench.Completed, &noon })
	until(t, ctx, `document.querySelector("h1").textContent.includes("complete")`)
	until(t, ctx, `document.querySelector("#status").textContent === "The run is complete."`)
	until(t, ctx, `!document.querySelector("#live") && !document.querySelector("[data-live-status], #run-head form")`)
}

func TestTheFormCountsWhileItIsFilled(t *testing.T) {
	t.Parallel()
	_, base, ctx := open(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(base+"/runs/new"), chromedp.Click(`input[value="`+numbered(100).String()+`"]`)); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.querySelector("#planned").textContent.includes("164 attempts planned: 164 problems × 1 model × 1 sample.")`)
	until(t, ctx, `document.querySelector("#planned").childElementCount === 1`)
}

func TestCancellingIsConfirmedInADialog(t *testing.T) {
	t.Parallel()
	s, base, ctx := open(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(base+runURL), chromedp.Click(`#run-head button[commandfor="cancel"]`),
		chromedp.Click(`#cancel button[type="submit"]`), chromedp.WaitVisible(`#notice`)); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.querySelector("#notice").textContent.includes("This run was cancelled")`)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.called) != 1 || s.called[0] != "cancel" {
		t.Errorf("called: got %v", s.called)
	}
}
