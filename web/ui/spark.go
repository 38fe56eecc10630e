package ui

import (
	"slices"
	"strings"
)

type sparkPlan struct {
	path string
	x, y float64 // the last point
}

// planSpark fits values, evenly spaced, into 64 by 20.
func planSpark(values []float64) sparkPlan {
	if len(values) == 0 {
		return sparkPlan{}
	}
	y := span{lo: slices.Min(values), hi: slices.Max(values), from: 16.5, to: 3.5}
	x := span{hi: float64(max(len(values)-1, 1)), from: 2, to: 61}
	var path strings.Builder
	var plan sparkPlan
	for i, v := range values {
		plan.x, plan.y = x.at(float64(i)), y.at(v)
		command := "L"
		if i == 0 {
			command = "M"
		}
		path.WriteString(command + num(plan.x) + " " + num(plan.y))
	}
	plan.path = path.String()
	return plan
}

// MiniBar is one of a row of small bars. A missing one is a dash over a dashed base.
type MiniBar struct {
	Label   string
	Share   float64 // 0..1
	Missing bool
}

func barX(i int) string { return num(float64(2 + 14*i)) }

func barMiddle(i int) string { return num(float64(7 + 14*i)) }
