package score

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/sandbox"
)

// resident is an interpreter in a sandbox of its own that serves until it is closed.
type resident struct {
	p   *sandbox.Process
	out *bufio.Reader
}

// tester executes suites, one at a time.
type tester struct{ resident }

// report is what tester.py tells at the end of a suite.
type report struct {
	Passed  int           `json:"passed"`
	Total   int           `json:"total"`
	Calls   int           `json:"calls"`
	Gone    bool          `json:"gone"`    // the candidate ended before the suite
	Suite   string        `json:"suite"`   // what is wrong with the suite
	Stopped *complaint    `json:"stopped"` // what ended the suite early
	Checks  []checkReport `json:"checks"`
}

type checkReport struct {
	Line     int        `json:"line"`
	Source   string     `json:"source"`
	Passed   bool       `json:"passed"`
	Got      string     `json:"got"`
	Expected string     `json:"expected"`
	Error    *complaint `json:"error"`
}

// complaint is why an assertion had nothing to look at.
type complaint struct {
	Kind    string `json:"kind"` // error, not_plain, too_large, garbled: the candidate; unusable: the suite's expression
	Type    string `json:"type"`
	Message string `json:"message"`
	Trace   string `json:"trace"`
}

func (s *Scorer) startTester() (*tester, error) {
	r, err := s.startResident(testerScript)
	if err != nil {
		return nil, err
	}
	return &tester{*r}, nil
}

func (s *Scorer) startResident(script string) (*resident, error) {
	code, err := s.compiled(script)
	if err != nil {
		return nil, err
	}
	const years = 10 * 365 * 24 * time.Hour
	p, err := s.config.Sandbox.Start(s.ctx, sandbox.Command{
		Args: s.python(bootstrap), Hold: true, // its clocks never begin
		Limits: sandbox.Limits{Wall: years, CPU: years, Memory: 1 << 30, Stdout: math.MaxInt64, Stderr: math.MaxInt64},
	})
	if err != nil {
		return nil, err
	}
	r := &resident{p: p, out: bufio.NewReader(p.Stdout)}
	if err := writeFrame(p.Stdin, code); err != nil {
		r.close()
		return nil, fault.New(fault.Unavailable, "the checking process does not start: %s", r.p.Wait().Stderr)
	}
	return r, nil
}

// close ends the interpreter.
func (r *resident) close() {
	r.p.Kill()
	r.p.Wait()
}

// run executes a suite that was made ready. Each call of the entry point goes to relay, which returns
// the reply, or false when the candidate gives none any more. The tester must not
// be used again after an error.
func (t *tester) run(ctx context.Context, limit time.Duration, suite []byte, relay func([]byte) ([]byte, bool)) (report, error) {
	stop := context.AfterFunc(ctx, t.p.Kill)
	late := time.AfterFunc(limit, t.p.Kill)
	r, err := t.converse(suite, relay)
	// Neither may strike the tester when it serves somebody else.
	if intact := stop() && late.Stop(); err == nil && intact {
		return r, nil
	}
	late.Stop()
	t.close()
	return report{}, fault.New(fault.Unavailable, "the checking process ended (%v): %s", err, t.p.Wait().Stderr)
}

// converse sends a suite and relays calls until the report comes.
func (t *tester) converse(suite []byte, relay func([]byte) ([]byte, bool)) (report, error) {
	if err := writeFrame(t.p.Stdin, suite); err != nil {
		return report{}, err
	}
	for {
		body, err := readFrame(t.out, maxFrame)
		if err != nil {
			return report{}, err
		}
		kind, body := body[:min(1, len(body))], body[min(1, len(body)):]
		switch string(kind) {
		case "C":
			if err := t.answer(relay(body)); err != nil {
				return report{}, err
			}
		case "D":
			var r report
			if err := json.Unmarshal(body, &r); err != nil {
				return report{}, fmt.Errorf("decode a report: %w", err)
			}
			return r, nil
		default:
			return report{}, fmt.Errorf("an unknown message: %.100q", body)
		}
	}
}

func (t *tester) answer(reply []byte, ok bool) error {
	if !ok {
		return writeFrame(t.p.Stdin, []byte{'X'})
	}
	return writeFrame(t.p.Stdin, []byte{'R'}, reply)
}
