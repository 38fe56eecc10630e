// Package start serves the page that leads a new Assay to its first results.
package start

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// lookBack is how many of the newest runs are searched for one of the org's own.
const lookBack = 50

// Suites lists what runs are made of; *problem.Service does.
type Suites interface {
	Suites(ctx context.Context) ([]problem.Suite, error)
}

// Models lists whom runs can ask; *provider.Service does.
type Models interface {
	Models(ctx context.Context) ([]provider.Model, error)
}

// Runs lists runs, newest first; *bench.Service does.
type Runs interface {
	List(ctx context.Context, before *id.ID, n int) ([]bench.Run, error)
}

// Boards ranks models; *board.Service does.
type Boards interface {
	Get(ctx context.Context, f board.Filter) (board.Board, error)
}

// Fact is a line about the machinery: "Sandbox", ui.Done, "bubblewrap, 4 at once".
type Fact struct {
	Term   string
	Status ui.Status
	Text   string
}

// Facts returns how the machinery stands now.
type Facts func(ctx context.Context) []Fact

// Handlers answers requests for the page.
type Handlers struct {
	site   *shell.Site
	suites Suites
	models Models
	runs   Runs
	boards Boards
	facts  Facts
}

// New returns the handlers.
func New(site *shell.Site, suites Suites, models Models, runs Runs, boards Boards, facts Facts) *Handlers {
	return &Handlers{site: site, suites: suites, models: models, runs: runs, boards: boards, facts: facts}
}

// Routes mounts the page. It is for those who are signed in.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/start", h.site.Handle(h.show))
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	actor, ok := access.From(r.Context())
	if !ok {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return nil
	}
	f, err := h.find(r.Context(), actor)
	if err != nil {
		return err
	}
	p := newPage(f)
	p.Shell = h.site.Props(r, "Set up the bench", "")
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, page(p))
}

// found is how far an org has come.
type found struct {
	actor           access.Actor
	suites          []problem.Suite
	models          []provider.Model
	runs            []bench.Run // the org's own, newest first
	real, simulated board.Board
	facts           []Fact
}

func (h *Handlers) find(ctx context.Context, actor access.Actor) (found, error) {
	f := found{actor: actor}
	var err error
	if f.suites, err = h.suites.Suites(ctx); err != nil {
		return f, err
	}
	if f.models, err = h.models.Models(ctx); err != nil {
		return f, err
	}
	all, err := h.runs.List(ctx, nil, lookBack)
	if err != nil {
		return f, err
	}
	for _, run := range all {
		if run.Org == actor.Org {
			f.runs = append(f.runs, run)
		}
	}
	if f.real, err = h.boards.Get(ctx, board.Filter{}); err != nil {
		return f, err
	}
	if f.simulated, err = h.boards.Get(ctx, board.Filter{Simulated: true}); err != nil {
		return f, err
	}
	f.facts = h.facts(ctx)
	return f, nil
}
