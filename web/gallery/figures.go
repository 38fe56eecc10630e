package gallery

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/web/ui"
)

type row struct {
	name, vendor   string
	from, to       int
	score, lo, hi  float64
	cost, p50, p95 float64
	judges         [5]float64 // below zero: missing
	weeks          []float64
	pareto         bool
}

var rows = []row{
	{"Helios 4 Coder", "Northwind AI", 1, 2, 87.4, 85.6, 89.1, 18.40, 6.2, 19.8, [5]float64{.96, .74, .7, .86, .78}, []float64{70, 73, 72, 76, 80, 86, 84, 88, 87, 88, 88, 89}, true},
	{"Claude Sonnet 4.5", "Anthropic", 1, 3, 86.1, 84.2, 87.9, 14.10, 5.1, 16.0, [5]float64{.94, .73, .71, .7, .74}, []float64{78, 74, 80, 81, 80, 85, 84, 84, 82, 86, 90, 92}, true},
	{"GPT-5 Codex", "OpenAI", 2, 4, 84.9, 82.9, 86.8, 15.75, 8.4, 31.2, [5]float64{.93, .66, .64, .72, .7}, []float64{71, 73, 77, 76, 78, 84, 83, 86, 84, 88, 87, 88}, false},
	{"Gemini 2.5 Pro", "Google", 4, 6, 82.6, 80.5, 84.6, 12.20, 5.9, 22.4, [5]float64{.9, .62, .6, .66, .64}, []float64{70, 76, 71, 76, 75, 77, 76, 80, 77, 80, 79, 82}, false},
	{"Qwen3 Coder 480B", "Alibaba", 4, 7, 81.9, 79.7, 84.0, 4.35, 4.8, 15.1, [5]float64{.86, .6, .62, .64, .6}, []float64{76, 74, 77, 75, 76, 75, 79, 78, 77, 79, 82, 84}, true},
	{"DeepSeek V3.2", "DeepSeek", 6, 9, 79.5, 77.2, 81.7, 2.10, 7.3, 26.9, [5]float64{.84, .56, .52, .62, .58}, []float64{74, 70, 72, 75, 72, 71, 77, 77, 75, 79, 77, 80}, true},
	{"Kimi K2", "Moonshot", 7, 10, 78.1, 75.9, 80.3, 3.20, 6.6, 20.5, [5]float64{.78, .5, .52, .56, .5}, []float64{74, 71, 75, 73, 76, 71, 74, 75, 77, 76, 79, 80}, false},
	{"Devstral Medium", "Mistral", 8, 11, 76.4, 74.0, 78.7, 2.85, 3.1, 9.4, [5]float64{.74, -1, .42, .44, .4}, []float64{67, 69, 69, 71, 70, 72, 75, 76, 74, 75, 78, 76}, false},
	{"Granite Code 34B", "IBM", 10, 12, 72.7, 70.2, 75.1, 1.24, 2.4, 7.7, [5]float64{.54, .3, .34, .36, .28}, []float64{69, 66, 66, 69, 68, 71, 75, 70, 74, 69, 74, 73}, true},
	{"Touchstone 8B", "in-house", 11, 13, 70.9, 66.8, 74.8, 0.42, 1.1, 3.2, [5]float64{.4, .24, -1, .4, .2}, []float64{68, 70, 69, 72, 71, 71, 70, 71, 72, 71, 74, 74}, true},
	{"Fennel Mini", "Orchard", 12, 13, 66.3, 63.6, 68.9, 0.58, 1.3, 4.0, [5]float64{.3, .16, .18, .22, .1}, []float64{62, 65, 63, 63, 68, 63, 65, 67, 66, 65, 67, 66}, false},
}

func (r row) bars() []ui.MiniBar {
	bars := make([]ui.MiniBar, len(r.judges))
	for i, share := range r.judges {
		bars[i] = ui.MiniBar{Label: "ASCPE"[i : i+1], Share: share, Missing: share < 0}
	}
	return bars
}

func (r row) interval() ui.Interval {
	return ui.Interval{Value: r.score, Lo: r.lo, Hi: r.hi, Pareto: r.pareto}
}

var scale = ui.NewScale(55, 95)

