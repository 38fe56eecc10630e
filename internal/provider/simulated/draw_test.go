package simulated

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

func TestASkillIsMetWithinFourSigmaOfFourThousandDraws(t *testing.T) {
	t.Parallel()
	const n = 4000
	for _, spread := range []float64{0, 1, 2} {
		for _, skill := range []float64{0, 0.05, 0.35, 0.55, 0.75, 0.90, 1} {
			t.Run(fmt.Sprintf("skill %v, spread %v", skill, spread), func(t *testing.T) {
				t.Parallel()
				s := drawing(t, spread, Model{Name: "m", Skill: skill, Odd: 0.1})
				right := 0
				for i := range n {
					// Each draw is of another problem, so that with a spread the draws
					// stay independent.
					if s.plan(s.models["m"], Item{ID: fmt.Sprint(i)}, 1).right {
						right++
					}
				}
				sigma := math.Sqrt(skill * (1 - skill) / n)
				if got := float64(right) / n; math.Abs(got-skill) > 4*sigma {
					t.Errorf("share of right answers: got %.4f, want %.4f ± %.4f", got, skill, 4*sigma)
				}
			})
		}
	}
}

func drawing(t *testing.T, spread float64, models ...Model) *Server {
	t.Helper()
	s, err := newServer(Config{Source: &Index{}, Seed: 42, Spread: spread, Models: models})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWithoutSpreadEveryProblemHasTheSkillItself(t *testing.T) {
	t.Parallel()
	s := drawing(t, 0, Model{Name: "m", Skill: 0.55})
	for i := range 50 {
		if got := s.chance(s.models["m"], Item{ID: fmt.Sprint(i)}); got != 0.55 {
			t.Errorf("chance: got %v, want 0.55", got)
		}
	}
}

func TestDifficultyIsSharedByTheModels(t *testing.T) {
	t.Parallel()
	s := drawing(t, 1, Catalogue()...)
	order := func(model string) []int {
		ids := make([]int, 40)
		for i := range ids {
			ids[i] = i
		}
		slices.SortFunc(ids, func(a, b int) int {
			chance := func(i int) float64 { return s.chance(s.models[model], Item{ID: fmt.Sprint(i)}) }
			return int(math.Copysign(1, chance(a)-chance(b)))
		})
		return ids
	}
	if got, want := order("fennel-mini"), order("tessera-large"); !slices.Equal(got, want) {
		t.Errorf("hardest first: got %v, want %v", got, want)
	}
}

func TestTheSameSeedsGiveTheSamePlan(t *testing.T) {
	t.Parallel()
	plain := func(p plan) plan { p.manner = nil; return p }
	one, other := drawing(t, 1, Catalogue()...), drawing(t, 1, Catalogue()...)
	different := map[plan]bool{}
	for seed := range uint64(50) {
		for _, m := range Catalogue() {
			a, b := one.plan(one.models[m.Name], Item{ID: "x"}, seed), other.plan(other.models[m.Name], Item{ID: "x"}, seed)
			if plain(a) != plain(b) || a.manner.Uint64() != b.manner.Uint64() {
				t.Fatalf("%s, seed %d: got %+v and %+v", m.Name, seed, a, b)
			}
			different[plain(a)] = true
		}
	}
	if got := len(different); got != 200 {
		t.Errorf("plans: got %d different ones, want 200", got)
	}
}

func TestOddAnswersNeverTouchWhetherAnAnswerIsRight(t *testing.T) {
	t.Parallel()
	s := drawing(t, 0, Model{Name: "m", Skill: 0.5, Odd: 1})
	seen := map[oddity]int{}
	for i := range 1000 {
		p := s.plan(s.models["m"], Item{ID: fmt.Sprint(i)}, 1)
		seen[p.odd]++
		if p.right != (p.odd == twoBlocks) {
			t.Fatalf("oddity %d of a right answer: %v", p.odd, p.right)
		}
	}
	if len(seen) != 5 || seen[plainAnswer] != 0 {
		t.Errorf("oddities: got %v, want all five", seen)
	}
}

func TestLatencyIsLogNormalAroundItsMedian(t *testing.T) {
	t.Parallel()
	s := drawing(t, 0, Model{Name: "m", Median: time.Second, Sigma: 0.5})
	var logs []float64
	for i := range 2000 {
		p := s.plan(s.models["m"], Item{ID: fmt.Sprint(i)}, 1)
		if p.first <= 0 || p.first >= p.total {
			t.Fatalf("first token at %v of %v", p.first, p.total)
		}
		logs = append(logs, math.Log(p.total.Seconds()))
	}
	slices.Sort(logs)
	if median := logs[1000]; math.Abs(median) > 0.06 {
		t.Errorf("median: got exp(%.3f) s, want 1 s", median)
	}
	if upper := logs[1683]; math.Abs(upper-0.5) > 0.08 {
		t.Errorf("one sigma up: got exp(%.3f) s, want exp(0.5) s", upper)
	}
}

func TestHabitsAreWeighed(t *testing.T) {
	t.Parallel()
	h := Habit{Whole: 1, Bare: 2, Continuation: 1}
	for u, want := range map[float64]form{0: whole, 0.2: whole, 0.26: bare, 0.74: bare, 0.76: continuation, 0.999: continuation} {
		if got := h.pick(u); got != want {
			t.Errorf("at %v: got %d, want %d", u, got, want)
		}
	}
	if got := (Habit{}).pick(0.5); got != whole {
		t.Errorf("without habits: got %d, want %d", got, whole)
	}
}
