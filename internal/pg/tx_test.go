package pg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

const noteTable = `
create table note (org_id uuid not null, text text not null);
alter table note enable row level security;
alter table note force row level security;
create policy tenant on note to assay_app
	using (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid))
	with check (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid));
create policy everything on note to assay_system using (true) with check (true);
grant select, insert, update, delete on note to assay_app, assay_system;`

// notes opens a database in which two orgs have a row each, with one connection
// for each role, so that every transaction borrows the same one.
func notes(t testing.TB) (db *pg.DB, own, other id.ID) {
	t.Helper()
	url := pgtest.URL(t)
	conn := owner(t, url)
	run(t, conn, noteTable)
	own, other = id.New(), id.New()
	db = open(t, pg.Config{URL: url, MaxConns: 1})
	err := db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "insert into note values ($1, 'own'), ($2, 'other')", own, other)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, own, other
}

func TestAnOrgSeesItsOwnRowsAlone(t *testing.T) {
	t.Parallel()
	db, own, other := notes(t)
	const count = "select count(*) from note"
	if got := one[int](t, db.App, count); got != 0 {
		t.Errorf("setting never set: got %d rows, want 0", got)
	}
	for _, test := range []struct {
		org  id.ID
		want string
	}{{own, "own"}, {other, "other"}} {
		for name, as := range map[string]func(context.Context, id.ID, func(pgx.Tx) error) error{"AsOrg": db.AsOrg, "AsOrgRead": db.AsOrgRead} {
			err := as(t.Context(), test.org, func(tx pgx.Tx) error {
				if got := one[string](t, tx, "select string_agg(text, ' ') from note"); got != test.want {
					t.Errorf("%s: got rows %q, want %q", name, got, test.want)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if got := one[int](t, db.App, count); got != 0 {
		t.Errorf("setting empty: got %d rows, want 0", got)
	}
	err := db.AsOrg(t.Context(), id.New(), func(tx pgx.Tx) error {
		if got := one[int](t, tx, count); got != 0 {
			t.Errorf("a third org: got %d rows, want 0", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if got := one[int](t, db.System, count); got != 2 {
		t.Errorf("the system: got %d rows, want 2", got)
	}
}

func TestAnOrgCannotWriteForAnother(t *testing.T) {
	t.Parallel()
	db, own, other := notes(t)
	err := db.AsOrg(t.Context(), own, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "insert into note values ($1, 'planted')", other)
		return err
	})
	if got := code(err); got != "42501" {
		t.Errorf("insert for another org: got %v, want 42501", err)
	}
	err = db.AsOrgRead(t.Context(), own, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "delete from note")
		return err
	})
	if got := code(err); got != "25006" {
		t.Errorf("delete in a read: got %v, want 25006", err)
	}
	if err := db.AsOrg(t.Context(), id.Nil, func(pgx.Tx) error { return nil }); fault.KindOf(err) != fault.Internal {
		t.Errorf("no org: got %v, want a fault", err)
	}
}

func TestTheOrgDoesNotReachTheNextBorrower(t *testing.T) {
	t.Parallel()
	db, own, _ := notes(t)
	broken := errors.New("broken")
	for name, fn := range map[string]func(ctx context.Context, cancel func()) error{
		"commit":  func(context.Context, func()) error { return nil },
		"error":   func(context.Context, func()) error { return broken },
		"panic":   func(context.Context, func()) error { panic(broken) },
		"timeout": func(ctx context.Context, cancel func()) error { cancel(); return ctx.Err() },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		pid := one[int](t, db.App, "select pg_backend_pid()")
		func() {
			defer func() { _ = recover() }()
			_ = db.AsOrg(ctx, own, func(pgx.Tx) error { return fn(ctx, cancel) })
		}()
		cancel()
		if got := one[string](t, db.App, "select coalesce(current_setting('app.org_id', true), '')"); got != "" {
			t.Errorf("%s: the next borrower finds org %q", name, got)
		}
		if got := one[int](t, db.App, "select count(*) from note"); got != 0 {
			t.Errorf("%s: the next borrower sees %d rows", name, got)
		}
		if got := one[int](t, db.App, "select pg_backend_pid()"); got != pid {
			t.Errorf("%s: the connection was thrown away", name)
		}
	}
}

func TestATransactionIsKeptOnlyWhenItSucceeds(t *testing.T) {
	t.Parallel()
	db, own, _ := notes(t)
	insert := func(tx pgx.Tx) {
		if _, err := tx.Exec(t.Context(), "insert into note values ($1, 'more')", own); err != nil {
			t.Error(err)
		}
	}
	broken := errors.New("broken")
	if err := db.AsOrg(t.Context(), own, func(tx pgx.Tx) error { insert(tx); return broken }); !errors.Is(err, broken) {
		t.Errorf("error: got %v, want %v", err, broken)
	}
	func() {
		defer func() {
			if got := recover(); got != broken {
				t.Errorf("panic: got %v, want %v", got, broken)
			}
		}()
		_ = db.AsSystem(t.Context(), func(tx pgx.Tx) error { insert(tx); panic(broken) })
	}()
	if got := one[int](t, db.System, "select count(*) from note"); got != 2 {
		t.Errorf("after two failures: got %d rows, want 2", got)
	}
	if err := db.AsOrg(t.Context(), own, func(tx pgx.Tx) error { insert(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := one[int](t, db.System, "select count(*) from note"); got != 3 {
		t.Errorf("after a success: got %d rows, want 3", got)
	}
}

func TestABrokenConnectionIsReplacedBeforeAnythingHappens(t *testing.T) {
	t.Parallel()
	db, own, _ := notes(t)
	for range 3 {
		pid := one[int](t, db.App, "select pg_backend_pid()")
		if !one[bool](t, owner(t, db.App.Config().ConnString()), "select pg_terminate_backend($1)", pid) {
			t.Fatal("the connection could not be ended")
		}
		if err := db.AsOrg(t.Context(), own, func(pgx.Tx) error { return nil }); err != nil {
			t.Errorf("after the connection broke: %v", err)
		}
	}
}

func TestRetryRepeatsCollisionsOnly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"none", nil, 1},
		{"serialization failure", &pgconn.PgError{Code: "40001"}, 4},
		{"deadlock", &pgconn.PgError{Code: "40P01"}, 4},
		{"duplicate key", &pgconn.PgError{Code: "23505"}, 1},
		{"something else", errors.New("else"), 1},
	} {
		got := 0
		err := pg.Retry(t.Context(), func() error { got++; return test.err })
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: ran %d times and gave %v, want %d", test.name, got, err, test.want)
		}
	}
}

func code(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}

// BenchmarkAsOrg compares the latest row of an org read plainly, by a where
// clause, with the same inside AsOrg, by policy.
func BenchmarkAsOrg(b *testing.B) {
	db, own, _ := notes(b)
	const sql = "select text from note where org_id = $1"
	var plain time.Duration
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			one[string](b, db.System, sql, own)
		}
		plain = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("org", func(b *testing.B) {
		for b.Loop() {
			if err := db.AsOrg(b.Context(), own, func(tx pgx.Tx) error { one[string](b, tx, sql, own); return nil }); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed()/time.Duration(b.N))/float64(plain), "times-plain")
	})
}
