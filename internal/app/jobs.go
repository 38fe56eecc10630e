package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/queue"
	"github.com/assay-bench/assay/migrations"
)

// maintainArgs asks for the time series to be cut ahead and behind.
type maintainArgs struct{}

// Kind names the job.
func (maintainArgs) Kind() string { return "maintain_series" }

// InsertOpts says where the job goes.
func (maintainArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: upkeepQueue} }

// upkeepQueue is for Assay's own housekeeping.
const upkeepQueue = "upkeep"

// newQueue registers every worker there is.
func (a *App) newQueue() (*queue.Queue, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[bench.GenerateArgs]) error {
		return a.bench.Generate(ctx, job.Args)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[bench.ScoreArgs]) error {
		return a.bench.Score(ctx, job.Args)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[maintainArgs]) error {
		_, err := pg.MaintainSeries(ctx, a.storage.db, migrations.Files, time.Now())
		return err
	}))
	return queue.New(a.storage.db, queue.Config{
		Workers: workers,
		Queues:  map[string]int{bench.ScoreQueue: a.slots(), upkeepQueue: 2},
		Most:    a.config.Calls,
		Rebuilt: []string{bench.GenerateArgs{}.Kind(), bench.ScoreArgs{}.Kind()},
		Periodic: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
			func() (river.JobArgs, *river.InsertOpts) { return maintainArgs{}, nil }, &river.PeriodicJobOpts{ID: "maintain_series", RunOnStart: true})},
		Alone:   a.storage.server != nil,
		Recover: func(ctx context.Context) error { return a.bench.Recover(ctx) },
	})
}
