package sandbox

import (
	"context"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/fault"
)

// open returns a sandbox; where its tools are absent the test fails with the
// sentence that names them.
func open(t testing.TB) *Sandbox {
	t.Helper()
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryLimitBites(t *testing.T) {
	t.Parallel()
	for _, c := range open(t).SelfTest(t.Context()) {
		t.Logf("%v %s: %s", c.OK, c.Name, c.Detail)
		if !c.OK {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
}

func TestCodeIsRefusedWhenACheckFailed(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.filter = []byte{6, 0, 0, 0, 0, 0, 0xff, 0x7f} // allows every system call
	checks := s.SelfTest(t.Context())
	failed := 0
	for _, c := range checks {
		if !c.OK {
			failed++
		}
	}
	if failed == 0 {
		t.Error("a sandbox without filter passes its self-test")
	}
	_, err := s.Start(t.Context(), s.probe("print(1)"))
	if got := fault.KindOf(err); got != fault.Unavailable {
		t.Errorf("start: got %v, want a fault of kind unavailable", err)
	}
}

func TestAnInterruptedSelfTestProvesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.SelfTest(ctx)
	if s.checks != nil {
		t.Errorf("got %v, want no result", s.checks)
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Bwrap: "/nowhere/bwrap"}, {Python: "/nowhere/python3"}} {
		_, err := New(c)
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "apt-get install") {
			t.Errorf("%+v: got %v, want what to install", c, err)
		}
	}
}
