// Package providers serves the pages on which an org connects those who run
// models.
package providers

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
)

// section is the menu's entry that these pages belong to.
const section = "/providers"

// Book is what the pages need of *provider.Service.
type Book interface {
	List(ctx context.Context) ([]provider.Provider, error)
	Models(ctx context.Context) ([]provider.Model, error)
	Connect(ctx context.Context, c provider.Connection) (id.ID, error)
	Remove(ctx context.Context, provider id.ID) error
}

// Handlers answers requests for the pages of providers.
type Handlers struct {
	site *shell.Site
	book Book
}

// New returns the handlers.
func New(site *shell.Site, book Book) *Handlers { return &Handlers{site: site, book: book} }

// Routes mounts the pages. They are for members.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/providers", h.site.Handle(h.list))
	r.Post("/providers", h.site.Handle(h.connect))
	r.Get("/providers/new", h.site.Handle(h.draft))
	r.Get("/providers/{id}/remove", h.site.Handle(h.ask))
	r.Post("/providers/{id}/remove", h.site.Handle(h.remove))
}

// idOf reads the provider that a path names.
func idOf(r *http.Request) (id.ID, error) {
	text := chi.URLParam(r, "id")
	v, ok := id.Parse(text)
	if !ok {
		return id.Nil, absent(text)
	}
	return v, nil
}

func absent(text string) error { return fault.New(fault.NotFound, "there is no provider %s", text) }

// manages reports whether the viewer may connect and remove.
func manages(ctx context.Context) bool {
	a, ok := access.From(ctx)
	return ok && a.Can(access.ManageProviders)
}
