// Package health tells load balancers and people whether Assay works.
package health

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/provider"
)

// Providers lists what is connected, and Reacher asks one whether it answers.
type (
	Providers interface {
		Endpoints(ctx context.Context) ([]provider.Target, error)
	}
	Reacher interface {
		Reach(ctx context.Context, target provider.Target) error
	}
)

// Service keeps an opinion of the providers, so that asking costs no call.
type Service struct {
	db        *pg.DB
	providers Providers
	reacher   Reacher
	version   string
	started   time.Time

	mu     sync.Mutex
	active int
	total  int
	looked bool
}

// New returns the service; Watch keeps its opinion of the providers fresh.
func New(db *pg.DB, providers Providers, reacher Reacher, version string) *Service {
	return &Service{db: db, providers: providers, reacher: reacher, version: version, started: time.Now()}
}

// Watch asks the providers every half minute, and every two seconds while none
// answers, until ctx ends.
func (s *Service) Watch(ctx context.Context) {
	for {
		s.look(ctx)
		pause := 2 * time.Second
		if active, _ := s.opinion(); active > 0 {
			pause = 30 * time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (s *Service) look(ctx context.Context) {
	list, err := s.providers.Endpoints(ctx)
	if err != nil {
		return // the database is away, which the answer says anyway
	}
	active := s.reachable(ctx, list)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active, s.total, s.looked = active, len(list), true
}

// reachable asks all providers at once and returns how many answered. Why the
// others did not is for the log, not for everybody.
func (s *Service) reachable(ctx context.Context, list []provider.Target) (active int) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var wait sync.WaitGroup
	errs := make([]error, len(list))
	for i, target := range list {
		wait.Go(func() { errs[i] = s.reacher.Reach(ctx, target) })
	}
	wait.Wait()
	for i, err := range errs {
		if err == nil {
			active++
		} else {
			slog.WarnContext(ctx, "a provider does not answer", "provider", list[i].Model.Provider, "error", err)
		}
	}
	return active
}

// answer is the body of GET /api/health.
type answer struct {
	Status    string           `json:"status"` // healthy or unhealthy
	Version   string           `json:"version"`
	Uptime    float64          `json:"uptime_seconds"`
	Providers int              `json:"active_providers"`
	Checks    map[string]check `json:"checks"`
}

type check struct {
	Status string `json:"status"` // up, down or unknown
	Detail string `json:"detail,omitempty"`
}

// ServeHTTP answers GET /api/health: 200 while the database and at least one
// provider answer, else 503 with what does not. It needs no sign-in and takes
// less than half a second.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := answer{Status: "healthy", Version: s.version, Uptime: time.Since(s.started).Seconds(), Checks: map[string]check{}}
	a.Checks["database"] = s.database(r.Context())
	a.Providers, a.Checks["providers"] = s.opinion()
	status := http.StatusOK
	for _, c := range a.Checks {
		if c.Status == "down" {
			a.Status, status = "unhealthy", http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // the reader may have left
}

func (s *Service) database(ctx context.Context) check {
	ctx, cancel := context.WithTimeout(ctx, 400*time.Millisecond)
	defer cancel()
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) error { return nil })
	if err != nil {
		return check{Status: "down", Detail: "the database does not answer"}
	}
	return check{Status: "up"}
}

func (s *Service) opinion() (active int, c check) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.looked:
		return 0, check{Status: "unknown", Detail: "the providers are being asked for the first time"}
	case s.total == 0:
		return 0, check{Status: "down", Detail: "no provider is connected"}
	case s.active == 0:
		return 0, check{Status: "down", Detail: "no provider answers"}
	}
	return s.active, check{Status: "up"}
}

// Live answers GET /healthz: 200 while the process serves at all.
func Live(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the reader may have left
}
