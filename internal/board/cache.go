package board

import (
	"context"
	"sync"
	"time"
)

// cache keeps what is dear to compute. A reader who finds something stale starts
// one computation for everybody, waits a moment for it, and otherwise takes what
// is there: a board may be some milliseconds old, but it is never waited for by
// the crowd.
type cache[K comparable, V any] struct {
	compute func(ctx context.Context, key K) (V, error)
	wait    time.Duration // that a reader with something stale in hand waits
	keep    time.Duration // after which anything is stale
	most    int           // keys, since visitors choose them

	mu      sync.Mutex
	version int64
	entries map[K]*entry[V]
}

// entry is one value, or the wish for one.
type entry[V any] struct {
	value   V
	held    bool // value is one
	version int64
	at      time.Time
	next    *flight[V] // the computation that is under way
}

// flight is one computation; done is closed when value and err are there.
type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// stale makes the next reader of every key ask for a new value.
func (c *cache[K, V]) stale() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
}

// get returns the value of key. Its error is that of a computation without which
// there is nothing to return, or of ctx.
func (c *cache[K, V]) get(ctx context.Context, key K) (V, error) {
	old, held, f := c.look(ctx, key)
	if f == nil {
		return old, nil
	}
	var enough <-chan time.Time
	if held {
		timer := time.NewTimer(c.wait)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-f.done:
		if f.err != nil && held {
			return old, nil
		}
		return f.value, f.err
	case <-enough:
		return old, nil
	case <-ctx.Done():
		return old, ctx.Err()
	}
}

// look returns what is held and, unless that is fresh, the computation of the
// next value, which it starts if nobody has.
func (c *cache[K, V]) look(ctx context.Context, key K) (old V, held bool, f *flight[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		if c.entries == nil || len(c.entries) >= c.most {
			c.entries = map[K]*entry[V]{}
		}
		e = &entry[V]{}
		c.entries[key] = e
	}
	if e.held && e.version == c.version && time.Since(e.at) < c.keep {
		return e.value, true, nil
	}
	if e.next == nil {
		e.next = &flight[V]{done: make(chan struct{})}
		go c.fly(context.WithoutCancel(ctx), key, e, e.next, c.version)
	}
	return e.value, e.held, e.next
}

// fly computes a value and puts it in its place. It ends by itself within half a
// minute, so that a server that stops has at most that to wait for its pools.
func (c *cache[K, V]) fly(ctx context.Context, key K, e *entry[V], f *flight[V], version int64) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	f.value, f.err = c.compute(ctx, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	e.next = nil
	if f.err == nil {
		e.value, e.held, e.version, e.at = f.value, true, version, time.Now()
	}
	close(f.done)
}
