package runs

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
)

// noon is when the tests look at their runs.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func numbered(n int) id.ID {
	v, _ := id.Parse(fmt.Sprintf("0193f000-0000-7000-8000-%012d", n))
	return v
}

// fakeBench holds one run and answers as *bench.Service does.
type fakeBench struct {
	mu       sync.Mutex
	progress bench.Progress
	cells    []bench.Cell
	list     []bench.Run
	attempts []bench.Attempt
	filter   bench.Filter
	plan     bench.Plan
	refusal  error
	called   []string
	renders  int
}

func (f *fakeBench) check(ctx context.Context, run id.ID) error {
	org := access.OrgOf(ctx)
	if run != f.progress.Run.ID || !f.progress.Run.Public && (org == nil || *org != f.progress.Run.Org) {
		return fault.New(fault.NotFound, "there is no run %s", run)
	}
	return nil
}

func (f *fakeBench) act(ctx context.Context, name string, to bench.State) error {
	if _, err := access.Require(ctx, access.RunBenchmarks); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.called = append(f.called, name)
	f.progress.Run.State = to
	return nil
}

func (f *fakeBench) Start(ctx context.Context, p bench.Plan) (id.ID, error) {
	if _, err := access.Require(ctx, access.RunBenchmarks); err != nil {
		return id.Nil, err
	}
	f.plan = p
	return numbered(1), f.refusal
}

func (f *fakeBench) Pause(ctx context.Context, _ id.ID) error {
	return f.act(ctx, "pause", bench.Paused)
}
func (f *fakeBench) Resume(ctx context.Context, _ id.ID) error {
	return f.act(ctx, "resume", bench.Running)
}
func (f *fakeBench) Cancel(ctx context.Context, _ id.ID) error {
	return f.act(ctx, "cancel", bench.Cancelled)
}

func (f *fakeBench) Get(ctx context.Context, run id.ID) (bench.Run, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress.Run, f.check(ctx, run)
}

func (f *fakeBench) List(context.Context, *id.ID, int) ([]bench.Run, error) { return f.list, nil }

func (f *fakeBench) Progress(ctx context.Context, run id.ID) (bench.Progress, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renders++
	return f.progress, f.check(ctx, run)
}

func (f *fakeBench) Matrix(context.Context, id.ID) ([]bench.Cell, error) { return f.cells, nil }

func (f *fakeBench) Attempts(_ context.Context, fl bench.Filter, _ int) ([]bench.Attempt, error) {
	f.filter = fl
	return f.attempts, nil
}

func (f *fakeBench) Attempt(_ context.Context, attempt id.ID) (bench.Detail, error) {
	for _, a := range f.attempts {
		if a.ID == attempt {
			return bench.Detail{Attempt: a, Settled: true}, nil
		}
	}
	return bench.Detail{}, fault.New(fault.NotFound, "there is no attempt %s", attempt)
}

// set changes the run under its lock.
func (f *fakeBench) set(change func(p *bench.Progress)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.progress)
}

// shelf holds suites and models.
type shelf struct {
	suites []problem.Suite
	models []provider.Model
}

func (s shelf) Suites(context.Context) ([]problem.Suite, error)  { return s.suites, nil }
func (s shelf) Models(context.Context) ([]provider.Model, error) { return s.models, nil }

var stocked = shelf{
	suites: []problem.Suite{{ID: numbered(900), Name: "HumanEval", Problems: 164}},
	models: []provider.Model{
		{ID: numbered(100), ProviderID: numbered(800), Provider: "Northwind", Title: "Helios"},
		{ID: numbered(110), ProviderID: numbered(810), Provider: "Inside", Title: "Touchstone", Simulated: true}},
}

var home = numbered(77)

func owner() access.Actor {
	return access.Actor{Name: "Mara", Org: home, Role: "owner", Account: numbered(5)}
}

// running is a run of two models at ten problems, half done.
func running() *fakeBench {
	f := &fakeBench{progress: bench.Progress{
		Run: bench.Run{ID: numbered(1), Org: home, Name: "Weekly, run 3", SuiteName: "HumanEval", Samples: 2, Temperature: 0.2, MaxTokens: 2048,
			Public: true, Seed: 7, State: bench.Running, Planned: 40, Settled: 20, CreatedAt: noon.Add(-10 * time.Minute)},
		Standings: []bench.Standing{
			{Model: numbered(100), Title: "Helios", Provider: "Northwind", Planned: 20, Settled: 10, Answered: 10, Counted: 10, Passed: 9, Working: 1, Cost: 2_000_000},
			{Model: numbered(101), Title: "Borealis", Provider: "Northwind", Planned: 20, Settled: 10, Answered: 10, Counted: 9, Passed: 3, Cost: 1_000_000}},
		Verdicts:  map[score.Verdict]int{score.Passed: 12, score.WrongAnswer: 7, score.Infrastructure: 1},
		PerMinute: 30, Remaining: 40 * time.Second, Cost: 3_000_000,
		Steps: []bench.Step{{Bucket: 1, Model: numbered(100), Counted: 5, Passed: 4, UpTo: 9}, {Bucket: 1, Model: numbered(101), Counted: 4, Passed: 1, UpTo: 8},
			{Bucket: 2, Model: numbered(100), Counted: 5, Passed: 5, UpTo: 18}, {Bucket: 2, Model: numbered(101), Counted: 5, Passed: 2, UpTo: 19}},
	}}
	for i := range 5 {
		f.cells = append(f.cells,
			bench.Cell{Problem: numbered(1000 + i), Name: fmt.Sprintf("HumanEval/%d", i), Model: numbered(100), Counted: 2, Passed: 2},
			bench.Cell{Problem: numbered(1000 + i), Name: fmt.Sprintf("HumanEval/%d", i), Model: numbered(101), Counted: 2, Passed: i % 2})
	}
	f.attempts = []bench.Attempt{
		{ID: numbered(5000), Run: numbered(1), Model: numbered(100), ModelTitle: "Helios", Problem: numbered(1000), ProblemName: "HumanEval/0", Sample: 1,
			Verdict: score.Passed, ChecksPassed: 7, ChecksTotal: 7, Cost: 4000, Latency: 2900 * time.Millisecond, SettledAt: noon},
		{ID: numbered(5001), Run: numbered(1), Model: numbered(101), ModelTitle: "Borealis", Problem: numbered(1001), ProblemName: "HumanEval/1", Sample: 2,
			Verdict: score.WrongAnswer, Reason: "got <script>alert(1)</script>\u202e\x1b[31m", SettledAt: noon}}
	f.progress.Latest = f.attempts
	return f
}

// pages serves the handlers to actor, or to a visitor when it is nil.
func pages(h *Handlers, actor *access.Actor) http.Handler {
	r := chi.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if actor != nil {
				r = r.WithContext(access.With(r.Context(), *actor))
			}
			next.ServeHTTP(w, r)
		})
	})
	h.Routes(r)
	return r
}

func newTest(f *fakeBench) *Handlers {
	hub := event.NewHub(nil)
	h := New(&shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test", Live: true}, f, stocked, stocked, live.New(hub), hub)
	h.now = func() time.Time { return noon }
	return h
}

func ask(t *testing.T, f *fakeBench, actor *access.Actor, method, target string, form url.Values) (*httptest.ResponseRecorder, *html.Node) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	pages(newTest(f), actor).ServeHTTP(w, r)
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
	}
	for _, n := range all(doc, selector) {
		walk(n)
		b.WriteString(" ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
