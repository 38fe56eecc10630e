package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
)

// Report says what maintenance changed.
type Report struct {
	Made    []string // partitions that are new
	Dropped []string // partitions or chunks that are gone
}

// ahead is how many periods are made before they are needed.
const ahead = 3

// MaintainSeries makes the partitions of the present period, of the one before
// and of the next three for every series that fsys marks, and drops what is older
// than it is to be kept. Where the server keeps hypertables it only drops, since
// TimescaleDB makes its chunks itself. Doing it twice, or on two nodes at once,
// does no harm. What one series cannot get, such as a lock within two seconds,
// does not keep the others from theirs and comes back as an error at the end.
func MaintainSeries(ctx context.Context, db *DB, fsys fs.FS, now time.Time) (Report, error) {
	return onSystem(ctx, db, func(conn *pgx.Conn) (Report, error) { return maintain(ctx, conn, fsys, now) })
}

// CoverSeries makes the partitions of one series that rows from one moment to
// another need, so that the past can be filled in. Hypertables need none.
func CoverSeries(ctx context.Context, db *DB, fsys fs.FS, table string, from, to time.Time) (Report, error) {
	list, err := SeriesIn(fsys)
	if err != nil {
		return Report{}, err
	}
	for _, s := range list {
		if s.Table == table {
			return onSystem(ctx, db, func(conn *pgx.Conn) (Report, error) {
				return tend(ctx, conn, s, func(c cutter) (Report, error) { return c.cover(ctx, from, to) })
			})
		}
	}
	return Report{}, fmt.Errorf("no migration marks %q as a series", table)
}

// onSystem lends fn a connection that acts as the user who logged in, who owns
// the tables: the roles may not change how they are made.
func onSystem(ctx context.Context, db *DB, fn func(*pgx.Conn) (Report, error)) (Report, error) {
	pooled, err := db.System.Acquire(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("maintain series: %w", err)
	}
	defer pooled.Release()
	return fn(pooled.Conn())
}

func maintain(ctx context.Context, conn *pgx.Conn, fsys fs.FS, now time.Time) (Report, error) {
	var report Report
	list, err := SeriesIn(fsys)
	if err != nil {
		return report, err
	}
	var failed []error
	for _, s := range list {
		one, err := maintainOne(ctx, conn, s, now)
		report.Made = append(report.Made, one.Made...)
		report.Dropped = append(report.Dropped, one.Dropped...)
		if err != nil {
			failed = append(failed, fmt.Errorf("series %s: %w", s.Table, err))
		}
	}
	return report, errors.Join(failed...)
}

func maintainOne(ctx context.Context, conn *pgx.Conn, s Series, now time.Time) (Report, error) {
	start := s.Every.Start(now)
	report, err := tend(ctx, conn, s, func(c cutter) (Report, error) {
		// The period before is for rows that were born just before midnight.
		return c.cover(ctx, s.Every.Next(start, -1), s.Every.Next(start, ahead))
	})
	limit, ends := s.Keep.Until(now)
	if err != nil || !ends {
		return report, err
	}
	// Apart from the first, because dropping has to wait for readers and making
	// must not be lost with it.
	dropped, err := tend(ctx, conn, s, func(c cutter) (Report, error) { return c.drop(ctx, limit) })
	report.Dropped = dropped.Dropped
	return report, err
}

// cutter makes and drops the parts of one series inside one transaction.
type cutter interface {
	cover(ctx context.Context, from, to time.Time) (Report, error)
	drop(ctx context.Context, limit time.Time) (Report, error)
}

// tend runs fn on the parts of a series, in a transaction of the tables' owner
// that nobody else maintains in. A series whose migration has not been applied
// has no parts.
func tend(ctx context.Context, conn *pgx.Conn, s Series, fn func(cutter) (Report, error)) (Report, error) {
	var report Report
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf("set local role none; set local timezone = 'UTC'; set local lock_timeout = '2s'; "+
			"select pg_advisory_xact_lock(%d)", int64(maintainLock)))
		if err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		var kind string
		err = tx.QueryRow(ctx, `select kind from series where name = $1 and to_regclass(name) is not null`, s.Table).Scan(&kind)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return fmt.Errorf("look up: %w", err)
		case kind == kindHypertable:
			report, err = fn(chunks{tx, s})
		default:
			report, err = fn(partitions{tx, s})
		}
		return err
	})
	if err != nil {
		return Report{}, err // what it did has been rolled back
	}
	return report, nil
}
