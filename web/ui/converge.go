package ui

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Sample is one point of a series with its interval.
type Sample struct{ X, Y, Lo, Hi float64 }

// Series is one line of a chart, in colour, dash and shape Slot (1 to 6; its
// place in the list unless given). Band draws the intervals as an area.
type Series struct {
	Label   string
	Slot    int
	Samples []Sample
	Band    bool
	Hollow  bool
}

// ConvergenceProps describes how estimates settle. Now is where the run stands;
// XMax where it ends. At most six series are drawn.
type ConvergenceProps struct {
	ID      string
	Title   string
	Desc    string
	XTitle  string
	YTitle  string
	XMax    float64
	Now     float64
	NowText string
	Series  []Series
}

type seriesPlan struct {
	Series
	line, band string
	x, y       float64 // the last sample
	label      label
	lead       string
}

type convergePlan struct {
	class          string
	width, height  float64
	plot           rect
	xs, ys         []axisTick
	now            float64
	nowLabel       label
	series         []seriesPlan
	title, caption string
}

const labelPitch = 15

func planConvergence(p ConvergenceProps, class string, width, height, right float64) convergePlan {
	plan := convergePlan{
		class: class, width: width, height: height,
		plot:  rect{36, 12, width - right, height - 44},
		title: p.ID + "-" + class + "-title", caption: p.ID + "-" + class + "-desc",
	}
	x, y := plan.axes(p)
	for i, s := range p.Series[:min(len(p.Series), len(shapes))] {
		if s.Slot == 0 {
			s.Slot = i + 1
		}
		if len(s.Samples) > 0 {
			plan.series = append(plan.series, trace(s, x, y))
		}
	}
	plan.now = x.at(p.Now)
	plan.nowLabel = newLabel(p.NowText, plan.now+7, plan.plot.y1-8, "start")
	if plan.nowLabel.box.x1 > plan.plot.x1 {
		plan.nowLabel = newLabel(p.NowText, plan.now-7, plan.plot.y1-8, "end")
	}
	if right > labelPitch {
		plan.name()
	}
	return plan
}

func (plan *convergePlan) axes(p ConvergenceProps) (x, y span) {
	lo, hi, far := math.Inf(1), math.Inf(-1), max(p.XMax, p.Now, 1)
	for _, s := range p.Series {
		for _, v := range s.Samples {
			lo, hi, far = min(lo, v.Y), max(hi, v.Y), max(far, v.X)
			if s.Band {
				lo, hi = min(lo, v.Lo), max(hi, v.Hi)
			}
		}
	}
	if math.IsInf(lo, 1) {
		lo, hi = 0, 100
	}
	yt := ticks(lo, hi, 7)
	y = span{lo: yt[0], hi: yt[len(yt)-1], from: plan.plot.y1, to: plan.plot.y0}
	x = span{hi: far, from: plan.plot.x0, to: plan.plot.x1}
	steps := 4
	if plan.width < 500 {
		steps = 2
	}
	for i := range steps + 1 {
		v := math.Round(far * float64(i) / float64(steps))
		plan.xs = append(plan.xs, axisTick{x.at(v), Count(int(v))})
	}
	for _, v := range yt {
		plan.ys = append(plan.ys, axisTick{y.at(v), num(v)})
	}
	return x, y
}

func trace(s Series, x, y span) seriesPlan {
	var line, back strings.Builder
	plan := seriesPlan{Series: s}
	for i, v := range s.Samples {
		plan.x, plan.y = x.at(v.X), y.at(v.Y)
		command := "L"
		if i == 0 {
			command = "M"
		}
		line.WriteString(command + num(plan.x) + " " + num(plan.y))
		back.WriteString(command + num(plan.x) + " " + num(y.at(v.Hi)))
	}
	plan.line = line.String()
	if !s.Band {
		return plan
	}
	for _, v := range slices.Backward(s.Samples) {
		back.WriteString("L" + num(x.at(v.X)) + " " + num(y.at(v.Lo)))
	}
	plan.band = back.String() + "z"
	return plan
}

// name puts every series' name at the right edge, 15 px apart at least, and
// leads a line to it.
func (plan *convergePlan) name() {
	order := make([]int, len(plan.series))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(plan.series[a].y, plan.series[b].y) })
	ends := make([]float64, len(order))
	for i, o := range order {
		ends[i] = plan.series[o].y
	}
	for i, at := range spread(ends, labelPitch, plan.plot.y0+2, plan.plot.y1-4) {
		s := &plan.series[order[i]]
		s.label = newLabel(s.Label, plan.plot.x1+22, at+4, "start")
		s.lead = "M" + num(s.x) + " " + num(s.y) + "H" + num(plan.plot.x1-4) + "L" + num(plan.plot.x1+6) + " " + num(at)
	}
}
