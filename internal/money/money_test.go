package money

import "testing"

func TestPriceOfTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n     int64
		price Micro
		want  Micro
	}{{1_000_000, 2_500_000, 2_500_000}, {842, 2_500_000, 2105}, {1, 400_000, 0}, {2, 400_000, 1}, {0, 5, 0}} {
		if got := PerMillion(c.n, c.price); got != c.want {
			t.Errorf("%d tokens at %d: got %d, want %d", c.n, c.price, got, c.want)
		}
	}
}

func TestAmountsShowWhatMatters(t *testing.T) {
	t.Parallel()
	for m, want := range map[Micro]string{0: "$0.00", 18_400_000: "$18.40", 11_200: "$0.0112", 420: "$0.000420", 1_250_000: "$1.2500"} {
		if got := m.String(); got != want {
			t.Errorf("%d: got %s, want %s", m, got, want)
		}
	}
}
