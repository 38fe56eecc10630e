package app

import (
	"context"
	"log/slog"
	"sync"

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
	err    error
}

func newLab(c Config, slots int) *lab { return &lab{config: c, slots: slots} }

// open proves the sandbox and starts the scorer, once; after a failure it tries
// again at the next call, for what was missing may have been installed.
func (l *lab) open(ctx context.Context) (*score.Scorer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.scorer != nil {
		return l.scorer, nil
	}
	box, err := sandbox.New(sandbox.Config{Bwrap: l.config.Bwrap, Python: l.config.Python})
	if err != nil {
		return nil, err
	}
	for _, check := range box.SelfTest(ctx) {
		if !check.OK {
			slog.ErrorContext(ctx, "the sandbox does not hold; no program is executed", "check", check.Name, "detail", check.Detail, "remedy", check.Remedy)
			_ = box.Close() // the fault is told below
			return nil, fault.New(fault.Unavailable, "the sandbox does not hold (%s: %s); %s", check.Name, check.Detail, check.Remedy)
		}
	}
	scorer, err := score.New(score.Config{Sandbox: box, Slots: l.slots})
	if err != nil {
		_ = box.Close() // the fault is told below
		return nil, err
	}
	l.box, l.scorer = box, scorer
	return scorer, nil
}

// Score executes a program against a problem's suite; the fault is Unavailable
// where no sandbox holds.
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
