package providers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider"
)

func TestPricesAreReadExactly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Micro{
		"0": 0, "0.15": 150_000, "$2": 2_000_000, "2.50": 2_500_000, "0.000001": 1, "0.1": 100_000, "007": 7_000_000,
		"0.3": 300_000, "1.1": 1_100_000, "4.35": 4_350_000, "1000000": 1_000_000_000_000, "0.075": 75_000,
	} {
		if got, ok := parsePrice(text); !ok || got != want {
			t.Errorf("%q: got %d, %t; want %d", text, got, ok, want)
		}
	}
}

func TestWhatIsNoPriceIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "$", ".", ".5", "5.", "-1", "+1", "1e3", "0x1", "1 000", "1_000", "1.0000001", "0.15 USD", "$$1", "-$1", "1.2.3",
		"NaN", "Inf", "free", "１", "٣", "1000000.000001", "1000001", "99999999", "0.-1", strings.Repeat("9", 400)} {
		if got, ok := parsePrice(text); ok {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func TestColumnsShowPricesAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prices []money.Micro
		want   string // the first of them
	}{
		{nil, ""}, {[]money.Micro{0}, "0.00"}, {[]money.Micro{150_000}, "0.15"}, {[]money.Micro{2_000_000, 75_000}, "2.000"},
		{[]money.Micro{1}, "0.000001"}, {[]money.Micro{10, 1_234_560_000_000}, "0.00001"}, {[]money.Micro{1_234_560_000_000, 10}, "1,234,560.00000"},
	} {
		if len(c.prices) == 0 {
			if got := decimalsOf(); got != 2 {
				t.Errorf("no prices: got %d decimals", got)
			}
			continue
		}
		if got := formatPrice(c.prices[0], decimalsOf(c.prices...)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.prices, got, c.want)
		}
	}
}

func TestModelsAreReadLineByLine(t *testing.T) {
	t.Parallel()
	got, faults := parseModels("a\r\n\n  b , Big One \nc, C, with, commas, 0.25 , $2\nd,,1,2\n\te, E, 0, 0")
	want := []provider.NewModel{{Name: "a", Title: "a"}, {Name: "b", Title: "Big One"},
		{Name: "c", Title: "C, with, commas", InputPrice: 250_000, OutputPrice: 2_000_000},
		{Name: "d", Title: "d", InputPrice: 1_000_000, OutputPrice: 2_000_000}, {Name: "e", Title: "E"}}
	if d := cmp.Diff(want, got); d != "" || faults != nil {
		t.Errorf("%v %s", faults, d)
	}
}

func TestFaultsOfModelsNameTheirLines(t *testing.T) {
	t.Parallel()
	const price = "write dollars per 1M tokens such as 0.15, with at most six decimals"
	const name = "needs a name of 1 to 200 letters first, and a title that is no longer"
	for text, want := range map[string][]lineFault{
		"a\n\nb, B, 1":                        {{3, "has three parts; write name, title, input price, output price"}},
		"a, A, x, 1\nb, B, 1, -1":             {{1, `"x" is no input price; ` + price}, {2, `"-1" is no output price; ` + price}},
		", A, 1, 1":                           {{1, name}},
		"a\x00b":                              {{1, name}},
		"a\xff":                               {{1, name}},
		strings.Repeat("x", 201):              {{1, name}},
		"a, " + strings.Repeat("x", 201):      {{1, name}},
		"a\nb\na, A":                          {{3, "names the model of line 1 again; name each once"}},
		"a, A, 1, " + strings.Repeat("ä", 30): {{1, `"` + strings.Repeat("ä", 20) + `…" is no output price; ` + price}},
	} {
		got, faults := parseModels(text)
		if d := cmp.Diff(want, faults); d != "" || got != nil {
			t.Errorf("%q: got %v, %s", text, got, d)
		}
	}
}

func TestThereIsAnEndToModels(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range maxModels {
		fmt.Fprintf(&text, "m%d\n", i)
	}
	if got, faults := parseModels(text.String()); len(got) != maxModels || faults != nil {
		t.Errorf("at the limit: got %d, %v", len(got), faults)
	}
	if _, faults := parseModels(text.String() + "x\ny"); len(faults) != 1 || faults[0].Line != maxModels+1 {
		t.Errorf("over it: got %v", faults)
	}
}

func FuzzPricesSurviveBeingWritten(f *testing.F) {
	for _, seed := range []string{"0", "0.15", "$2.5", "1e3", "-1", ".5", "1000000", "0.0000001", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parsePrice(text)
		if !ok {
			return
		}
		if got < 0 || got > maxPrice {
			t.Fatalf("%q: got %d", text, got)
		}
		written := strings.ReplaceAll(formatPrice(got, decimalsOf(got)), ",", "")
		if again, ok := parsePrice(written); !ok || again != got {
			t.Fatalf("%q: got %d, written %q, read %d", text, got, written, again)
		}
	})
}

func FuzzModelsAreUsableOrRefused(f *testing.F) {
	for _, seed := range []string{"a", "a, A, 1, 2", "a,b,c", "\n\n,", "a\x00", "a\r\nb", "a,,,", "a\na"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, faults := parseModels(text)
		if len(list) > 0 && len(faults) > 0 {
			t.Fatalf("%q: got models and faults", text)
		}
		seen := map[string]bool{}
		for _, m := range list {
			if m.Name == "" || m.Title == "" || len(m.Name) > maxName || len(m.Title) > maxName || m.InputPrice < 0 || m.OutputPrice < 0 || seen[m.Name] {
				t.Fatalf("%q: got %+v", text, m)
			}
			seen[m.Name] = true
		}
		lines := strings.Count(text, "\n") + 1
		for _, bad := range faults {
			if bad.Line < 1 || bad.Line > lines || bad.Text == "" {
				t.Fatalf("%q: got %+v", text, bad)
			}
		}
	})
}
