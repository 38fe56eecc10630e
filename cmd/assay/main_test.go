package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// asAssay makes the test binary behave as the program, so that tests can start
// it, and kill it, like any other process.
const asAssay = "ASSAY_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asAssay) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command prepares a run of the program with only this environment.
func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append([]string{asAssay + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// once runs the program to its end.
func once(t testing.TB, env []string, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := command(t, env, args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// server is an Assay that serves.
type server struct {
	cmd  *exec.Cmd
	url  string
	link string
	errs *lines
	done chan error
}

// lines collects what a process writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var linkLine = regexp.MustCompile(`(http://[^/\s]+)/sign-in/\S+`)

// serve starts Assay on data and waits until it has told where it is.
func serve(t testing.TB, data string, env ...string) *server {
	t.Helper()
	s := &server{errs: &lines{}, done: make(chan error, 1)}
	s.cmd = command(t, append([]string{"ASSAY_DATA=" + data, "ASSAY_ADDR=127.0.0.1:0", "ASSAY_LOG_LEVEL=warn"}, env...), "serve")
	s.cmd.Stderr = s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(out)
	for s.link == "" && scan.Scan() {
		if m := linkLine.FindStringSubmatch(scan.Text()); m != nil {
			s.link, s.url = m[0], m[1]
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out) // until it ends
		s.done <- s.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended
		<-s.done
	})
	if s.link == "" {
		t.Fatalf("it never served: %s", s.errs)
	}
	return s
}

// kill ends it without a warning.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.done <- <-s.done
}

// stop ends it as Ctrl-C does and returns how it ended.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended
	err := <-s.done
	s.done <- err
	return err
}

// board returns the rows of the public leaderboard, without the head.
func (s *server) board(t testing.TB) [][]string {
	t.Helper()
	resp, err := http.Get(s.url + "/leaderboard.csv?set=simulated")
	if err != nil {
		t.Fatalf("%v; %s", err, s.errs)
	}
	defer resp.Body.Close()
	rows, err := csv.NewReader(resp.Body).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("leaderboard: %d, %v", resp.StatusCode, err)
	}
	return rows[1:]
}

// await looks until ok.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

