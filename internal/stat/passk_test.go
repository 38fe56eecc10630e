package stat

import (
	"errors"
	"testing"
)

func TestPassAtKGivesThePublishedValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, c, k int
		want    float64
	}{
		{10, 3, 1, .3}, {10, 3, 5, .916667}, {10, 3, 8, 1}, {5, 1, 2, .4}, {20, 5, 10, .983746},
		{100, 5, 10, .416248}, {200, 1, 100, .5}, {200, 20, 10, .660226}, {10, 0, 5, 0}, {10, 10, 1, 1},
	} {
		got, err := PassAtK(c.n, c.c, c.k)
		if err != nil || !near(got, c.want, 1e-6) {
			t.Errorf("n=%d c=%d k=%d: got %g, %v, want %g", c.n, c.c, c.k, got, err, c.want)
		}
	}
}

func TestPassAtKRefusesCountsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{4, 4, 5}, {5, 6, 1}, {5, -1, 1}, {5, 1, 0}, {0, 0, 1}} {
		if got, err := PassAtK(c[0], c[1], c[2]); !errors.Is(err, ErrSamples) {
			t.Errorf("n=%d c=%d k=%d: got %g, %v, want ErrSamples", c[0], c[1], c[2], got, err)
		}
	}
}
