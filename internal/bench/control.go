package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/queue"
)

// Pause starts nothing new: calls and executions under way finish, and answers
// wait for their scores until the run is resumed. It needs run_benchmarks; the fault is Conflict unless the run is running.
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
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error {
		public, err := changeState(ctx, tx, actor.Org, run, to, from)
		if errors.Is(err, pgx.ErrNoRows) {
			return s.refuse(ctx, tx, actor.Org, run, to)
		}
		if err != nil {
			return err
		}
		return event.Publish(ctx, tx, event.Event{Org: actor.Org, Public: public, Topic: "run", Kind: kind, Subject: run}, struct{}{})
	})
	if err != nil || to != Running {
		return err
	}
	// Only now, when whoever finds an attempt finds the run running: a job that came
	// earlier, and rested, is made up for by what this reads.
	if err := s.serveProviders(ctx); err != nil {
		return err
	}
	return s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error { return s.requeue(ctx, tx, actor.Org, run) })
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
			jobs[i] = GenerateArgs{Org: org, Attempt: a.id, Provider: a.provider}
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
	if err := s.serveProviders(ctx); err != nil {
		return err
	}
	var runs []Run
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		runs, err = runningRuns(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("list running runs: %w", err)
	}
	for _, r := range runs {
		err := s.db.AsOrg(ctx, r.Org, func(tx pgx.Tx) error { return s.sweepRun(ctx, tx, r, all) })
		if err != nil {
			return fmt.Errorf("recover run %s: %w", r.ID, err)
		}
	}
	return nil
}

// sweepRun frees what nobody works on in one run. It looks first, then asks what
// this node holds, and then frees by the claims it saw: so an attempt that is
// claimed meanwhile is either held or has another claim.
func (s *Service) sweepRun(ctx context.Context, tx pgx.Tx, r Run, all bool) error {
	found, err := orphans(ctx, tx, r.Org, r.ID, s.queue.Node(), queue.Silence)
	if err != nil {
		return err
	}
	held := s.holding()
	found = slices.DeleteFunc(found, func(o orphan) bool { return slices.Contains(held, o.id) })
	freed, err := free(ctx, tx, r.Org, r.ID, found)
	if err != nil {
		return err
	}
	if all {
		return s.requeue(ctx, tx, r.Org, r.ID)
	}
	return s.queue.Insert(ctx, tx, jobsOf(r.Org, freed)...)
}

// serveProviders sees to it that this node works the queue of every provider.
func (s *Service) serveProviders(ctx context.Context) error {
	list, err := s.providers.Endpoints(ctx)
	if err != nil {
		return fmt.Errorf("list providers: %w", err)
	}
	for _, p := range list {
		if err := s.queue.Serve(GenerateQueue(p.Provider), p.Concurrency); err != nil {
			return err
		}
	}
	return nil
}

// holding lists the attempts that this node works on.
func (s *Service) holding() []id.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]id.ID, 0, len(s.held))
	for w := range s.held {
		list = append(list, w.attempt)
	}
	return list
}

// stop ends this node's work on a run.
func (s *Service) stop(run id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.held {
		if w.run == run {
			w.cancel(errStopped)
		}
	}
}

// Watch follows what happens to runs on any node, until ctx ends: it stops work on
// those that are cancelled and works the queues of those that start.
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
		list, next, err := hub.Since(ctx, pos, func(e *event.Event) bool {
			return e.Kind == "run.cancelled" || e.Kind == "run.started" || e.Kind == "run.resumed"
		})
		if err != nil {
			slog.WarnContext(ctx, "could not read which runs were cancelled", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		for _, e := range list {
			if e.Kind == "run.cancelled" {
				s.stop(e.Subject)
			} else if err := s.serveProviders(ctx); err != nil {
				slog.WarnContext(ctx, "could not work the queues of a run that started elsewhere", "error", err)
			}
		}
		pos = next
	}
}
