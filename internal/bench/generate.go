package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/queue"
	"github.com/assay-bench/assay/internal/score"
)

// maxTries is how often a step is tried, over some six minutes, before its failure
// is settled as one of the infrastructure, which never counts against the model.
// It also ends the attempt that brings down every worker that takes it up.
const maxTries = 12

// ownFault is the pause after a fault of our own side, such as a sandbox that does
// not hold: it is no try, and a person has to mend it.
const ownFault = 10 * time.Second

// errStopped is why the work on an attempt of a cancelled run ends.
var errStopped = errors.New("the run was cancelled")

// Generate works one job: it takes the attempt up, asks the model and stores the
// answer together with the job that scores it. An attempt that is not waiting,
// because somebody else has it or its run rests, is left alone. The error asks
// for the job again, later.
func (s *Service) Generate(ctx context.Context, job GenerateArgs) error {
	ctx, w := s.hold(ctx, job.Attempt)
	defer s.leave(w)
	var c claimed
	err := s.db.AsOrg(ctx, job.Org, func(tx pgx.Tx) (err error) {
		c, err = claimGenerate(ctx, tx, job.Org, job.Attempt, s.queue.Node())
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
	answer, err := s.caller.Complete(ctx, job.Org, c.model, request(text, c))
	if err != nil {
		return s.callFailed(ctx, c, err)
	}
	last, cancel := final(ctx)
	defer cancel()
	err = s.db.AsOrg(last, job.Org, func(tx pgx.Tx) error { return s.answered(last, tx, c, answer) })
	if err != nil {
		return s.giveBack(ctx, c, err)
	}
	return nil
}

// final is the context in which what has been paid for is written, whatever has
// ended meanwhile.
func final(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
}

// answered stores the answer and enqueues its scoring.
func (s *Service) answered(ctx context.Context, tx pgx.Tx, c claimed, a gateway.Answer) error {
	ok, err := storeAnswer(ctx, tx, c, a)
	if err != nil || !ok {
		return err // not ok: another has claimed the attempt since, and this answer is one too many
	}
	return s.queue.Insert(ctx, tx, ScoreArgs{Org: c.org, Attempt: c.attempt})
}

// request asks for a problem in the way that every model is asked.
func request(text problem.Text, c claimed) provider.Request {
	return provider.Request{
		Messages:    []provider.Message{{Role: provider.User, Content: Ask(text)}},
		Temperature: &c.temperature,
		MaxTokens:   c.maxTokens,
		Seed:        &c.seed,
	}
}

// Ask returns the words in which a problem is put to a model.
func Ask(text problem.Text) string {
	return "Complete this Python function. Answer with the whole function, and the imports it needs, in one ```python block.\n\n" +
		"```python\n" + text.Prompt + "\n```"
}

// callFailed decides what becomes of an attempt whose call failed: tried again
// later, or settled as a failure of the infrastructure.
func (s *Service) callFailed(ctx context.Context, c claimed, err error) error {
	var failed *provider.Error
	theirs := errors.As(err, &failed)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return s.interrupted(ctx, c)
	case fault.KindOf(err) == fault.Unavailable:
		return errors.Join(s.letGo(ctx, c, sentence(err), false), queue.Later(ownFault))
	case theirs && !failed.Retryable, fault.KindOf(err) == fault.NotFound, c.tries >= maxTries:
		return s.settleFailure(ctx, c, err)
	}
	wait := backoff(c.tries)
	if theirs {
		wait = max(wait, min(failed.RetryAfter, 2*time.Minute))
	}
	if err := s.letGo(ctx, c, sentence(err), true); err != nil {
		return err
	}
	return queue.Later(wait)
}

// interrupted gives an attempt back whose run was cancelled, which ends the job,
// or whose node stops, which leaves the job for later. Neither was a try.
func (s *Service) interrupted(ctx context.Context, c claimed) error {
	err := s.letGo(ctx, c, "", false)
	if errors.Is(context.Cause(ctx), errStopped) {
		return err
	}
	return errors.Join(err, ctx.Err())
}

// settleFailure ends an attempt that the infrastructure failed.
func (s *Service) settleFailure(ctx context.Context, c claimed, cause error) error {
	last, cancel := final(ctx)
	defer cancel()
	out := outcome{Result: score.Result{Verdict: score.Infrastructure, Reason: sentence(cause)}}
	if err := s.settle(last, c, out); err != nil {
		return s.giveBack(ctx, c, err)
	}
	return nil
}

// sentence says what failed, to be kept with the attempt.
func sentence(err error) string {
	var failed *provider.Error
	if errors.As(err, &failed) {
		return failed.Error()
	}
	return fault.Sentence(err)
}

// giveBack frees an attempt after a fault of our own and asks for the job again.
func (s *Service) giveBack(ctx context.Context, c claimed, cause error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return s.interrupted(ctx, c)
	}
	if err := s.letGo(ctx, c, "", true); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// letGo puts an attempt back where it can be claimed. It works after ctx has
// ended, for that is when it is needed most; if it fails all the same, the next
// sweep frees the attempt. counted says whether this was one of its tries.
func (s *Service) letGo(ctx context.Context, c claimed, reason string, counted bool) error {
	last, cancel := final(ctx)
	defer cancel()
	err := s.db.AsOrg(last, c.org, func(tx pgx.Tx) error { return release(last, tx, c, reason, counted) })
	if err != nil {
		return fmt.Errorf("release attempt %s: %w", c.attempt, err)
	}
	return nil
}

// backoff is the pause before the next try: half a second, doubled each time.
func backoff(tries int) time.Duration {
	return min(time.Minute, 500*time.Millisecond<<min(tries-1, 7))
}

// hold notes that this node works on an attempt, before it claims it, so that no
// sweep frees it meanwhile.
func (s *Service) hold(ctx context.Context, attempt id.ID) (context.Context, *work) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &work{attempt: attempt, cancel: cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[w] = struct{}{}
	return ctx, w
}

// leave ends the work.
func (s *Service) leave(w *work) {
	s.mu.Lock()
	delete(s.held, w)
	s.mu.Unlock()
	w.cancel(nil)
}

// belong notes the run of what is held.
func (s *Service) belong(w *work, run id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.run = run
}
