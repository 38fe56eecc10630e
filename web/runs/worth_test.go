package runs

import (
	"testing"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/stat"
)

func TestIntervalsDoNotGrowNarrowOnSamplesThatResembleEachOther(t *testing.T) {
	t.Parallel()
	var alike, single []bench.Cell
	for i := range 20 {
		alike = append(alike, bench.Cell{Problem: numbered(i), Model: numbered(100), Counted: 6, Passed: 6 * (i % 2)})
		single = append(single, bench.Cell{Problem: numbered(i), Model: numbered(100), Counted: 1, Passed: i % 2})
	}
	want := stat.Wilson(10, 20, stat.Level) // twenty problems, whatever the samples
	got := worthOf(alike).interval(numbered(100), 60, 120)
	if d := got.Width() - want.Width(); d > 1e-9 || d < -1e-9 {
		t.Errorf("six samples that agree: got %v, want %v", got, want)
	}
	if got := worthOf(single).interval(numbered(100), 10, 20); got != want {
		t.Errorf("one sample each: got %v, want %v", got, want)
	}
	if got := worthOf(nil).interval(numbered(100), 10, 20); got != want {
		t.Errorf("before any cell is known: got %v, want %v", got, want)
	}
}
