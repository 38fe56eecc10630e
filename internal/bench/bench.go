// Package bench plans and runs benchmarks.
//
// A run is a row, its attempts are rows, and every step forward is one
// transaction. What is not settled is still there: pause, resume, cancel and
// crash are all that one fact.
//
//	queued --claim--> generating --answer--> answered --claim--> scoring --> settled
//	   ^                  |                     ^                   |
//	   +---- release -----+                     +----- release -----+
//
// Whoever takes an attempt up raises its claim, and only the latest claimant may
// write, so a worker that was thought dead and comes back changes nothing.
package bench

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/score"
)

// State is where a run stands.
type State string

// The states of a run; the last two are final.
const (
	Running   State = "running"
	Paused    State = "paused"
	Cancelled State = "cancelled"
	Completed State = "completed"
)

// Final reports whether nothing more will happen.
func (s State) Final() bool { return s == Cancelled || s == Completed }

// Run is one execution of a benchmark, with its own copy of the settings.
type Run struct {
	ID          id.ID
	Org         id.ID
	Benchmark   id.ID
	Name        string
	Suite       id.ID
	SuiteName   string
	Samples     int // attempts of each model on each problem
	Temperature float64
	MaxTokens   int
	Public      bool
	Simulated   bool // its models are simulated, all of them
	Seed        int64
	State       State
	Planned     int // attempts
	Settled     int
	Models      int // set in lists only
	CreatedAt   time.Time
	FinishedAt  *time.Time
}

// Attempt is one model on one problem once.
type Attempt struct {
	ID           id.ID
	Run          id.ID
	Model        id.ID
	ModelTitle   string
	Simulated    bool
	Problem      id.ID
	ProblemName  string
	Language     string
	Sample       int
	Verdict      score.Verdict
	Reason       string
	ChecksPassed int
	ChecksTotal  int
	Cost         money.Micro
	Latency      time.Duration
	SettledAt    time.Time
}

// Caller makes the calls to models.
type Caller interface {
	Complete(ctx context.Context, org, model id.ID, req provider.Request) (gateway.Answer, error)
}

// Scorer executes programs.
type Scorer interface {
	Score(ctx context.Context, suite score.Suite, program string) (score.Result, error)
}

// Enqueuer takes jobs that exist when tx commits, works queues that come up, and
// names this node.
type Enqueuer interface {
	Serve(queue string, workers int) error
	Insert(ctx context.Context, tx pgx.Tx, jobs ...river.JobArgs) error
	Node() id.ID
}

// Service runs benchmarks.
type Service struct {
	db        *pg.DB
	queue     Enqueuer
	problems  *problem.Service
	providers *provider.Service
	caller    Caller
	scorer    Scorer

	mu   sync.Mutex
	held map[*work]struct{} // what this node works on; a second job of an attempt is an entry of its own
}

// work is one attempt in the hands of this node.
type work struct {
	attempt id.ID
	run     id.ID // Nil until the attempt has been claimed
	cancel  context.CancelCauseFunc
}

// New returns the service.
func New(db *pg.DB, queue Enqueuer, problems *problem.Service, providers *provider.Service, caller Caller, scorer Scorer) *Service {
	return &Service{db: db, queue: queue, problems: problems, providers: providers, caller: caller, scorer: scorer,
		held: map[*work]struct{}{}}
}

// Get returns a run that is public or of the actor's org. The fault is NotFound
// for any other, whether it exists or not.
func (s *Service) Get(ctx context.Context, run id.ID) (Run, error) {
	org, err := s.visible(ctx, run)
	if err != nil {
		return Run{}, err
	}
	var r Run
	err = s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		r, err = getRun(ctx, tx, org, run)
		return err
	})
	return r, err
}

// visible returns the org of a run that the actor of ctx, or a visitor, may see.
func (s *Service) visible(ctx context.Context, run id.ID) (id.ID, error) {
	var org id.ID
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		org, err = visibleRun(ctx, tx, run, access.OrgOf(ctx))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return id.Nil, fault.New(fault.NotFound, "there is no run %s", run)
	}
	return org, err
}

// List returns the newest runs that are public or of the actor's org, born
// before the given one (nil for the newest), at most n.
func (s *Service) List(ctx context.Context, before *id.ID, n int) ([]Run, error) {
	var list []Run
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		list, err = visibleRuns(ctx, tx, access.OrgOf(ctx), before, n)
		return err
	})
	return list, err
}
