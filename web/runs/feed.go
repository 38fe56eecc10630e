package runs

import (
	"context"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
)

// pace is the least time between two frames of one feed.
const pace = 500 * time.Millisecond

// matrixAge is how old the heat map of a feed may get, for it is the dearest part.
const matrixAge = 3 * time.Second

// part is the content of one element of the page.
type part struct {
	id   string
	html string
}

// frame is the state of a run's page at a position in the order of events.
type frame struct {
	pos   int64
	parts []part
	say   string
	final bool
}

// feedKey tells apart what viewers of a run see: some have buttons.
type feedKey struct {
	run    id.ID
	manage bool
}

// feed is what all viewers with one key watch. A thousand of them cost as many
// renderings as one: two a second.
type feed struct {
	turn    chan struct{} // held by the one who renders
	viewers int
	frame   frame
	made    time.Time
	cells   []bench.Cell
	read    time.Time
}

// feeds are those that are watched now.
type feeds struct {
	mu   sync.Mutex
	list map[feedKey]*feed
}

func newFeeds() *feeds { return &feeds{list: map[feedKey]*feed{}} }

// join returns the feed of key; leave it in the end.
func (f *feeds) join(key feedKey) (joined *feed, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.list[key]
	if one == nil {
		one = &feed{turn: make(chan struct{}, 1)}
		f.list[key] = one
	}
	one.viewers++
	return one, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if one.viewers--; one.viewers == 0 {
			delete(f.list, key)
		}
	}
}

// after returns a frame that knows the event at pos. If none does yet, it makes
// one with render, no sooner than the pace allows; who comes meanwhile waits for
// that one. Only render may touch the feed's cells.
func (f *feed) after(ctx context.Context, pos int64, render func(context.Context) (frame, error)) (frame, error) {
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return frame{}, ctx.Err()
	}
	defer func() { <-f.turn }()
	if f.frame.parts != nil && f.frame.pos >= pos {
		return f.frame, nil
	}
	rest := time.NewTimer(time.Until(f.made.Add(pace)))
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		return frame{}, ctx.Err()
	}
	made, err := render(ctx)
	f.made = time.Now()
	if err == nil {
		f.frame = made
	}
	return made, err
}
