// Package live streams server-sent events to browsers and programs.
package live

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

const (
	pingEvery    = 30 * time.Second
	writeTimeout = 10 * time.Second // a reader who takes nothing for so long is let go
	perViewer    = 50               // streams that one account may hold
	perAddress   = 500              // streams of visitors from one address, which may be a proxy's
	longest      = 15 * time.Minute // after which a client comes back, and its rights are looked at again
)

// Server opens streams and closes them all when Assay stops.
type Server struct {
	hub  *event.Hub
	stop context.Context
	end  context.CancelFunc
	mu   sync.Mutex
	open map[string]int
	ping time.Duration
}

// New returns a server of what hub knows.
func New(hub *event.Hub) *Server {
	stop, end := context.WithCancel(context.Background())
	return &Server{hub: hub, stop: stop, end: end, open: map[string]int{}, ping: pingEvery}
}

// Close ends every stream at once; clients come back by themselves and read on
// where they were. Register it with http.Server.RegisterOnShutdown.
func (s *Server) Close() { s.end() }

// Streams returns how many streams are open.
func (s *Server) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, k := range s.open {
		n += k
	}
	return n
}

// Stream is one open answer of the type text/event-stream.
type Stream struct {
	server  *Server
	w       http.ResponseWriter
	control *http.ResponseController
	ctx     context.Context
	cancel  func()
	leave   func()
	dirty   bool
}

// Open answers r with a stream. viewer names who opened it, for the limit of 50
// streams each (500 for visitors from one address); the fault is Limited beyond
// it. A stream lasts a quarter of an hour at most. Close it in the end.
func (s *Server) Open(w http.ResponseWriter, r *http.Request, viewer string) (*Stream, error) {
	leave, err := s.enter(viewer)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	unhook := context.AfterFunc(s.stop, cancel)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
	st := &Stream{server: s, w: w, control: http.NewResponseController(w), ctx: ctx, leave: leave,
		cancel: func() { unhook(); cancel() }}
	return st, st.write("retry: 1000\n\n")
}

func (s *Server) enter(viewer string) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := perViewer
	if _, account := id.Parse(viewer); !account {
		most = perAddress
	}
	if s.open[viewer] >= most {
		return nil, fault.New(fault.Limited, "you have %d live streams open already; close one", most)
	}
	s.open[viewer]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[viewer]--; s.open[viewer] == 0 {
			delete(s.open, viewer)
		}
	}, nil
}

// Close lets the stream go.
func (st *Stream) Close() {
	st.cancel()
	st.leave()
}

// Context ends when the client leaves or Assay stops.
func (st *Stream) Context() context.Context { return st.ctx }

// Next waits for events after pos that match and returns them with the position
// to go on from; meanwhile it pings. The error is that of the context or of a
// client that no longer reads.
func (st *Stream) Next(pos int64, match func(*event.Event) bool) ([]*event.Event, int64, error) {
	ping := time.NewTicker(st.server.ping)
	defer ping.Stop()
	for {
		list, next, err := st.server.hub.Since(st.ctx, pos, match)
		if err != nil || len(list) > 0 {
			return list, next, err
		}
		if next > pos {
			pos = next
			continue
		}
		if err := st.Flush(); err != nil {
			return nil, pos, err
		}
		select {
		case <-st.ctx.Done():
			return nil, pos, st.ctx.Err()
		case <-st.server.hub.Changed(pos):
		case <-ping.C:
			if err := st.write(": ping\n\n"); err != nil {
				return nil, pos, err
			}
		}
	}
}

// Send writes one message; name may be empty. It is certain to be under way only
// after Flush, which Next calls by itself before it waits.
func (st *Stream) Send(pos int64, name, data string) error {
	var b strings.Builder
	b.Grow(len(data) + 64)
	b.WriteString("id: " + strconv.FormatInt(pos, 10) + "\n")
	if name != "" {
		b.WriteString("event: " + name + "\n")
	}
	for line := range strings.Lines(data) {
		b.WriteString("data: " + strings.Trim(line, "\r\n") + "\n")
	}
	b.WriteString("\n")
	st.dirty = true
	return st.put(b.String())
}

// Flush sends what was written.
func (st *Stream) Flush() error {
	if !st.dirty {
		return nil
	}
	st.dirty = false
	if err := st.control.Flush(); err != nil {
		return fmt.Errorf("flush stream: %w", err)
	}
	return nil
}

func (st *Stream) write(text string) error {
	st.dirty = true
	if err := st.put(text); err != nil {
		return err
	}
	return st.Flush()
}

func (st *Stream) put(text string) error {
	if st.ctx.Err() != nil {
		return st.ctx.Err()
	}
	// Recorders and some wrappers have no deadlines; the stream works without.
	_ = st.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := st.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("write stream: %w", err)
	}
	return nil
}

// Position returns where the client of r wants to read on: after the event named
// by its Last-Event-ID header or after= parameter, else from now.
func (s *Server) Position(r *http.Request) (int64, error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("after")
	}
	if text == "" {
		return s.hub.Last(), nil
	}
	pos, err := strconv.ParseInt(text, 10, 64)
	if err != nil || pos < 0 {
		return 0, fault.New(fault.Invalid, "Last-Event-ID %q is no position; send the id of an event that you received", text)
	}
	select {
	case <-s.hub.Ready():
		return min(pos, s.hub.Last()), nil // a position from the future would wait for ever
	default:
		return pos, nil
	}
}
