package problems

import (
	"net/http"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// listProps is the page of all suites with the form that imports.
type listProps struct {
	Shell  shell.Props
	Import bool // whether the viewer may
	Rows   []suiteRow
	Total  string
	Draft  draft
}

// suiteRow is one suite.
type suiteRow struct {
	Name     string
	Href     string
	Problems string
	Created  time.Time
}

// suites answers GET /problems.
func (h *Handlers) suites(w http.ResponseWriter, r *http.Request) error {
	return h.list(w, r, http.StatusOK, draft{})
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request, status int, d draft) error {
	all, err := h.bank.Suites(r.Context())
	if err != nil {
		return err
	}
	p := newList(all, d)
	p.Import = can(r, access.ManageBank)
	p.Shell = h.site.Props(r, "Problems", section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, status, listPage(p))
}

// newList describes the page.
func newList(all []problem.Suite, d draft) listProps {
	p := listProps{Draft: d}
	n := 0
	for _, s := range all {
		n += s.Problems
		p.Rows = append(p.Rows, suiteRow{Name: s.Name, Href: hrefOfSuite(s.ID), Problems: ui.Count(s.Problems), Created: s.CreatedAt})
	}
	p.Total = count(n, "problem") + " in " + count(len(all), "suite")
	return p
}

// count writes "1 problem" or "6 problems".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Count(n) + " " + noun + "s"
}

func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
