package pg_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

const parts = "select coalesce(string_agg(inhrelid::regclass::text, ' ' order by inhrelid::regclass::text), '') from pg_inherits where inhparent = 'trace'::regclass"

// traced opens a database with the series trace, whose partitions of the present
// have been taken away, so that the test can choose its own present.
func traced(t *testing.T) (*pg.DB, fstest.MapFS) {
	t.Helper()
	address := pgtest.EmptyURL(t)
	files := fstest.MapFS{"0001_trace.sql": {Data: []byte(traceTable)}}
	if err := pg.Migrate(t.Context(), address, files, pg.Options{}); err != nil {
		t.Fatal(err)
	}
	conn := owner(t, address)
	if got := one[string](t, conn, parts); len(strings.Fields(got)) != 5 {
		t.Errorf("after the migration there are %q, want yesterday to three days ahead", got)
	}
	run(t, conn, "alter default privileges grant all on tables to assay_app, assay_system")
	run(t, conn, "do $$ declare p regclass; begin for p in select inhrelid from pg_inherits where inhparent = 'trace'::regclass loop execute 'drop table ' || p; end loop; end $$")
	return open(t, pg.Config{URL: address}), files
}

func maintain(t *testing.T, db *pg.DB, files fstest.MapFS, now time.Time) pg.Report {
	t.Helper()
	report, err := pg.MaintainSeries(t.Context(), db, files, now)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestPartitionsAreMadeAheadAndDroppedBehind(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	now := time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)
	first := pg.Report{Made: []string{"trace_20261121", "trace_20261122", "trace_20261123", "trace_20261124", "trace_20261125"}}
	for _, step := range []struct {
		name string
		now  time.Time
		want pg.Report
	}{
		{"the first time", now, first},
		{"again", now, pg.Report{}},
		{"after midnight", now.Add(2 * time.Minute), pg.Report{Made: []string{"trace_20261126"}}},
		{"on the last day that the oldest rows are kept", time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC),
			pg.Report{Made: []string{"trace_20261220", "trace_20261221", "trace_20261222", "trace_20261223", "trace_20261224"}}},
		{"a day later", time.Date(2026, 12, 22, 0, 0, 0, 0, time.UTC),
			pg.Report{Made: []string{"trace_20261225"}, Dropped: []string{"trace_20261121"}}},
	} {
		if diff := cmp.Diff(step.want, maintain(t, db, files, step.now)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
}

func TestRowsOfAPartitionCannotBeReachedPastItsTable(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	maintain(t, db, files, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	if _, err := db.App.Exec(t.Context(), "insert into trace values (1, '2026-11-22 13:00Z')"); err != nil {
		t.Fatal(err)
	}
	if got := one[int](t, db.App, "select n from trace"); got != 1 {
		t.Errorf("through the table: got %d, want 1", got)
	}
	for name, pool := range map[string]execer{"app": db.App, "system": db.System} {
		var n int
		if err := pool.QueryRow(t.Context(), "select n from trace_20261122").Scan(&n); code(err) != "42501" {
			t.Errorf("%s reads the partition itself: %v", name, err)
		}
	}
}

func TestThePastCanBeCovered(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	from := time.Date(2026, 11, 1, 5, 0, 0, 0, time.UTC)
	for _, want := range []pg.Report{{Made: []string{"trace_20261101", "trace_20261102", "trace_20261103"}}, {}} {
		got, err := pg.CoverSeries(t.Context(), db, files, "trace", from, from.AddDate(0, 0, 2))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := pg.CoverSeries(t.Context(), db, files, "absent", from, from); err == nil {
		t.Error("a table that is no series was covered")
	}
}

func TestNodesMaintainTogether(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			if _, err := pg.MaintainSeries(t.Context(), db, files, now); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	if got := one[string](t, db.System, parts); len(strings.Fields(got)) != 5 {
		t.Errorf("partitions: got %q", got)
	}
}

func TestAChangedPeriodLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	maintain(t, db, files, now)
	files["0001_trace.sql"] = &fstest.MapFile{Data: []byte(strings.Replace(traceTable, "every=1 day", "every=1 month", 1))}
	want := pg.Report{Made: []string{"trace_202610", "trace_202612", "trace_202701", "trace_202702"}}
	if diff := cmp.Diff(want, maintain(t, db, files, now)); diff != "" {
		t.Error(diff)
	}
}

type offers bool

// HasTimescale answers as the test was told.
func (o offers) HasTimescale(context.Context) (bool, error) { return bool(o), nil }

func TestAServerThatOnlyPromisesTimescaleGetsPartitions(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	if one[bool](t, owner(t, address), "select exists (select from pg_available_extensions where name = 'timescaledb')") {
		t.Skip("this server keeps its promise")
	}
	var said []string
	err := pg.Migrate(t.Context(), address, fstest.MapFS{"0001_trace.sql": {Data: []byte(traceTable)}},
		pg.Options{Catalogue: offers(true), Log: func(line string) { said = append(said, line) }})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(said, "\n"); !strings.Contains(got, "TimescaleDB is offered but cannot be used") {
		t.Errorf("said: %s", got)
	}
	if got := one[string](t, owner(t, address), "select kind from series"); got != "partitions" {
		t.Errorf("kind: got %s", got)
	}
}

// stand makes a database in which TimescaleDB's functions only write down how
// they were called, and which has decided for hypertables.
const stand = `
create table called (what text);
create function by_range(c name, i interval) returns text language sql as $$ select c || ' by ' || i $$;
create function create_hypertable(t regclass, dimension text) returns void language sql as $$ insert into called values (t || ' ' || dimension) $$;
create function drop_chunks(relation regclass, older_than timestamptz) returns setof text language sql
	as $$ insert into called values (relation || ' older than ' || older_than) returning 'chunk_1' $$;
create table series (name text primary key, kind text not null, made_at timestamptz not null default now());
insert into series values ('other', 'hypertable');`

func TestWhatWasDecidedForADatabaseStays(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	conn := owner(t, address)
	run(t, conn, stand)
	files := fstest.MapFS{"0001_trace.sql": {Data: []byte(traceTable)}}
	if err := pg.Migrate(t.Context(), address, files, pg.Options{Catalogue: offers(false)}); err != nil {
		t.Fatal(err)
	}
	run(t, conn, "delete from called where what like '%older%'") // Migrate maintains as well
	report := maintain(t, open(t, pg.Config{URL: address}), files, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	if diff := cmp.Diff(pg.Report{Dropped: []string{"chunk_1"}}, report); diff != "" {
		t.Error(diff)
	}
	want := "trace created_at by 1 day, trace older than 2026-10-23 12:00:00+00"
	if got := one[string](t, conn, "select string_agg(what, ', ') from called"); got != want {
		t.Errorf("calls: got %q, want %q", got, want)
	}
}

func TestASeriesThatIsInUseDoesNotKeepTheOthersFromTheirs(t *testing.T) {
	t.Parallel()
	db, files := traced(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	maintain(t, db, files, now)
	tx, err := db.System.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	one[int](t, tx, "select count(*) from trace") // a long read
	report, err := pg.MaintainSeries(t.Context(), db, files, now.AddDate(0, 0, 40))
	if code(err) != "55P03" || !strings.Contains(err.Error(), "series trace: drop trace_20261121") {
		t.Errorf("got %v, want a lock timeout about trace_20261121", err)
	}
	if len(report.Made) != 5 || len(report.Dropped) != 0 {
		t.Errorf("report: %+v, want 5 made and none dropped", report)
	}
}
