// Package problems serves the pages of the test bank: suites, their problems, and
// the import of more.
package problems

import (
	"context"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
)

// section is the menu's entry that these pages belong to.
const section = "/problems"

// Bank is what the pages need of *problem.Service.
type Bank interface {
	Suites(ctx context.Context) ([]problem.Suite, error)
	List(ctx context.Context, suite id.ID) ([]problem.Problem, error)
	Get(ctx context.Context, problem id.ID) (problem.Text, error)
	Import(ctx context.Context, suite string, r io.Reader) (problem.Report, error)
}

// Handlers answers requests for the pages of the test bank.
type Handlers struct {
	site *shell.Site
	bank Bank
}

// New returns the handlers.
func New(site *shell.Site, bank Bank) *Handlers { return &Handlers{site: site, bank: bank} }

// Routes mounts the pages. They are for members.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/problems", h.site.Handle(h.suites))
	r.Post("/problems/import", h.site.Handle(h.load))
	// Whoever reloads the answer to a faulty import gets here.
	r.Get("/problems/import", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, section, http.StatusSeeOther) })
	r.Get("/problems/suites/{id}", h.site.Handle(h.suite))
	r.Get("/problems/{id}", h.site.Handle(h.show))
}

// idOf reads the id in a path; noun is what it should name.
func idOf(r *http.Request, noun string) (id.ID, error) {
	text := chi.URLParam(r, "id")
	v, ok := id.Parse(text)
	if !ok {
		return id.Nil, absent(noun, text)
	}
	return v, nil
}

// absent is the same for what is not there, what is another org's and what is no
// id at all.
func absent(noun, text string) error {
	return fault.New(fault.NotFound, "there is no %s %s", noun, text)
}

func can(r *http.Request, p access.Permission) bool {
	a, ok := access.From(r.Context())
	return ok && a.Can(p)
}

func hrefOfSuite(suite id.ID) string { return section + "/suites/" + suite.String() }

func hrefOf(problem id.ID) string { return section + "/" + problem.String() }
