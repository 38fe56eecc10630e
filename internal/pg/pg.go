// Package pg reaches the database: pools bound to a role, transactions bound to
// an org, migrations, and tables that are cut by time.
package pg

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/internal/fault"
)

// The roles under which Assay's own statements run. Neither can log in or owns
// a tenant's table; the policies of the tables say what each may see.
const (
	RoleApp    = "assay_app"    // acts for one org at a time
	RoleSystem = "assay_system" // acts for Assay itself, across orgs
)

// MinServer is the oldest server version that Assay works with.
const MinServer = 15

// Config says which database to use and how.
type Config struct {
	// URL is the address of the database, such as postgres://user@host/name.
	URL string
	// MaxConns is the most connections of each of the two pools; 0 means 20.
	MaxConns int
	// Name is what the server shows as the name of this program; "" means assay.
	Name string
	// Log takes one line when Open has to wait for the server; nil means silence.
	Log func(string)
}

// DB is a database with a pool of connections for each role. App and System are
// there for what has to be handed a pool (River, LISTEN); everything else goes
// through AsOrg and AsSystem.
type DB struct {
	App     *pgxpool.Pool
	System  *pgxpool.Pool
	Version string // the server's, such as "15.18"
}

// Open connects to the database, waiting until ctx ends for a server that is
// still starting. The fault says in one sentence what is wrong with the URL, the
// server or the database, and never contains the password.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	base, err := parse(cfg)
	if err != nil {
		return nil, err
	}
	first, err := dial(ctx, base.ConnConfig, cfg.Log)
	if err != nil {
		return nil, err
	}
	defer first.Close(ctx)
	db := &DB{Version: serverVersion(first)}
	if err := checkVersion(first); err != nil {
		return nil, err
	}
	if db.App, err = open(ctx, base, RoleApp); err != nil {
		return nil, err
	}
	if db.System, err = open(ctx, base, RoleSystem); err != nil {
		db.App.Close()
		return nil, err
	}
	return db, nil
}

// Close waits for the connections that are in use and closes all.
func (db *DB) Close() {
	db.App.Close()
	db.System.Close()
}

// open makes the pool of one role and its first connection.
func open(ctx context.Context, base *pgxpool.Config, role string) (*pgxpool.Pool, error) {
	cfg := base.Copy()
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "set role "+role)
		return explainRole(err, role, conn.Config().Database)
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, explainConnect(err, cfg.ConnConfig)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, explainConnect(err, cfg.ConnConfig)
	}
	return pool, nil
}

// explainRole turns a refused "set role" into a sentence.
func explainRole(err error, role, database string) error {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) {
		return err
	}
	switch pgErr.Code {
	case "22023", "42704":
		return fault.New(fault.Unavailable, "the role %s does not exist, so the database %q has not been migrated: run \"assay migrate\"", role, database)
	case "42501":
		return fault.New(fault.Unavailable, "this database user may not act as %s: run \"grant %s to\" that user, or migrate with it", role, role)
	}
	return err
}

func serverVersion(conn *pgx.Conn) string {
	text := conn.PgConn().ParameterStatus("server_version")
	for i, r := range text {
		if r != '.' && (r < '0' || r > '9') {
			return text[:i]
		}
	}
	return text
}

// checkVersion refuses a server that is too old.
func checkVersion(conn *pgx.Conn) error {
	version := serverVersion(conn)
	major := version
	for i, r := range version {
		if r == '.' {
			major = version[:i]
			break
		}
	}
	if n, err := strconv.Atoi(major); err == nil && n < MinServer {
		return fault.New(fault.Unavailable, "the server at %s is Postgres %s: Assay needs %d or later", where(conn.Config()), version, MinServer)
	}
	return nil
}

// parse reads the URL and sets what every connection has in common.
func parse(cfg Config) (*pgxpool.Config, error) {
	if err := checkURL(cfg.URL); err != nil {
		return nil, err
	}
	base, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, badURL()
	}
	base.MaxConns = 20
	if cfg.MaxConns > 0 {
		base.MaxConns = int32(cfg.MaxConns)
	}
	params := base.ConnConfig.RuntimeParams
	params["timezone"] = "UTC"
	if params["application_name"] = cfg.Name; cfg.Name == "" {
		params["application_name"] = "assay"
	}
	if base.ConnConfig.ConnectTimeout == 0 {
		base.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	return base, nil
}
