package pgtest

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// killMe makes this test binary one that asks for a database and waits.
const killMe = "ASSAY_PGTEST_KILL_ME"

func TestWaitForTheKill(t *testing.T) {
	if os.Getenv(killMe) == "" {
		t.Skip("only the next test runs this")
	}
	l := current(t)
	_, _ = os.Stdout.WriteString("cluster " + l.server.dir + " " + URL(t) + "\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func TestKilledTestsLeaveNothingToTheNext(t *testing.T) {
	t.Parallel()
	if os.Getenv(killMe) != "" {
		t.Skip("not in the process that is to be killed")
	}
	parent := t.TempDir()
	dir, address, kill := runToBeKilled(t, parent)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	sweepDirs(parent)
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the directory of a process that lives was removed: %v", err)
	}
	kill()
	// The server ends the session when it goes down.
	waitForEnd(t, conn)
	sweepDirs(parent)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", dir, err)
	}
}

// runToBeKilled starts another test process that uses a database, and returns
// its cluster's directory, its database and how to kill it.
func runToBeKilled(t *testing.T, parent string) (dir, address string, kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestWaitForTheKill$")
	cmd.Env = append(os.Environ(), killMe+"=1", "TMPDIR="+parent, "ASSAY_TEST_DATABASE_URL=")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		kill()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "cluster" {
			return fields[1], fields[2], kill
		}
	}
	t.Fatal("the other process did not say where its cluster is")
	return "", "", nil
}

func TestOnlyDirectoriesThatNobodyHoldsAreSwept(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for name, lock := range map[string]bool{dirPrefix + "held": true, dirPrefix + "left": true, dirPrefix + "fresh": false, "other": true} {
		if err := os.Mkdir(filepath.Join(parent, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if !lock {
			continue
		}
		file, err := os.Create(filepath.Join(parent, name, "lock"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if strings.HasSuffix(name, "held") {
			if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
		}
	}
	sweepDirs(parent)
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if got, want := strings.Join(names, " "), dirPrefix+"fresh "+dirPrefix+"held other"; got != want {
		t.Errorf("left: got %q, want %q", got, want)
	}
}

func TestDatabasesOfKilledProcessesAreDroppedFromAServerThatStays(t *testing.T) {
	t.Parallel()
	l := current(t)
	other := &lab{key: randomKey(), base: l.base}
	var err error
	if other.admin, err = pgxpool.New(t.Context(), l.base.String()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.admin.Exec(t.Context(), "create database assay_test_0000beef_1"); err != nil {
		t.Fatal(err)
	}
	if err := other.sweepDatabases(t.Context(), 0xbeef); err != nil {
		t.Fatal(err)
	}
	if err := other.claim(t.Context()); err != nil {
		t.Fatal(err)
	}
	name, err := other.empty(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.sweepDatabases(t.Context(), other.key); err != nil {
		t.Fatal(err)
	}
	exists := func(name string) (got bool) {
		if err := l.admin.QueryRow(t.Context(), "select exists (select from pg_database where datname = $1)", name).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if exists("assay_test_0000beef_1") || !exists(name) {
		t.Errorf("dead process's database there: %t; living one's: %t", exists("assay_test_0000beef_1"), exists(name))
	}
	other.close()
	if exists(name) {
		t.Error("a process that ends leaves its database")
	}
}

// waitForEnd waits until the server has closed the connection.
func waitForEnd(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for conn.Ping(t.Context()) == nil {
		if time.Now().After(deadline) {
			t.Fatal("the server is still there")
		}
	}
}
