// Package board keeps the leaderboard: completed runs are counted once into small
// rows, and every view is computed from those.
//
//	run completed -> Count: attempts -> board_cell (model x problem x day), board_latency
//	Get: cells of the filter -> pass@1, interval, rank spread (package stat) -> kept in memory until the next Count
package board

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/stat"
)

// Level is the confidence level of every interval on a board.
const Level = 0.95

// Filter chooses what a board stands over.
type Filter struct {
	Simulated bool   // simulated models, or real ones: never both in one ranking
	Suite     id.ID  // Nil for all
	Language  string // "" for all
	Days      int    // the last so many days; 0 for all time
}

// Entry is one model's line.
type Entry struct {
	Model    id.ID
	Title    string
	Provider string
	Spread   stat.Spread
	Rate     stat.Rate // pass@1 over the problems, with its interval
	Passed   int       // attempts
	Cost     money.Micro
	PerHundred,
	InputPrice, OutputPrice money.Micro // cost of a hundred problems; prices per million tokens
	P50, P95 time.Duration // latency of the answer
	Pareto   bool          // no cheaper or equally dear model scores better
}

// Board is a ranking at one moment.
type Board struct {
	Filter    Filter
	Entries   []Entry // by rank
	Problems  int     // that any of the models was asked
	Attempts  int
	UpdatedAt time.Time // when the last run was counted; zero before any
	Runs      int
	version   int64
}

// Service counts runs and serves boards.
type Service struct {
	db *pg.DB

	mu      sync.Mutex
	version int64 // raised by every change that boards must show
	boards  map[Filter]*kept
}

// kept is a board in memory, or one that is being computed.
type kept struct {
	ready chan struct{}
	board Board
	err   error
	at    time.Time
}

// freshFor bounds how long a board is served without a look at the database:
// other nodes count runs too, and days pass.
const freshFor = time.Minute

// New returns the service on db.
func New(db *pg.DB) *Service { return &Service{db: db, boards: map[Filter]*kept{}} }

// Changed makes the next reader of every board compute it anew.
func (s *Service) Changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
}

// Get returns the board of a filter. It is public and asks no permission. Readers
// who come together share one computation.
func (s *Service) Get(ctx context.Context, f Filter) (Board, error) {
	for {
		k, mine := s.take(f)
		if mine {
			s.compute(context.WithoutCancel(ctx), f, k)
		}
		select {
		case <-ctx.Done():
			return Board{}, ctx.Err()
		case <-k.ready:
			return k.board, k.err
		}
	}
}

// take returns the board in memory, or a place for it that the caller fills.
func (s *Service) take(f Filter) (k *kept, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.boards[f]; ok && k.board.version == s.version && k.err == nil && time.Since(k.at) < freshFor {
		return k, false
	}
	if len(s.boards) > 500 { // filters are chosen by visitors
		clear(s.boards)
	}
	k = &kept{ready: make(chan struct{}), at: time.Now(), board: Board{version: s.version}}
	s.boards[f] = k
	return k, true
}

func (s *Service) compute(ctx context.Context, f Filter, k *kept) {
	defer close(k.ready)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	version := k.board.version
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		k.board, err = load(ctx, tx, f, time.Now())
		return err
	})
	k.board.version = version
	if err != nil {
		k.err = fmt.Errorf("compute board: %w", err)
		s.forget(f, k)
	}
}

// forget takes a board that could not be computed out of the memory.
func (s *Service) forget(f Filter, k *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.boards[f] == k {
		delete(s.boards, f)
	}
}

// Facet is something that a board can be filtered by.
type Facet struct {
	Suite     id.ID
	SuiteName string
	Language  string
	Simulated bool
}

// Facets lists the suites and languages that public results exist for.
func (s *Service) Facets(ctx context.Context) ([]Facet, error) {
	var list []Facet
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		list, err = facets(ctx, tx)
		return err
	})
	return list, err
}

// Model is a model that stands on the public board.
type Model struct {
	ID          id.ID
	Org         id.ID
	Name        string
	Title       string
	Provider    string
	Simulated   bool
	InputPrice  money.Micro
	OutputPrice money.Micro
}

// Result is what a model did on one problem over all public runs.
type Result struct {
	Problem  id.ID
	Name     string
	Language string
	Suite    string
	Cell     stat.Cell
}

// Model returns a model of the public board with its results by problem; the
// fault is NotFound for one that does not stand there.
func (s *Service) Model(ctx context.Context, model id.ID) (Model, []Result, error) {
	var m Model
	var list []Result
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		if m, err = publicModel(ctx, tx, model); err != nil {
			return err
		}
		list, err = modelCells(ctx, tx, m.Org, model)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Model{}, nil, fault.New(fault.NotFound, "there is no model %s on the leaderboard", model)
	}
	return m, list, err
}
