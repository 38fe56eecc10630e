package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/internal/pg/embedded"
)

// private is a cluster of this process's own.
type private struct {
	*embedded.Server
	dir string
}

const dirPrefix = "assay-pgtest-"

// memoryDir is where files live in memory. A database is cloned there in a third
// of the time that a disk takes, which spends it on making hundreds of files.
const memoryDir = "/dev/shm"

// startPrivate starts a cluster in a temporary directory, after removing those
// of processes that were killed.
func startPrivate(ctx context.Context) (*private, error) {
	sweepDirs(os.TempDir())
	sweepDirs(memoryDir)
	dir, err := os.MkdirTemp(parentDir(), dirPrefix)
	if err != nil {
		return nil, err
	}
	server, err := embedded.Start(ctx, embedded.Config{Dir: dir, Unsafe: true})
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return &private{server, dir}, nil
}

// parentDir returns where to put the cluster: in memory when a gigabyte of it is
// free and nobody asked for another place.
func parentDir() string {
	var disk syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(memoryDir, &disk) != nil {
		return os.TempDir()
	}
	if disk.Bavail*uint64(disk.Bsize) < 1<<30 || syscall.Access(memoryDir, 2) != nil {
		return os.TempDir()
	}
	return memoryDir
}

func (p *private) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}

// sweepDirs removes the clusters below parent whose process is gone, which shows
// in their lock. One without a lock file may be about to get it.
func sweepDirs(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, dirPrefix+"*")) // the pattern is well formed
	for _, dir := range dirs {
		lock, err := os.Open(filepath.Join(dir, "lock"))
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir) // somebody else's directory stays
		}
		_ = lock.Close()
	}
}

// claim marks the databases of this process as in use for as long as it lives,
// by an advisory lock, and drops those of processes that are gone.
func (l *lab) claim(ctx context.Context) error {
	conn, err := l.admin.Acquire(ctx)
	if err != nil {
		return err
	}
	// The connection is kept until the pool closes, and the lock with it.
	held := conn.Hijack()
	if _, err := held.Exec(ctx, "select pg_advisory_lock($1)", int64(l.key)); err != nil {
		return err
	}
	l.held = held
	rows, err := l.admin.Query(ctx, "select distinct substr(datname, length($1) + 1, 8) from pg_database where starts_with(datname, $1)", prefix)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, text := range keys {
		if key, err := strconv.ParseUint(text, 16, 32); err == nil {
			if err := l.sweepDatabases(ctx, uint32(key)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepDatabases drops the databases of one key if its process is gone.
func (l *lab) sweepDatabases(ctx context.Context, key uint32) error {
	return l.admin.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var gone bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(key)).Scan(&gone); err != nil || !gone {
			return err
		}
		defer func() { _, _ = conn.Exec(ctx, "select pg_advisory_unlock($1)", int64(key)) }()
		return l.dropAll(ctx, key)
	})
}

// dropAll drops the databases of one key.
func (l *lab) dropAll(ctx context.Context, key uint32) error {
	rows, err := l.admin.Query(ctx, "select datname from pg_database where starts_with(datname, $1)", fmt.Sprintf("%s%08x_", prefix, key))
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var failed []string
	for _, name := range names {
		if err := l.exec(ctx, "drop database if exists "+name+" with (force)"); err != nil {
			failed = append(failed, err.Error())
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%s", strings.Join(failed, "; "))
	}
	return nil
}
