package simulated

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"time"
)

// actor is a model with what follows from its skill.
type actor struct {
	Model
	centre float64 // the logit of a problem of middling difficulty
}

// oddity is an odd form of an answer.
type oddity int

const (
	plainAnswer oddity = iota
	twoBlocks          // the first wrong, the last right, which counts: a right answer
	emptyText
	onlyProse
	otherLanguage
	cutOff // the tokens ran out
)

// plan is everything that chance decides about one answer.
type plan struct {
	right  bool
	stub   bool
	odd    oddity
	form   form
	slot   int           // which of the problem's wrong solutions
	at     float64       // where in the program an answer is cut off
	first  time.Duration // until the first token
	total  time.Duration // until the last
	manner *rand.Rand    // for the choice of words
}

// plan draws the answer to a problem. It is right exactly with the model's
// chance; an odd form is chosen among those that leave it so.
func (s *Server) plan(a actor, item Item, seed uint64) plan {
	dice := chanceOf(s.cfg.Seed, a.Name, item.ID, seed)
	p := plan{right: dice.Float64() < s.chance(a, item), stub: a.Stub}
	if dice.Float64() < a.Odd {
		p.odd = twoBlocks
		if !p.right {
			p.odd = emptyText + oddity(dice.IntN(4))
		}
	}
	p.form = a.Habit.pick(dice.Float64())
	p.slot = dice.IntN(slots)
	p.at = 0.3 + 0.5*dice.Float64()
	stretch := math.Exp(a.Sigma * min(max(dice.NormFloat64(), -3), 3))
	p.total = time.Duration(float64(a.Median) * stretch)
	p.first = p.total * 3 / 10
	p.manner = dice
	return p
}

// chance returns the model's chance to solve item: logit(p) = c + spread * z,
// where z is the item's difficulty, standard normal over all items and the same
// for all models, and c makes the mean of p over z the model's skill.
func (s *Server) chance(a actor, item Item) float64 {
	if s.cfg.Spread == 0 || a.Skill == 0 || a.Skill == 1 {
		return a.Skill
	}
	u := chanceOf(s.cfg.Seed, "difficulty", item.ID, 0).Float64()
	z := math.Sqrt2 * math.Erfinv(2*u-1)
	return sigmoid(a.centre + s.cfg.Spread*min(max(z, -6), 6))
}

// centre finds c of chance by bisection.
func centre(skill, spread float64) float64 {
	low, high := -60.0, 60.0
	for range 60 {
		c := (low + high) / 2
		if meanChance(c, spread) < skill {
			low = c
		} else {
			high = c
		}
	}
	return (low + high) / 2
}

// meanChance integrates sigmoid(c + spread*z) over the standard normal z.
func meanChance(c, spread float64) float64 {
	var sum, weight float64
	for z := -6.0; z <= 6; z += 0.05 {
		w := math.Exp(-z * z / 2)
		sum += w * sigmoid(c+spread*z)
		weight += w
	}
	return sum / weight
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// chanceOf returns a source of chance that is the same for the same words.
func chanceOf(seed uint64, who, what string, n uint64) *rand.Rand {
	h := sha256.New()
	var b [8]byte
	number := func(v uint64) {
		binary.LittleEndian.PutUint64(b[:], v)
		h.Write(b[:])
	}
	number(seed)
	number(n)
	// The length keeps "ab"+"c" and "a"+"bc" apart.
	number(uint64(len(who)))
	h.Write([]byte(who))
	h.Write([]byte(what))
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])))
}

// form is the way in which a program is handed over.
type form int

const (
	whole form = iota
	function
	bare
	continuation
)

// pick returns the form at u, which is from 0 to 1, of the weighted habits.
func (h Habit) pick(u float64) form {
	weights := []float64{h.Whole, h.Function, h.Bare, h.Continuation}
	u *= h.Whole + h.Function + h.Bare + h.Continuation
	for f, w := range weights {
		if u < w {
			return form(f)
		}
		u -= w
	}
	return whole
}
