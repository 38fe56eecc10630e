// Package score executes a candidate program against the assertions of its
// problem, which the program can neither see nor touch.
//
// The program runs in a fresh sandbox and only answers calls. The assertions run
// in another one, in a process that stays alive and forks for each attempt. The
// scorer stands between both:
//
//	 tester ── call, arguments ──▶ Score ── call, arguments ──▶ candidate
//	(asserts) ◀── plain value ────  (counts, bounds, times)  ◀── plain value ── (program)
//
// What a test expects never enters the candidate's process, and what comes back
// is rebuilt from text as exact builtin values, so no object of the program takes
// part in a comparison.
package score

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
)

// Verdict is how an attempt ended.
type Verdict string

// The verdicts.
const (
	Passed           Verdict = "passed"
	WrongAnswer      Verdict = "wrong_answer"
	RuntimeError     Verdict = "runtime_error"
	CompileError     Verdict = "compile_error"
	TimeLimit        Verdict = "time_limit"
	MemoryLimit      Verdict = "memory_limit"
	OutputLimit      Verdict = "output_limit"
	SandboxViolation Verdict = "sandbox_violation"
	NoCode           Verdict = "no_code"
	Infrastructure   Verdict = "infrastructure" // the suite itself cannot be used
)

// Suite is a problem's own test in the HumanEval format.
type Suite struct {
	Prompt     string `json:"prompt"`      // imports, helpers, signature and docstring
	Test       string `json:"test"`        // defines check(candidate)
	EntryPoint string `json:"entry_point"` // the function that check is given
}

// Result is what the execution of one attempt measured.
type Result struct {
	Verdict     Verdict
	Reason      string // one sentence for people
	Passed      int    // assertions that held
	Total       int    // assertions that were executed
	Checks      []Check
	Output      string        // the last 8 KB that the program printed, stdout and stderr as they came
	Wall        time.Duration // from handing over the program to its end
	CPU         time.Duration // of the program's process, the start of the interpreter included
	PeakMemory  int64         // bytes, as CPU
	OutputBytes int64         // all that it printed
}

// Check is one executed assertion; a Result has at most 50, failed ones first in
// line for a place, in the order of execution.
type Check struct {
	Line     int // in the test
	Source   string
	Passed   bool
	Got      string // as Python writes it, at most 400 characters
	Expected string // empty unless the assertion compares
	Error    string // why there is nothing to compare
}

// Limits bound one attempt. A zero field takes its value from DefaultLimits.
type Limits struct {
	Wall      time.Duration
	CPU       time.Duration
	Memory    int64
	Output    int64 // bytes printed
	Processes int
}

// DefaultLimits are 10 s, 6 s of CPU time, 512 MB, 64 KB and 32 processes.
func DefaultLimits() Limits {
	d := sandbox.DefaultLimits()
	return Limits{Wall: d.Wall, CPU: d.CPU, Memory: d.Memory, Output: d.Stderr, Processes: d.Processes}
}

// Sizes that bound what travels.
const (
	maxProgram = 1 << 20  // bytes of a program
	maxReply   = 2 << 20  // bytes of one reply of a candidate
	maxReplies = 64 << 20 // bytes of all its replies
	maxFrame   = 32 << 20 // bytes of one call or report of a tester
	maxCalls   = 200_000  // calls of one attempt
)

//go:embed bootstrap.py
var bootstrap string

//go:embed candidate.py
var candidateScript string

//go:embed suite.py
var suiteScript string

//go:embed tester.py
var testerScript string

// Config says what a scorer works with.
type Config struct {
	Sandbox *sandbox.Sandbox
	Slots   int // attempts scored at one time; 0 takes one for each processor
	Limits  Limits
}

// Scorer executes attempts. It is safe for use by several goroutines.
type Scorer struct {
	config   Config
	slots    chan *slot
	compiler compiler
	preparer preparer

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	warm   chan *candidate
	need   chan struct{}
	busy   sync.WaitGroup
	closed sync.Once
}

// slot is the place of one attempt at a time, with the tester that serves it.
type slot struct{ tester *tester }

// New returns a scorer. Nothing is started before the first attempt, so it works
// on a machine where code cannot be run, until Score is called.
func New(c Config) (*Scorer, error) {
	if c.Sandbox == nil {
		return nil, errors.New("a scorer needs a sandbox")
	}
	if c.Slots <= 0 {
		c.Slots = runtime.NumCPU()
	}
	s := &Scorer{config: c, compiler: compiler{code: map[string][]byte{}}, preparer: preparer{ready: map[Suite]prepared{}}, slots: make(chan *slot, c.Slots),
		warm: make(chan *candidate, c.Slots), need: make(chan struct{}, c.Slots)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for range c.Slots {
		s.slots <- &slot{}
		s.busy.Go(s.warmUp)
	}
	return s, nil
}

// Close ends the attempts that are running and every process of the scorer.
func (s *Scorer) Close() error {
	s.closed.Do(func() {
		s.cancel()
		s.busy.Wait()
		for range s.config.Slots {
			if place := <-s.slots; place.tester != nil {
				place.tester.close()
			}
		}
		s.preparer.close()
		close(s.warm)
		for c := range s.warm {
			c.p.Wait()
		}
	})
	return nil
}

// Score executes a complete program against a suite. What is wrong with the
// program or the suite is told by the result; the error is a fault.Unavailable
// when code cannot be run now and the attempt should be made again later, or that
// of ctx.
func (s *Scorer) Score(ctx context.Context, suite Suite, program string) (Result, error) {
	if strings.TrimSpace(program) == "" {
		return Result{Verdict: NoCode, Reason: "the answer contains no code"}, nil
	}
	if len(program) > maxProgram {
		return Result{Verdict: CompileError,
			Reason: fmt.Sprintf("the program is %d bytes long; at most %d are accepted", len(program), maxProgram)}, nil
	}
	var place *slot
	select {
	case place = <-s.slots:
	case <-ctx.Done():
		return Result{}, fmt.Errorf("wait for a scorer: %w", ctx.Err())
	case <-s.ctx.Done():
		return Result{}, fault.New(fault.Unavailable, "scoring is shutting down")
	}
	defer func() { s.slots <- place }()
	return s.attempt(ctx, place, suite, program)
}

// warmUp starts candidates ahead of the attempts that will need them.
func (s *Scorer) warmUp() {
	for {
		select {
		case <-s.need:
		case <-s.ctx.Done():
			return
		}
		c, err := s.startCandidate()
		if err != nil {
			continue // the next attempt meets the same error and reports it
		}
		select {
		case s.warm <- c:
		case <-s.ctx.Done():
			c.p.Wait()
		}
	}
}

// takeCandidate returns a candidate that waits for its program, and asks for the
// next one.
func (s *Scorer) takeCandidate() (*candidate, error) {
	select {
	case s.need <- struct{}{}:
	default:
	}
	for {
		select {
		case c := <-s.warm:
			select {
			case <-c.p.Done(): // it died while it waited
				c.p.Wait()
				continue
			default:
				return c, nil
			}
		default:
			return s.startCandidate()
		}
	}
}
