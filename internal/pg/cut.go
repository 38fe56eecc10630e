package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
)

// The kinds of series, as the table "series" records them.
const (
	kindPartitions = "partitions"
	kindHypertable = "hypertable"
)

// choose decides, once per database, whether its series are partitioned tables
// or hypertables, and returns the migrations as they read for that choice.
func (m migration) choose(ctx context.Context) (fs.FS, error) {
	marks, err := marksIn(m.fsys)
	if err != nil {
		return nil, err
	}
	_, err = m.conn.Exec(ctx, `create table if not exists series (
		name text primary key,
		kind text not null check (kind in ('partitions', 'hypertable')),
		made_at timestamptz not null default now())`)
	if err != nil {
		return nil, fmt.Errorf("make the table of series: %w", err)
	}
	if len(marks) == 0 {
		return m.fsys, nil
	}
	kind, err := m.kind(ctx)
	if err != nil {
		return nil, err
	}
	for _, mark := range marks {
		_, err := m.conn.Exec(ctx, "insert into series (name, kind) values ($1, $2) on conflict do nothing", mark.Table, kind)
		if err != nil {
			return nil, fmt.Errorf("record series %s: %w", mark.Table, err)
		}
	}
	if kind == kindHypertable {
		return hyperFS(m.fsys, marks)
	}
	return m.fsys, nil
}

// kind returns what was decided for this database, or decides it.
func (m migration) kind(ctx context.Context) (string, error) {
	var kind string
	err := m.conn.QueryRow(ctx, "select kind from series limit 1").Scan(&kind)
	if err == nil {
		return kind, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look up the kind of series: %w", err)
	}
	var catalogue Catalogue = serverCatalogue{m.conn}
	if m.opts.Catalogue != nil {
		catalogue = m.opts.Catalogue
	}
	has, err := catalogue.HasTimescale(ctx)
	if err != nil {
		return "", err
	}
	if !has {
		return kindPartitions, nil
	}
	if err := m.createTimescale(ctx); err != nil {
		m.opts.Log(fmt.Sprintf("TimescaleDB is offered but cannot be used (%v); tables are partitioned instead", err))
		return kindPartitions, nil
	}
	m.opts.Log("TimescaleDB is there: tables that are cut by time become hypertables")
	return kindHypertable, nil
}

// createTimescale installs the extension over a connection of its own, because
// a library that was not loaded at the start of the server ends the session.
func (m migration) createTimescale(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, m.conn.Config())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "create extension if not exists timescaledb")
	return err
}

// partitions cuts a series on a plain server.
type partitions struct {
	tx pgx.Tx
	Series
}

// part is one partition and the span that it holds.
type part struct {
	name     string
	from, to time.Time
}

func (p partitions) cover(ctx context.Context, from, to time.Time) (Report, error) {
	var report Report
	have, err := p.list(ctx)
	if err != nil {
		return report, err
	}
	for start := p.Every.Start(from); !start.After(to); start = p.Every.Next(start, 1) {
		fresh := part{p.partition(start), start, p.Every.Next(start, 1)}
		if overlaps(have, fresh) {
			continue
		}
		if _, err := p.tx.Exec(ctx, attach(p.Series, fresh)); err != nil {
			return report, fmt.Errorf("make %s: %w", fresh.name, err)
		}
		report.Made = append(report.Made, fresh.name)
	}
	return report, nil
}

// attach returns the statements that make a partition. To make it apart and
// attach it does not stop the table's readers and writers, as PARTITION OF does.
// Nobody is granted anything on it: what is read past the table is read past the
// table's policies.
func attach(s Series, p part) string {
	const layout = "2006-01-02 15:04:05Z07:00"
	return fmt.Sprintf(`create table %[1]s (like %[2]s including defaults including constraints including generated including storage);
revoke all on table %[1]s from public, assay_app, assay_system;
alter table %[2]s attach partition %[1]s for values from ('%[3]s') to ('%[4]s')`,
		p.name, s.Table, p.from.Format(layout), p.to.Format(layout))
}

func (p partitions) drop(ctx context.Context, limit time.Time) (Report, error) {
	var report Report
	have, err := p.list(ctx)
	if err != nil {
		return report, err
	}
	for _, old := range have {
		if old.to.After(limit) {
			continue
		}
		if _, err := p.tx.Exec(ctx, "drop table "+old.name); err != nil {
			return report, fmt.Errorf("drop %s: %w", old.name, err)
		}
		report.Dropped = append(report.Dropped, old.name)
	}
	return report, nil
}

// list returns the partitions that there are, oldest first.
func (p partitions) list(ctx context.Context) ([]part, error) {
	rows, err := p.tx.Query(ctx, `
		select name, bounds[1]::timestamptz, bounds[2]::timestamptz
		from (
			select c.oid::regclass::text as name,
				regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)') as bounds
			from pg_inherits i join pg_class c on c.oid = i.inhrelid
			where i.inhparent = $1::text::regclass
		) parts
		where bounds is not null
		order by 2`, p.Table)
	if err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}
	have, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (part, error) {
		var one part
		err := row.Scan(&one.name, &one.from, &one.to)
		return one, err
	})
	if err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}
	return have, nil
}

func overlaps(have []part, fresh part) bool {
	for _, p := range have {
		if p.from.Before(fresh.to) && fresh.from.Before(p.to) {
			return true
		}
	}
	return false
}

// chunks cuts a series on a server with TimescaleDB, which makes chunks itself.
// drop_chunks is part of its open edition, retention policies are not.
type chunks struct {
	tx pgx.Tx
	Series
}

func (c chunks) cover(context.Context, time.Time, time.Time) (Report, error) { return Report{}, nil }

func (c chunks) drop(ctx context.Context, limit time.Time) (Report, error) {
	rows, err := c.tx.Query(ctx, dropChunks, c.Table, limit)
	if err != nil {
		return Report{}, fmt.Errorf("drop chunks: %w", err)
	}
	gone, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return Report{}, fmt.Errorf("drop chunks: %w", err)
	}
	return Report{Dropped: gone}, nil
}

const dropChunks = `select chunk::text from drop_chunks($1::text::regclass, older_than => $2::timestamptz) as chunk`
