package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestAFaultKeepsItsKindAndCauseThroughWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("import: %w", New(Invalid, "line %d: %w", 3, io.ErrUnexpectedEOF))
	if got := KindOf(err); got != Invalid {
		t.Errorf("kind: got %q, want %q", got, Invalid)
	}
	if got := Status(err); got != 422 {
		t.Errorf("status: got %d, want 422", got)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if got, want := Sentence(err), "line 3: unexpected EOF"; got != want {
		t.Errorf("sentence: got %q, want %q", got, want)
	}
}

func TestWhatIsNoFaultStaysUnread(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("password=hunter2"), New(Internal, "password=hunter2")} {
		if got, want := Sentence(err), "something went wrong"; got != want {
			t.Errorf("sentence: got %q, want %q", got, want)
		}
		if got := Status(err); got != 500 {
			t.Errorf("status: got %d, want 500", got)
		}
	}
	if got := Status(nil); got != 200 {
		t.Errorf("status of nil: got %d", got)
	}
}
