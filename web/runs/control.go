package runs

import (
	"context"
	"net/http"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
)

// change answers a POST that pauses, resumes or cancels a run, and leads back to
// its page.
func (h *Handlers) change(act func(ctx context.Context, run id.ID) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		run, err := runOf(r)
		if err != nil {
			return err
		}
		if err := act(r.Context(), run); err != nil {
			return err
		}
		http.Redirect(w, r, hrefOf(run), http.StatusSeeOther)
		return nil
	}
}

// cancelProps is the question whether to cancel, on a page of its own.
type cancelProps struct {
	Shell shell.Props
	Name  string
	Href  string
}

// ask answers with that page, for browsers that open no dialogs.
func (h *Handlers) ask(w http.ResponseWriter, r *http.Request) error {
	run, err := runOf(r)
	if err != nil {
		return err
	}
	got, err := h.bench.Get(r.Context(), run)
	if err != nil {
		return err
	}
	if _, err := access.Require(r.Context(), access.RunBenchmarks); err != nil {
		return err
	}
	switch {
	case !manages(r.Context(), got):
		return fault.New(fault.Forbidden, "this run belongs to another organization, which alone may cancel it")
	case got.State.Final():
		return fault.New(fault.Conflict, "the run is %s already", got.State)
	}
	p := cancelProps{Shell: h.site.Props(r, "Cancel "+got.Name, section), Name: got.Name, Href: hrefOf(run)}
	return h.site.Render(w, r, http.StatusOK, cancelPage(p))
}
