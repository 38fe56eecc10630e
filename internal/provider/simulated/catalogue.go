package simulated

import (
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/money"
)

// Model is an invented model: what it is called, what it costs, and how it
// behaves.
type Model struct {
	Name  string // on the wire
	Title string // for people
	Maker string // an invented one

	// Skill is the share of problems that it solves. It is what a benchmark has
	// to find out, so no page may show it.
	Skill float64 `json:"-"`

	InputPrice  money.Micro // per million tokens
	OutputPrice money.Micro // per million tokens

	Median time.Duration // of the time for a whole answer
	Sigma  float64       // of the logarithm of that time

	Habit Habit
	Odd   float64 // the share of its answers that come in an odd form; their being right is not touched
	Stub  bool    // hands in the prompt with an empty body, always: a control that nothing passes
	Busy  float64 // the share of requests that are answered 429
	Fault float64 // the share of requests that are answered 500
}

// Habit weighs the forms in which a model hands over a program. All zero means
// Whole alone.
type Habit struct {
	Whole        float64 // a fenced block with everything the prompt gave
	Function     float64 // a fenced block with the function alone
	Bare         float64 // the program without a fence or a word
	Continuation float64 // what follows the prompt, where the reference is of that kind
}

// Catalogue returns the models of the demonstration. The names are inventions;
// whoever recognises one is mistaken.
func Catalogue() []Model {
	return []Model{
		{
			Name: "tessera-large", Title: "Tessera Large", Maker: "Tessellate & Sons", Skill: 0.90,
			InputPrice: 3_000_000, OutputPrice: 15_000_000, Median: 900 * time.Millisecond, Sigma: 0.35,
			Habit: Habit{Whole: 6, Function: 4}, Odd: 0.01, Busy: 0.005, Fault: 0.002,
		},
		{
			Name: "orrery-70b", Title: "Orrery 70B", Maker: "Brass Planets", Skill: 0.75,
			InputPrice: 900_000, OutputPrice: 2_700_000, Median: 550 * time.Millisecond, Sigma: 0.45,
			Habit: Habit{Whole: 4, Function: 5, Bare: 1}, Odd: 0.03, Busy: 0.01, Fault: 0.005,
		},
		{
			Name: "touchstone-8b", Title: "Touchstone 8B", Maker: "in-house", Skill: 0.55,
			InputPrice: 100_000, OutputPrice: 300_000, Median: 240 * time.Millisecond, Sigma: 0.40,
			Habit: Habit{Whole: 3, Function: 4, Bare: 2, Continuation: 1}, Odd: 0.06, Busy: 0.005, Fault: 0.005,
		},
		{
			Name: "fennel-mini", Title: "Fennel Mini", Maker: "Kitchen Garden", Skill: 0.35,
			InputPrice: 150_000, OutputPrice: 450_000, Median: 150 * time.Millisecond, Sigma: 0.55,
			Habit: Habit{Whole: 2, Function: 4, Bare: 2, Continuation: 2}, Odd: 0.10, Busy: 0.01, Fault: 0.01,
		},
	}
}

// Controls returns two models that test the tests: the one hands in the reference
// solution, always and as it stands, which a right problem passes; the other the
// prompt with an empty body, which it fails.
func Controls() []Model {
	return []Model{
		{Name: "control-canonical", Title: "Control: canonical solutions", Maker: "Assay", Skill: 1, Median: 20 * time.Millisecond},
		{Name: "control-stub", Title: "Control: empty stubs", Maker: "Assay", Stub: true, Median: 20 * time.Millisecond},
	}
}

// Control reports whether the model of that name is a control, which has no place
// among contestants: the canonical one passes every right problem, the stub none.
func Control(name string) bool { return name == "control-canonical" || name == "control-stub" }

func (m Model) check() error {
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	h := m.Habit
	switch {
	case m.Name == "":
		return fault.New(fault.Invalid, "a simulated model needs a name")
	case !share(m.Skill), !share(m.Odd), !share(m.Busy + m.Fault), !share(m.Busy):
		return fault.New(fault.Invalid, "the shares of the simulated model %q must be from 0 to 1", m.Name)
	case m.Median < 0, !finite(m.Sigma), !finite(h.Whole), !finite(h.Function), !finite(h.Bare), !finite(h.Continuation):
		return fault.New(fault.Invalid, "the times and habits of the simulated model %q must not be negative", m.Name)
	}
	return nil
}
