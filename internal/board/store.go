package board

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/board/internal/db"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/stat"
)

// load reads the sums of the last so many days, or of all.
func (s *sums) load(ctx context.Context, tx pgx.Tx, days int, now time.Time) error {
	q := db.New(tx)
	since := time.Time{}
	if days > 0 {
		since = now.UTC().AddDate(0, 0, -days)
	}
	rows, err := q.Cells(ctx, since)
	if err != nil {
		return err
	}
	s.cells = make([]cell, len(rows))
	for i, r := range rows {
		s.cells[i] = cell{model: r.ModelID, problem: r.ProblemID, samples: int(r.Samples), passed: int(r.Passed), cost: money.Micro(r.Cost)}
	}
	if err := s.loadSketches(ctx, q, since); err != nil {
		return err
	}
	if err := s.loadNames(ctx, q); err != nil {
		return err
	}
	latest, err := q.LatestDay(ctx)
	if latest.Runs > 0 {
		s.updated, s.runs = latest.Updated, int(latest.Runs)
	}
	return err
}

// loadSketches merges the days of each place, which no filter tells apart.
func (s *sums) loadSketches(ctx context.Context, q *db.Queries, since time.Time) error {
	rows, err := q.Sketches(ctx, since)
	if err != nil {
		return err
	}
	type key struct {
		model id.ID
		place place
	}
	merged := map[key]*stat.Sketch{}
	for _, r := range rows {
		var day stat.Sketch
		if err := day.UnmarshalBinary(r.Sketch); err != nil {
			return err
		}
		k := key{r.ModelID, place{r.SuiteID, r.Language}}
		if merged[k] == nil {
			merged[k] = &stat.Sketch{}
			s.sketches = append(s.sketches, part{model: k.model, place: k.place, sketch: merged[k]})
		}
		merged[k].Merge(&day)
	}
	return nil
}

func (s *sums) loadNames(ctx context.Context, q *db.Queries) error {
	problems, models := map[id.ID]bool{}, map[id.ID]bool{}
	for _, c := range s.cells {
		problems[c.problem], models[c.model] = true, true
	}
	named, err := q.ModelNames(ctx, slices.Collect(maps.Keys(models)))
	if err != nil {
		return err
	}
	s.models = make(map[id.ID]Model, len(named))
	for _, r := range named {
		s.models[r.ID] = Model{ID: r.ID, Org: r.OrgID, Title: r.Title, Provider: r.ProviderName, Simulated: r.Simulated,
			InputPrice: money.Micro(r.InputPrice), OutputPrice: money.Micro(r.OutputPrice)}
	}
	placed, err := q.Places(ctx, slices.Collect(maps.Keys(problems)))
	if err != nil {
		return err
	}
	s.problems, s.suites = make(map[id.ID]place, len(placed)), map[id.ID]string{}
	for _, r := range placed {
		s.problems[r.ID] = place{suite: r.SuiteID, language: r.Language}
		s.suites[r.SuiteID] = r.SuiteName
	}
	return nil
}

func publicModel(ctx context.Context, tx pgx.Tx, model id.ID) (Model, error) {
	r, err := db.New(tx).PublicModel(ctx, model)
	return Model{ID: r.ID, Org: r.OrgID, Name: r.Name, Title: r.Title, Provider: r.ProviderName, Simulated: r.Simulated,
		InputPrice: money.Micro(r.InputPrice), OutputPrice: money.Micro(r.OutputPrice)}, err
}

func modelCells(ctx context.Context, tx pgx.Tx, org, model id.ID) ([]Result, error) {
	rows, err := db.New(tx).ModelCells(ctx, org, model)
	if err != nil {
		return nil, err
	}
	list := make([]Result, len(rows))
	for i, r := range rows {
		list[i] = Result{Problem: r.ProblemID, Name: r.Name, Language: r.Language, Suite: r.SuiteName,
			Cell: stat.Cell{N: int(r.Samples), Passed: int(r.Passed)}}
	}
	return list, nil
}

func pendingRuns(ctx context.Context, tx pgx.Tx) ([]pending, error) {
	rows, err := db.New(tx).PendingRuns(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]pending, len(rows))
	for i, r := range rows {
		list[i] = pending{run: r.ID, org: r.OrgID, suite: r.SuiteID, public: r.Public, born: r.CreatedAt, finished: r.FinishedAt.UTC()}
	}
	return list, nil
}

func lockBoard(ctx context.Context, tx pgx.Tx) error { return db.New(tx).LockBoard(ctx) }

func markRun(ctx context.Context, tx pgx.Tx, p pending) (bool, error) {
	n, err := db.New(tx).MarkRun(ctx, p.run, p.org)
	return n == 1, err
}

func addCells(ctx context.Context, tx pgx.Tx, p pending) error {
	return db.New(tx).AddCells(ctx, db.AddCellsParams{OrgID: p.org, RunID: p.run, Public: p.public, Day: p.finished, CreatedAt: p.born})
}

// runLatencies sketches the latencies of a run, in microseconds.
func runLatencies(ctx context.Context, tx pgx.Tx, p pending) (map[latencyKey]*stat.Sketch, error) {
	rows, err := db.New(tx).RunLatencies(ctx, p.org, p.run, p.born)
	if err != nil {
		return nil, err
	}
	sketches := map[latencyKey]*stat.Sketch{}
	for _, r := range rows {
		key := latencyKey{model: r.ModelID, language: r.Language}
		if sketches[key] == nil {
			sketches[key] = &stat.Sketch{}
		}
		sketches[key].Add(float64(r.Latency))
	}
	return sketches, nil
}

// latencyForUpdate returns what is stored, locked; an empty sketch before any.
func latencyForUpdate(ctx context.Context, tx pgx.Tx, p pending, key latencyKey) (*stat.Sketch, error) {
	old := &stat.Sketch{}
	raw, err := db.New(tx).LatencyForUpdate(ctx, db.LatencyForUpdateParams{OrgID: p.org, ModelID: key.model, SuiteID: p.suite,
		Language: key.language, Public: p.public, Day: p.finished})
	if errors.Is(err, pgx.ErrNoRows) {
		return old, nil
	}
	if err != nil {
		return nil, err
	}
	return old, old.UnmarshalBinary(raw)
}

func putLatency(ctx context.Context, tx pgx.Tx, p pending, key latencyKey, sketch *stat.Sketch) error {
	raw, err := sketch.MarshalBinary()
	if err != nil {
		return err
	}
	return db.New(tx).PutLatency(ctx, db.PutLatencyParams{OrgID: p.org, Public: p.public, Day: p.finished, SuiteID: p.suite,
		Language: key.language, ModelID: key.model, Sketch: raw})
}
