package live

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

// BenchmarkThousandStreams holds 1,000 streams open and measures, for each event,
// the time from before its commit to its first byte at every reader (goal: p95
// under 500 ms), and the memory of a stream with its socket and its reader in the
// same process (goal: under 40 KB).
func BenchmarkThousandStreams(b *testing.B) {
	const readers = 1000
	db, org := pgtest.DB(b), id.New()
	hub := event.NewHub(db)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	<-hub.Ready()
	server := New(hub)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(access.With(r.Context(), access.Actor{Account: id.New(), Org: org, Role: "viewer"}))
		_ = server.Events(w, r) // the stream's end is the reader's
	}))
	defer func() {
		server.Close()
		web.Close()
		cancel()
		<-done
	}()
	before := memory()
	var sent sync.Map // kind to the time before its commit
	arrivals := make(chan time.Duration, readers)
	for range readers {
		conn := dialStream(b, web.Listener.Addr().String())
		go read(conn, &sent, arrivals)
	}
	for server.Streams() < readers {
		runtime.Gosched()
	}
	each := (memory() - before) / readers
	var all []time.Duration
	for i := range 50 * b.N {
		kind := fmt.Sprint("k", i)
		sent.Store(kind, time.Now())
		err := db.AsOrg(b.Context(), org, func(tx pgx.Tx) error {
			return event.Publish(b.Context(), tx, event.Event{Org: org, Topic: "run", Kind: kind, Subject: org}, struct{}{})
		})
		if err != nil {
			b.Fatal(err)
		}
		for range readers {
			all = append(all, <-arrivals)
		}
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(each)/1024, "KB/stream")
	b.ReportMetric(0, "ns/op")
}

func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// dialStream opens a stream with as little as a reader can need.
func dialStream(b *testing.B, addr string) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: assay\r\n\r\n"); err != nil {
		b.Fatal(err)
	}
	return conn
}

// read reports how long after its sending each event arrives.
func read(conn net.Conn, sent *sync.Map, arrivals chan<- time.Duration) {
	scan := bufio.NewScanner(conn)
	scan.Buffer(make([]byte, 1024), 4096)
	for scan.Scan() {
		kind, ok := bytes.CutPrefix(scan.Bytes(), []byte("event: "))
		if !ok {
			continue
		}
		if at, ok := sent.Load(string(kind)); ok {
			arrivals <- time.Since(at.(time.Time))
		}
	}
}