func frontierProps(id string) ui.FrontierProps {
	p := ui.FrontierProps{
		ID: id, Title: "Cost against quality", Unit: "$",
		Desc:   "Eleven models; the frontier runs from Touchstone 8B at 0.42 dollars to Helios 4 Coder at 18.40. The table above holds every figure.",
		XTitle: "cost per 100 problems, log scale", YTitle: "score",
	}
	for _, r := range rows {
		p.Points = append(p.Points, ui.FrontierPoint{Label: r.name, X: r.cost, Y: r.score, Lo: r.lo, Hi: r.hi, Pareto: r.pareto})
	}
	return p
}

type standing struct {
	name      string
	of        int
	pass      float64
	usd       float64
	status    ui.Status
	simulated bool
	seed      float64
}

var standings = []standing{
	{"Helios 4 Coder", 249, 84, 9.82, ui.Running, false, 1},
	{"Claude Sonnet 4.5", 252, 82.5, 7.61, ui.Running, false, 2.3},
	{"GPT-5 Codex", 237, 79, 8.44, ui.Parked, false, 3.1},
	{"Tessera Large", 245, 75, 5.02, ui.Running, false, 4.7},
	{"Qwen3 Coder 480B", 242, 72.5, 2.30, ui.Running, false, 5.2},
	{"DeepSeek V3.2", 239, 66, 1.12, ui.Running, false, 6.9},
}

func (s standing) interval() ui.Interval {
	half := 196 * math.Sqrt(s.pass/100*(1-s.pass/100)/float64(s.of))
	return ui.Interval{Value: s.pass, Lo: s.pass - half, Hi: s.pass + half, Bare: true}
}

func convergence(id string) ui.ConvergenceProps {
	p := ui.ConvergenceProps{
		ID: id, Title: "Pass rate as attempts finish",
		Desc:   "Six models after 1,464 of 2,400 attempts, from Helios 4 Coder at 84 to DeepSeek V3.2 at 66 per cent. The table beside holds the figures.",
		XTitle: "attempts finished", YTitle: "pass rate, %",
		XMax: 2400, Now: 1464, NowText: "now, 1,464",
	}
	for i, s := range standings {
		series := ui.Series{Label: s.name, Band: i == 0 || i == len(standings)-1}
		for n := 90.0; n <= 1464; n += 45.8 {
			wave := 26/math.Sqrt(n/9)*math.Sin(n/61+s.seed) + math.Sin(n/37+2*s.seed)*0.8*(1-n/1600)
			half := 196 * math.Sqrt(s.pass/100*(1-s.pass/100)/(n/6))
			y := s.pass + wave*(1-n/1464)
			series.Samples = append(series.Samples, ui.Sample{X: n, Y: y, Lo: y - half, Hi: math.Min(y+half, 98)})
		}
		p.Series = append(p.Series, series)
	}
	return p
}

var scenarios = []ui.HeatColumn{
	{Label: "Generation", Short: "Gen"}, {Label: "Testing", Short: "Test"}, {Label: "Review", Short: "Rev"}, {Label: "Refactoring", Short: "Refac"},
	{Label: "Debugging", Short: "Debug"}, {Label: "Security", Short: "Sec"}, {Label: "Documentation", Short: "Doc"},
}

