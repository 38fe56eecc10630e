package humaneval

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/internal/fault"
)

// mostEntries is how many faults are worth reading at once.
const mostEntries = 20

// Entry is one thing that is wrong. Line counts from 1; 0 stands for the file as
// a whole.
type Entry struct {
	Line int
	Text string
}

// String returns the entry as a person reads it: "line 3: field ...".
func (e Entry) String() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

// Faults is everything that was found wrong with a problem set, in the order of
// its lines. It is a fault of kind Invalid.
type Faults struct {
	Entries []Entry
	More    bool // reading stopped after so many; there may be others
}

// Error returns one line for each entry.
func (f *Faults) Error() string {
	var out strings.Builder
	for i, e := range f.Entries {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(e.String())
	}
	if f.More {
		out.WriteString("\nreading stopped here; there may be more")
	}
	return out.String()
}

// Unwrap returns the same as a fault of kind Invalid, so that surfaces show it.
func (f *Faults) Unwrap() error { return fault.New(fault.Invalid, "%s", f.Error()) }

func (f *Faults) full() bool { return len(f.Entries) >= mostEntries }

func (f *Faults) add(line int, format string, args ...any) {
	if f.full() {
		f.More = true
		return
	}
	f.Entries = append(f.Entries, Entry{line, fmt.Sprintf(format, args...)})
	f.More = f.full()
}

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n >= megabyte && n%megabyte == 0:
		return fmt.Sprintf("%d MB", n/megabyte)
	case n >= 1024 && n%1024 == 0:
		return fmt.Sprintf("%d kB", n/1024)
	}
	return fmt.Sprintf("%d bytes", n)
}

// quote shows a piece of the file, cut short.
func quote(s string) string {
	if runes := []rune(s[:min(len(s), 400)]); len(runes) > 60 {
		s = string(runes[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
