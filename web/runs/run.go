package runs

import (
	"net/http"

	"github.com/assay-bench/assay/web/ui"
)

// show answers GET /runs/{id}.
func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	run, err := runOf(r)
	if err != nil {
		return err
	}
	progress, err := h.bench.Progress(r.Context(), run)
	if err != nil {
		return err
	}
	cells, err := h.bench.Matrix(r.Context(), run)
	if err != nil {
		return err
	}
	p := newRun(progress, cells, manages(r.Context(), progress.Run), h.now())
	p.Shell = h.site.Props(r, p.Name, section)
	p.Shell.Description = "How far the run " + p.Name + " is, and how its models stand, with 95 % intervals."
	p.Shell.NoIndex = !progress.Run.Public
	if h.site.Live && !progress.Run.State.Final() {
		p.Shell.LiveURL = p.Href + "/live"
		p.Live = true
	}
	return h.site.Render(w, r, http.StatusOK, runPage(p))
}

// crumbs leads to a page of a run; last is empty on the run's own.
func crumbs(name, href, last string) []ui.Choice {
	list := []ui.Choice{{Label: "Live runs", Href: section}, {Label: name}}
	if last != "" {
		list[1].Href = href
		list = append(list, ui.Choice{Label: last})
	}
	return list
}
