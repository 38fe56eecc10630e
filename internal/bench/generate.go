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

// maxTries is how often a step is tried before its failure is settled as one of
// the infrastructure, which never counts against the model.
const maxTries = 6

// errStopped is why the work on an attempt of a cancelled run ends.
var errStopped = errors.New("the run was cancelled")

// Generate works one job: it takes the attempt up, asks the model and stores the
// answer together with the job that scores it. An attempt that is not waiting,
// because somebody else has it or its run rests, is left alone. The error asks
// for the job again, later.
func (s *Service) Generate(ctx context.Context, job GenerateArgs) error {
	ctx, leave := s.hold(ctx, job.Attempt)
	defer leave()
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
	s.belong(job.Attempt, c.run)
	text, err := s.problems.Version(ctx, job.Org, c.version)
	if err != nil {
		return s.giveBack(ctx, c, err)
	}
	answer, err := s.caller.Complete(ctx, job.Org, c.model, request(text, c))
	if err != nil {
		return s.callFailed(ctx, c, err)
	}
	err = s.db.AsOrg(ctx, job.Org, func(tx pgx.Tx) error { return s.answered(ctx, tx, c, answer) })
	if err != nil {
		return s.giveBack(ctx, c, err)
	}
	return nil
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
	if errors.Is(context.Cause(ctx), errStopped) {
		return s.letGo(ctx, c, "")
	}
	var failed *provider.Error
	switch {
	case errors.As(err, &failed) && !failed.Retryable, fault.KindOf(err) == fault.NotFound:
		return s.settleFailure(ctx, c, err)
	case c.tries >= maxTries && ctx.Err() == nil:
		return s.settleFailure(ctx, c, err)
	}
	wait := backoff(c.tries)
	if failed != nil {
		wait = max(wait, min(failed.RetryAfter, 2*time.Minute))
	}
	if err := s.letGo(ctx, c, sentence(err)); err != nil {
		return err
	}
	return queue.Later(wait)
}

// settleFailure ends an attempt that the infrastructure failed.
func (s *Service) settleFailure(ctx context.Context, c claimed, cause error) error {
	out := outcome{Result: score.Result{Verdict: score.Infrastructure, Reason: sentence(cause)}}
	if err := s.settle(ctx, c, out); err != nil {
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
	if errors.Is(context.Cause(ctx), errStopped) {
		return s.letGo(ctx, c, "")
	}
	if err := s.letGo(ctx, c, ""); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// letGo puts an attempt back where it can be claimed. It works after ctx has
// ended, for that is when it is needed most; if it fails all the same, the next
// sweep frees the attempt.
func (s *Service) letGo(ctx context.Context, c claimed, reason string) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.db.AsOrg(last, c.org, func(tx pgx.Tx) error { return release(last, tx, c, reason) })
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
func (s *Service) hold(ctx context.Context, attempt id.ID) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	s.held[attempt] = work{cancel: cancel}
	s.mu.Unlock()
	return ctx, func() {
		s.mu.Lock()
		delete(s.held, attempt)
		s.mu.Unlock()
		cancel(nil)
	}
}

// belong notes the run of a held attempt.
func (s *Service) belong(attempt, run id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, ok := s.held[attempt]; ok {
		w.run = run
		s.held[attempt] = w
	}
}
