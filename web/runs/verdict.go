package runs

import (
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// outcome is how a verdict reads and looks.
type outcome struct {
	verdict score.Verdict
	word    string
	status  ui.Status
}

// outcomes lists all verdicts in the order in which pages name them.
var outcomes = []outcome{
	{score.Passed, "passed", ui.Passed},
	{score.WrongAnswer, "wrong answer", ui.Failed},
	{score.RuntimeError, "runtime error", ui.Failed},
	{score.CompileError, "compile error", ui.Failed},
	{score.TimeLimit, "time limit", ui.TimedOut},
	{score.MemoryLimit, "memory limit", ui.Failed},
	{score.OutputLimit, "output limit", ui.Failed},
	{score.SandboxViolation, "sandbox violation", ui.Failed},
	{score.NoCode, "no code found", ui.Failed},
	{score.Infrastructure, "infrastructure failure (not counted)", ui.Infrastructure},
}

// outcomeOf finds the verdict's entry; a verdict without one speaks for itself.
func outcomeOf(v score.Verdict) outcome {
	for _, o := range outcomes {
		if o.verdict == v {
			return o
		}
	}
	return outcome{v, string(v), ui.Status(v)}
}

// short is the word for a narrow cell.
func (o outcome) short() string {
	if o.verdict == score.Infrastructure {
		return "infrastructure"
	}
	return o.word
}
