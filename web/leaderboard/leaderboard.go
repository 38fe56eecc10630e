// Package leaderboard serves the public ranking of models as a page, as CSV and
// as JSON. All three are made of the same rows.
package leaderboard

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// section is the menu's entry that this page belongs to.
const section = "/leaderboard"

// Boards ranks models; *board.Service does.
type Boards interface {
	Get(ctx context.Context, f board.Filter) (board.Board, error)
	Facets(ctx context.Context) ([]board.Facet, error)
}

// Handlers answers requests for the leaderboard.
type Handlers struct {
	site   *shell.Site
	boards Boards

	mu     sync.Mutex
	facets facets // of the board as it stood when they were asked for
	drawn  drawings
}

// facets are what boards can be filtered by, with the state of the board that
// they belong to: every counted run may bring new ones.
type facets struct {
	updated time.Time
	runs    int
	known   bool
	list    []board.Facet
}

// New returns the handlers.
func New(site *shell.Site, boards Boards) *Handlers { return &Handlers{site: site, boards: boards} }

// Routes mounts the leaderboard. Everybody may see it.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/leaderboard", h.site.Handle(h.page))
	r.Get("/leaderboard.csv", h.program(h.csv))
	r.Get("/leaderboard.json", h.program(h.json))
}

// program answers programs, whose errors are problem documents.
func (h *Handlers) program(fn func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := fn(w, r); err != nil {
			shell.Problem(w, r, err)
		}
	}
}

func (h *Handlers) page(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	c, b, err := h.read(r.Context(), q)
	if fault.KindOf(err) == fault.Invalid {
		return h.unknown(w, r, err)
	}
	if err != nil {
		return err
	}
	if shell.Partial(r) {
		w.Header().Set("HX-Push-Url", c.address("/leaderboard"))
	} else if c.superfluous(q) {
		http.Redirect(w, r, c.address("/leaderboard"), http.StatusFound)
		return nil
	}
	p := Build(c, b)
	p.Shell = h.site.Props(r, "Code model leaderboard", section)
	p.Shell.Description, p.Shell.Path = p.Lead, p.Permalink
	p.Cite = h.site.BaseURL + p.Permalink
	if p.Empty == nil {
		if p.Drawn, err = h.drawn.get(r.Context(), b, p); err != nil {
			return err
		}
	}
	return h.site.Render(w, r, http.StatusOK, Page(p), Results)
}

// unknown answers a filter that names nothing, and offers the way back.
func (h *Handlers) unknown(w http.ResponseWriter, r *http.Request, err error) error {
	if shell.Partial(r) { // an option that is gone by now: show it as a page of its own
		w.Header().Set("HX-Redirect", r.URL.RequestURI())
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	p := h.site.Props(r, "Unknown filter", section)
	p.NoIndex = true
	w.Header().Set("Cache-Control", "no-store")
	return h.site.Render(w, r, http.StatusUnprocessableEntity, shell.ErrorPage(p, shell.ErrorProps{
		Status: http.StatusUnprocessableEntity, Title: "That filter is unknown", Sentence: upper(fault.Sentence(err)) + ".",
		Next:  "The address may be older than the results, or mistyped.",
		Links: []ui.Choice{{Label: "Clear the filters", Href: "/leaderboard"}},
	}))
}

// read returns what the query asks for and its board; the fault is Invalid for a
// query that names something unknown.
func (h *Handlers) read(ctx context.Context, q url.Values) (choice, board.Board, error) {
	all, err := h.offered(ctx)
	if err != nil {
		return choice{}, board.Board{}, err
	}
	c, err := parse(q, all)
	if err != nil {
		return choice{}, board.Board{}, err
	}
	b, err := h.boards.Get(ctx, c.filter)
	return c, b, err
}

// offered returns the facets; they are asked for anew when the board has changed.
func (h *Handlers) offered(ctx context.Context) ([]board.Facet, error) {
	b, err := h.boards.Get(ctx, board.Filter{})
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.facets; f.known && f.updated.Equal(b.UpdatedAt) && f.runs == b.Runs {
		return f.list, nil
	}
	list, err := h.boards.Facets(ctx)
	if err != nil {
		return nil, err
	}
	h.facets = facets{updated: b.UpdatedAt, runs: b.Runs, known: true, list: list}
	return list, nil
}
