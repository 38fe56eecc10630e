// Package attempts serves the page of one attempt: what a model was asked, what
// it answered, and what became of that.
package attempts

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// Bench is what the page needs of *bench.Service.
type Bench interface {
	Attempt(ctx context.Context, attempt id.ID) (bench.Detail, error)
}

// Handlers answers requests for attempts.
type Handlers struct {
	site  *shell.Site
	bench Bench
}

// New returns the handlers.
func New(site *shell.Site, bench Bench) *Handlers { return &Handlers{site: site, bench: bench} }

// Routes mounts the pages.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/attempts/{id}", h.site.Handle(h.show))
	r.Get("/attempts/{id}/answer.txt", h.site.Handle(h.answer))
}

// get returns the attempt that the path names.
func (h *Handlers) get(r *http.Request) (bench.Detail, error) {
	text := chi.URLParam(r, "id")
	attempt, ok := id.Parse(text)
	if !ok {
		return bench.Detail{}, fault.New(fault.NotFound, "there is no attempt %s", ui.Visible(text))
	}
	return h.bench.Attempt(r.Context(), attempt)
}

// show answers GET /attempts/{id}; view= chooses what stands on the left.
func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	d, err := h.get(r)
	if err != nil {
		return err
	}
	p := newPage(d, r.URL.Query().Get("view"), h.site.BaseURL)
	p.Shell = h.site.Props(r, p.Title, "/runs")
	p.Shell.Description = "One attempt of a model at a problem: its program, the checks, and what they measured."
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, page(p))
}

// answer answers GET /attempts/{id}/answer.txt with the answer as it came. It is
// hostile, so it is only ever a file to save.
func (h *Handlers) answer(w http.ResponseWriter, r *http.Request) error {
	d, err := h.get(r)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="attempt-`+d.ID.String()+`.txt"`)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-cache")
	_, _ = w.Write([]byte(d.Answer)) // the reader may have left
	return nil
}
