package shell

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/web/ui"
)

// Site is what every page of this Assay has in common.
type Site struct {
	Asset   func(name string) string
	Version string
	BaseURL string // "https://assay.example"
	Host    string
	Live    bool // people follow runs by a live stream; false makes pages stand still
}

// Props describes one page to the layout: who looks, in which theme, where in
// the menu. active is the address of the section it belongs to.
func (s *Site) Props(r *http.Request, title, active string) Props {
	p := Props{Title: title, Path: r.URL.Path, BaseURL: s.BaseURL, Nav: nav(r), Active: active, Theme: ThemeOf(r),
		Asset: s.Asset, Version: s.Version, Host: s.Host}
	if a, ok := access.From(r.Context()); ok {
		p.Viewer = Viewer{SignedIn: true, Name: a.Name, Role: a.Role, OrgName: a.OrgName, OrgHref: "/start",
			Menu: []NavItem{{Label: "Set-up", Href: "/start"}, {Label: "Providers", Href: "/providers"}}}
	}
	return p
}

// nav lists the sections that the viewer of r can enter.
func nav(r *http.Request) []NavItem {
	items := []NavItem{{Label: "Leaderboard", Href: "/leaderboard"}, {Label: "Live runs", Href: "/runs"}}
	if _, ok := access.From(r.Context()); ok {
		items = append(items, NavItem{Label: "Problems", Href: "/problems"}, NavItem{Label: "Providers", Href: "/providers"})
	}
	return append(items, NavItem{Label: "Methodology", Href: "/methodology"})
}

// Render answers with a page, whole or not at all. A page that is asked for by
// htmx in part (HX-Request-Type: partial) answers with the named fragments only.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component, fragments ...any) error {
	w.Header().Add("Vary", "HX-Request, HX-Request-Type, Cookie")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var body bytes.Buffer
	var err error
	if Partial(r) && len(fragments) > 0 {
		w.Header().Set("Cache-Control", "no-store")
		err = templ.RenderFragments(r.Context(), &body, page, fragments...)
	} else {
		if w.Header().Get("Cache-Control") == "" {
			w.Header().Set("Cache-Control", "no-cache")
		}
		err = page.Render(r.Context(), &body)
	}
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	_, err = w.Write(body.Bytes())
	if err != nil {
		slog.DebugContext(r.Context(), "the reader left before the page", "error", err)
	}
	return nil
}

// Partial reports whether htmx asks for a part of a page.
func Partial(r *http.Request) bool { return r.Header.Get("HX-Request-Type") == "partial" }

// Handle makes a handler of fn; the error that fn returns, if any, becomes a page
// that says what was wrong and what to do, and unexpected ones are logged.
func (s *Site) Handle(fn func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := fn(w, r); err != nil && !errors.Is(err, context.Canceled) {
			s.Fail(w, r, err)
		}
	}
}

// Fail answers with the page of an error.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	kind, status := fault.KindOf(err), fault.Status(err)
	request := middleware.GetReqID(r.Context())
	if kind == fault.Internal {
		slog.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", LogPath(r), "request", request, "error", err)
	}
	e := ErrorProps{Status: status, Title: titles[kind], Sentence: sentence(err), Next: next[kind], RequestID: request,
		Links: []ui.Choice{{Label: "Leaderboard", Href: "/leaderboard"}}}
	if kind == fault.Unsigned {
		e.Links = []ui.Choice{{Label: "Sign in", Href: "/sign-in"}}
	}
	p := s.Props(r, titles[kind], "")
	p.NoIndex = true
	w.Header().Set("Cache-Control", "no-store")
	if err := s.Render(w, r, status, ErrorPage(p, e)); err != nil {
		slog.ErrorContext(r.Context(), "error page failed", "error", err)
		http.Error(w, "Something went wrong. Request "+request, http.StatusInternalServerError)
	}
}

// LogPath is the path of r as a log may show it: without the token of a sign-in
// link.
func LogPath(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/sign-in/") {
		return "/sign-in/[token]"
	}
	return r.URL.Path
}

// titles and next say, for each kind of fault, what it is and what to do.
var (
	titles = map[fault.Kind]string{
		fault.Invalid: "That cannot be used as it is", fault.Unsigned: "Sign in to go on", fault.Forbidden: "You may not do that",
		fault.NotFound: "There is nothing here", fault.Conflict: "That does not fit how things stand",
		fault.TooLarge: "That is too large", fault.Limited: "Too many at once", fault.Unavailable: "Not available now",
		fault.Internal: "Something went wrong",
	}
	next = map[fault.Kind]string{
		fault.Invalid: "Go back, change it and try again.", fault.NotFound: "It may have been moved, or belong to another organization.",
		fault.Conflict: "Reload the page to see how things stand.", fault.Limited: "Wait a moment and try again.",
		fault.Unavailable: "Try again in a moment.",
		fault.Internal:    "Nothing was changed half-way. Try again; if it stays, give the request id below to whoever runs this Assay.",
	}
)

// sentence makes a fault's text a sentence.
func sentence(err error) string {
	text := fault.Sentence(err)
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return text
}

// Secure sets the headers by which a browser refuses what pages never do, and
// gives each answer the nonce without which htmx attributes in it are inert; the
// policy names it, for that is where htmx's csp extension reads it.
func Secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw) // never fails, see crypto/rand
		nonce := base64.RawURLEncoding.EncodeToString(raw)
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self'; img-src 'self' data:; "+
			"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}
