package event

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

// start runs a hub on db until the test ends.
func start(t *testing.T, db *pg.DB) *Hub {
	t.Helper()
	hub := NewHub(db)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("hub: %v", err)
		}
	})
	<-hub.Ready()
	return hub
}

// collect reads matching events after pos until there are n.
func collect(t *testing.T, hub *Hub, pos int64, n int) []*Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all []*Event
	for len(all) < n {
		select {
		case <-ctx.Done():
			t.Fatalf("got %d of %d events", len(all), n)
		case <-hub.Changed(pos):
		}
		list, next, err := hub.Since(ctx, pos, func(*Event) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		all, pos = append(all, list...), next
	}
	return all
}

func publish(ctx context.Context, db *pg.DB, org id.ID, kind string) error {
	return db.AsOrg(ctx, org, func(tx pgx.Tx) error {
		return Publish(ctx, tx, Event{Org: org, Topic: "run", Kind: kind, Subject: id.New()}, struct{}{})
	})
}

func TestAnEventIsKnownExactlyWhenItsChangeCommits(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	hub := start(t, db)
	org := id.New()
	gone := errors.New("changed my mind")
	err := db.AsOrg(t.Context(), org, func(tx pgx.Tx) error {
		if err := Publish(t.Context(), tx, Event{Org: org, Kind: "rolled.back"}, struct{}{}); err != nil {
			return err
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Fatal(err)
	}
	if err := publish(t.Context(), db, org, "committed"); err != nil {
		t.Fatal(err)
	}
	got := collect(t, hub, 0, 1)
	if len(got) != 1 || got[0].Kind != "committed" || got[0].Org != org {
		t.Errorf("events: got %+v", got[0])
	}
}

func TestPositionsFollowTheOrderOfCommits(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	hub := start(t, db)
	org, first, second := id.New(), make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() { // publishes first, commits last
		err := db.AsOrg(t.Context(), org, func(tx pgx.Tx) error {
			err := Publish(t.Context(), tx, Event{Org: org, Kind: "slow"}, struct{}{})
			close(first)
			<-second
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-first
	if err := publish(t.Context(), db, org, "quick"); err != nil {
		t.Fatal(err)
	}
	seen := collect(t, hub, 0, 1)
	if seen[0].Kind != "quick" {
		t.Fatalf("first event: got %s", seen[0].Kind)
	}
	close(second)
	wait.Wait()
	later := collect(t, hub, seen[0].Pos, 1)
	if later[0].Kind != "slow" || later[0].Pos <= seen[0].Pos {
		t.Errorf("the slow event: got %s at %d, after %d", later[0].Kind, later[0].Pos, seen[0].Pos)
	}
}

func TestEveryHubSeesEveryEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	hubs := []*Hub{start(t, db), start(t, db)}
	const writers, each = 8, 40
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for i := range each {
				if err := publish(t.Context(), db, id.New(), fmt.Sprintf("%d.%d", w, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for _, hub := range hubs {
		seen := map[string]bool{}
		last := int64(0)
		for _, e := range collect(t, hub, 0, writers*each) {
			if seen[e.Kind] || e.Pos <= last {
				t.Fatalf("event %s at %d after %d, seen before: %t", e.Kind, e.Pos, last, seen[e.Kind])
			}
			seen[e.Kind], last = true, e.Pos
		}
	}
}

func TestOldEventsAreReplayedFromTheDatabase(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	hub := start(t, db)
	org := id.New()
	const n = ringSize + 1500
	err := db.AsOrg(t.Context(), org, func(tx pgx.Tx) error {
		for i := range n {
			if err := Publish(t.Context(), tx, Event{Org: org, Kind: fmt.Sprint(i)}, struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, hub, 0, n)
	late := collect(t, hub, 0, n) // by now the first 1500 have left the ring
	for i := range got {
		if got[i].Kind != fmt.Sprint(i) || late[i].Kind != fmt.Sprint(i) {
			t.Fatalf("event %d: got %s, later %s", i, got[i].Kind, late[i].Kind)
		}
	}
}

func TestTheHubComesBackAfterItsConnectionBreaks(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	hub := start(t, db)
	err := db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE NONE"); err != nil { // back to the user that logged in
			return err
		}
		tag, err := tx.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
		if err == nil && tag.RowsAffected() != 1 {
			t.Errorf("listening connections ended: got %d, want 1", tag.RowsAffected())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := publish(t.Context(), db, id.New(), "after"); err != nil {
		t.Fatal(err)
	}
	if got := collect(t, hub, 0, 1); got[0].Kind != "after" {
		t.Errorf("got %s", got[0].Kind)
	}
}
