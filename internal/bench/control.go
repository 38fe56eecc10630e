package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/queue"
)

// Pause lets what is under way finish and starts nothing new. It needs
// run_benchmarks; the fault is Conflict unless the run is running.
func (s *Service) Pause(ctx context.Context, run id.ID) error {
	return s.change(ctx, run, Paused, []State{Running}, "run.paused")
}

// Cancel ends a run for good: attempts under way are stopped, settled ones stay,
// and nothing of it reaches the leaderboard. It needs run_benchmarks; the fault
// is Conflict when the run has ended already.
func (s *Service) Cancel(ctx context.Context, run id.ID) error {
	if err := s.change(ctx, run, Cancelled, []State{Running, Paused}, "run.cancelled"); err != nil {
		return err
	}
	s.stop(run)
	return nil
}

// Resume goes on with a paused run where it stood. It needs run_benchmarks; the
// fault is Conflict unless the run is paused.
func (s *Service) Resume(ctx context.Context, run id.ID) error {
	return s.change(ctx, run, Running, []State{Paused}, "run.resumed")
}

func (s *Service) change(ctx context.Context, run id.ID, to State, from []State, kind string) error {
	actor, err := access.Require(ctx, access.RunBenchmarks)
	if err != nil {
		return err
	}
	return s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error {
		public, err := changeState(ctx, tx, actor.Org, run, to, from)
		if errors.Is(err, pgx.ErrNoRows) {
			return s.refuse(ctx, tx, actor.Org, run, to)
		}
		if err != nil {
			return err
		}
		if to == Running {
			if err := s.requeue(ctx, tx, actor.Org, run); err != nil {
				return err
			}
		}
		return event.Publish(ctx, tx, event.Event{Org: actor.Org, Public: public, Topic: "run", Kind: kind, Subject: run},
			map[string]any{"by": actor.Account})
	})
}

// refuse says why a run's state could not be changed.
func (s *Service) refuse(ctx context.Context, tx pgx.Tx, org, run id.ID, to State) error {
	r, err := getRun(ctx, tx, org, run)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, "there is no run %s", run)
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "the run is %s, so it cannot become %s; reload the page", r.State, to)
}

// requeue enqueues a job for every attempt that waits. One that has a job still
// gets a second, which finds nothing to do.
func (s *Service) requeue(ctx context.Context, tx pgx.Tx, org, run id.ID) error {
	list, err := waiting(ctx, tx, org, run)
	if err != nil {
		return err
	}
	return s.queue.Insert(ctx, tx, jobsOf(org, list)...)
}

func jobsOf(org id.ID, list []waitingAttempt) []river.JobArgs {
	jobs := make([]river.JobArgs, len(list))
	for i, a := range list {
		if a.answered {
			jobs[i] = ScoreArgs{Org: org, Attempt: a.id}
		} else {
			jobs[i] = GenerateArgs{Org: org, Attempt: a.id}
		}
	}
	return jobs
}

// Recover takes up what dead nodes held and gives every waiting attempt of a
// running run a job again, since theirs may have died with the node. It acts for
// Assay itself.
func (s *Service) Recover(ctx context.Context) error { return s.sweep(ctx, true) }

// Sweep frees attempts that nobody works on though they look taken, after a lost
// database connection, say. It acts for Assay itself.
func (s *Service) Sweep(ctx context.Context) error { return s.sweep(ctx, false) }

func (s *Service) sweep(ctx context.Context, all bool) error {
	var runs []Run
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		runs, err = runningRuns(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("list running runs: %w", err)
	}
	for _, r := range runs {
		err := s.db.AsOrg(ctx, r.Org, func(tx pgx.Tx) error {
			freed, err := freeOrphans(ctx, tx, r.Org, r.ID, s.queue.Node(), s.holding(), queue.Silence)
			if err != nil {
				return err
			}
			if all {
				return s.requeue(ctx, tx, r.Org, r.ID)
			}
			return s.queue.Insert(ctx, tx, jobsOf(r.Org, freed)...)
		})
		if err != nil {
			return fmt.Errorf("recover run %s: %w", r.ID, err)
		}
	}
	return nil
}

// holding lists the attempts that this node works on.
func (s *Service) holding() []id.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]id.ID, 0, len(s.held))
	for a := range s.held {
		list = append(list, a)
	}
	return list
}

// stop ends this node's work on a run.
func (s *Service) stop(run id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.held {
		if w.run == run {
			w.cancel(errStopped)
		}
	}
}

// Watch stops work on runs that are cancelled on any node, until ctx ends.
func (s *Service) Watch(ctx context.Context, hub *event.Hub) {
	select {
	case <-hub.Ready():
	case <-ctx.Done():
		return
	}
	pos := hub.Last()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hub.Changed(pos):
		}
		list, next, err := hub.Since(ctx, pos, func(e *event.Event) bool { return e.Kind == "run.cancelled" })
		if err != nil {
			slog.WarnContext(ctx, "could not read which runs were cancelled", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		for _, e := range list {
			s.stop(e.Subject)
		}
		pos = next
	}
}
