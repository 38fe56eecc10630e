package score

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
)

// attempt is everything that is seen of one attempt; decide makes a verdict of it.
type attempt struct {
	loaded   loaded
	failure  error // what went wrong on the candidate's side of the channel
	report   report
	testErr  error // the tester ended
	calls    int
	exit     sandbox.Exit
	overdrew bool // it was called more often than it may
}

// attempt runs one program in a place.
func (s *Scorer) attempt(ctx context.Context, place *slot, suite Suite, program string) (Result, error) {
	if err := s.staff(place); err != nil {
		return Result{}, err
	}
	ready, err := s.prepare(suite)
	if err != nil {
		return Result{}, err
	}
	c, err := s.takeCandidate()
	if err != nil {
		return Result{}, err
	}
	stop := context.AfterFunc(ctx, c.p.Kill)
	defer stop()
	c.p.Begin()
	var a attempt
	a.loaded, a.failure = c.load(suite.EntryPoint, program)
	if a.failure == nil && a.loaded.kind == replyValue {
		a.test(ctx, s, place, c, ready)
	}
	exit, finishErr := c.finish()
	a.exit = exit
	if a.failure == nil && errors.Is(finishErr, errForged) {
		a.failure = errForged
	}
	if err := errors.Join(ctx.Err(), s.ctx.Err()); err != nil {
		return Result{}, fmt.Errorf("score an attempt: %w", err)
	}
	if exit.Cause == sandbox.Lost {
		return Result{}, fault.New(fault.Unavailable, "the program's sandbox was killed from outside")
	}
	return a.decide()
}

// staff gives a place a living tester.
func (s *Scorer) staff(place *slot) error {
	if place.tester != nil {
		select {
		case <-place.tester.p.Done():
			place.tester.close()
		default:
			return nil
		}
	}
	var err error
	place.tester, err = s.startTester()
	return err
}

// test lets the tester question the candidate. A tester that is stuck, because of
// what it was told or by itself, ends a second after the candidate.
func (a *attempt) test(ctx context.Context, s *Scorer, place *slot, c *candidate, suite prepared) {
	if suite.fault != "" {
		a.report.Suite = suite.fault
		return
	}
	wall := s.config.Limits.Wall
	if wall == 0 {
		wall = DefaultLimits().Wall
	}
	a.report, a.testErr = place.tester.run(ctx, wall+time.Second, suite.code, func(call []byte) ([]byte, bool) {
		if a.calls++; a.calls > maxCalls {
			a.overdrew = true
			return nil, false
		}
		reply, err := c.call(call)
		a.failure = err
		return reply, err == nil
	})
	if a.testErr != nil {
		place.tester = nil
	}
}
