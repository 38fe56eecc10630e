// Package gallery shows every component in every state, and pages made of them.
//
// It is the reference for names and the fixture of the accessibility tests.
// All figures in it are invented.
package gallery

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/web/shell"
)

// Paths lists the pages of the gallery under its mount, for tests that walk them.
var Paths = []string{"/", "/leaderboard", "/live", "/attempt", "/first-run", "/sign-in", "/error"}

// Routes mounts the gallery. Page gives the props that every page shares; the
// query "theme" overrides the viewer's choice.
func Routes(r chi.Router, page func(*http.Request) shell.Props) {
	view := func(show func(shell.Props) templ.Component) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			p := page(r)
			p.NoIndex = true
			if theme := r.URL.Query().Get("theme"); theme == "light" || theme == "dark" {
				p.Theme = theme
			}
			templ.Handler(show(p)).ServeHTTP(w, r)
		}
	}
	r.Get("/", view(sheet))
	r.Get("/leaderboard", view(leaderboard))
	r.Get("/live", view(liveRun))
	r.Get("/attempt", view(attempt))
	r.Get("/first-run", view(firstRun))
	r.Get("/sign-in", view(signIn))
	r.Get("/error", view(oops))
}
