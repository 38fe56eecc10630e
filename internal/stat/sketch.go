package stat

import "math"

// Sketch keeps the quantiles of many non-negative values, such as latencies, in
// a few hundred bytes with at most 1 % relative error. Sketches of parts merge
// into exactly the sketch of the whole. The zero Sketch is empty and ready. It is
// not safe for concurrent use.
//
// Values are counted in buckets (γ^(i−1), γ^i] with γ = (1+α)/(1−α), α = 0.01,
// and a bucket answers with 2γ^i/(γ+1), which is within α of all its values.
// Source: C. Masson, J. E. Rim & H. K. Lee, "DDSketch: a fast and fully-mergeable
// quantile sketch with relative-error guarantees", PVLDB 12 (2019).
type Sketch struct {
	zeros   uint64   // values under smallest
	first   int      // bucket index of counts[0]
	counts  []uint64 // by bucket, from first on
	inStore uint64   // sum of counts
}

const (
	accuracy = 0.01
	gamma    = (1 + accuracy) / (1 - accuracy)
	smallest = 1e-6 // values under it count as zero
	largest  = 1e12 // values over it count as this
)

// Add counts one value. Negative values count as zero, values over 1e12 as 1e12,
// and NaN is left out.
func (s *Sketch) Add(v float64) {
	switch {
	case math.IsNaN(v):
	case v < smallest:
		s.zeros++
	default:
		s.addBucket(bucketOf(math.Min(v, largest)), 1)
	}
}

// Merge adds all that other has counted; other is unchanged.
func (s *Sketch) Merge(other *Sketch) {
	s.zeros += other.zeros
	if other.inStore == 0 {
		return
	}
	s.cover(other.first)
	s.cover(other.first + len(other.counts) - 1)
	for i, n := range other.counts {
		s.addBucket(other.first+i, n)
	}
}

// Count returns how many values were counted.
func (s *Sketch) Count() uint64 { return s.zeros + s.inStore }

// Quantile returns the value below which the share q of all values lies: 0.5 for
// the median, 0.95 for p95. q outside [0, 1] is taken for the nearer end. The
// second result is false for an empty sketch.
func (s *Sketch) Quantile(q float64) (float64, bool) {
	n := s.Count()
	if n == 0 || math.IsNaN(q) {
		return 0, false
	}
	rank := uint64(math.Min(math.Max(q, 0), 1) * float64(n-1))
	seen := s.zeros
	if rank < seen {
		return 0, true
	}
	last := 0
	for i, c := range s.counts {
		if c > 0 {
			last = i
		}
		if seen += c; seen > rank {
			break
		}
	}
	return bucketValue(s.first + last), true
}

func bucketOf(v float64) int       { return int(math.Ceil(math.Log(v) / math.Log(gamma))) }
func bucketValue(i int) float64    { return 2 * math.Pow(gamma, float64(i)) / (gamma + 1) }
func bucketRange() (low, high int) { return bucketOf(smallest), bucketOf(largest) }

func (s *Sketch) addBucket(i int, n uint64) {
	if n == 0 {
		return
	}
	s.cover(i)
	s.counts[i-s.first] += n
	s.inStore += n
}

// cover makes room for bucket i.
func (s *Sketch) cover(i int) {
	if len(s.counts) == 0 {
		s.first, s.counts = i, append(s.counts, 0)
		return
	}
	if i < s.first {
		s.counts = append(make([]uint64, s.first-i, s.first-i+len(s.counts)), s.counts...)
		s.first = i
	}
	if missing := i - s.first - len(s.counts) + 1; missing > 0 {
		s.counts = append(s.counts, make([]uint64, missing)...)
	}
}
