package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/pg"
)

const (
	ringSize  = 4096            // events that a node keeps in memory for those who come back
	readBatch = 1000            // events read from the database at once
	pollEvery = 2 * time.Second // a look at the database should a wake-up be lost
	// mostReplays is how many readers of old events the database serves at once.
	mostReplays = 3
)

// Hub knows what happened lately and wakes those who wait for more. Readers hold
// nothing but a position, so a slow one costs nothing and loses nothing.
type Hub struct {
	db      *pg.DB
	mu      sync.Mutex
	ring    []*Event // ascending positions, at most ringSize
	last    int64
	changed chan struct{} // closed, and replaced, when last grows
	ready   chan struct{} // closed when the hub first reads the database
	replays chan struct{} // places for readings of old events, so that they never take all connections
	once    sync.Once
}

// NewHub returns a hub on db; it knows nothing until Run.
func NewHub(db *pg.DB) *Hub {
	return &Hub{db: db, changed: make(chan struct{}), ready: make(chan struct{}), replays: make(chan struct{}, mostReplays)}
}

// Run listens until ctx ends, through restarts of the database. It gives
// positions to what is published on any node and hands events out on this one.
func (h *Hub) Run(ctx context.Context) error {
	wait := 100 * time.Millisecond
	for {
		started := time.Now()
		err := h.listen(ctx)
		if ctx.Err() != nil {
			return nil
		}
		slog.WarnContext(ctx, "event hub lost the database and tries again", "error", err)
		if time.Since(started) > 10*time.Second {
			wait = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = min(2*wait, 5*time.Second)
	}
}

// listen is one life of the listening connection.
func (h *Hub) listen(ctx context.Context) error {
	conn, err := h.db.System.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire listening connection: %w", err)
	}
	// A connection that listens must not go back among the others.
	raw := conn.Hijack()
	defer raw.Close(context.WithoutCancel(ctx))
	if _, err := raw.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		if err := h.advance(ctx); err != nil {
			return err
		}
		h.once.Do(func() { close(h.ready) })
		pause, cancel := context.WithTimeout(ctx, pollEvery)
		_, err := raw.WaitForNotification(pause)
		cancel()
		if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
			return fmt.Errorf("wait for notification: %w", err)
		}
	}
}

// advance numbers what waits in the outbox and reads on from the last position.
func (h *Hub) advance(ctx context.Context) error {
	for {
		var numbered int
		err := h.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
			numbered, err = number(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("number events: %w", err)
		}
		if err := h.read(ctx); err != nil {
			return err
		}
		if numbered == 0 {
			return nil
		}
	}
}

// read takes what is new into the ring; a hub that has read nothing yet starts a
// ring's length before the end.
func (h *Hub) read(ctx context.Context) error {
	for {
		var fresh []Event
		err := h.db.AsSystem(ctx, func(tx pgx.Tx) error {
			from := h.Last()
			if from == 0 {
				end, err := lastPosition(ctx, tx)
				if err != nil {
					return err
				}
				from = max(0, end-ringSize)
			}
			var err error
			fresh, err = after(ctx, tx, from, readBatch)
			return err
		})
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		h.take(fresh)
		if len(fresh) < readBatch {
			return nil
		}
	}
}

func (h *Hub) take(fresh []Event) {
	if len(fresh) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range fresh {
		h.ring = append(h.ring, &fresh[i])
	}
	if over := len(h.ring) - ringSize; over > 0 {
		h.ring = append(make([]*Event, 0, ringSize+readBatch), h.ring[over:]...)
	}
	h.last = fresh[len(fresh)-1].Pos
	close(h.changed)
	h.changed = make(chan struct{})
}

// Ready returns a channel that is closed once the hub has read the database.
func (h *Hub) Ready() <-chan struct{} { return h.ready }

// Last returns the newest position that the hub knows, 0 before any.
func (h *Hub) Last() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// Changed returns a channel that is closed as soon as there is anything after
// pos; it may be closed already.
func (h *Hub) Changed(pos int64) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last > pos {
		done := make(chan struct{})
		close(done)
		return done
	}
	return h.changed
}

// Since returns, in order, events after pos that match, and the position up to
// which it looked; pass that in the next call. What is older than the ring is
// read from the database, a batch at a time, so an empty list with a grown
// position means: look again. It never waits.
func (h *Hub) Since(ctx context.Context, pos int64, match func(*Event) bool) ([]*Event, int64, error) {
	h.mu.Lock()
	ring, last := h.ring, h.last
	h.mu.Unlock()
	if pos >= last {
		return nil, pos, nil
	}
	if len(ring) == 0 || ring[0].Pos > pos+1 {
		return h.sinceStored(ctx, pos, match)
	}
	start := sort.Search(len(ring), func(i int) bool { return ring[i].Pos > pos })
	var list []*Event
	for _, e := range ring[start:] {
		if match(e) {
			list = append(list, e)
		}
	}
	return list, last, nil
}

func (h *Hub) sinceStored(ctx context.Context, pos int64, match func(*Event) bool) ([]*Event, int64, error) {
	select {
	case h.replays <- struct{}{}:
		defer func() { <-h.replays }()
	case <-ctx.Done():
		return nil, pos, ctx.Err()
	}
	var stored []Event
	err := h.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		stored, err = after(ctx, tx, pos, readBatch)
		return err
	})
	if err != nil {
		return nil, pos, fmt.Errorf("read old events: %w", err)
	}
	if len(stored) == 0 {
		return nil, h.Last(), nil
	}
	var list []*Event
	for i := range stored {
		if match(&stored[i]) {
			list = append(list, &stored[i])
		}
	}
	return list, stored[len(stored)-1].Pos, nil
}
