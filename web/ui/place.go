package ui

// label is a text with its anchor; box is the room it takes.
type label struct {
	text   string
	x, y   float64 // baseline
	anchor string  // "start", "middle" or "end"
	box    rect
	top    bool // belongs to a point of the frontier
}

// newLabel puts a text of 11 px at a baseline.
func newLabel(text string, x, y float64, anchor string) label {
	w := textWidth(text)
	left := x
	switch anchor {
	case "end":
		left = x - w
	case "middle":
		left = x - w/2
	}
	return label{text: text, x: x, y: y, anchor: anchor, box: rect{left, y - 10, left + w, y + 3}}
}

// around lists the places for a label beside the point x, y, the best first.
func around(text string, x, y float64) []label {
	return []label{
		newLabel(text, x-7, y-8, "end"),
		newLabel(text, x+9, y+4, "start"),
		newLabel(text, x-9, y+4, "end"),
		newLabel(text, x+7, y-8, "start"),
		newLabel(text, x+7, y+15, "start"),
		newLabel(text, x-7, y+15, "end"),
		newLabel(text, x, y-14, "middle"),
		newLabel(text, x, y+22, "middle"),
		newLabel(text, x-7, y-21, "end"),
		newLabel(text, x+7, y+28, "start"),
	}
}

// place chooses for one label the first place that meets no other label and the
// fewest obstacles; ok is false when every place meets a label or leaves frame.
func place(candidates []label, taken, obstacles []rect, frame rect) (best label, ok bool) {
	least := -1
	for _, c := range candidates {
		if !c.box.within(frame) || meetsAny(c.box, taken) {
			continue
		}
		hits := 0
		for _, o := range obstacles {
			if c.box.meets(o) {
				hits++
			}
		}
		if least < 0 || hits < least {
			best, least = c, hits
		}
	}
	return best, least >= 0
}

func meetsAny(r rect, others []rect) bool {
	for _, o := range others {
		if r.meets(o) {
			return true
		}
	}
	return false
}

// spread moves sorted positions apart to at least pitch, keeping them between
// lo and hi as far as they fit, and as near to where they were as it goes.
func spread(at []float64, pitch, lo, hi float64) []float64 {
	out := make([]float64, len(at))
	for i, y := range at {
		out[i] = max(y, lo)
		if i > 0 {
			out[i] = max(out[i], out[i-1]+pitch)
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		limit := hi
		if i < len(out)-1 {
			limit = out[i+1] - pitch
		}
		out[i] = min(out[i], limit)
	}
	return out
}
