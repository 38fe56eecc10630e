package ui

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// FrontierPoint is one thing with a cost X above zero and a score Y whose
// interval is Lo..Hi. Hollow points are simulated.
type FrontierPoint struct {
	Label  string
	X, Y   float64
	Lo, Hi float64
	Pareto bool
	Hollow bool
}

// FrontierProps describes a chart of cost, on a log scale, against score.
type FrontierProps struct {
	ID     string
	Title  string
	Desc   string
	XTitle string
	YTitle string
	Unit   string // before the ticks of the cost, such as "$"
	Points []FrontierPoint
}

type frontierMark struct {
	FrontierPoint
	x, y, lo, hi float64
}

type axisTick struct {
	at   float64
	text string
}

type frontierPlan struct {
	class          string
	width, height  float64
	plot           rect
	xs, ys         []axisTick
	step           string // the line that joins the Pareto points
	under          string // the area below it
	note           label
	marks          []frontierMark
	labels         []label
	title, caption string // ids
}

// planFrontier lays the chart out for a width; the narrow one names only the
// points of the frontier.
func planFrontier(p FrontierProps, class string, width, height float64) frontierPlan {
	plan := frontierPlan{
		class: class, width: width, height: height,
		plot:  rect{44, 28, width - 8, height - 48},
		title: p.ID + "-" + class + "-title", caption: p.ID + "-" + class + "-desc",
	}
	x, y := plan.axes(p)
	for _, point := range p.Points {
		plan.marks = append(plan.marks, frontierMark{point, x.at(point.X), y.at(point.Y), y.at(point.Lo), y.at(point.Hi)})
	}
	slices.SortStableFunc(plan.marks, func(a, b frontierMark) int { return cmp.Compare(a.x, b.x) })
	corners := plan.join()
	plan.name(class == "narrow", corners)
	return plan
}

func (plan *frontierPlan) axes(p FrontierProps) (x, y span) {
	xlo, xhi, ylo, yhi := math.Inf(1), 0.0, math.Inf(1), math.Inf(-1)
	for _, point := range p.Points {
		if point.X > 0 {
			xlo, xhi = min(xlo, point.X), max(xhi, point.X)
		}
		ylo, yhi = min(ylo, point.Lo, point.Y), max(yhi, point.Hi, point.Y)
	}
	if math.IsInf(ylo, 1) {
		ylo, yhi = 0, 100
	}
	xt, yt := logTicks(xlo, xhi), ticks(ylo, yhi, 6)
	x = span{xt[0], xt[len(xt)-1], plan.plot.x0, plan.plot.x1, true}
	y = span{yt[0], yt[len(yt)-1], plan.plot.y1, plan.plot.y0, false}
	for i, v := range xt {
		if len(xt) > 6 && i%2 == 1 || plan.width < 500 && len(xt) > 4 && i%2 == 1 && i < len(xt)-1 {
			continue
		}
		plan.xs = append(plan.xs, axisTick{x.at(v), p.Unit + strconv.FormatFloat(v, 'g', 3, 64)})
	}
	for _, v := range yt {
		plan.ys = append(plan.ys, axisTick{y.at(v), num(v)})
	}
	return x, y
}

// join draws the steps through the Pareto points and returns the room they take.
func (plan *frontierPlan) join() []rect {
	var path strings.Builder
	var room []rect
	var first, last frontierMark
	for _, m := range plan.marks {
		if !m.Pareto {
			continue
		}
		if path.Len() == 0 {
			first = m
			path.WriteString("M" + num(m.x) + " " + num(m.y))
		} else {
			path.WriteString("H" + num(m.x) + "V" + num(m.y))
			room = append(room, rect{last.x, last.y - 1, m.x, last.y + 1}, rect{m.x - 1, m.y, m.x + 1, last.y})
		}
		last = m
	}
	if path.Len() == 0 {
		return nil
	}
	path.WriteString("H" + num(plan.plot.x1))
	plan.step = path.String()
	plan.under = plan.step + "V" + num(plan.plot.y1) + "H" + num(first.x) + "z"
	return append(room, rect{last.x, last.y - 1, plan.plot.x1, last.y + 1})
}

// name places the labels: the frontier's first, then the others while there is room.
func (plan *frontierPlan) name(onlyTop bool, corners []rect) {
	obstacles := slices.Clone(corners)
	for _, m := range plan.marks {
		obstacles = append(obstacles, rect{m.x - 5, m.y - 5, m.x + 5, m.y + 5}, rect{m.x - 1, m.hi, m.x + 1, m.lo})
	}
	// A frame as wide as the drawing, without the row of the ticks.
	frame := rect{2, 12, plan.width, plan.plot.y1 - 2}
	var taken []rect
	for _, top := range []bool{true, false} {
		for _, m := range plan.marks {
			if m.Pareto != top || onlyTop && !top || m.Label == "" {
				continue
			}
			if l, ok := place(around(m.Label, m.x, m.y), taken, obstacles, frame); ok {
				l.top = top
				plan.labels = append(plan.labels, l)
				taken = append(taken, l.box)
			}
		}
	}
	plan.annotate(corners, append(obstacles, taken...))
}

// annotate writes "frontier" above the longest level step that has room for it.
func (plan *frontierPlan) annotate(corners, occupied []rect) {
	longest := 0.0
	for _, c := range corners {
		l := newLabel("frontier", (c.x0+c.x1)/2, c.y0-5, "middle")
		free := l.box
		free.y0, free.y1 = free.y0-6, c.y0-1
		if c.y1-c.y0 < 3 && c.x1-c.x0 > max(longest, 70) && !meetsAny(free, occupied) {
			longest, plan.note = c.x1-c.x0, l
		}
	}
}
