// Package search finds models, runs and problems by their names.
package search

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
)

const (
	most     = 20  // results of each kind
	recent   = 200 // runs that are looked through, the newest
	mostText = 100 // letters of a query
)

// Boards knows the public models; *board.Service does.
type Boards interface {
	Get(ctx context.Context, f board.Filter) (board.Board, error)
}

// Runs lists the runs that the viewer may see; *bench.Service does.
type Runs interface {
	List(ctx context.Context, before *id.ID, n int) ([]bench.Run, error)
}

// Problems lists the viewer's test bank; *problem.Service does.
type Problems interface {
	Suites(ctx context.Context) ([]problem.Suite, error)
	List(ctx context.Context, suite id.ID) ([]problem.Problem, error)
}

// Handlers answers searches.
type Handlers struct {
	site     *shell.Site
	boards   Boards
	runs     Runs
	problems Problems
}

// New returns the handlers.
func New(site *shell.Site, boards Boards, runs Runs, problems Problems) *Handlers {
	return &Handlers{site: site, boards: boards, runs: runs, problems: problems}
}

// Routes mounts the search. Everybody may search what they may see.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/search", h.site.Handle(h.search))
}

func (h *Handlers) search(w http.ResponseWriter, r *http.Request) error {
	query := clean(r.URL.Query().Get("q"))
	var m material
	var err error
	if query != "" {
		if m, err = h.gather(r.Context()); err != nil {
			return err
		}
	}
	p := Build(query, m)
	p.Shell = h.site.Props(r, "Search", "")
	p.Shell.Query, p.Shell.NoIndex, p.Shell.Path = query, true, address(query)
	return h.site.Render(w, r, http.StatusOK, Page(p))
}

// clean makes a query of what was typed.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, " ")), " ")
	if letters := []rune(s); len(letters) > mostText {
		s = strings.TrimSpace(string(letters[:mostText]))
	}
	return s
}

// gather collects all that the viewer may find.
func (h *Handlers) gather(ctx context.Context) (material, error) {
	var m material
	var err error
	for _, simulated := range []bool{false, true} {
		b, err := h.boards.Get(ctx, board.Filter{Simulated: simulated})
		if err != nil {
			return m, err
		}
		m.boards = append(m.boards, b)
	}
	if m.runs, err = h.runs.List(ctx, nil, recent); err != nil {
		return m, err
	}
	a, ok := access.From(ctx)
	if m.bank = ok && a.Can(access.ViewOrg); !m.bank {
		return m, nil
	}
	if m.suites, err = h.problems.Suites(ctx); err != nil {
		return m, err
	}
	for _, s := range m.suites {
		list, err := h.problems.List(ctx, s.ID)
		if err != nil {
			return m, err
		}
		m.problems = append(m.problems, list...)
	}
	return m, nil
}
