package runs

import (
	"net/http"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// perPage is the number of rows on a page of a list.
const perPage = 50

// listProps is the page of all runs.
type listProps struct {
	Shell shell.Props
	Start bool // whether the viewer may start one
	In    bool // whether somebody is signed in
	Rows  []listRow
	Pager *ui.PagerProps // nil when everything fits
}

// listRow is one run in it.
type listRow struct {
	Name      string
	Href      string
	Status    ui.Status
	Word      string
	Simulated bool
	Private   bool
	Suite     string
	Models    string
	Percent   string
	Done      string
	Bar       ui.Meter
	Started   time.Time
}

// list answers GET /runs.
func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	before, err := cursor(r, "before")
	if err != nil {
		return err
	}
	found, err := h.bench.List(r.Context(), before, perPage+1)
	if err != nil {
		return err
	}
	p := newList(found, before != nil)
	p.Start = mayStart(r.Context())
	p.Shell = h.site.Props(r, "Live runs", section)
	p.Shell.Description = "Benchmark runs, newest first, with their progress and state."
	p.In = p.Shell.Viewer.SignedIn
	return h.site.Render(w, r, http.StatusOK, listPage(p))
}

// cursor reads an id of the query; nil when there is none.
func cursor(r *http.Request, name string) (*id.ID, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return nil, nil
	}
	v, ok := id.Parse(text)
	if !ok {
		return nil, fault.New(fault.Invalid, "%s=%s is no id; follow the links of the list", name, clip(text, 40))
	}
	return &v, nil
}

// newList describes up to a page of runs; one more than that leads to the next.
func newList(found []bench.Run, older bool) listProps {
	var p listProps
	more := len(found) > perPage
	if more {
		found = found[:perPage]
	}
	for _, run := range found {
		status, word := statusOf(run.State)
		p.Rows = append(p.Rows, listRow{Name: run.Name, Href: hrefOf(run.ID), Status: status, Word: word, Simulated: run.Simulated,
			Private: !run.Public, Suite: run.SuiteName, Models: ui.Count(run.Models), Percent: percent(run.Settled, run.Planned),
			Done: ui.Count(run.Settled) + " of " + ui.Count(run.Planned), Started: run.CreatedAt,
			Bar: ui.Meter{Label: "Progress of " + run.Name, Share: float64(run.Settled) / float64(max(1, run.Planned))}})
	}
	if more || older {
		p.Pager = &ui.PagerProps{Text: count(len(p.Rows), "run") + " on this page", Back: "Newest"}
	}
	if older {
		p.Pager.Prev = section
	}
	if more {
		p.Pager.Next = section + "?before=" + found[len(found)-1].ID.String()
	}
	return p
}
