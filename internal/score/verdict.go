package score

import (
	"errors"
	"fmt"
	"strings"

	"github.com/assay-bench/assay/internal/sandbox"
)

// decide makes a result of what was seen. The cause that ended the process comes
// first, then what it did to the channel, then what it said.
func (a *attempt) decide() (Result, error) {
	r := Result{
		Passed: a.report.Passed, Total: a.report.Total, Checks: checks(a.report.Checks),
		Output: clean(string(a.exit.Stderr), 8<<10), OutputBytes: a.exit.Usage.Stderr,
		Wall: a.exit.Usage.Wall, CPU: a.exit.Usage.CPU, PeakMemory: a.exit.Usage.Memory,
	}
	if r.ended(a) || r.disturbed(a) || r.refused(a.loaded) {
		return r, nil
	}
	if a.testErr != nil {
		return Result{}, a.testErr
	}
	r.judge(a)
	return r, nil
}

func (r *Result) set(v Verdict, format string, args ...any) bool {
	r.Verdict, r.Reason = v, clean(fmt.Sprintf(format, args...), 1000)
	return true
}

// ended tells whether a limit ended the program.
func (r *Result) ended(a *attempt) bool {
	u := a.exit.Usage
	switch {
	case a.loaded.kind == replyCompile:
		return false
	case a.exit.Cause == sandbox.Wall && a.testErr != nil && a.calls == 0:
		return r.set(Infrastructure, "the suite has an error: it did not end and never called the entry point")
	case a.exit.Cause == sandbox.Wall:
		return r.set(TimeLimit, "the program was stopped after %.1f s", u.Wall.Seconds())
	case a.exit.Cause == sandbox.CPU:
		return r.set(TimeLimit, "the program was stopped after %.1f s of processor time", u.CPU.Seconds())
	case a.exit.Cause == sandbox.Memory:
		return r.set(MemoryLimit, "the program was stopped because it used up its memory")
	case a.exit.Cause == sandbox.Output && u.Stdout > maxReplies, errors.Is(a.failure, errFrame):
		return r.set(OutputLimit, "the program returned more than may be returned")
	case a.exit.Cause == sandbox.Output:
		return r.set(OutputLimit, "the program printed more than %d bytes", u.Stderr-1)
	case a.exit.Cause == sandbox.Processes:
		return r.set(SandboxViolation, "the program tried to start more processes than it may")
	case a.overdrew:
		return r.set(Infrastructure, "the suite has an error: it calls the entry point more than %d times", maxCalls)
	}
	return false
}

// disturbed tells whether the program broke the channel, or off the conversation.
func (r *Result) disturbed(a *attempt) bool {
	switch {
	case errors.Is(a.failure, errForged):
		return r.set(SandboxViolation, "the program wrote to the scorer's channel")
	case a.failure != nil && a.exit.Signal != 0:
		return r.set(RuntimeError, "the interpreter ended by signal %d (%s)", int(a.exit.Signal), a.exit.Signal)
	case a.failure != nil && a.exit.Cause == sandbox.Killed:
		return r.set(RuntimeError, "the program closed the scorer's channel")
	case a.failure != nil:
		return r.set(RuntimeError, "the program ended its interpreter with exit code %d", a.exit.Code)
	}
	return false
}

// refused tells whether the program could not be loaded.
func (r *Result) refused(l loaded) bool {
	switch l.kind {
	case replyValue:
		return false
	case replyCompile:
		return r.set(CompileError, "%s", sentence(l.class, l.message, l.trace))
	}
	return r.set(verdictOf(l.class), "%s", sentence(l.class, l.message, l.trace))
}

// verdictOf maps an error that was raised in the program.
func verdictOf(class string) Verdict {
	switch class {
	case "MemoryError":
		return MemoryLimit
	case "PermissionError":
		return SandboxViolation
	}
	return RuntimeError
}

func sentence(class, message, trace string) string {
	text := class
	if message != "" {
		text += ": " + message
	}
	if trace != "" {
		last := trace[strings.LastIndexByte(trace, '\n')+1:]
		text += " (" + last + ")"
	}
	return text
}

// clean makes hostile text fit to be stored and shown: valid UTF-8 without NUL, of
// at most limit bytes.
func clean(text string, limit int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "..."
	}
	return text
}

// judge reads the report of a suite that was executed to some end.
func (r *Result) judge(a *attempt) {
	first := firstFailure(a.report)
	switch {
	case a.report.Suite != "":
		r.set(Infrastructure, "the suite has an error: %s", a.report.Suite)
	case first != nil:
		r.blame(*first)
	case a.report.Stopped != nil:
		r.complain(*a.report.Stopped)
	case a.report.Calls == 0:
		r.set(Infrastructure, "the suite has an error: it never calls the entry point")
	case a.report.Total == 0:
		r.set(Infrastructure, "the suite has an error: it asserts nothing")
	case a.report.Gone || a.report.Passed != a.report.Total:
		r.set(RuntimeError, "the program did not answer every call")
	default:
		r.set(Passed, "all %d assertions hold", r.Total)
	}
}

func firstFailure(rep report) *checkReport {
	for i := range rep.Checks {
		if !rep.Checks[i].Passed {
			return &rep.Checks[i]
		}
	}
	return nil
}

func (r *Result) blame(c checkReport) {
	switch {
	case c.Error != nil:
		r.complain(*c.Error)
	case c.Expected != "":
		r.set(WrongAnswer, "line %d of the test expects %s and got %s", c.Line, c.Expected, c.Got)
	default:
		r.set(WrongAnswer, "line %d of the test does not hold: %s", c.Line, c.Source)
	}
}

func (r *Result) complain(c complaint) {
	switch c.Kind {
	case "garbled":
		r.set(SandboxViolation, "%s", c.Message)
	case "too_large":
		r.set(OutputLimit, "%s", c.Message)
	case "not_plain":
		r.set(RuntimeError, "%s", c.Message)
	case "unusable":
		r.set(WrongAnswer, "the test cannot use the result: %s", sentence(c.Type, c.Message, ""))
	default:
		r.set(verdictOf(c.Type), "%s", sentence(c.Type, c.Message, c.Trace))
	}
}

func checks(in []checkReport) []Check {
	var out []Check
	for _, c := range in {
		check := Check{Line: c.Line, Source: clean(c.Source, 2000), Passed: c.Passed,
			Got: clean(c.Got, 2000), Expected: clean(c.Expected, 2000)}
		if c.Error != nil {
			check.Error = clean(sentence(c.Error.Type, c.Error.Message, c.Error.Trace), 2000)
		}
		out = append(out, check)
	}
	return out
}
