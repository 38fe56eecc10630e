// Package web routes requests to pages.
package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/internal/signin"
	"github.com/assay-bench/assay/web/asset"
	"github.com/assay-bench/assay/web/shell"
)

// Page is a package of pages that mounts its own routes.
type Page interface {
	Routes(r chi.Router)
}

// Parts is what the router ties together.
type Parts struct {
	Site     *shell.Site
	Assets   *asset.Assets
	Sessions *signin.Sessions
	Live     *live.Server
	Health   http.Handler
	Pages    []Page
	Log      *slog.Logger
}

// New returns the handler of everything that Assay serves.
func New(p Parts) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, logRequests(p.Log), recoverPanics(p.Site))
	r.Method(http.MethodGet, asset.Prefix+"*", p.Assets.Handler())
	r.Method(http.MethodHead, asset.Prefix+"*", p.Assets.Handler())
	api := func(r chi.Router) {
		r.Method(http.MethodGet, "/health", p.Health)
		r.Group(func(r chi.Router) {
			r.Use(p.Sessions.Middleware)
			r.Get("/events", speakJSON(p.Live.Poll))
			r.Get("/events/stream", speakJSON(p.Live.Events))
		})
	}
	r.Route("/api", func(r chi.Router) { api(r); r.Route("/v1", api) })
	r.Group(func(r chi.Router) {
		r.Use(middleware.Compress(5, "text/html", "text/csv", "application/json"), shell.Secure,
			http.NewCrossOriginProtection().Handler, p.Sessions.Middleware)
		r.Get("/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/leaderboard", http.StatusFound) })
		r.Post("/theme", shell.SetTheme)
		for _, page := range p.Pages {
			page.Routes(r)
		}
		r.NotFound(p.Site.Handle(func(_ http.ResponseWriter, r *http.Request) error {
			return fault.New(fault.NotFound, "there is no page %s", r.URL.Path)
		}))
	})
	return r
}

// speakJSON makes a handler of fn whose errors are RFC 9457 problem documents.
func speakJSON(fn func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := fn(w, r); err != nil {
			shell.Problem(w, r, err)
		}
	}
}

// logRequests writes one line for every request, at debug but for failures.
func logRequests(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			seen := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			w.Header().Set("X-Request-Id", middleware.GetReqID(r.Context()))
			next.ServeHTTP(seen, r)
			level := slog.LevelDebug
			if seen.Status() >= 500 {
				level = slog.LevelWarn
			}
			log.Log(r.Context(), level, "request", "method", r.Method, "path", shell.LogPath(r), "status", seen.Status(),
				"bytes", seen.BytesWritten(), "duration", time.Since(start), "request", middleware.GetReqID(r.Context()))
		})
	}
}

// recoverPanics turns a panic into the page of an unexpected error.
func recoverPanics(site *shell.Site) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if v := recover(); v != nil {
					if v == http.ErrAbortHandler {
						panic(v)
					}
					site.Fail(w, r, fault.New(fault.Internal, "panic: %v\n%s", v, debug.Stack()))
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}
