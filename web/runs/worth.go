package runs

import (
	"math"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/stat"
)

// worth is, for each model, how much of an independent attempt one of its attempts
// is worth: attempts at one problem resemble each other (stat.ClusterRate). With
// one sample of each problem it is 1.
type worth map[id.ID]float64

func worthOf(cells []bench.Cell) worth {
	rows := map[id.ID][]stat.Cell{}
	for _, c := range cells {
		rows[c.Model] = append(rows[c.Model], stat.Cell{N: c.Counted, Passed: c.Passed})
	}
	w := worth{}
	for model, row := range rows {
		if r := stat.ClusterRate(row, stat.Level); r.Samples > 0 {
			w[model] = r.Effective / float64(r.Samples)
		}
	}
	return w
}

// interval is Wilson's, on as many attempts as those of the model are worth.
func (w worth) interval(model id.ID, passed, counted int) stat.Interval {
	n := float64(counted)
	if share, ok := w[model]; ok {
		n = math.Max(1, n*share)
	}
	return stat.WilsonEff(float64(passed)/float64(max(1, counted)), n, stat.Level)
}
