package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := pgtest.DB(t), pgtest.DB(t)
	name := func(sql string, one pgx.Tx) (got string) {
		if err := one.QueryRow(t.Context(), sql).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	var names [2]string
	for i, err := range []error{
		first.AsSystem(t.Context(), func(tx pgx.Tx) error { names[0] = name("select current_database()", tx); return nil }),
		second.AsSystem(t.Context(), func(tx pgx.Tx) error { names[1] = name("select current_database()", tx); return nil }),
	} {
		if err != nil {
			t.Fatalf("database %d: %v", i, err)
		}
	}
	if names[0] == names[1] || names[0] == "" {
		t.Errorf("two databases are called %q", names)
	}
}

func TestATransactionActsAsTheSystem(t *testing.T) {
	t.Parallel()
	var role string
	if err := pgtest.Tx(t).QueryRow(t.Context(), "select current_user").Scan(&role); err != nil {
		t.Fatal(err)
	}
	if role != "assay_system" {
		t.Errorf("role: got %s, want assay_system", role)
	}
}

func TestWhatOneTransactionDoesNoOtherSees(t *testing.T) {
	t.Parallel()
	for range 2 {
		t.Run("", func(t *testing.T) {
			tx := pgtest.Tx(t)
			var before int
			if err := tx.QueryRow(t.Context(), "select count(*) from river.river_queue").Scan(&before); err != nil {
				t.Fatal(err)
			}
			if before != 0 {
				t.Errorf("%d rows are left of another test", before)
			}
			if _, err := tx.Exec(t.Context(), "insert into river.river_queue (name, metadata, updated_at) values ('left', '{}', now())"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// BenchmarkDB measures what a database of its own costs a test.
func BenchmarkDB(b *testing.B) {
	pgtest.DB(b)
	for b.Loop() {
		pgtest.DB(b)
	}
}

// BenchmarkTx measures what a transaction costs a test.
func BenchmarkTx(b *testing.B) {
	for b.Loop() {
		_ = pgtest.Tx(b).Rollback(b.Context())
	}
}
