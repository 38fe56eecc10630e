package providers

import (
	"net/http"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// listProps is the page of all providers.
type listProps struct {
	Shell     shell.Props
	Manage    bool // whether the viewer may connect and remove
	Providers []providerRow
	Models    []modelRow
}

// providerRow is one provider.
type providerRow struct {
	Name      string
	Dialog    string // id of the question whether to remove it
	Remove    string // address of that question; empty for what is built in
	Simulated bool
	BaseURL   string
	Key       ui.Status
	KeyWord   string
	AtOnce    string
	Models    string
}

// modelRow is one model.
type modelRow struct {
	Title, Name, Provider string
	Simulated             bool
	Input, Output         string
}

// list answers GET /providers.
func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	providers, err := h.book.List(r.Context())
	if err != nil {
		return err
	}
	models, err := h.book.Models(r.Context())
	if err != nil {
		return err
	}
	p := newList(providers, models)
	p.Manage = manages(r.Context())
	p.Shell = h.site.Props(r, "Providers", section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, listPage(p))
}

// newList describes the page.
func newList(providers []provider.Provider, models []provider.Model) listProps {
	var p listProps
	of := map[id.ID]int{}
	var inputs, outputs []money.Micro
	for _, m := range models {
		of[m.ProviderID]++
		inputs, outputs = append(inputs, m.InputPrice), append(outputs, m.OutputPrice)
	}
	in, out := decimalsOf(inputs...), decimalsOf(outputs...)
	for _, m := range models {
		p.Models = append(p.Models, modelRow{Title: m.Title, Name: m.Name, Provider: m.Provider, Simulated: m.Simulated,
			Input: formatPrice(m.InputPrice, in), Output: formatPrice(m.OutputPrice, out)})
	}
	for _, v := range providers {
		p.Providers = append(p.Providers, newRow(v, of[v.ID]))
	}
	return p
}

func newRow(v provider.Provider, models int) providerRow {
	row := providerRow{Name: v.Name, BaseURL: v.BaseURL, Key: ui.Cancelled, KeyWord: "none", AtOnce: ui.Count(v.Concurrency), Models: ui.Count(models)}
	if v.HasKey {
		row.Key, row.KeyWord = ui.Done, "set"
	}
	if v.Kind == provider.Simulated {
		row.Simulated, row.BaseURL, row.KeyWord = true, "inside this Assay", "not needed"
		return row
	}
	row.Remove, row.Dialog = removeHref(v.ID), "remove-"+v.ID.String()
	return row
}

func removeHref(provider id.ID) string { return section + "/" + provider.String() + "/remove" }
