package embedded

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func TestPostgresGoesDownWithAKilledAssay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assay, out := child(t, dir, self(t), nil)
	url := line(t, out)
	conn := connect(t, url)
	run(t, conn, "create table note (text text); insert into note values ('kept')")
	if err := assay.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "no process is left", func() bool { return len(processes(dir)) == 0 })
	if _, err := os.Stat(filepath.Join(dir, "cluster", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the server did not go down in order: %v", err)
	}
	again := start(t, Config{Dir: dir})
	if got := query(t, connect(t, again.URL()), "select text from note"); got != "kept" {
		t.Errorf("after the kill: got %q, want %q", got, "kept")
	}
}

func TestAssayStartsAtOnceAfterItWasKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assay, out := child(t, dir, self(t), nil)
	connect(t, line(t, out))
	if err := assay.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = assay.Wait()
	again := start(t, Config{Dir: dir}) // while the old server may still be going down
	if got := query(t, connect(t, again.URL()), "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
}

func TestAnOrphanedServerIsEndedByTheNextStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, Config{Dir: dir})
	conn := connect(t, first.URL())
	run(t, conn, "create table note (text text); insert into note values ('kept')")
	// As if its Assay were gone without it: the lock is free, the server runs.
	if err := first.lock.Close(); err != nil {
		t.Fatal(err)
	}
	first.lock = nil
	first.once.Do(func() { close(first.stopping) })
	second := start(t, Config{Dir: dir})
	if got := query(t, connect(t, second.URL()), "select text from note"); got != "kept" {
		t.Errorf("got %q, want %q", got, "kept")
	}
}

func TestAKillDuringInitdbLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assay, _ := child(t, dir, self(t), nil)
	until(t, "initdb has begun", func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "cluster.new-*", "PG_VERSION"))
		return err == nil && len(found) > 0
	})
	if err := assay.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = assay.Wait()
	server := start(t, Config{Dir: dir})
	if got := query(t, connect(t, server.URL()), "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
	stop(t, server)
	start(t, Config{Dir: dir})
	if left := halves(t, dir); len(left) > 0 {
		t.Errorf("%v are left behind", left)
	}
}

func TestAKilledPostgresComesBackWithEveryAcknowledgedWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, Config{Dir: dir})
	run(t, connect(t, server.URL()), "create table entry (writer int, n int)")
	pool, err := pgxpool.New(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	acknowledged := writeUntil(t, pool, func() error { return syscall.Kill(server.proc.Pid, syscall.SIGKILL) })
	began := time.Now()
	until(t, "the pool has a connection again", func() bool { return pool.Ping(t.Context()) == nil })
	t.Logf("back after %s", time.Since(began).Round(time.Millisecond))
	for w, want := range acknowledged {
		rows, err := pool.Query(t.Context(), "select n from entry where writer = $1 order by n", w)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			t.Fatal(err)
		}
		for n := range want {
			if !slices.Contains(got, n) {
				t.Errorf("writer %d: entry %d was acknowledged and is lost", w, n)
			}
		}
	}
	stop(t, server)
	if left := processes(dir); len(left) > 0 {
		t.Errorf("processes %v are left after Stop", left)
	}
}

// writeUntil lets four writers count up, ends the server when each has come to a
// hundred, and returns how many entries of each the server acknowledged.
func writeUntil(t *testing.T, pool *pgxpool.Pool, end func() error) [4]int {
	t.Helper()
	var acknowledged [4]int
	var writers sync.WaitGroup
	enough := make(chan struct{}, len(acknowledged))
	for w := range acknowledged {
		writers.Go(func() {
			for {
				n := acknowledged[w]
				if _, err := pool.Exec(t.Context(), "insert into entry values ($1, $2)", w, n); err != nil {
					return // the server is gone
				}
				if acknowledged[w] = n + 1; n == 100 {
					enough <- struct{}{}
				}
			}
		})
	}
	for range acknowledged {
		<-enough
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	writers.Wait()
	return acknowledged
}

// line reads the line that a child prints when it is up.
func line(t *testing.T, out io.ByteReader) string {
	t.Helper()
	var text strings.Builder
	for {
		b, err := out.ReadByte()
		if err != nil {
			t.Fatalf("the child ended after %q: %v", text.String(), err)
		}
		if b == '\n' {
			break
		}
		text.WriteByte(b)
	}
	if !strings.HasPrefix(text.String(), "postgres://") {
		t.Fatalf("the child says %q", text.String())
	}
	return text.String()
}
