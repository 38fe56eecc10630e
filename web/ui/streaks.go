package ui

import (
	"math/rand/v2"
	"strings"
)

type streak struct {
	path string
	au   bool
	dim  string // opacity
}

// streakBeds says where each streak starts, how far up it goes, how many
// scratches it has and how strongly it shows.
var streakBeds = []struct {
	x, rise float64
	count   int
	dim     string
}{
	{40, 270, 11, "0.55"}, {80, 312, 16, "0.75"}, {118, 275, 13, "0.5"}, {158, 340, 15, "0.8"},
	{202, 380, 20, "1"},
	{240, 322, 14, "0.7"}, {282, 300, 16, "0.45"}, {322, 258, 10, "0.3"},
}

// drawStreaks scratches the eight streaks of the sign-in page, always alike.
func drawStreaks() []streak {
	random := rand.New(rand.NewPCG(79, 47))
	out := make([]streak, 0, len(streakBeds))
	for i, bed := range streakBeds {
		var path strings.Builder
		for range bed.count {
			x := bed.x + 13*random.Float64()
			foot := 410 + 3*random.NormFloat64() - (x-bed.x)*0.6
			top := bed.rise * (0.93 + 0.07*random.Float64())
			path.WriteString("M" + num(x-4*random.Float64()) + " " + num(foot+14*random.Float64()))
			path.WriteString("L" + num(x+top*0.42) + " " + num(foot-top-6*random.Float64()))
		}
		out = append(out, streak{path.String(), i == 4, bed.dim})
	}
	return out
}
