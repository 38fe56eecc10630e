package score

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkHumanEval scores the 164 reference solutions, two at a time, and runs
// the same programs with their tests in the bare interpreter, two at a time. Both
// take turns; %of-bare is the scorer's share of the bare throughput, and
// cpu-%of-bare the bare processor time by that of the scorer with everything that
// it starts, which other work on the machine blurs less. A tester keeps compiled
// suites, so each round has a fresh scorer.
func BenchmarkHumanEval(b *testing.B) {
	all := problems(b)
	files := b.TempDir()
	for i, p := range all {
		text := p.Prompt + p.Canonical + "\n" + p.Test + "\ncheck(" + p.EntryPoint + ")\n"
		if err := os.WriteFile(filepath.Join(files, fmt.Sprint(i)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	var scored, bare, scoredCPU, bareCPU time.Duration
	for b.Loop() {
		b.StopTimer()
		used := processorTime(b)
		bare += bareAll(b, files, len(all))
		bareCPU += processorTime(b) - used
		s := newScorer(b, Limits{})
		scoreAll(b, s, all[:4], func(humanEval) string { return "x = 1" }) // the self-test and the start of the testers are no part of it
		b.StartTimer()
		start := time.Now()
		used = processorTime(b)
		for i, r := range scoreAll(b, s, all, func(p humanEval) string { return p.Prompt + p.Canonical }) {
			if r.Verdict != Passed {
				b.Errorf("%s: %s", all[i].ID, r.Reason)
			}
		}
		scored += time.Since(start)
		if err := s.Close(); err != nil { // testers are counted once they are reaped
			b.Fatal(err)
		}
		scoredCPU += processorTime(b) - used
	}
	n := float64(b.N)
	b.ReportMetric(scored.Seconds()/n, "s/164")
	b.ReportMetric(bare.Seconds()/n, "bare-s/164")
	b.ReportMetric(100*bare.Seconds()/scored.Seconds(), "%of-bare")
	b.ReportMetric(100*bareCPU.Seconds()/scoredCPU.Seconds(), "cpu-%of-bare")
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
