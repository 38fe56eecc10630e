package board

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/stat"
)

// pending is a completed run that has not been counted.
type pending struct {
	run, org, suite id.ID
	public          bool
	born, finished  time.Time // attempts carry the birth of their run
}

// Count counts every completed run that has not been counted, each in a
// transaction of its own and exactly once. It acts for Assay itself.
func (s *Service) Count(ctx context.Context) error {
	for {
		var list []pending
		err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
			list, err = pendingRuns(ctx, tx)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		var wrong error
		for _, p := range list {
			if err := s.db.AsOrg(ctx, p.org, func(tx pgx.Tx) error { return count(ctx, tx, p) }); err != nil {
				wrong = errors.Join(wrong, fmt.Errorf("count run %s: %w", p.run, err))
			}
		}
		s.Changed()
		if wrong != nil {
			return wrong
		}
	}
}

// count adds one run to the board unless another node was faster, and says so.
func count(ctx context.Context, tx pgx.Tx, p pending) error {
	if err := lockBoard(ctx, tx); err != nil {
		return err
	}
	mine, err := markRun(ctx, tx, p)
	if err != nil || !mine {
		return err
	}
	if err := addCells(ctx, tx, p); err != nil {
		return err
	}
	sketches, err := runLatencies(ctx, tx, p)
	if err != nil {
		return err
	}
	for key, sketch := range sketches {
		if err := addLatency(ctx, tx, p, key, sketch); err != nil {
			return err
		}
	}
	return event.Publish(ctx, tx, event.Event{Org: p.org, Public: p.public, Topic: "board", Kind: "board.changed", Subject: p.run}, struct{}{})
}

// latencyKey is what latencies are kept by, within a run.
type latencyKey struct {
	model    id.ID
	language string
}

func addLatency(ctx context.Context, tx pgx.Tx, p pending, key latencyKey, sketch *stat.Sketch) error {
	old, err := latencyForUpdate(ctx, tx, p, key)
	if err != nil {
		return err
	}
	sketch.Merge(old)
	return putLatency(ctx, tx, p, key, sketch)
}

// Watch counts runs as they complete and forgets boards that changed on other
// nodes, until ctx ends. Every half minute it looks in any case.
func (s *Service) Watch(ctx context.Context, hub *event.Hub) {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	select {
	case <-hub.Ready():
	case <-ctx.Done():
		return
	}
	pos := hub.Last()
	for {
		if err := s.Count(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "could not count completed runs", "error", err)
		}
		if pos = s.await(ctx, hub, pos, tick.C); ctx.Err() != nil {
			return
		}
	}
}

// await returns when a run has completed or it is time to look.
func (s *Service) await(ctx context.Context, hub *event.Hub, pos int64, tick <-chan time.Time) int64 {
	for {
		select {
		case <-ctx.Done():
			return pos
		case <-tick:
			return pos
		case <-hub.Changed(pos):
		}
		list, next, err := hub.Since(ctx, pos, func(e *event.Event) bool {
			return e.Kind == "run.completed" || e.Kind == "board.changed"
		})
		if err != nil {
			select { // the database is away; look again when it is time
			case <-tick:
			case <-ctx.Done():
			}
			return pos
		}
		pos = next
		completed := false
		for _, e := range list {
			completed = completed || e.Kind == "run.completed"
			if e.Kind == "board.changed" {
				s.Changed()
			}
		}
		if completed {
			return pos
		}
	}
}
