package ui

import "math"

func clamp(x, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, x)) }

// span maps the domain lo..hi to the pixels from..to.
type span struct {
	lo, hi   float64
	from, to float64
	log      bool
}

func (s span) at(x float64) float64 {
	lo, hi := s.lo, s.hi
	x = clamp(x, lo, hi)
	if s.log {
		lo, hi, x = math.Log(lo), math.Log(hi), math.Log(x)
	}
	if hi == lo {
		return s.from
	}
	return s.from + (x-lo)/(hi-lo)*(s.to-s.from)
}

// ticks gives round values that span lo..hi in about n steps.
func ticks(lo, hi float64, n int) []float64 {
	if !(hi > lo) {
		hi = lo + 1
	}
	rough := (hi - lo) / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	step := unit * 10
	for _, m := range []float64{1, 2, 2.5, 5} {
		if unit*m >= rough*0.999 {
			step = unit * m
			break
		}
	}
	var out []float64
	for i := math.Floor(lo/step + 1e-9); ; i++ {
		out = append(out, i*step)
		if i*step >= hi-1e-9*step {
			return out
		}
	}
}

// logTicks gives 1, 3, 10, 30 ... from the last up to lo to the first from hi on.
func logTicks(lo, hi float64) []float64 {
	if lo <= 0 || math.IsInf(lo, 0) {
		return []float64{1, 10}
	}
	const slack = 1e-9 // 3 times 0.1 is not quite 0.3
	var out []float64
	for k := math.Floor(math.Log10(lo)) - 1; ; k++ {
		for _, m := range []float64{1, 3} {
			v := m * math.Pow(10, k)
			if v <= lo*(1+slack) {
				out = out[:0]
			}
			out = append(out, v)
			if v >= hi*(1-slack) && len(out) > 1 {
				return out
			}
		}
	}
}

// rect is a box in pixels.
type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) meets(o rect) bool {
	return r.x0 < o.x1 && o.x0 < r.x1 && r.y0 < o.y1 && o.y0 < r.y1
}

func (r rect) within(o rect) bool {
	return r.x0 >= o.x0 && r.x1 <= o.x1 && r.y0 >= o.y0 && r.y1 <= o.y1
}

// textWidth is how wide a label of 11 px is at most, near enough to place it.
func textWidth(s string) float64 { return 6.2 * float64(len([]rune(s))) }
