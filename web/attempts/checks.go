package attempts

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// checkTable lists the assertions that were executed.
type checkTable struct {
	Caption string
	Rows    []checkRow
	Why     string // there are none
}

type checkRow struct {
	No        string
	Source    string
	Full      string
	Expected  string
	Got       string
	Status    ui.Status
	Different bool
}

// newChecks describes the checks that were kept, at most fifty.
func newChecks(d bench.Detail) checkTable {
	t := checkTable{Caption: "Checks of the test, in the order of execution."}
	if n := len(d.Checks); n < d.ChecksTotal {
		t.Caption = fmt.Sprintf("%s of %s checks of the test, in the order of execution; failed ones are kept first.", ui.Count(n), ui.Count(d.ChecksTotal))
	}
	for i, c := range d.Checks {
		t.Rows = append(t.Rows, newCheck(i+1, c))
	}
	if len(t.Rows) == 0 {
		t.Why = noChecks(d)
	}
	return t
}

// newCheck describes one check: in short when it holds, at length when not, for
// that is what a reader comes for.
func newCheck(no int, c score.Check) checkRow {
	got, source, value, status := c.Got, 20, 12, ui.Passed
	if !c.Passed {
		source, value, status = 160, 80, ui.Failed
	}
	if c.Error != "" {
		got = c.Error
	}
	call := c.Source
	if c.Expected != "" {
		call, _, _ = strings.Cut(call, " == ")
	}
	return checkRow{No: ui.Count(no), Source: clip(call, source), Full: clip(fmt.Sprintf("line %d: %s", c.Line, c.Source), 400),
		Expected: clip(c.Expected, value), Got: clip(got, value), Status: status, Different: !c.Passed}
}

func noChecks(d bench.Detail) string {
	switch {
	case !d.Settled:
		return "The attempt has not finished."
	case d.Verdict == score.NoCode:
		return "There was no program to check."
	case d.Verdict == score.Infrastructure:
		return "The checks could not be executed, which does not count against the model."
	}
	return "The program ended before the first check."
}
