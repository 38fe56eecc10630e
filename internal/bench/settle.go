package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/queue"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/internal/score/extract"
)

// outcome is what is known of an attempt in the end.
type outcome struct {
	score.Result
	Program string
	Rule    string // by which the program was found in the answer
}

// Score works one job: it takes an answered attempt up, finds the program in the
// answer, executes it and settles the attempt. The error asks for the job again.
func (s *Service) Score(ctx context.Context, job ScoreArgs) error {
	ctx, w := s.hold(ctx, job.Attempt)
	defer s.leave(w)
	var c claimed
	err := s.db.AsOrg(ctx, job.Org, func(tx pgx.Tx) (err error) {
		c, err = claimScore(ctx, tx, job.Org, job.Attempt, s.queue.Node())
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim attempt %s: %w", job.Attempt, err)
	}
	s.belong(w, c.run)
	if c.tries > maxTries {
		return s.settleFailure(ctx, c, fault.New(fault.Unavailable, "the worker did not survive this attempt, %d times", maxTries))
	}
	text, err := s.problems.Version(ctx, job.Org, c.version)
	if err != nil {
		return s.giveBack(ctx, c, err)
	}
	out, err := s.judge(ctx, text, c.answer)
	if err != nil {
		return s.scoreFailed(ctx, c, err)
	}
	last, cancel := final(ctx)
	defer cancel()
	if err := s.settle(last, c, out); err != nil {
		return s.giveBack(ctx, c, err)
	}
	return nil
}

// judge reads the answer and executes what it holds.
func (s *Service) judge(ctx context.Context, text problem.Text, answer string) (outcome, error) {
	found := extract.Python(answer, text.Prompt, text.EntryPoint)
	if !found.OK {
		return outcome{Rule: found.Rule, Result: score.Result{Verdict: score.NoCode, Reason: cmp.Or(found.Note, "no program was found: "+found.Rule)}}, nil
	}
	result, err := s.scorer.Score(ctx, score.Suite{Prompt: text.Prompt, Test: text.Test, EntryPoint: text.EntryPoint}, found.Code)
	return outcome{Result: result, Program: found.Code, Rule: found.Rule}, err
}

// scoreFailed decides what becomes of an attempt that could not be executed.
func (s *Service) scoreFailed(ctx context.Context, c claimed, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return s.interrupted(ctx, c)
	case fault.KindOf(err) == fault.Conflict: // no sandbox holds here
		return errors.Join(s.letGo(ctx, c, sentence(err), false), queue.Later(ownFault))
	case c.tries >= maxTries:
		return s.settleFailure(ctx, c, err)
	}
	if err := s.letGo(ctx, c, sentence(err), true); err != nil {
		return err
	}
	return queue.Later(backoff(c.tries))
}

// settle writes the outcome, counts it, closes the run if it was the last, and
// says so: all in one transaction, once.
func (s *Service) settle(ctx context.Context, c claimed, out outcome) error {
	return s.db.AsOrg(ctx, c.org, func(tx pgx.Tx) error {
		ok, err := storeOutcome(ctx, tx, c, out)
		if err != nil || !ok {
			return err // not ok: another has claimed the attempt since
		}
		state, settled, planned, err := countSettled(ctx, tx, c.org, c.run)
		if err != nil {
			return err
		}
		news := event.Event{Org: c.org, Public: c.public, Topic: "run", Kind: "attempt.settled", Subject: c.run}
		facts := map[string]any{"attempt": c.attempt, "model": c.model, "verdict": out.Verdict, "settled": settled, "planned": planned}
		if err := event.Publish(ctx, tx, news, facts); err != nil || state != Completed {
			return err
		}
		news.Kind = "run.completed"
		return event.Publish(ctx, tx, news, map[string]any{"planned": planned})
	})
}
