package board

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/board/internal/db"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/stat"
)

func load(ctx context.Context, tx pgx.Tx, f Filter, now time.Time) (Board, error) {
	q := db.New(tx)
	since := time.Time{}
	if f.Days > 0 {
		since = now.UTC().AddDate(0, 0, -f.Days)
	}
	rows, err := q.Cells(ctx, db.CellsParams{Since: since, Simulated: f.Simulated, SuiteID: some(f.Suite), Language: someText(f.Language)})
	if err != nil {
		return Board{}, err
	}
	cells := make([]cell, len(rows))
	b := Board{Filter: f}
	for i, r := range rows {
		cells[i] = cell{model: r.ModelID, problem: r.ProblemID, samples: int(r.Samples), passed: int(r.Passed), cost: money.Micro(r.Cost)}
		b.Attempts += int(r.Samples)
	}
	sketches, err := loadSketches(ctx, q, f, since)
	if err != nil {
		return Board{}, err
	}
	names, err := loadNames(ctx, q, sketches)
	if err != nil {
		return Board{}, err
	}
	b.Entries, b.Problems = rank(cells, sketches, names)
	latest, err := q.LatestDay(ctx)
	if latest.Runs > 0 {
		b.UpdatedAt, b.Runs = latest.Updated, int(latest.Runs)
	}
	return b, err
}

func loadSketches(ctx context.Context, q *db.Queries, f Filter, since time.Time) (map[id.ID]*stat.Sketch, error) {
	rows, err := q.Sketches(ctx, db.SketchesParams{Since: since, Simulated: f.Simulated, SuiteID: some(f.Suite), Language: someText(f.Language)})
	if err != nil {
		return nil, err
	}
	all := map[id.ID]*stat.Sketch{}
	for _, r := range rows {
		var part stat.Sketch
		if err := part.UnmarshalBinary(r.Sketch); err != nil {
			return nil, err
		}
		if all[r.ModelID] == nil {
			all[r.ModelID] = &stat.Sketch{}
		}
		all[r.ModelID].Merge(&part)
	}
	return all, nil
}

func loadNames(ctx context.Context, q *db.Queries, models map[id.ID]*stat.Sketch) (map[id.ID]Model, error) {
	ids := make([]id.ID, 0, len(models))
	for m := range models {
		ids = append(ids, m)
	}
	rows, err := q.ModelNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[id.ID]Model, len(rows))
	for _, r := range rows {
		names[r.ID] = Model{ID: r.ID, Org: r.OrgID, Title: r.Title, Provider: r.ProviderName, Simulated: r.Simulated,
			InputPrice: money.Micro(r.InputPrice), OutputPrice: money.Micro(r.OutputPrice)}
	}
	return names, nil
}

func facets(ctx context.Context, tx pgx.Tx) ([]Facet, error) {
	rows, err := db.New(tx).Facets(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Facet, len(rows))
	for i, r := range rows {
		list[i] = Facet{Suite: r.SuiteID, SuiteName: r.SuiteName, Language: r.Language, Simulated: r.Simulated}
	}
	return list, nil
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
		list[i] = pending{run: r.ID, org: r.OrgID, suite: r.SuiteID, public: r.Public, finished: r.FinishedAt.UTC()}
	}
	return list, nil
}

func lockBoard(ctx context.Context, tx pgx.Tx) error { return db.New(tx).LockBoard(ctx) }

func markRun(ctx context.Context, tx pgx.Tx, p pending) (bool, error) {
	n, err := db.New(tx).MarkRun(ctx, p.run, p.org)
	return n == 1, err
}

func addCells(ctx context.Context, tx pgx.Tx, p pending) error {
	return db.New(tx).AddCells(ctx, db.AddCellsParams{OrgID: p.org, RunID: p.run, Public: p.public, Day: p.finished})
}

// runLatencies sketches the latencies of a run, in microseconds.
func runLatencies(ctx context.Context, tx pgx.Tx, p pending) (map[latencyKey]*stat.Sketch, error) {
	rows, err := db.New(tx).RunLatencies(ctx, p.org, p.run)
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

func some(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

func someText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
