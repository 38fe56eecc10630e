package runs

import (
	"net/http"
	"net/url"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// attemptsProps is the list of a run's attempts.
type attemptsProps struct {
	Shell    shell.Props
	Name     string
	Href     string
	Lead     string
	Filter   ui.FilterProps
	Filtered bool
	Rows     []feedRow
	Pager    *ui.PagerProps
}

// attempts answers GET /runs/{id}/attempts.
func (h *Handlers) attempts(w http.ResponseWriter, r *http.Request) error {
	run, err := runOf(r)
	if err != nil {
		return err
	}
	f, err := h.filter(r, run)
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
	found, err := h.bench.Attempts(r.Context(), f, perPage+1)
	if err != nil {
		return err
	}
	p := newAttempts(progress, cells, f, found)
	p.Shell = h.site.Props(r, "Attempts of "+p.Name, section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, attemptsPage(p))
}

// filter reads the query. The cursor is the last attempt that was seen, which
// has to be one of this run.
func (h *Handlers) filter(r *http.Request, run id.ID) (bench.Filter, error) {
	f := bench.Filter{Run: run, Verdict: score.Verdict(r.URL.Query().Get("verdict"))}
	if o := outcomeOf(f.Verdict); f.Verdict != "" && o.word == string(f.Verdict) && f.Verdict != score.Passed {
		return f, fault.New(fault.Invalid, "verdict=%s is none; choose one of the list", clip(o.word, 40))
	}
	for name, into := range map[string]*id.ID{"model": &f.Model, "problem": &f.Problem} {
		chosen, err := cursor(r, name)
		if err != nil {
			return f, err
		}
		if chosen != nil {
			*into = *chosen
		}
	}
	after, err := cursor(r, "after")
	if err != nil || after == nil {
		return f, err
	}
	last, err := h.bench.Attempt(r.Context(), *after)
	if err == nil && (last.Run != run || !last.Settled) {
		err = fault.New(fault.NotFound, "there is no attempt %s in this run", *after)
	}
	f.Before = &last.Attempt
	return f, err
}

// newAttempts describes up to a page of attempts; one more leads to the next.
func newAttempts(p bench.Progress, cells []bench.Cell, f bench.Filter, found []bench.Attempt) attemptsProps {
	at := hrefOf(p.Run.ID) + "/attempts"
	out := attemptsProps{Name: p.Run.Name, Href: hrefOf(p.Run.ID),
		Lead: ui.Count(p.Run.Settled) + " of " + count(p.Run.Planned, "attempt") + " finished, newest first.",
		Filter: ui.FilterProps{Label: "Filter the attempts", Action: at, ClearHref: at,
			Cells: []ui.FilterCell{modelCell(p, f.Model), verdictCell(f.Verdict), problemCell(cells, f.Problem)}}}
	query := url.Values{}
	for _, c := range out.Filter.Cells {
		if c.Value != "" {
			query.Set(c.Name, c.Value)
		}
	}
	out.Filtered = len(query) > 0
	more := len(found) > perPage
	if more {
		found = found[:perPage]
	}
	out.Rows = latest(found)
	if !more && f.Before == nil {
		return out
	}
	out.Pager = &ui.PagerProps{Text: count(len(found), "attempt") + " on this page", Back: "Newest"}
	if f.Before != nil {
		out.Pager.Prev = at + "?" + query.Encode()
	}
	if more {
		query.Set("after", found[len(found)-1].ID.String())
		out.Pager.Next = at + "?" + query.Encode()
	}
	return out
}

func modelCell(p bench.Progress, chosen id.ID) ui.FilterCell {
	c := ui.FilterCell{Name: "model", Label: "Model", Value: valueOf(chosen), Options: []ui.Option{{Label: "All " + ui.Count(len(p.Standings))}}}
	for _, m := range p.Standings {
		c.Options = append(c.Options, ui.Option{Value: m.Model.String(), Label: m.Title})
	}
	return c
}

func verdictCell(chosen score.Verdict) ui.FilterCell {
	c := ui.FilterCell{Name: "verdict", Label: "Verdict", Value: string(chosen), Options: []ui.Option{{Label: "All " + ui.Count(len(outcomes))}}}
	for _, o := range outcomes {
		c.Options = append(c.Options, ui.Option{Value: string(o.verdict), Label: o.word})
	}
	return c
}

func problemCell(cells []bench.Cell, chosen id.ID) ui.FilterCell {
	c := ui.FilterCell{Name: "problem", Label: "Problem", Value: valueOf(chosen), Options: []ui.Option{{Label: "All"}}}
	seen := map[id.ID]bool{}
	for _, cell := range cells {
		if !seen[cell.Problem] {
			seen[cell.Problem] = true
			c.Options = append(c.Options, ui.Option{Value: cell.Problem.String(), Label: cell.Name})
		}
	}
	return c
}

func valueOf(v id.ID) string {
	if v == id.Nil {
		return ""
	}
	return v.String()
}
