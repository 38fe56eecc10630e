package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/signin"
	"github.com/assay-bench/assay/web"
	"github.com/assay-bench/assay/web/attempts"
	"github.com/assay-bench/assay/web/gallery"
	"github.com/assay-bench/assay/web/leaderboard"
	"github.com/assay-bench/assay/web/methodology"
	"github.com/assay-bench/assay/web/models"
	"github.com/assay-bench/assay/web/problems"
	"github.com/assay-bench/assay/web/providers"
	"github.com/assay-bench/assay/web/runs"
	"github.com/assay-bench/assay/web/search"
	"github.com/assay-bench/assay/web/shell"
	signinpage "github.com/assay-bench/assay/web/signin"
	"github.com/assay-bench/assay/web/start"
	"github.com/assay-bench/assay/web/ui"
)

// handler ties every page to what it shows.
func (a *App) handler(sessions *signin.Sessions) (http.Handler, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	site := &shell.Site{Asset: assets.URL, Version: Version(), BaseURL: a.config.URL, Host: hostOf(a.config.URL), Live: true}
	return web.New(web.Parts{
		Site: site, Assets: assets, Sessions: sessions, Live: a.live, Health: a.health, Log: a.log,
		Pages: []web.Page{
			leaderboard.New(site, a.board),
			models.New(site, a.board, a.bench),
			runs.New(site, a.bench, a.problems, a.providers, a.live, a.hub),
			attempts.New(site, a.bench),
			methodology.New(site),
			search.New(site, a.board, a.bench, a.problems),
			signinpage.New(site, a.signin, sessions),
			start.New(site, a.problems, a.providers, a.bench, a.board, a.facts),
			problems.New(site, a.problems),
			providers.New(site, a.providers),
			galleryPage{site},
		},
	}), nil
}

// facts says how the machinery stands, for the page of the first steps.
func (a *App) facts(ctx context.Context) []start.Fact {
	box := start.Fact{Term: "Sandbox", Status: ui.Passed, Text: fmt.Sprintf("bubblewrap, %d programs at once", a.slots())}
	if _, err := a.lab.open(ctx); err != nil {
		box.Status, box.Text = ui.TimedOut, fault.Sentence(err)
	}
	where := "embedded"
	if a.config.DatabaseURL != "" {
		where = "at DATABASE_URL"
	}
	simulated := start.Fact{Term: "Simulated models", Status: ui.Passed, Text: "on, and always marked as such"}
	if a.simulated.Load() == nil {
		simulated.Status, simulated.Text = ui.Cancelled, "off (ASSAY_SIMULATED)"
	}
	return []start.Fact{box, {Term: "Storage", Status: ui.Passed, Text: "PostgreSQL " + a.storage.db.Version + ", " + where}, simulated}
}

// galleryPage mounts the gallery of components.
type galleryPage struct{ site *shell.Site }

// Routes mounts it.
func (g galleryPage) Routes(r chi.Router) {
	r.Route("/gallery", func(r chi.Router) {
		gallery.Routes(r, func(r *http.Request) shell.Props { return g.site.Props(r, "Component sheet", "") })
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
