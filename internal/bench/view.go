package bench

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/score"
)

// Standing is how one model stands in one run.
type Standing struct {
	Model     id.ID
	Title     string
	Provider  string
	Simulated bool
	Planned   int
	Settled   int
	Answered  int // settled or waiting for their score; Cost is theirs
	Counted   int // settled without a failure of the infrastructure
	Passed    int
	Working   int
	Cost      money.Micro
	Tokens    int64
}

// Step is what one model did in one slice of a run's attempts, in the order in
// which they settled.
type Step struct {
	Bucket  int
	Model   id.ID
	Counted int
	Passed  int
	UpTo    int // attempts of all models that had settled by then
}

// Cell is what one model did on one problem.
type Cell struct {
	Problem  id.ID
	Name     string
	Language string
	Model    id.ID
	Counted  int
	Passed   int
}

// Progress is all that the page of a run shows.
type Progress struct {
	Run       Run
	Standings []Standing
	Verdicts  map[score.Verdict]int
	Steps     []Step
	Latest    []Attempt
	PerMinute float64       // attempts settled per minute of late; 0 before any
	Remaining time.Duration // at that pace; 0 when unknown or done
	Cost      money.Micro
}

// paceWindow is the span that Pace looks back over.
const paceWindow = 20 * time.Second

// Progress returns how a run stands that is public or of the actor's org; the
// fault is NotFound for any other.
func (s *Service) Progress(ctx context.Context, run id.ID) (Progress, error) {
	org, err := s.visible(ctx, run)
	if err != nil {
		return Progress{}, err
	}
	var p Progress
	err = s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		p, err = progress(ctx, tx, org, run)
		return err
	})
	return p, err
}

func progress(ctx context.Context, tx pgx.Tx, org, run id.ID) (Progress, error) {
	var p Progress
	var err error
	if p.Run, err = getRun(ctx, tx, org, run); err != nil {
		return p, err
	}
	if p.Standings, err = standing(ctx, tx, org, run); err != nil {
		return p, err
	}
	for _, m := range p.Standings {
		p.Cost += m.Cost
	}
	if p.Verdicts, err = verdictCounts(ctx, tx, org, run); err != nil {
		return p, err
	}
	if p.Steps, err = convergence(ctx, tx, org, run, p.Run.Planned); err != nil {
		return p, err
	}
	if p.Latest, err = attempts(ctx, tx, org, Filter{Run: run}, 12); err != nil {
		return p, err
	}
	recent, sinceFirst, err := pace(ctx, tx, org, run)
	if err != nil {
		return p, err
	}
	p.PerMinute, p.Remaining = p.Run.speed(recent, sinceFirst)
	return p, nil
}

// speed returns attempts per minute and the time that is left at that pace. A
// finished run has the pace of its whole.
func (r Run) speed(recent int, sinceFirst time.Duration) (perMinute float64, left time.Duration) {
	n, span := recent, min(sinceFirst, paceWindow)
	if r.FinishedAt != nil {
		n, span = r.Settled, r.FinishedAt.Sub(r.CreatedAt)
	}
	if n == 0 || span < time.Second {
		return 0, 0
	}
	perMinute = float64(n) / span.Minutes()
	if r.State == Running {
		left = time.Duration(float64(r.Planned-r.Settled) / perMinute * float64(time.Minute))
	}
	return perMinute, left
}

// Matrix returns what each model of a run did on each problem, in the suite's
// order. It is visible like the run.
func (s *Service) Matrix(ctx context.Context, run id.ID) ([]Cell, error) {
	org, err := s.visible(ctx, run)
	if err != nil {
		return nil, err
	}
	var list []Cell
	err = s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		list, err = byProblem(ctx, tx, org, run)
		return err
	})
	return list, err
}

// Filter chooses attempts, newest first: those of a run, or of a model in all
// public runs.
type Filter struct {
	Run     id.ID
	Model   id.ID
	Problem id.ID
	Verdict score.Verdict
	Before  *Attempt // the last one that was seen
}

func (f Filter) cursor() (time.Time, id.ID) {
	if f.Before == nil {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), lastID
	}
	return f.Before.SettledAt, f.Before.ID
}

// Attempts lists at most n settled attempts of a run, visible like the run.
func (s *Service) Attempts(ctx context.Context, f Filter, n int) ([]Attempt, error) {
	org, err := s.visible(ctx, f.Run)
	if err != nil {
		return nil, err
	}
	return s.attempts(ctx, org, f, n)
}

// OfModel lists at most n settled attempts of org's model in public runs, which
// everybody may see.
func (s *Service) OfModel(ctx context.Context, org id.ID, f Filter, n int) ([]Attempt, error) {
	f.Run = id.Nil
	return s.attempts(ctx, org, f, n)
}

func (s *Service) attempts(ctx context.Context, org id.ID, f Filter, n int) ([]Attempt, error) {
	var list []Attempt
	err := s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		list, err = attempts(ctx, tx, org, f, n)
		return err
	})
	return list, err
}

// Detail is an attempt with all that it said and did.
type Detail struct {
	Attempt
	RunName      string
	Provider     string
	Temperature  float64
	Samples      int
	Seed         int64
	Version      int
	Settled      bool
	Rule         string
	FinishReason string
	InputTokens  int64
	OutputTokens int64
	Estimated    bool // the tokens
	FirstToken   time.Duration
	Wall, CPU    time.Duration
	PeakMemory   int64
	Prompt       string
	Reference    string // the body that completes Prompt
	Test         string
	EntryPoint   string
	Answer       string
	Program      string
	Checks       []score.Check
	Output       string // the end of what the program printed
	Previous     *id.ID // settled neighbours in the run
	Next         *id.ID
}

// Attempt returns one attempt of a run that is public or of the actor's org; the
// fault is NotFound for any other. Who is not of that org gets neither the
// reference nor the test, for problems are to stay unseen.
func (s *Service) Attempt(ctx context.Context, attempt id.ID) (Detail, error) {
	var org id.ID
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		org, err = visibleAttempt(ctx, tx, attempt, access.OrgOf(ctx))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Detail{}, fault.New(fault.NotFound, "there is no attempt %s", attempt)
	}
	if err != nil {
		return Detail{}, err
	}
	var d Detail
	err = s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		d, err = getAttempt(ctx, tx, org, attempt)
		return err
	})
	if viewer := access.OrgOf(ctx); viewer == nil || *viewer != org {
		d.Reference, d.Test = "", ""
	}
	return d, err
}
