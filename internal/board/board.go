// Package board keeps the leaderboard: completed runs are counted once into small
// rows, and every view is computed from those.
//
//	run completed -> Count: attempts -> board_cell (model x problem x day), board_latency
//	Get: sums of a period -> cells of the filter -> pass@1, interval, rank spread (package stat), all kept in memory until the next Count
package board

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
}

// Service counts runs and serves boards.
type Service struct {
	db     *pg.DB
	sums   *cache[int, *sums]
	mu     sync.Mutex
	boards map[Filter]ranked
}

// ranked is a board in memory and the sums that it was made of.
type ranked struct {
	from  *sums
	board Board
}

// mostBoards bounds the memory for filters, which visitors choose.
const mostBoards = 500

// New returns the service on db.
func New(db *pg.DB) *Service {
	s := &Service{db: db, boards: map[Filter]ranked{}}
	s.sums = &cache[int, *sums]{compute: s.sum, wait: 40 * time.Millisecond, keep: time.Minute, most: 100}
	return s
}

// Changed makes every board ask for new sums.
func (s *Service) Changed() { s.sums.stale() }

// Get returns the board of a filter. It is public and asks no permission. On a
// large database it may be a moment behind the last run that was counted.
func (s *Service) Get(ctx context.Context, f Filter) (Board, error) {
	from, err := s.sums.get(ctx, f.Days)
	if err != nil {
		return Board{}, fmt.Errorf("compute board: %w", err)
	}
	s.mu.Lock()
	kept, ok := s.boards[f]
	s.mu.Unlock()
	if ok && kept.from == from {
		return kept.board, nil
	}
	b := from.rank(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.boards) >= mostBoards {
		clear(s.boards)
	}
	s.boards[f] = ranked{from: from, board: b}
	return b, nil
}

// sum adds up the last so many days, or all of them.
func (s *Service) sum(ctx context.Context, days int) (*sums, error) {
	all := &sums{}
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) error { return all.load(ctx, tx, days, time.Now()) })
	return all, err
}

// Facet is something that a board can be filtered by.
type Facet struct {
	Suite     id.ID
	SuiteName string
	Language  string
	Simulated bool
}

// Facets lists, by suite and language, what public results exist for.
func (s *Service) Facets(ctx context.Context) ([]Facet, error) {
	from, err := s.sums.get(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("list facets: %w", err)
	}
	seen := map[Facet]bool{}
	for _, c := range from.cells {
		p := from.problems[c.problem]
		seen[Facet{Suite: p.suite, SuiteName: from.suites[p.suite], Language: p.language, Simulated: from.models[c.model].Simulated}] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b Facet) int {
		return cmp.Or(cmp.Compare(a.SuiteName, b.SuiteName), cmp.Compare(a.Language, b.Language), bytes.Compare(a.Suite[:], b.Suite[:]))
	}), nil
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
