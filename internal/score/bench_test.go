package score

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkHumanEval scores the 164 reference solutions, two at a time, and runs
// the same programs with their tests in the bare interpreter, two at a time. Both
// take turns, and what is reported is the median of the rounds: %of-bare is the
// scorer's share of the bare throughput, and cpu-%of-bare the bare processor time
// by that of the scorer with everything that it starts, which other work on the
// machine blurs less. A scorer keeps the suites that it has made ready, so each
// round has a fresh one.
func BenchmarkHumanEval(b *testing.B) {
	all := problems(b)
	files := b.TempDir()
	for i, p := range all {
		text := p.Prompt + p.Canonical + "\n" + p.Test + "\ncheck(" + p.EntryPoint + ")\n"
		if err := os.WriteFile(filepath.Join(files, fmt.Sprint(i)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	var scored, bare, share, cpuShare []float64
	for b.Loop() {
		b.StopTimer()
		used := processorTime(b)
		bareWall := bareAll(b, files, len(all)).Seconds()
		bareCPU := (processorTime(b) - used).Seconds()
		s := newScorer(b, Limits{})
		// The self-test and the start of what stays alive are no part of it; an attempt
		// that the testers have judged proves that they are up.
		scoreAll(b, s, slices.Repeat([]humanEval{{Suite: double}}, 4), func(humanEval) string { return "def double(x): return x + x" })
		b.StartTimer()
		wall, cpu := timeScorer(b, s, all)
		scored, bare = append(scored, wall), append(bare, bareWall)
		share, cpuShare = append(share, 100*bareWall/wall), append(cpuShare, 100*bareCPU/cpu)
	}
	b.ReportMetric(median(scored), "s/164")
	b.ReportMetric(median(bare), "bare-s/164")
	b.ReportMetric(median(share), "%of-bare")
	b.ReportMetric(median(cpuShare), "cpu-%of-bare")
}

// timeScorer scores every solution and closes the scorer. It returns the seconds
// that passed, and those of processor time with the end of the testers, which are
// counted once they are reaped.
func timeScorer(b *testing.B, s *Scorer, all []humanEval) (wall, cpu float64) {
	b.Helper()
	start, used := time.Now(), processorTime(b)
	results := scoreAll(b, s, all, func(p humanEval) string { return p.Prompt + p.Canonical })
	wall = time.Since(start).Seconds()
	for i, r := range results {
		if r.Verdict != Passed {
			b.Errorf("%s: %s", all[i].ID, r.Reason)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return wall, (processorTime(b) - used).Seconds()
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// processorTime returns what this process and all that it has waited for used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var total int64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err != nil {
			b.Fatal(err)
		}
		total += r.Utime.Nano() + r.Stime.Nano()
	}
	return time.Duration(total)
}

func bareAll(b *testing.B, dir string, count int) time.Duration {
	b.Helper()
	start := time.Now()
	var wg sync.WaitGroup
	gate := make(chan struct{}, 2)
	for i := range count {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			c := exec.Command("/usr/bin/python3", "-I", "-S", "-B", filepath.Join(dir, fmt.Sprint(i)))
			if out, err := c.CombinedOutput(); err != nil {
				b.Errorf("bare %d: %v %s", i, err, out)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}
