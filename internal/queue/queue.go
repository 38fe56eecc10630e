// Package queue runs jobs on River and knows which nodes are alive to run them.
//
// A node is one running process. Its row in the node table is renewed every few
// seconds; work is marked with the node that holds it, and work of a node that
// is silent for half a minute is free for others. That is how a kill -9 is
// survived without waiting for River's own, slower rescue of stuck jobs.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
)

const (
	// Silence is how long a node may be silent before its work is taken over.
	Silence = 30 * time.Second
	beat    = 5 * time.Second
)

// Config says what a queue works.
type Config struct {
	Workers  *river.Workers
	Queues   map[string]int // how many jobs of each queue this node works at once; none: it only enqueues
	Periodic []*river.PeriodicJob
	Alone    bool     // no other node can exist (the embedded database): all others are dead
	Most     int      // workers that a queue gets by Serve at most; 0 means no bound
	Rebuilt  []string // kinds of jobs that Recover enqueues anew, so that old ones may go when Alone
	// Recover takes up the work that dead nodes held. It is called before their
	// rows go, so it may run twice but is never missed.
	Recover func(ctx context.Context) error
}

// Queue is this node's part of the engine.
type Queue struct {
	db     *pg.DB
	client *river.Client[pgx.Tx]
	node   id.ID
	config Config
	done   chan struct{}
	cancel context.CancelFunc
}

// New returns a queue on db that does nothing until Start, but takes jobs.
func New(db *pg.DB, config Config) (*Queue, error) {
	rc := &river.Config{
		Schema:               "river",
		Logger:               slog.New(quiet{slog.Default().Handler()}),
		JobTimeout:           15 * time.Minute, // above the ten that a call may take
		RescueStuckJobsAfter: 30 * time.Minute,
		FetchCooldown:        20 * time.Millisecond,
		FetchPollInterval:    time.Second,
		PeriodicJobs:         config.Periodic,
	}
	if len(config.Queues) > 0 {
		rc.Workers = config.Workers
		rc.Queues = map[string]river.QueueConfig{}
		for name, n := range config.Queues {
			rc.Queues[name] = river.QueueConfig{MaxWorkers: n}
		}
	}
	client, err := river.NewClient(riverpgxv5.New(db.System), rc)
	if err != nil {
		return nil, fmt.Errorf("make queue: %w", err)
	}
	return &Queue{db: db, client: client, node: id.New(), config: config, done: make(chan struct{})}, nil
}

// Node returns the id that marks work of this process.
func (q *Queue) Node() id.ID { return q.node }

// Insert enqueues jobs within tx: they exist when it commits.
func (q *Queue) Insert(ctx context.Context, tx pgx.Tx, jobs ...river.JobArgs) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: j}
	}
	for start := 0; start < len(params); start += 5000 {
		if _, err := q.client.InsertManyFastTx(ctx, tx, params[start:min(start+5000, len(params))]); err != nil {
			return fmt.Errorf("enqueue %d jobs: %w", len(jobs), err)
		}
	}
	return nil
}

// Serve works one more queue from now on, with so many workers; one that is worked
// already stays as it is. A node that works nothing ignores it.
func (q *Queue) Serve(name string, workers int) error {
	if len(q.config.Queues) == 0 {
		return nil
	}
	if q.config.Most > 0 {
		workers = min(workers, q.config.Most)
	}
	err := q.client.Queues().Add(name, river.QueueConfig{MaxWorkers: workers})
	var known *river.QueueAlreadyAddedError
	if err != nil && !errors.As(err, &known) {
		return fmt.Errorf("work queue %s: %w", name, err)
	}
	return nil
}

// Start makes this node known, takes up what dead nodes left, and works jobs.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.beat(ctx); err != nil {
		return err
	}
	if err := q.reap(ctx, true); err != nil {
		return err
	}
	if len(q.config.Queues) > 0 {
		if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("start queue: %w", err)
		}
	}
	beating, cancel := context.WithCancel(context.WithoutCancel(ctx))
	q.cancel = cancel
	go q.live(beating)
	return nil
}

// live renews this node and looks for dead ones until ctx ends.
func (q *Queue) live(ctx context.Context) {
	defer close(q.done)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := q.beat(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "this node could not renew itself", "error", err)
			continue
		}
		if err := q.reap(ctx, false); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "work of dead nodes could not be taken up", "error", err)
		}
	}
}

func (q *Queue) beat(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return q.db.AsSystem(ctx, func(tx pgx.Tx) error { return upsertNode(ctx, tx, q.node, host) })
}

// reap recovers what dead nodes held and then forgets them. A node that is alone
// recovers at its start in any case: the last process may have gone without a
// trace. Jobs that are to be made anew go first, so that none comes twice.
func (q *Queue) reap(ctx context.Context, start bool) error {
	var dead []id.ID
	err := q.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		if start && q.config.Alone {
			return deleteOtherNodes(ctx, tx, q.node)
		}
		dead, err = deadNodes(ctx, tx, Silence)
		return err
	})
	alone := start && q.config.Alone
	if err != nil || (len(dead) == 0 && !alone) || q.config.Recover == nil {
		return err
	}
	if alone {
		if err := q.clear(ctx); err != nil {
			return err
		}
	}
	if err := q.config.Recover(ctx); err != nil {
		return err
	}
	return q.db.AsSystem(ctx, func(tx pgx.Tx) error {
		for _, node := range dead {
			if err := deleteDead(ctx, tx, node, Silence); err != nil {
				return err
			}
		}
		return nil
	})
}

// clear deletes the jobs that Recover makes anew. Jobs that the last process was
// at are out of reach; River gives them back much later, to find nothing to do.
func (q *Queue) clear(ctx context.Context) error {
	for len(q.config.Rebuilt) > 0 {
		params := river.NewJobDeleteManyParams().Kinds(q.config.Rebuilt...).First(5000)
		deleted, err := q.client.JobDeleteMany(ctx, params)
		if err != nil {
			return fmt.Errorf("clear old jobs: %w", err)
		}
		if len(deleted.Jobs) == 0 {
			return nil
		}
	}
	return nil
}

// Stop ends the work: jobs get until ctx ends to finish, then are cancelled, and
// the node is forgotten.
func (q *Queue) Stop(ctx context.Context) error {
	if q.cancel == nil {
		return nil
	}
	var err error
	if len(q.config.Queues) > 0 {
		soft, cancel := context.WithTimeout(ctx, 3*time.Second)
		if q.client.Stop(soft) != nil {
			err = q.client.StopAndCancel(ctx)
		}
		cancel()
	}
	q.cancel()
	<-q.done
	last := context.WithoutCancel(ctx)
	return firstOf(err, q.db.AsSystem(last, func(tx pgx.Tx) error { return deleteNode(last, tx, q.node) }))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// quiet drops River's notices about its own life below warnings.
type quiet struct{ slog.Handler }

// Enabled reports whether the level is worth a line.
func (h quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the handler quiet.
func (h quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(a)} }

// WithGroup keeps the handler quiet.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }

// Later is the error by which a job asks to be worked again after a pause,
// without it counting as a failure.
func Later(pause time.Duration) error { return river.JobSnooze(pause) }
