// Package pgtest gives tests a real Postgres with Assay's migrations in it.
//
// A package that uses it says so once:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// The first test that asks starts a private cluster in a temporary directory,
// which goes when the tests end. When they are killed the cluster stops by
// itself, and the next run of any tests removes the directory. With
// ASSAY_TEST_DATABASE_URL set to the URL of a server on which databases may be
// created, that server is used instead.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/pg"
)

// process holds the one lab of a test process. It is a variable because tests of
// a package share nothing else.
var process struct {
	sync.Mutex
	main bool
	lab  *lab
	err  error
}

// Main runs the tests of a package and removes what they used of Postgres.
func Main(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	process.Lock()
	process.main = true
	process.Unlock()
	defer func() {
		process.Lock()
		defer process.Unlock()
		if process.lab != nil {
			process.lab.close()
		}
	}()
	return m.Run()
}

// DB returns a database of the test's own, migrated and empty, that is dropped
// when the test ends. It is for tests in which commits, notifications or jobs
// matter; others are quicker with Tx.
func DB(t testing.TB) *pg.DB {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: URL(t), MaxConns: 10, Name: "assay test"})
	if err != nil {
		t.Fatalf("open the test's database: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}

// URL returns the address of a database such as DB opens, for tests that open it
// themselves. The user in it owns everything.
func URL(t testing.TB) string {
	t.Helper()
	return provide(t, (*lab).clone)
}

// EmptyURL returns the address of a database of the test's own without anything
// in it, for tests of migrations.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return provide(t, (*lab).empty)
}

// provide makes a database in the given way, which is dropped when the test ends.
func provide(t testing.TB, way func(*lab, context.Context) (string, error)) string {
	t.Helper()
	l := current(t)
	name, err := way(l, t.Context())
	if err != nil {
		t.Fatalf("make the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := l.drop(name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return l.url(name)
}

// Tx returns a transaction of the system role, in a database that all tests of
// the process share, which is rolled back when the test ends.
func Tx(t testing.TB) pgx.Tx {
	t.Helper()
	db, err := current(t).sharedDB()
	if err != nil {
		t.Fatalf("open the shared test database: %v", err)
	}
	tx, err := db.System.Begin(t.Context())
	if err != nil {
		t.Fatalf("begin the test's transaction: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = tx.Rollback(ctx) // a test may have ended it itself
	})
	return tx
}

// current returns the lab of this process, and starts it for the first test.
func current(t testing.TB) *lab {
	t.Helper()
	process.Lock()
	defer process.Unlock()
	if !process.main {
		t.Fatal("this package needs func TestMain(m *testing.M) { pgtest.Main(m) }")
	}
	if process.lab == nil && process.err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if process.lab, process.err = open(ctx); process.err != nil {
			process.err = fmt.Errorf("start Postgres for tests: %w", process.err)
		}
	}
	if process.err != nil {
		t.Fatal(process.err)
	}
	return process.lab
}
