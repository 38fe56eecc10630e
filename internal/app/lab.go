package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
	"github.com/assay-bench/assay/internal/score"
)

// lab is the sandbox and the scorer in it. It opens at the first use, in the
// background of a starting server, and refuses to run code while any limit of
// the sandbox does not hold.
type lab struct {
	config Config
	slots  int
	mu     sync.Mutex
	box    *sandbox.Sandbox
	scorer *score.Scorer
	err    error     // of the last opening that failed,
	at     time.Time // and when that was
}

// lull is how long a failure to open stands before it is tried again.
const lull = 30 * time.Second

func newLab(c Config, slots int) *lab { return &lab{config: c, slots: slots} }

// open proves the sandbox and starts the scorer, once; half a minute after a
// failure it tries again, for what was missing may have been installed. The fault
// is Conflict: nothing about an attempt, but about this machine.
func (l *lab) open(ctx context.Context) (*score.Scorer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.scorer != nil || (l.err != nil && time.Since(l.at) < lull) {
		return l.scorer, l.err
	}
	box, scorer, err := l.prove(context.WithoutCancel(ctx))
	if err != nil {
		slog.ErrorContext(ctx, "no program is executed here", "error", err)
		l.err, l.at = fault.New(fault.Conflict, "%w", err), time.Now()
		return nil, l.err
	}
	l.box, l.scorer, l.err = box, scorer, nil
	return scorer, nil
}

// prove makes a sandbox, sees every limit hold, and puts a scorer in it.
func (l *lab) prove(ctx context.Context) (*sandbox.Sandbox, *score.Scorer, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	box, err := sandbox.New(sandbox.Config{Bwrap: l.config.Bwrap, Python: l.config.Python})
	if err != nil {
		return nil, nil, err
	}
	for _, check := range box.SelfTest(ctx) {
		if !check.OK {
			_ = box.Close() // the fault is told below
			return nil, nil, fault.New(fault.Unavailable, "the sandbox does not hold (%s: %s); %s", check.Name, check.Detail, check.Remedy)
		}
	}
	scorer, err := score.New(score.Config{Sandbox: box, Slots: l.slots})
	if err != nil {
		_ = box.Close() // the fault is told below
		return nil, nil, err
	}
	return box, scorer, nil
}

// Score executes a program against a problem's suite; the fault is Conflict where
// no sandbox holds.
func (l *lab) Score(ctx context.Context, suite score.Suite, program string) (score.Result, error) {
	scorer, err := l.open(ctx)
	if err != nil {
		return score.Result{}, err
	}
	return scorer.Score(ctx, suite, program)
}

func (l *lab) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.scorer != nil {
		_ = l.scorer.Close() // nothing is scored any more
		_ = l.box.Close()
		l.scorer = nil
	}
}
