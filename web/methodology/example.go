package methodology

import (
	"fmt"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/internal/score/extract"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// Props is all that the page shows.
type Props struct {
	Shell    shell.Props
	Lead     string
	Ask      string // the words in which a problem is put
	Rules    []Rule
	Refusals []Rule
	Limits   []ui.Datum
	Verdicts []Verdict
	Rate     RateExample
	Test     TestExample
}

// Rule is one way in which a program is found in an answer, or not.
type Rule struct{ Name, Text string }

// Verdict is what an attempt can come to.
type Verdict struct {
	Status ui.Status
	Name   string
	Text   string
}

// RateExample is a score worked out by hand, with what stat makes of it.
type RateExample struct {
	Passed []int // of Each attempts, by problem
	Each   int
	Rate   stat.Rate
	Naive  stat.Interval // as if all attempts were independent
	Single stat.Interval // of as many problems with one attempt each
	Scale  ui.Scale
}

// TestExample compares two models on the same problems.
type TestExample struct {
	Problems    int
	Both, None  int
	OnlyA       int
	OnlyB       int
	A, B        stat.Rate
	P           float64
	Told        bool // apart
	MoreOnlyA   int  // the least surplus at which they would be told apart
	MoreP       float64
	Significant float64
}

// Build makes the page.
func Build() Props {
	return Props{
		Lead:     "Assay asks models for programs, executes what they write against tests that they cannot see, and says how sure it is of the result.",
		Ask:      bench.Ask(problem.Text{Prompt: "def add(a: int, b: int) -> int:\n    \"\"\"Return the sum of a and b.\"\"\""}),
		Rules:    rules,
		Refusals: refusals,
		Limits:   limits(score.DefaultLimits()),
		Verdicts: verdicts,
		Rate:     rateExample(),
		Test:     testExample(),
	}
}

var rules = []Rule{
	{extract.WholeAnswer, "the answer is a program and nothing else"},
	{extract.SingleBlock, "there is one fenced block"},
	{extract.DefiningBlock, "of several blocks, the last one that defines the function"},
	{extract.JoinedBlocks, "that block, with those that it needs"},
	{extract.LastFences, "no block defines the function: what stands between the last two fences"},
	{extract.UnclosedFence, "the answer was cut off inside its block"},
	{extract.BareCode, "code without a fence, between sentences"},
	{extract.BodyOnly, "the body of the function alone, put under its signature"},
	{extract.NewFileDiff, "a diff that adds a file: its added lines"},
}

var refusals = []Rule{
	{extract.EmptyAnswer, "there is nothing"},
	{extract.NoCode, "there are only sentences"},
	{extract.WrongLanguage, "there is a program in another language"},
	{extract.PatchOnly, "there is a change to a file that the answer does not hold"},
	{extract.Transcript, "there is a session with an interpreter, not a program"},
}

var verdicts = []Verdict{
	{ui.Passed, "passed", "Every assertion of the test holds."},
	{ui.Failed, "wrong answer", "An assertion does not hold, or the test cannot use what was returned."},
	{ui.Failed, "runtime error", "The program raised an error, ended its interpreter, or returned what cannot be passed on as plain values."},
	{ui.Failed, "compile error", "The program is not valid Python, or longer than 1 MB."},
	{ui.TimedOut, "time limit", "It used up its time, by the clock or of the processor."},
	{ui.Failed, "memory limit", "It used up its memory."},
	{ui.Failed, "output limit", "It printed or returned more than it may."},
	{ui.Failed, "sandbox violation", "It tried what the sandbox forbids: more processes, forbidden files, or writing to the channel of the scorer."},
	{ui.Failed, "no code found", "The answer holds no program, by the rules above."},
	{ui.Infrastructure, "infrastructure", "The provider refused or did not answer, after several tries, or the test itself is broken. It is not counted, for or against."},
}

func limits(l score.Limits) []ui.Datum {
	return []ui.Datum{
		{Label: "Time", Value: whole(l.Wall), Unit: "s", Note: "by the clock"},
		{Label: "Processor", Value: whole(l.CPU), Unit: "s", Note: "of all its processes"},
		{Label: "Memory", Value: ui.Count(int(l.Memory >> 20)), Unit: "MB"},
		{Label: "Printed", Value: ui.Count(int(l.Output >> 10)), Unit: "KB"},
		{Label: "Processes", Value: ui.Count(l.Processes), Note: "and threads"},
	}
}

func whole(d time.Duration) string { return ui.Fixed(d.Seconds(), 0) }

// rateExample works a score out over eight problems with five attempts each.
func rateExample() RateExample {
	e := RateExample{Passed: []int{5, 5, 4, 4, 3, 3, 2, 1}, Each: 5, Scale: ui.NewScale(0, 100)}
	cells := make([]stat.Cell, len(e.Passed))
	sum := 0
	for i, passed := range e.Passed {
		cells[i] = stat.Cell{N: e.Each, Passed: passed}
		sum += passed
	}
	e.Rate = stat.ClusterRate(cells, stat.Level)
	e.Naive = stat.Wilson(sum, len(cells)*e.Each, stat.Level)
	e.Single = stat.WilsonEff(e.Rate.Mean, float64(len(cells)), stat.Level)
	return e
}

// testExample compares two models over 164 problems, of which each solves some
// that the other does not.
func testExample() TestExample {
	e := TestExample{Problems: 164, Both: 110, None: 30, OnlyA: 15, OnlyB: 9, Significant: stat.Alpha}
	a, b := e.cells(e.OnlyA)
	d := stat.Compare(a, b)
	e.A, e.B = stat.ClusterRate(a, stat.Level), stat.ClusterRate(b, stat.Level)
	e.P, e.Told = d.P, d.P < stat.Alpha
	for e.MoreOnlyA = e.OnlyA; e.MoreOnlyA < e.OnlyA+e.None; e.MoreOnlyA++ {
		if e.MoreP = stat.McNemarMid(e.MoreOnlyA, e.OnlyB); e.MoreP < stat.Alpha {
			break
		}
	}
	return e
}

// cells lists what the two models did, problem by problem.
func (e TestExample) cells(onlyA int) (a, b []stat.Cell) {
	add := func(n, first, second int) {
		for range n {
			a, b = append(a, stat.Cell{N: 1, Passed: first}), append(b, stat.Cell{N: 1, Passed: second})
		}
	}
	add(e.Both, 1, 1)
	add(onlyA, 1, 0)
	add(e.OnlyB, 0, 1)
	add(e.Problems-e.Both-onlyA-e.OnlyB, 0, 0)
	return a, b
}

func percent(share float64) string { return ui.Fixed(100*share, 1) }

func span(i stat.Interval) string { return percent(i.Low) + "–" + percent(i.High) + " %" }

func whisker(mean float64, i stat.Interval) ui.Interval {
	return ui.Interval{Value: 100 * mean, Lo: 100 * i.Low, Hi: 100 * i.High, Text: fmt.Sprintf("%s %%, %s", percent(mean), span(i))}
}
