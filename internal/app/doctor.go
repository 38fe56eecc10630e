package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/embedded"
	"github.com/assay-bench/assay/internal/sandbox"
)

// finding is one line of the doctor's report.
type finding struct {
	what   string
	found  string // what is there; empty if it is missing
	costs  string // what a person goes without when it is missing
	remedy string
	needed bool // Assay cannot serve without it
}

// Doctor prints what Assay found on this machine, and for each thing that is
// missing what that costs and how to mend it. The fault is Unavailable when Assay
// cannot serve. It makes the data directory if that is absent, to see that it can,
// and changes nothing else.
func Doctor(ctx context.Context, c Config, out io.Writer) error {
	var list []finding
	list = append(list, database(ctx, c), assets())
	list = append(list, execution(ctx, c)...)
	list = append(list, data(c))
	missing := 0
	for _, f := range list {
		mark := "ok     "
		if f.found == "" {
			mark = "missing"
			if f.needed {
				missing++
			}
		}
		fmt.Fprintf(out, "%s  %-12s %s\n", mark, f.what, f.found)
		if f.found == "" {
			fmt.Fprintf(out, "         without it: %s\n         to mend it: %s\n", f.costs, f.remedy)
		}
	}
	if missing > 0 {
		return fault.New(fault.Unavailable, "Assay cannot serve here: %d needed things are missing, see above", missing)
	}
	return nil
}

func database(ctx context.Context, c Config) finding {
	f := finding{what: "Postgres", needed: true, costs: "nothing can be stored, so Assay does not start"}
	if c.DatabaseURL == "" {
		bin, err := embedded.Find(embeddedConfig(c, nil))
		if err != nil {
			f.remedy = fault.Sentence(err)
			return f
		}
		f.found = fmt.Sprintf("embedded, server %s in %s", bin.Version, bin.Dir)
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	db, err := pg.Open(ctx, pg.Config{URL: c.DatabaseURL})
	if err != nil {
		f.remedy = fault.Sentence(err)
		return f
	}
	defer db.Close()
	f.found = "server " + db.Version + " at DATABASE_URL"
	return f
}

func assets() finding {
	f := finding{what: "pages", needed: true, costs: "pages have no style sheet and script, so Assay does not start", remedy: "run: make build"}
	if _, err := loadAssets(); err == nil {
		f.found = "style sheet, script and fonts are built"
	}
	return f
}

// execution is what programs need to be executed.
func execution(ctx context.Context, c Config) []finding {
	python := finding{what: "Python", costs: "Python problems cannot be scored", remedy: "run: apt-get install python3, or set ASSAY_PYTHON"}
	if text, err := exec.CommandContext(ctx, c.Python, "--version").Output(); err == nil {
		python.found = strings.TrimSpace(string(text)) + " at " + c.Python
	}
	box := finding{what: "sandbox", costs: "no program is executed, so nothing is scored", remedy: "run: apt-get install bubblewrap, or set ASSAY_BWRAP"}
	s, err := sandbox.New(sandbox.Config{Bwrap: c.Bwrap, Python: c.Python})
	if err != nil {
		box.remedy = fault.Sentence(err)
		return []finding{python, box}
	}
	defer s.Close()
	checks := s.SelfTest(ctx)
	for _, check := range checks {
		if !check.OK {
			box.remedy = check.Name + ": " + check.Detail + "; " + check.Remedy
			return []finding{python, box}
		}
	}
	box.found = fmt.Sprintf("bubblewrap, %d limits proven", len(checks))
	return []finding{python, box}
}

func data(c Config) finding {
	f := finding{what: "data", needed: true, costs: "the database and the secret key cannot be kept", remedy: "make " + c.Data + " writable, or choose another directory with ASSAY_DATA"}
	if c.makeData() != nil {
		return f
	}
	probe, err := os.CreateTemp(c.Data, "doctor-*")
	if err != nil {
		return f
	}
	probe.Close()
	os.Remove(probe.Name())
	f.found = c.Data + " is writable"
	return f
}
