package signin

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

// Sessions remembers in a cookie who is signed in: 12 hours after the last
// request at most, and 7 days in all. The database holds a hash of the token.
type Sessions struct {
	manager *scs.SessionManager
	store   *pgxstore.PostgresStore
	service *Service
}

// accountKey is the session's only value.
const accountKey = "account"

// NewSessions returns the sessions of service, kept through pool. secure says
// that people reach Assay by https, which lets the cookie carry the __Host-
// prefix.
func NewSessions(service *Service, pool *pgxpool.Pool, secure bool) *Sessions {
	m := scs.New()
	store := pgxstore.NewWithCleanupInterval(pool, 10*time.Minute)
	m.Store = store
	m.HashTokenInStore = true
	m.Lifetime, m.IdleTimeout = 7*24*time.Hour, 12*time.Hour
	m.Cookie.Name, m.Cookie.Path = "assay_session", "/"
	m.Cookie.HttpOnly, m.Cookie.SameSite = true, http.SameSiteLaxMode
	if secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-assay_session", true
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		slog.ErrorContext(r.Context(), "session", "error", err)
		http.Error(w, "Assay cannot reach its sessions; try again in a moment.", http.StatusServiceUnavailable)
	}
	return &Sessions{manager: m, store: store, service: service}
}

// Close stops the removal of expired sessions.
func (s *Sessions) Close() { s.store.StopCleanup() }

// Middleware loads the session of each request and lets its account act in the
// request's context.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	return s.manager.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account, ok := id.Parse(s.manager.GetString(r.Context(), accountKey))
		if ok {
			actor, err := s.service.Actor(r.Context(), account)
			switch fault.KindOf(err) {
			case "":
				r = r.WithContext(access.With(r.Context(), actor))
			case fault.Unsigned:
				s.manager.Remove(r.Context(), accountKey)
			default:
				s.manager.ErrorFunc(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	}))
}

// SignIn makes account the one of the session in ctx, under a new token.
func (s *Sessions) SignIn(ctx context.Context, account id.ID) error {
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, accountKey, account.String())
	return nil
}

// SignOut ends the session in ctx.
func (s *Sessions) SignOut(ctx context.Context) error { return s.manager.Destroy(ctx) }
