package attempts

import (
	"fmt"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// measure is one measured quantity beside what it is held against.
type measure struct {
	Name  string
	Value string
	Share float64 // of the limit, or of the greater of both; 0..1
	Note  string
}

// measures lists what the execution and the answer amounted to.
func measures(d bench.Detail) []measure {
	limits := score.DefaultLimits()
	var list []measure
	if d.Wall > 0 {
		list = append(list,
			measure{"Wall time", seconds(d.Wall), share(d.Wall.Seconds(), limits.Wall.Seconds()), fmt.Sprintf("limit %g s", limits.Wall.Seconds())},
			measure{"Processor time", seconds(d.CPU), share(d.CPU.Seconds(), limits.CPU.Seconds()), fmt.Sprintf("limit %g s", limits.CPU.Seconds())},
			measure{"Peak memory", megabytes(d.PeakMemory), share(float64(d.PeakMemory), float64(limits.Memory)),
				fmt.Sprintf("limit %d MB", limits.Memory>>20)})
	}
	if d.Program != "" {
		own, known, beside := lines(d.Program), lines(d.Prompt+d.Reference), ""
		if d.Reference != "" {
			beside = "reference " + ui.Count(known)
		}
		list = append(list, measure{"Lines of program", ui.Count(own), share(float64(own), float64(max(own, known))), beside})
	}
	if writing := d.Latency - d.FirstToken; d.OutputTokens > 0 && writing > 0 && d.FirstToken > 0 {
		list = append(list, measure{"Speed", fmt.Sprintf("%.0f tokens/s", float64(d.OutputTokens)/writing.Seconds()), 0, "after the first token"})
	}
	return list
}

func share(x, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, x/whole)
}

// lines counts those that are not blank.
func lines(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}
