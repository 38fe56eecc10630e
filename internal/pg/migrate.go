package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/assay-bench/assay/internal/fault"
)

// The keys of the advisory locks: whoever migrates or maintains holds one.
const (
	migrateLock  = 0x61737361790001
	maintainLock = 0x61737361790002
)

// Options are what a migration can be told.
type Options struct {
	// Log takes one line for each step that changed something; nil means silence.
	Log func(string)
	// Catalogue replaces the question to the server what it offers, in tests.
	Catalogue Catalogue
}

// Migrate brings the database at url to the state that the migrations in fsys
// describe: the two roles, River's tables in the schema "river", the migrations
// that are not there yet, and the partitions of the present time. It only ever
// goes forward. Nodes that start together wait for one another. The fault names
// the privilege that is missing.
func Migrate(ctx context.Context, url string, fsys fs.FS, opts Options) error {
	if opts.Log == nil {
		opts.Log = func(string) {}
	}
	base, err := parse(Config{URL: url, Name: "assay migrate"})
	if err != nil {
		return err
	}
	cfg := base.ConnConfig
	for name, value := range map[string]string{"lock_timeout": "5s", "statement_timeout": "0"} {
		if _, set := cfg.RuntimeParams[name]; !set { // in the URL
			cfg.RuntimeParams[name] = value
		}
	}
	conn, err := dial(ctx, cfg, opts.Log)
	if err != nil {
		return err
	}
	defer leave(ctx, conn)
	if err := checkVersion(conn); err != nil {
		return err
	}
	if err := lockSession(ctx, conn, opts.Log); err != nil {
		return err
	}
	m := migration{conn: conn, opts: opts, fsys: fsys}
	return explainMigrate(m.run(ctx), cfg)
}

// leave gives the lock back and closes the connection. Left to the closing, the
// lock would outlast it by the moment that the server takes to notice.
func leave(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parting)
	defer cancel()
	_, _ = conn.Exec(ctx, "select pg_advisory_unlock_all()") // closing does it too
	_ = conn.Close(ctx)
}

// migration is one run of Migrate. The advisory lock belongs to conn and ends with it.
type migration struct {
	conn *pgx.Conn
	opts Options
	fsys fs.FS
}

func (m migration) run(ctx context.Context) error {
	if err := onlyForward(m.fsys); err != nil {
		return err
	}
	for _, role := range []string{RoleApp, RoleSystem} {
		if err := ensureRole(ctx, m.conn, role); err != nil {
			return err
		}
	}
	if err := m.river(ctx); err != nil {
		return err
	}
	files, err := m.choose(ctx)
	if err != nil {
		return err
	}
	if err := m.goose(ctx, files); err != nil {
		return err
	}
	report, err := maintain(ctx, m.conn, m.fsys, time.Now())
	for _, name := range report.Made {
		m.opts.Log("made partition " + name)
	}
	return err
}

// goose applies the migrations that the database does not have yet.
func (m migration) goose(ctx context.Context, files fs.FS) error {
	db := stdlib.OpenDB(*m.conn.Config())
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		m.opts.Log(fmt.Sprintf("migrated %s in %s", r.Source.Path, r.Duration.Round(time.Millisecond)))
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// onlyForward refuses migrations that say how to undo themselves.
func onlyForward(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	down := regexp.MustCompile(`(?mi)^--\s*\+goose\s+down`)
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read migration: %w", err)
		}
		if down.Match(text) {
			return fault.New(fault.Internal, "%s has a Down section: migrations only go forward", name)
		}
	}
	return nil
}

// lockSession waits until no other node migrates. It asks again and again
// instead of waiting inside one statement, which would hold a snapshot that a
// CREATE INDEX CONCURRENTLY of the other node has to wait for.
func lockSession(ctx context.Context, conn *pgx.Conn, log func(string)) error {
	for said := false; ; said = true {
		var got bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(migrateLock)).Scan(&got); err != nil {
			return fmt.Errorf("lock the database for a migration: %w", err)
		}
		if got {
			return nil
		}
		if !said {
			log("another node migrates the database; waiting for it")
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for another node's migration: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// explainMigrate turns the errors that a person can do something about into faults.
func explainMigrate(err error, cfg *pgx.ConnConfig) error {
	var pgErr *pgconn.PgError
	var known *fault.Fault
	if err == nil || errors.As(err, &known) || !errors.As(err, &pgErr) {
		return err
	}
	switch pgErr.Code {
	case "42501":
		return fault.New(fault.Forbidden, "the database user %q lacks a privilege (%s): make it the owner of the database %q "+
			"and of everything in it, or migrate as the owner: %w", cfg.User, pgErr.Message, cfg.Database, err)
	case "55P03":
		return fault.New(fault.Unavailable, "another session holds a lock that the migration needs, and nothing of that migration was done: "+
			"end the session, or try again: %w", err)
	case "53100":
		return fault.New(fault.Unavailable, "the disk of the server at %s is full: free some space: %w", where(cfg), err)
	}
	return err
}
