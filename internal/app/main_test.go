package app

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// working is an Assay of the test's own that works jobs but serves no pages.
func working(t *testing.T) *App {
	t.Helper()
	c, err := ReadConfig([]string{"DATABASE_URL=" + pgtest.URL(t), "ASSAY_DATA=" + t.TempDir(), "ASSAY_SIMULATED_SPEED=0"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), c, slog.New(slog.NewTextHandler(io.Discard, nil)), false)
	if err != nil {
		t.Fatal(err)
	}
	work, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	hub := make(chan error, 1)
	go func() { hub <- a.hub.Run(work) }()
	t.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), 30*time.Second)
		defer done()
		if err := a.queue.Stop(stop); err != nil {
			t.Errorf("stop: %v", err)
		}
		cancel()
		if err := <-hub; err != nil {
			t.Errorf("hub: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := a.startSimulated(work); err != nil {
		t.Fatal(err)
	}
	if err := a.providers.EnsureSimulated(t.Context(), a.home.ID, simulatedProvider, simulatedModels()); err != nil {
		t.Fatal(err)
	}
	if err := a.queue.Start(work); err != nil {
		t.Fatal(err)
	}
	return a
}

// models finds the org's models by their names on the wire.
func (a *App) models(t *testing.T, names ...string) []id.ID {
	t.Helper()
	list, err := a.providers.Models(a.asHome(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	var ids []id.ID
	for _, name := range names {
		for _, m := range list {
			if m.Name == name {
				ids = append(ids, m.ID)
			}
		}
	}
	if len(ids) != len(names) {
		t.Fatalf("models: found %d of %v", len(ids), names)
	}
	return ids
}

// execute runs a plan to its end and returns how it stands.
func (a *App) execute(t *testing.T, p bench.Plan) bench.Progress {
	t.Helper()
	run, err := a.bench.Start(a.asHome(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(a.asHome(t.Context()), 3*time.Minute)
	defer cancel()
	<-a.hub.Ready()
	for pos := int64(0); ; {
		r, err := a.bench.Get(ctx, run)
		if err != nil {
			t.Fatalf("waiting for the run: %v", err)
		}
		if r.State.Final() {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("run: %d of %d settled", r.Settled, r.Planned)
		case <-a.hub.Changed(pos):
			pos = a.hub.Last()
		}
	}
	got, err := a.bench.Progress(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
