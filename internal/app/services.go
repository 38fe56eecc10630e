// Package app ties all parts together: storage, services, jobs and pages. It is
// the one package that knows everything, and nothing but commands knows it.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/live"
	"github.com/assay-bench/assay/internal/org"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/provider/openai"
	"github.com/assay-bench/assay/internal/provider/simulated"
	"github.com/assay-bench/assay/internal/queue"
	"github.com/assay-bench/assay/internal/rest/health"
	"github.com/assay-bench/assay/internal/signin"
)

// App is an Assay with all its parts tied together.
type App struct {
	config  Config
	log     *slog.Logger
	storage *storage
	home    org.Org

	orgs      *org.Service
	signin    *signin.Service
	providers *provider.Service
	problems  *problem.Service
	client    *openai.Client
	gateway   *gateway.Gateway
	lab       *lab
	queue     *queue.Queue
	hub       *event.Hub
	bench     *bench.Service
	board     *board.Service
	live      *live.Server
	health    *health.Service

	simulated atomic.Pointer[simulated.Server]
}

// Open ties an Assay together on its database; nothing works or listens yet.
// share is true for commands that may run beside a server.
func Open(ctx context.Context, c Config, log *slog.Logger, share bool) (*App, error) {
	store, err := openStorage(ctx, c, log, share)
	if err != nil {
		return nil, err
	}
	a := &App{config: c, log: log, storage: store}
	if err := a.tie(ctx); err != nil {
		_ = store.close() // the first fault is the one to tell
		return nil, err
	}
	return a, nil
}

// tie makes the services, inner rings first.
func (a *App) tie(ctx context.Context) error {
	db := a.storage.db
	a.hub = event.NewHub(db)
	a.orgs = org.New(db)
	var err error
	if a.home, err = a.orgs.First(ctx, a.config.Org); err != nil {
		return err
	}
	a.signin = signin.New(db, a.orgs, a.home)
	a.providers = provider.New(db, a.storage.box)
	a.problems = problem.New(db)
	a.lab = newLab(a.config, a.slots())
	a.client = openai.New(openai.Options{})
	adapters := map[string]provider.Adapter{provider.OpenAI: a.client, provider.Simulated: a.client}
	a.gateway = gateway.New(a.providers, adapters, a.simulatedEndpoint)
	if a.queue, err = a.newQueue(); err != nil {
		return fmt.Errorf("make queue: %w", err)
	}
	a.bench = bench.New(db, a.queue, a.problems, a.providers, a.gateway, a.lab)
	a.board = board.New(db)
	a.live = live.New(a.hub)
	a.health = health.New(db, a.providers, a.gateway, Version())
	return nil
}

func (a *App) slots() int {
	if a.config.Slots > 0 {
		return a.config.Slots
	}
	return runtime.NumCPU()
}

// Close lets everything go.
func (a *App) Close() error {
	if s := a.simulated.Load(); s != nil {
		s.Close()
	}
	a.client.Close()
	a.lab.close()
	return a.storage.close()
}

// asHome returns a context in which Assay itself acts as owner of its first org.
func (a *App) asHome(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Name: "Assay", Org: a.home.ID, OrgName: a.home.Name, Role: "owner"})
}

// simulatedEndpoint tells the gateway where the simulated models are.
func (a *App) simulatedEndpoint() (provider.Endpoint, bool) {
	s := a.simulated.Load()
	if s == nil {
		return provider.Endpoint{}, false
	}
	return provider.Endpoint{BaseURL: s.URL(), Key: s.Key()}, true
}
