package stat

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func latencies(seed uint64, n int) []float64 {
	draw := rand.New(rand.NewPCG(seed, 9))
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Exp(6 + 1.5*draw.NormFloat64())
	}
	return out
}

func sketchOf(values []float64) *Sketch {
	s := new(Sketch)
	for _, v := range values {
		s.Add(v)
	}
	return s
}

func TestQuantilesAreWithinOnePercent(t *testing.T) {
	t.Parallel()
	values := latencies(1, 20_000)
	s := sketchOf(values)
	slices.Sort(values)
	for _, q := range []float64{0, .01, .5, .9, .95, .99, 1} {
		want := values[int(q*float64(len(values)-1))]
		got, ok := s.Quantile(q)
		if !ok || math.Abs(got-want) > 0.01*want*(1+1e-9) {
			t.Errorf("p%g: got %g, want %g within 1 %%", 100*q, got, want)
		}
	}
}

func TestPartsMergeIntoTheWhole(t *testing.T) {
	t.Parallel()
	values := append(latencies(2, 3000), 0, 0, 1e-9, 1e11)
	merged := new(Sketch)
	for part := range slices.Chunk(values, 700) {
		merged.Merge(sketchOf(part))
	}
	merged.Merge(new(Sketch))
	got, _ := merged.MarshalBinary()
	want, _ := sketchOf(values).MarshalBinary()
	if !bytes.Equal(got, want) || merged.Count() != uint64(len(values)) {
		t.Errorf("merged sketch of %d values differs from that of the whole", merged.Count())
	}
	t.Logf("%d log-normal values take %d bytes", len(values), len(want))
}

func TestASketchSurvivesItsEncoding(t *testing.T) {
	t.Parallel()
	for _, values := range [][]float64{nil, {0}, {1}, {0, .5, 1e300, math.Inf(1)}, latencies(3, 500)} {
		data, err := sketchOf(values).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back Sketch
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatalf("%d values: %v", len(values), err)
		}
		again, _ := back.MarshalBinary()
		if !bytes.Equal(again, data) || back.Count() != uint64(len(values)) {
			t.Errorf("%d values: another sketch came back", len(values))
		}
	}
}

func TestOddValuesAreCountedSafely(t *testing.T) {
	t.Parallel()
	if _, ok := new(Sketch).Quantile(.5); ok {
		t.Error("an empty sketch has a median")
	}
	s := sketchOf([]float64{-5, 0, math.NaN(), math.Inf(1)})
	if got := s.Count(); got != 3 {
		t.Errorf("count: got %d, want 3", got)
	}
	if got, _ := s.Quantile(-1); got != 0 {
		t.Errorf("lowest: got %g, want 0", got)
	}
	if got, _ := s.Quantile(2); !near(got, largest, .01*largest) {
		t.Errorf("highest: got %g, want %g", got, largest)
	}
}

func TestWhatIsNoSketchIsRefused(t *testing.T) {
	t.Parallel()
	good, _ := sketchOf([]float64{1, 2, 3}).MarshalBinary()
	for name, data := range map[string][]byte{
		"nothing":         {},
		"other version":   append([]byte{9}, good[1:]...),
		"cut off":         good[:len(good)-1],
		"bucket too high": {1, 0, 0xff, 0xff, 0x7f, 1},
		"no step":         {1, 0, 0, 1},
		"empty bucket":    {1, 0, 1, 0},
		"too many":        {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
	} {
		kept := sketchOf([]float64{7})
		if err := kept.UnmarshalBinary(data); err == nil {
			t.Errorf("%s: no error", name)
		}
		if kept.Count() != 1 {
			t.Errorf("%s: the sketch was changed", name)
		}
	}
}

func FuzzSketchUnmarshal(f *testing.F) {
	good, _ := sketchOf([]float64{0, 1, 2, 300}).MarshalBinary()
	f.Add(good)
	f.Add([]byte{1, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Sketch
		if s.UnmarshalBinary(data) != nil {
			return
		}
		first, _ := s.MarshalBinary()
		var back Sketch
		if err := back.UnmarshalBinary(first); err != nil || back.Count() != s.Count() {
			t.Fatalf("own encoding refused: %v", err)
		}
		low, _ := s.Quantile(0)
		high, _ := s.Quantile(1)
		if low > high || math.IsNaN(low) {
			t.Fatalf("quantiles fall: %g, %g", low, high)
		}
		s.Merge(&back)
		if s.Count() != 2*back.Count() {
			t.Fatalf("merged count %d of twice %d", s.Count(), back.Count())
		}
	})
}
