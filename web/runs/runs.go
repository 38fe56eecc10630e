// Package runs serves the pages on which benchmark runs are started, watched and
// looked into.
package runs

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
)

// section is the menu's entry that these pages belong to.
const section = "/runs"

// Bench is what the pages need of *bench.Service.
type Bench interface {
	Start(ctx context.Context, p bench.Plan) (id.ID, error)
	Pause(ctx context.Context, run id.ID) error
	Resume(ctx context.Context, run id.ID) error
	Cancel(ctx context.Context, run id.ID) error
	Get(ctx context.Context, run id.ID) (bench.Run, error)
	List(ctx context.Context, before *id.ID, n int) ([]bench.Run, error)
	Progress(ctx context.Context, run id.ID) (bench.Progress, error)
	Matrix(ctx context.Context, run id.ID) ([]bench.Cell, error)
	Attempts(ctx context.Context, f bench.Filter, n int) ([]bench.Attempt, error)
	Attempt(ctx context.Context, attempt id.ID) (bench.Detail, error)
}

// Suites lists what a run can be made of; *problem.Service does.
type Suites interface {
	Suites(ctx context.Context) ([]problem.Suite, error)
}

// Models lists whom a run can ask; *provider.Service does.
type Models interface {
	Models(ctx context.Context) ([]provider.Model, error)
}

// Positions tells the newest event that is known; *event.Hub does.
type Positions interface {
	Last() int64
}

// Handlers answers requests for the pages of runs.
type Handlers struct {
	site   *shell.Site
	bench  Bench
	suites Suites
	models Models
	live   *live.Server
	hub    Positions
	feeds  *feeds
	now    func() time.Time
}

// New returns the handlers.
func New(site *shell.Site, bench Bench, suites Suites, models Models, live *live.Server, hub Positions) *Handlers {
	return &Handlers{site: site, bench: bench, suites: suites, models: models, live: live, hub: hub, feeds: newFeeds(), now: time.Now}
}

// Routes mounts the pages.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/runs", h.site.Handle(h.list))
	r.Post("/runs", h.site.Handle(h.start))
	r.Get("/runs/new", h.site.Handle(h.draft))
	r.Get("/runs/{id}", h.site.Handle(h.show))
	r.Get("/runs/{id}/live", h.site.Handle(h.watch))
	r.Get("/runs/{id}/attempts", h.site.Handle(h.attempts))
	r.Post("/runs/{id}/pause", h.site.Handle(h.change(h.bench.Pause)))
	r.Post("/runs/{id}/resume", h.site.Handle(h.change(h.bench.Resume)))
	r.Get("/runs/{id}/cancel", h.site.Handle(h.ask))
	r.Post("/runs/{id}/cancel", h.site.Handle(h.change(h.bench.Cancel)))
}

// runOf reads the run that a path names.
func runOf(r *http.Request) (id.ID, error) {
	text := chi.URLParam(r, "id")
	run, ok := id.Parse(text)
	if !ok {
		return id.Nil, fault.New(fault.NotFound, "there is no run %s", text)
	}
	return run, nil
}

// manages reports whether the viewer may pause, resume and cancel the run.
func manages(ctx context.Context, run bench.Run) bool {
	a, ok := access.From(ctx)
	return ok && a.Org == run.Org && a.Can(access.RunBenchmarks)
}

// mayStart reports whether the viewer may start a run.
func mayStart(ctx context.Context) bool {
	a, ok := access.From(ctx)
	return ok && a.Can(access.RunBenchmarks)
}

func hrefOf(run id.ID) string { return section + "/" + run.String() }
