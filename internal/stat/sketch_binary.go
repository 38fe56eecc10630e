package stat

import (
	"encoding/binary"
	"errors"
)

// ErrSketch says that bytes are not an encoded sketch.
var ErrSketch = errors.New("not an encoded sketch")

const (
	sketchVersion = 1
	mostValues    = 1 << 62 // so that sums of two stay within 64 bits
)

// MarshalBinary encodes the sketch: a version byte, the count of zeros, then for
// every bucket that holds something its distance from the one before and its
// count, all as varints. Equal sketches have equal encodings.
func (s *Sketch) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint([]byte{sketchVersion}, s.zeros)
	before, _ := bucketRange()
	before--
	for i, n := range s.counts {
		if n == 0 {
			continue
		}
		out = binary.AppendUvarint(out, uint64(s.first+i-before))
		out = binary.AppendUvarint(out, n)
		before = s.first + i
	}
	return out, nil
}

// UnmarshalBinary replaces the sketch by the encoded one. It returns ErrSketch
// for anything that MarshalBinary does not produce, and leaves the sketch as it
// was then.
func (s *Sketch) UnmarshalBinary(data []byte) error {
	if len(data) < 2 || data[0] != sketchVersion {
		return ErrSketch
	}
	in := reader{rest: data[1:]}
	out := Sketch{zeros: in.number(mostValues)}
	low, high := bucketRange()
	at := low - 1
	for len(in.rest) > 0 && !in.bad {
		step, n := in.number(uint64(high-at)), in.number(mostValues)
		if in.bad || step == 0 || n == 0 || out.Count()+n > mostValues {
			return ErrSketch
		}
		at += int(step)
		out.addBucket(at, n)
	}
	if in.bad {
		return ErrSketch
	}
	*s = out
	return nil
}

// reader takes varints off the front of rest until one is bad.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) number(most uint64) uint64 {
	v, size := binary.Uvarint(r.rest)
	if r.bad || size <= 0 || v > most {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return v
}
