package embedded

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BenchmarkColdStart measures initdb, start and the first connection, and as
// ready-ms what of it comes before the server is used.
func BenchmarkColdStart(b *testing.B) {
	var ready time.Duration
	for b.Loop() {
		ready += once(b, b.TempDir())
	}
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ready-ms")
}

// BenchmarkWarmStart measures the same on a cluster that is there already.
func BenchmarkWarmStart(b *testing.B) {
	dir := b.TempDir()
	once(b, dir)
	var ready time.Duration
	for b.Loop() {
		ready += once(b, dir)
	}
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ready-ms")
}

// once starts a server, asks it one thing and stops it.
func once(b *testing.B, dir string) time.Duration {
	b.Helper()
	began := time.Now()
	server, err := Start(b.Context(), Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pgx.Connect(b.Context(), server.URL())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(b.Context(), "select 1"); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	_ = conn.Close(b.Context())
	if err := server.Stop(context.WithoutCancel(b.Context())); err != nil {
		b.Fatal(err)
	}
	return took
}
