// Package signin serves the pages on which people get in and out.
package signin

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
)

const (
	section = "/sign-in"
	inside  = "/start" // where people land who are signed in
	outside = "/leaderboard"
)

// Links are what signs people in; *signin.Service of the domain does.
type Links interface {
	Look(ctx context.Context, token string) (open, first bool, err error)
	Use(ctx context.Context, token, name, email string) (id.ID, error)
}

// Sessions remember who is signed in; *signin.Sessions of the domain does.
type Sessions interface {
	SignIn(ctx context.Context, account id.ID) error
	SignOut(ctx context.Context) error
}

// Handlers answers requests for the pages of signing in and out.
type Handlers struct {
	site     *shell.Site
	links    Links
	sessions Sessions
}

// New returns the handlers.
func New(site *shell.Site, links Links, sessions Sessions) *Handlers {
	return &Handlers{site: site, links: links, sessions: sessions}
}

// Routes mounts the pages. Everybody may see them.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/sign-in", h.site.Handle(h.help))
	r.Get("/sign-in/{token}", h.site.Handle(h.look))
	r.Post("/sign-in/{token}", h.site.Handle(h.use))
	r.Post("/sign-out", h.site.Handle(h.signOut))
}

// help answers GET /sign-in: how to get in.
func (h *Handlers) help(w http.ResponseWriter, r *http.Request) error {
	if signedIn(r) {
		http.Redirect(w, r, inside, http.StatusSeeOther)
		return nil
	}
	return h.site.Render(w, r, http.StatusOK, helpPage(gateProps{Shell: h.shell(w, r, "Sign in")}))
}

// signOut answers POST /sign-out.
func (h *Handlers) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.sessions.SignOut(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, outside, http.StatusSeeOther)
	return nil
}

// shell returns what the layout needs. The address may hold a token, so no cache
// keeps the page, no search engine lists it, and no head repeats it.
func (h *Handlers) shell(w http.ResponseWriter, r *http.Request, title string) shell.Props {
	w.Header().Set("Cache-Control", "no-store")
	p := h.site.Props(r, title, section)
	p.NoIndex, p.BaseURL = true, ""
	return p
}

func signedIn(r *http.Request) bool {
	_, ok := access.From(r.Context())
	return ok
}
