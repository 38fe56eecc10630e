package providers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
)

// removeProps is the question whether to remove a provider, on a page of its own.
type removeProps struct {
	Shell   shell.Props
	Name    string
	Action  string
	Refused string // why it stays; then nothing is asked
}

// ask answers with that page, for browsers that open no dialogs.
func (h *Handlers) ask(w http.ResponseWriter, r *http.Request) error {
	v, err := idOf(r)
	if err != nil {
		return err
	}
	return h.question(w, r, http.StatusOK, v, "")
}

// remove answers a POST: 303 to the list, or 409 with the reason why it stays.
func (h *Handlers) remove(w http.ResponseWriter, r *http.Request) error {
	v, err := idOf(r)
	if err != nil {
		return err
	}
	err = h.book.Remove(r.Context(), v)
	if fault.KindOf(err) == fault.Conflict {
		text := fault.Sentence(err)
		return h.question(w, r, http.StatusConflict, v, strings.ToUpper(text[:1])+text[1:]+".")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, section, http.StatusSeeOther)
	return nil
}

func (h *Handlers) question(w http.ResponseWriter, r *http.Request, status int, v id.ID, refused string) error {
	if _, err := access.Require(r.Context(), access.ManageProviders); err != nil {
		return err
	}
	all, err := h.book.List(r.Context())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(p provider.Provider) bool { return p.ID == v })
	if at < 0 {
		return absent(v.String())
	}
	p := removeProps{Name: all[at].Name, Action: removeHref(v), Refused: refused}
	p.Shell = h.site.Props(r, "Remove "+p.Name, section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, status, removePage(p))
}
