package attempts

import (
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// outcome is how a verdict reads and looks at the top of the page.
type outcome struct {
	word string
	tone ui.Tone
}

var outcomes = map[score.Verdict]outcome{
	score.Passed:           {"Passed", ui.Pass},
	score.WrongAnswer:      {"Wrong answer", ui.Fail},
	score.RuntimeError:     {"Runtime error", ui.Fail},
	score.CompileError:     {"Compile error", ui.Fail},
	score.TimeLimit:        {"Time limit", ui.Warn},
	score.MemoryLimit:      {"Memory limit", ui.Fail},
	score.OutputLimit:      {"Output limit", ui.Fail},
	score.SandboxViolation: {"Sandbox violation", ui.Fail},
	score.NoCode:           {"No code found", ui.Fail},
	score.Infrastructure:   {"Infrastructure failure", ui.Neutral},
}

func outcomeOf(v score.Verdict) outcome {
	if o, ok := outcomes[v]; ok {
		return o
	}
	return outcome{"Not finished", ui.Neutral}
}
