package embedded

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/internal/fault"
)

func TestAClusterKeepsItsDataFromOneStartToTheNext(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on the way")
	server := start(t, Config{Dir: dir})
	conn := connect(t, server.URL())
	run(t, conn, "create table note (text text); insert into note values ('kept')")
	for name, want := range map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"listen_addresses": "", "jit": "off", "lc_collate": "C.UTF-8", "server_encoding": "UTF8"} {
		if got := query(t, conn, "show "+name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := query(t, conn, "show server_version"); !strings.HasPrefix(got, server.Version()) {
		t.Errorf("version: got %s, the server says %s", server.Version(), got)
	}
	stop(t, server)
	if left := processes(dir); len(left) > 0 {
		t.Fatalf("processes %v are left after Stop", left)
	}
	again := start(t, Config{Dir: dir})
	if got := query(t, connect(t, again.URL()), "select text from note"); got != "kept" {
		t.Errorf("after the second start: got %q, want %q", got, "kept")
	}
}

func TestUnsafeIsForTestsAndSettingsWin(t *testing.T) {
	t.Parallel()
	conn := connect(t, start(t, Config{Dir: t.TempDir(), Unsafe: true, Settings: map[string]string{"work_mem": "5MB"}}).URL())
	for name, want := range map[string]string{"fsync": "off", "synchronous_commit": "off", "work_mem": "5MB"} {
		if got := query(t, conn, "show "+name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestASecondAssayOnTheSameDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, Config{Dir: dir, Unsafe: true})
	_, err := Start(t.Context(), Config{Dir: dir, Unsafe: true})
	if got := fault.KindOf(err); got != fault.Conflict {
		t.Fatalf("second start: got %v, want a conflict", err)
	}
	want := "another Assay (process " + strconv.Itoa(os.Getpid()) + ") uses the data directory " + dir
	if got := fault.Sentence(err); !strings.HasPrefix(got, want) {
		t.Errorf("sentence: got %q, want %q ...", got, want)
	}
}

func TestALongPathGetsItsSocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	server := start(t, Config{Dir: dir, Unsafe: true})
	if got := query(t, connect(t, server.URL()), "select 'reached'"); got != "reached" {
		t.Errorf("got %q", got)
	}
	socket := server.socket
	stop(t, server)
	for _, path := range []string{socket, filepath.Join(dir, "run")} {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left behind: %v", path, err)
		}
	}
}

func TestAStaleProcessIDOfSomebodyElseDoesNotStopTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, Config{Dir: dir, Unsafe: true})
	raw, err := os.ReadFile(server.pidFile())
	if err != nil {
		t.Fatal(err)
	}
	stop(t, server)
	_, rest, _ := strings.Cut(string(raw), "\n")
	// It lives and belongs to the same user. The test's own process would not do:
	// Postgres knows that its parent is no server.
	stranger := exec.Command("cat")
	stdin, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = stdin.Close()
		_ = stranger.Wait()
	}()
	stale := strconv.Itoa(stranger.Process.Pid) + "\n" + rest
	if err := os.WriteFile(server.pidFile(), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Config{Dir: dir, Unsafe: true})
}

func TestCtrlCOnTheTerminalDoesNotReachTheServer(t *testing.T) {
	t.Parallel()
	server := start(t, Config{Dir: t.TempDir(), Unsafe: true})
	got, _, errno := syscall.Syscall(syscall.SYS_GETSID, uintptr(server.proc.Pid), 0, 0)
	if errno != 0 || int(got) != server.proc.Pid {
		t.Errorf("session of the server: got %d (%v), want its own, %d", got, errno, server.proc.Pid)
	}
}

func TestTheLogIsPutAsideWhenItHasGrown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &Server{cfg: Config{Dir: dir}, who: identity{uid: os.Geteuid(), gid: os.Getegid()}}
	if err := os.WriteFile(s.logFile(), make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		limit, size int64
		aside       bool
	}{{100, 100, false}, {99, 0, true}} {
		file, size, err := s.openLog(step.limit)
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		_, err = os.Stat(s.logFile() + ".1")
		if size != step.size || (err == nil) != step.aside {
			t.Errorf("limit %d: size %d, put aside %t; want %d, %t", step.limit, size, err == nil, step.size, step.aside)
		}
	}
}

func TestStartGivesUpWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if _, err := Start(ctx, Config{Dir: dir, Unsafe: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if left := halves(t, dir); len(left) > 0 {
		t.Errorf("%v are left behind", left)
	}
}
