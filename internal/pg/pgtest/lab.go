package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/migrations"
)

// prefix begins the names of all databases that tests make.
const prefix = "assay_test_"

// lab is a server together with the template that databases are cloned from.
type lab struct {
	server *private // nil when the server is not ours
	base   *url.URL
	admin  *pgxpool.Pool
	key    uint32 // in the names of this process's databases
	count  atomic.Int64
	held   *pgx.Conn // holds the lock that tells others that this process lives

	mu     sync.Mutex
	shared *pg.DB
}

// open starts or finds the server and makes the template.
func open(ctx context.Context) (*lab, error) {
	l := &lab{key: randomKey()}
	if err := l.connect(ctx); err != nil {
		l.close()
		return nil, err
	}
	if err := l.claim(ctx); err != nil {
		l.close()
		return nil, err
	}
	if err := l.makeTemplate(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// connect opens the connections with which databases are made and dropped.
func (l *lab) connect(ctx context.Context) error {
	address := os.Getenv("ASSAY_TEST_DATABASE_URL")
	if address == "" {
		var err error
		if l.server, err = startPrivate(ctx); err != nil {
			return err
		}
		address = l.server.URL()
	}
	var err error
	if l.base, err = url.Parse(address); err != nil {
		return fmt.Errorf("ASSAY_TEST_DATABASE_URL is no URL")
	}
	if l.admin, err = pgxpool.New(ctx, address); err != nil {
		return err
	}
	return l.admin.Ping(ctx)
}

func (l *lab) template() string { return fmt.Sprintf("%s%08x_template", prefix, l.key) }

// makeTemplate migrates the database that all others are copies of, and closes
// it, because a database with sessions in it cannot be copied.
func (l *lab) makeTemplate(ctx context.Context) error {
	if err := l.exec(ctx, "create database "+l.template()); err != nil {
		return err
	}
	if err := pg.Migrate(ctx, l.url(l.template()), migrations.Files, pg.Options{}); err != nil {
		return err
	}
	return l.exec(ctx, fmt.Sprintf("alter database %s with allow_connections false", l.template()),
		fmt.Sprintf("select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'", l.template()))
}

// clone makes a copy of the template and returns its name.
func (l *lab) clone(ctx context.Context) (string, error) {
	name := fmt.Sprintf("%s%08x_%d", prefix, l.key, l.count.Add(1))
	return name, l.exec(ctx, fmt.Sprintf("create database %s template %s", name, l.template()))
}

// empty makes a database with nothing in it and returns its name.
func (l *lab) empty(ctx context.Context) (string, error) {
	name := fmt.Sprintf("%s%08x_%d", prefix, l.key, l.count.Add(1))
	return name, l.exec(ctx, "create database "+name)
}

// drop ends the sessions of a database and removes it. It waits for them itself,
// because the server would look again only after a tenth of a second.
func (l *lab) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for range 50 {
		var left int
		err := l.admin.QueryRow(ctx, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", name).Scan(&left)
		if err != nil || left == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return l.exec(ctx, "drop database if exists "+name+" with (force)")
}

func (l *lab) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := l.admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// url returns the address of the named database.
func (l *lab) url(name string) string {
	u := *l.base
	u.Path = "/" + name
	return u.String()
}

// sharedDB returns the database of all tests that only roll back.
func (l *lab) sharedDB() (*pg.DB, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shared != nil {
		return l.shared, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name, err := l.clone(ctx)
	if err != nil {
		return nil, err
	}
	l.shared, err = pg.Open(ctx, pg.Config{URL: l.url(name), Name: "assay test"})
	return l.shared, err
}

// close drops everything that this process made on a server that stays, or ends
// the private one.
func (l *lab) close() {
	if l.shared != nil {
		l.shared.Close()
	}
	if l.server == nil && l.admin != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := l.dropAll(ctx, l.key); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
	}
	if l.held != nil {
		_ = l.held.Close(context.Background())
	}
	if l.admin != nil {
		l.admin.Close()
	}
	if l.server != nil {
		l.server.remove()
	}
}

func randomKey() uint32 {
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // never returns an error
	return binary.BigEndian.Uint32(raw[:])
}
