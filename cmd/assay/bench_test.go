package main

import (
	"net/http"
	"testing"
	"time"
)

// BenchmarkFirstPage measures from the start of the process to the first served
// leaderboard, on an empty database (goal: under 3 s) and on one that exists
// (goal: under 1 s), and how long a new Assay takes to show ranked rows (goal:
// under 30 s).
func BenchmarkFirstPage(b *testing.B) {
	var cold, warm, rows time.Duration
	for range b.N {
		data := b.TempDir()
		start := time.Now()
		s := serve(b, data)
		first(b, s)
		cold += time.Since(start)
		await(b, "the leaderboard has rows", func() bool { return len(s.board(b)) > 0 })
		rows += time.Since(start)
		if err := s.stop(); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		s = serve(b, data)
		first(b, s)
		warm += time.Since(start)
		if err := s.stop(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(cold.Seconds()*1000/float64(b.N), "cold-ms")
	b.ReportMetric(warm.Seconds()*1000/float64(b.N), "warm-ms")
	b.ReportMetric(rows.Seconds()/float64(b.N), "s-to-rows")
	b.ReportMetric(0, "ns/op")
}

func first(b *testing.B, s *server) {
	b.Helper()
	resp, err := http.Get(s.url + "/leaderboard")
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("first page: got %d", resp.StatusCode)
	}
}
