// Package methodology explains in plain words what Assay measures and how. Its
// figures come from the packages that measure, at the time the page is shown.
package methodology

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/web/shell"
)

// Handlers answers requests for the page.
type Handlers struct{ site *shell.Site }

// New returns the handlers.
func New(site *shell.Site) *Handlers { return &Handlers{site: site} }

// Routes mounts the page. Everybody may read it.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/methodology", h.site.Handle(h.page))
}

func (h *Handlers) page(w http.ResponseWriter, r *http.Request) error {
	p := Build()
	p.Shell = h.site.Props(r, "Methodology", "/methodology")
	p.Shell.Description = p.Lead
	return h.site.Render(w, r, http.StatusOK, Page(p))
}