func heat(label string) ui.HeatProps {
	p := ui.HeatProps{Caption: label, Text: "Pass rate by language and scenario, all models, %.", Columns: scenarios}
	for i, language := range []string{"Go", "Python", "TypeScript", "Rust", "Java", "C#", "Ruby"} {
		r := ui.HeatRow{Label: language}
		for j := range scenarios {
			v := 93 - 3.1*float64(i) - 2.4*float64(j) + 9*math.Sin(float64(3*i+5*j))
			r.Cells = append(r.Cells, ui.HeatCell{Value: v, N: 40 * (1 - (i*j)/30)})
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

type finished struct {
	at, problem, model, detail string
	status                     ui.Status
	s, usd                     string
}

var feed = []finished{
	{"08:41:07", "Rust / security", "DeepSeek V3.2", "vector 7 of 12", ui.Failed, "2.9", "0.004"},
	{"08:41:06", "Go / generation", "Helios 4 Coder", "12 of 12", ui.Passed, "5.8", "0.021"},
	{"08:41:06", "Ruby / refactoring", "GPT-5 Codex", "20 s limit", ui.TimedOut, "20.0", "0.038"},
	{"08:41:04", "Python / debugging", "Tessera Large", "9 of 9", ui.Passed, "4.1", "0.011"},
	{"08:41:03", "C# / documentation", "Claude Sonnet 4.5", "10 of 10", ui.Passed, "7.7", "0.026"},
	{"08:41:02", "Java / testing", "Qwen3 Coder 480B", "did not compile", ui.Failed, "3.3", "0.005"},
	{"08:41:01", "Go / refactoring", "Claude Sonnet 4.5", "14 of 14", ui.Passed, "4.9", "0.015"},
	{"08:40:59", "TypeScript / review", "DeepSeek V3.2", "6 of 6", ui.Passed, "5.2", "0.002"},
}

var logLines = []ui.LogLine{
	{At: "08:41:07", Level: "info", From: "sandbox 3", Text: "vectors 7/12, exit 1, wall 2.9 s"},
	{At: "08:41:06", Level: "warn", From: "openai", Text: "429, retry after 11 s, 4 requests parked"},
	{At: "08:41:06", Level: "info", From: "sandbox 1", Text: "vectors 12/12, exit 0, wall 0.8 s"},
	{At: "08:41:04", Level: "info", From: "scheduler", Text: "claimed attempt 1463, lease 90 s"},
	{At: "08:41:02", Level: "error", From: "sandbox 5", Text: "javac: cannot find symbol Deque<Node>"},
	{At: "08:41:00", Level: "info", From: "budget", Text: "34.31 of 60.00 USD, forecast 56.20"},
}

const answer = `package pricing

import (
	"errors"
	"sort"
)

var ErrEmpty = errors.New("pricing: no tiers")

// Tier is a half-open band: From <= qty < next tier's From.
type Tier struct {
	From  int64
	Cents int64
}

// Total returns the graduated price of qty units in cents.
func Total(tiers []Tier, qty int64) (int64, error) {
	if len(tiers) == 0 {
		return 0, ErrEmpty
	}
	sort.Slice(tiers, func(i, j int) bool {
		return tiers[i].From < tiers[j].From
	})
	var sum int64
	for i, t := range tiers {
		if qty <= t.From {
			break
		}
		end := qty
		if i+1 < len(tiers) && tiers[i+1].From < end {
			end = tiers[i+1].From
		}
		sum += (end - t.From) * t.Cents
	}
	return sum, nil
}`

func answerLines() []ui.CodeLine {
	lines := ui.Highlight("Go", answer)
	lines[21].Mark = ui.Finding
	lines[21].Why = "A114, medium: sorts the caller's slice in place, data race under concurrent use"
	return lines
}

type vector struct {
	name, want, got string
	status          ui.Status
}

var vectors = []vector{
	{"single tier, 10 units", "1000", "1000", ui.Passed},
	{"empty tier list", "ErrEmpty", "ErrEmpty", ui.Passed},
	{"two tiers, at edge", "5000", "5000", ui.Passed},
	{"three tiers, spanning", "13250", "13250", ui.Passed},
	{"unsorted input kept", "[50 0 10]", "[0 10 50]", ui.Failed},
	{"zero quantity", "0", "0", ui.Passed},
	{"negative quantity", "ErrRange", "0, nil", ui.Failed},
	{"1e12 units, no overflow", "ErrRange", "-8446744…", ui.Failed},
	{"concurrent callers", "race-free", "race at :22", ui.Failed},
	{"fuzz, 10k cases", "equal", "equal", ui.Passed},
}

type measure struct {
	name, value, note string
	at, lo, hi        float64
	bad               bool
}

var measures = []measure{
	{"Cyclomatic complexity", "6", "reference 5", .38, .2, .5, false},
	{"Cognitive complexity", "8", "reference 5", .52, .2, .5, false},
	{"Lines", "27", "reference 24", .42, .3, .6, false},
	{"Similarity to corpus", "0.31", "limit 0.60", .31, 0, .6, false},
	{"Security findings", "1", "medium", .5, 0, .2, true},
}

type ballot struct {
	glyph        ui.Glyph
	judge, basis string
	marks        float64
}

var ballots = []ballot{
	{ui.Square, "Automatic, 40 %", "6 of 10 vectors", 60},
	{ui.Octagon, "Staff, 25 %", "3.5, 3.0 of 5", 58},
	{ui.Triangle, "Community, 20 %", "41 of 63 prefer", 65},
	{ui.Lozenge, "Self-review, 7.5 %", "4.5 of 5", 88},
	{ui.Hexagon, "Elite panel, 7.5 %", "2 of 3 accept", 62},
}

func usd(x float64) string { return fmt.Sprintf("%.2f", x) }
