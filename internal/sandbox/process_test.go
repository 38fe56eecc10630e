package sandbox

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAPayloadTalksThroughItsPipes(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.probe("import sys\nprint(sys.stdin.read().upper(), end='')\nprint('warned', file=sys.stderr)\nsys.exit(3)")
	p, err := s.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.Stdin, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := p.Stdin.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(p.Stdout)
	if err != nil {
		t.Fatal(err)
	}
	exit := p.Wait()
	if got, want := string(out), "HELLO"; got != want {
		t.Errorf("stdout: got %q, want %q", got, want)
	}
	if got, want := string(exit.Stderr), "warned\n"; got != want {
		t.Errorf("stderr: got %q, want %q", got, want)
	}
	if exit.Code != 3 || exit.Cause != Ended {
		t.Errorf("exit: got %d %s, want 3 ok", exit.Code, exit.Cause)
	}
	if u := exit.Usage; u.CPU <= 0 || u.Wall <= 0 || u.Memory < 1<<20 || u.Stdout != 5 || u.Stderr != 7 {
		t.Errorf("usage: got %+v", u)
	}
}

func TestTheClockOfAHeldCommandStandsStill(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.probe("import sys, time\ntime.sleep(.1)\nprint('up', flush=True)\ntime.sleep(60)")
	c.Hold, c.Limits = true, Limits{Wall: 50 * time.Millisecond}
	p, err := s.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	up := make([]byte, 3)
	if _, err := io.ReadFull(p.Stdout, up); err != nil {
		t.Fatal("it ended before it began:", err) // it speaks after twice its limit
	}
	p.Begin()
	if got := p.Wait(); got.Cause != Wall {
		t.Errorf("cause: got %s, want wall", got.Cause)
	}
}

func TestTheEndOfTheContextEndsThePayload(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := s.Start(ctx, s.probe("import time\ntime.sleep(60)"))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := p.Wait(); got.Cause != Killed {
		t.Errorf("cause: got %s, want killed", got.Cause)
	}
}

func TestASandboxThatIsKilledFromOutsideIsLost(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, err := s.Start(t.Context(), s.probe("import time\nprint('up', flush=True)\ntime.sleep(60)"))
	if err != nil {
		t.Fatal(err)
	}
	// Before it speaks it may not have asked to die with its parent yet.
	if _, err := io.ReadFull(p.Stdout, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if err := p.monitor.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := p.Wait(); got.Cause != Lost {
		t.Errorf("cause: got %s, want lost", got.Cause)
	}
}

// TestCallerProcess is no test: it is the caller that the next one kills.
func TestCallerProcess(t *testing.T) {
	marker := os.Getenv("ASSAY_TEST_MARKER")
	if marker == "" {
		t.Skip("it only runs as the process of another test")
	}
	s := open(t)
	p, err := s.Start(t.Context(), s.probe(marker+"\nimport time\nprint('up', flush=True)\ntime.sleep(60)"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(os.Stdout, p.Stdout)
	t.Fatal("the payload ended by itself:", err)
}

func TestNothingOutlivesTheCaller(t *testing.T) {
	t.Parallel()
	marker := "# marker of a caller " + strconv.FormatInt(time.Now().UnixNano(), 36)
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCallerProcess$")
	c.Env = append(os.Environ(), "ASSAY_TEST_MARKER="+marker)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if len(withMarker(t, marker)) == 0 {
		t.Fatal("the payload cannot be seen, so its end cannot be either")
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	for deadline := time.Now().Add(10 * time.Second); len(withMarker(t, marker)) > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the payload outlives the process that started it")
		}
	}
}

func TestClosingOneSandboxLeavesAnotherAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, err := s.Start(t.Context(), s.probe("import sys\nprint(sys.stdin.read())"))
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		other, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(p.Stdout); err != nil {
		t.Fatal(err)
	}
	if got := p.Wait(); got.Cause != Ended || got.Code != 0 {
		t.Errorf("got %s with code %d, want a quiet end", got.Cause, got.Code)
	}
}

func TestOnlyTheTailOfErrorsIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	exit, _, err := s.run(t.Context(), s.probe("import sys\nfor n in range(5000): print(n, file=sys.stderr)"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(exit.Stderr); len(got) != tailSize || !strings.HasSuffix(got, "4998\n4999\n") {
		t.Errorf("got %d bytes ending %q", len(got), tail(got))
	}
}

func BenchmarkStart(b *testing.B) {
	s := open(b)
	c := Command{Args: []string{"/usr/bin/true"}}
	if _, _, err := s.run(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := s.run(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