// count reads a number from the database that a server runs on data.
func count(t *testing.T, data, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), "postgres://assay@/postgres?sslmode=disable&host="+filepath.Join(data, "postgres", "run"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	// The owner is bound by the policies too, so it reads as the system does.
	if _, err := conn.Exec(t.Context(), "SET ROLE assay_system"); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestARunThatIsKilledTwiceCompletesWithEveryAttemptScoredOnce(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	// Slow models, so that every kill finds the run half way.
	slow := "ASSAY_SIMULATED_SPEED=0.5"
	s := serve(t, data, slow)
	for _, settled := range []int{20, 60} {
		await(t, "attempts settle", func() bool { return count(t, data, `SELECT coalesce(sum(settled), 0) FROM run`) >= settled })
		if n := count(t, data, `SELECT count(*) FROM run WHERE state = 'running'`); n != 1 {
			t.Fatalf("running when killed: got %d runs", n)
		}
		s.kill(t)
		s = serve(t, data, slow)
	}
	await(t, "the leaderboard has rows", func() bool { return len(s.board(t)) > 0 })
	if rows := s.board(t); len(rows) != 4 || rows[0][3] != "Tessera Large" || rows[3][3] != "Fennel Mini" || rows[0][5] != "true" {
		t.Errorf("leaderboard: got %v", rows)
	}
	for sql, want := range map[string]int{
		`SELECT count(*) FROM run WHERE state = 'completed' AND settled = planned AND planned = 480`: 1,
		`SELECT count(*) FROM attempt WHERE state = 'settled'`:                                       480,
		`SELECT count(*) FROM attempt WHERE state <> 'settled'`:                                      0,
		`SELECT count(*) FROM event WHERE kind = 'attempt.settled'`:                                  480,
		`SELECT count(DISTINCT data->>'attempt') FROM event WHERE kind = 'attempt.settled'`:          480,
		`SELECT count(*) FROM transcript`:                                                            480 - count(t, data, `SELECT count(*) FROM attempt WHERE verdict = 'infrastructure'`),
		`SELECT sum(samples)::int FROM board_cell`:                                                   480 - count(t, data, `SELECT count(*) FROM attempt WHERE verdict = 'infrastructure'`),
	} {
		if got := count(t, data, sql); got != want {
			t.Errorf("%s: got %d, want %d", sql, got, want)
		}
	}
	if err := s.stop(); err != nil {
		t.Errorf("stop: %v; %s", err, s.errs)
	}
	if left, _ := exec.Command("pgrep", "-f", data).Output(); len(left) > 0 {
		t.Errorf("processes left: %s", left)
	}
}

func TestCommandsWorkBesideAServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data, "ASSAY_SIMULATED=false")
	env := []string{"ASSAY_DATA=" + data, "ASSAY_ADDR=127.0.0.1:8080", "ASSAY_LOG_LEVEL=warn"}
	set := filepath.Join(t.TempDir(), "mine.jsonl")
	line := `{"task_id":"T/1","prompt":"def one():\n","canonical_solution":"    return 1\n","test":"def check(candidate):\n    assert candidate() == 1\n","entry_point":"one"}` + "\n"
	if err := os.WriteFile(set, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1 are new, 0 changed and 0 as they were", "0 are new, 0 changed and 1 as they were"} {
		if out, errs, code := once(t, env, "bank", "import", set); code != 0 || !strings.Contains(out, want) {
			t.Errorf("import %d: got %q, %q, %d", i+1, out, errs, code)
		}
	}
	out, errs, code := once(t, env, "bank", "check", "mine")
	if code != 0 || !strings.Contains(out, "canonical solutions: 1 of 1 pass") || !strings.Contains(out, "stub solutions: 0 of 1 pass") {
		t.Errorf("check: got %q, %q, %d", out, errs, code)
	}
	if out, errs, code := once(t, env, "link"); code != 0 || !linkLine.MatchString(out) {
		t.Errorf("link: got %q, %q, %d", out, errs, code)
	}
	if out, errs, code := once(t, env, "doctor"); code != 0 || strings.Count(out, "ok ") < 5 {
		t.Errorf("doctor: got %q, %q, %d", out, errs, code)
	}
	if _, errs, code := once(t, env, "serve"); code != 1 || !strings.Contains(errs, "another Assay") {
		t.Errorf("second server: got %q, %d", errs, code)
	}
	if err := s.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestABadProblemSetIsNamedLineByLineAndNothingIsTaken(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	env := []string{"ASSAY_DATA=" + data, "ASSAY_LOG_LEVEL=warn"}
	good := `{"task_id":"T/%d","prompt":"def one():\n","canonical_solution":"    return 1\n","test":"def check(candidate):\n    assert candidate() == 1\n","entry_point":"one"}` + "\n"
	set := filepath.Join(data, "bad.jsonl")
	text := fmt.Sprintf(good, 1) + "{\"task_id\": \n" + fmt.Sprintf(good, 1) + strings.Replace(fmt.Sprintf(good, 2), `"one"`, "7", 1) + "\xff\xfe\n"
	if err := os.WriteFile(set, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := once(t, env, "bank", "import", set)
	if code != 2 || out != "" {
		t.Errorf("import: got %q, %d", out, code)
	}
	for _, want := range []string{"line 2", "line 3", "line 4", "line 5", "not even in part"} {
		if !strings.Contains(errs, want) {
			t.Errorf("the faults do not name %s: %s", want, errs)
		}
	}
	if out, _, _ := once(t, env, "bank", "check", "bad"); strings.Contains(out, "pass") {
		t.Errorf("something was taken: %s", out)
	}
}

func TestWhatIsWrongIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() }) // after the subtests, which run in parallel
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for name, c := range map[string]struct {
		env  []string
		args []string
		code int
		want string
	}{
		"a busy port":         {[]string{"ASSAY_ADDR=" + busy.Addr().String()}, []string{"serve"}, 1, "in use"},
		"a port that is none": {[]string{"ASSAY_ADDR=nowhere"}, []string{"serve"}, 2, "ASSAY_ADDR"},
		"two wrong settings":  {[]string{"ASSAY_LOG_LEVEL=loud", "ASSAY_CALLS=0"}, []string{"serve"}, 2, "ASSAY_CALLS"},
		"a URL that is none":  {[]string{"DATABASE_URL=mysql://root:hunter2@db/x"}, []string{"migrate"}, 2, "DATABASE_URL"},
		"nobody at the URL":   {[]string{"DATABASE_URL=postgres://me:hunter2@no-such-host.invalid/x"}, []string{"migrate"}, 1, "DATABASE_URL"},
		"no server programs":  {[]string{"ASSAY_POSTGRES_BIN=" + empty}, []string{"serve"}, 1, "ASSAY_POSTGRES_BIN"},
		"data that is a file": {[]string{"ASSAY_DATA=" + file}, []string{"serve"}, 1, "ASSAY_DATA"},
		"a short secret key":  {[]string{"ASSAY_SECRET_KEY=hunter2"}, []string{"migrate"}, 2, "ASSAY_SECRET_KEY"},
		"no such command":     {nil, []string{"dance"}, 2, "assay help"},
		"a missing file":      {nil, []string{"bank", "import", "nope.jsonl"}, 2, "nope.jsonl"},
		"half a command":      {nil, []string{"bank", "import"}, 2, "usage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := append([]string{"ASSAY_DATA=" + t.TempDir(), "ASSAY_ADDR=127.0.0.1:0", "ASSAY_LOG_LEVEL=error"}, c.env...)
			_, errs, code := once(t, env, c.args...)
			if code != c.code || !strings.Contains(errs, c.want) {
				t.Errorf("got %q, code %d; want %q, code %d", errs, code, c.want, c.code)
			}
			if strings.Count(strings.TrimSpace(errs), "\n") > 0 || strings.Contains(errs, "hunter2") || strings.Contains(errs, "goroutine") {
				t.Errorf("this is no sentence, or tells a secret: %q", errs)
			}
		})
	}
}

func TestHelpNamesEveryCommandAndSetting(t *testing.T) {
	t.Parallel()
	out, _, code := once(t, nil, "help")
	for _, name := range []string{"serve", "link", "bank import", "bank check", "migrate", "doctor", "version"} {
		if code != 0 || !strings.Contains(out, name) {
			t.Errorf("help does not name %s", name)
		}
	}
	out, _, code = once(t, nil, "help", "config")
	for _, name := range []string{"ASSAY_ADDR", "ASSAY_DATA", "DATABASE_URL", "ASSAY_SECRET_KEY", "127.0.0.1:8080", "./.assay"} {
		if code != 0 || !strings.Contains(out, name) {
			t.Errorf("help config does not name %s", name)
		}
	}
	if out, _, code := once(t, nil, "version"); code != 0 || !strings.HasPrefix(out, "assay ") {
		t.Errorf("version: got %q", out)
	}
}

func TestStoppingWithOpenStreamsIsQuick(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "ASSAY_SIMULATED=false")
	for range 20 {
		resp, err := http.Get(s.url + "/api/v1/events/stream")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
	}
	if err := s.stop(); err != nil {
		t.Errorf("stop: %v; %s", err, s.errs)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code: got %d", code)
	}
	if s.cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Error("it was killed")
	}
}
