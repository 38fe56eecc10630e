package pg_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

// steps is a schema in three migrations.
func steps() fstest.MapFS {
	return fstest.MapFS{
		"0001_note.sql":  {Data: []byte("-- +goose Up\n" + noteTable)},
		"0002_index.sql": {Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently note_org on note (org_id);\n")},
		"0003_trace.sql": {Data: []byte(traceTable)},
	}
}

const traceTable = `-- +goose Up
CREATE TABLE trace (
    n          int NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (n, created_at)
) PARTITION BY RANGE (created_at); -- series: every=1 day keep=30 days
GRANT SELECT, INSERT ON trace TO assay_app, assay_system;
`

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	var nodes sync.WaitGroup
	var lines sync.Map
	for range 4 {
		nodes.Go(func() {
			err := pg.Migrate(t.Context(), address, steps(), pg.Options{Log: func(line string) {
				if strings.HasPrefix(line, "migrated 000") {
					if _, twice := lines.LoadOrStore(line[:20], true); twice {
						t.Errorf("done twice: %s", line)
					}
				}
			}})
			if err != nil {
				t.Errorf("migrate: %v", err)
			}
		})
	}
	nodes.Wait()
	conn := owner(t, address)
	if got := one[int](t, conn, "select count(*) from goose_db_version where version_id > 0"); got != 3 {
		t.Errorf("migrations applied: got %d, want 3", got)
	}
	if got := one[string](t, conn, "select string_agg(name || ' ' || kind, ',') from series"); got != "trace partitions" {
		t.Errorf("series: got %q", got)
	}
}

func TestAMigratedDatabaseIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	for i := range 2 {
		var said []string
		if err := pg.Migrate(t.Context(), address, steps(), pg.Options{Log: func(line string) { said = append(said, line) }}); err != nil {
			t.Fatal(err)
		}
		if (len(said) > 0) != (i == 0) {
			t.Errorf("run %d says %q", i+1, said)
		}
	}
}

func TestTheRolesMayUseRiversTables(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	if err := pg.Migrate(t.Context(), address, fstest.MapFS{}, pg.Options{}); err != nil {
		t.Fatal(err)
	}
	db := open(t, pg.Config{URL: address})
	for _, pool := range []execer{db.App, db.System} {
		for _, privilege := range []string{"select", "insert", "update", "delete"} {
			if !one[bool](t, pool, "select bool_and(has_table_privilege(oid, $1)) from pg_class where relnamespace = 'river'::regnamespace and relkind = 'r'", privilege) {
				t.Errorf("a role may not %s river's tables", privilege)
			}
		}
	}
	if got := one[string](t, db.System, "select string_agg(distinct tableowner, ',') from pg_tables where schemaname = 'river'"); got != pg.RoleSystem {
		t.Errorf("river's tables belong to %s, want %s", got, pg.RoleSystem)
	}
}

func TestAMigrationOnlyGoesForward(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"0001_x.sql": {Data: []byte("-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n")}}
	err := pg.Migrate(t.Context(), pgtest.EmptyURL(t), files, pg.Options{})
	if err == nil || !strings.Contains(err.Error(), "0001_x.sql has a Down section") {
		t.Errorf("got %v", err)
	}
}

func TestAMigrationThatFindsALockGivesUp(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	files := steps()
	if err := pg.Migrate(t.Context(), address, files, pg.Options{}); err != nil {
		t.Fatal(err)
	}
	files["0004_more.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nalter table note add more text;\n")}
	tx, err := owner(t, address).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one[int](t, tx, "select count(*) from note")
	err = pg.Migrate(t.Context(), address+"&lock_timeout=20ms", files, pg.Options{})
	checkSentence(t, err, "another session holds a lock that the migration needs")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := pg.Migrate(t.Context(), address, files, pg.Options{}); err != nil {
		t.Errorf("after the session has ended: %v", err)
	}
}

func TestAMissingPrivilegeIsNamed(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	conn := owner(t, address)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(u.Path, "/")
	user := database + "_user"
	if _, err := conn.Exec(t.Context(), "create role "+user+" login password 'hunter2'"); err != nil {
		t.Skipf("cannot make a user here: %v", err)
	}
	t.Cleanup(func() {
		// The owner's privileges go first, because they keep the role.
		if _, err := conn.Exec(context.Background(), "reassign owned by "+user+" to current_user; drop owned by "+user+"; drop role "+user); err != nil {
			t.Error(err)
		}
	})
	u.User = url.UserPassword(user, "hunter2")
	migrate := func() error { return pg.Migrate(t.Context(), u.String(), steps(), pg.Options{}) }
	var known *fault.Fault
	for _, step := range []struct{ want, remedy string }{
		{`may not "grant assay_app to current_user": run "alter role ` + user + ` createrole"`, "alter role " + user + " createrole"},
		{`run "grant create on database ` + database + ` to ` + user + `"`, "grant create on database " + database + " to " + user},
		{"lacks a privilege (permission denied for schema public)", "grant create on schema public to " + user},
	} {
		err := migrate()
		checkSentence(t, err, step.want)
		if !errors.As(err, &known) || known.Kind != fault.Forbidden {
			t.Errorf("kind: got %v", err)
		}
		run(t, conn, step.remedy)
	}
	if err := migrate(); err != nil {
		t.Errorf("with every privilege: %v", err)
	}
	db := open(t, pg.Config{URL: u.String()})
	if err := db.AsSystem(t.Context(), func(pgx.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
