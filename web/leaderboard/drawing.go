package leaderboard

import (
	"bytes"
	"context"
	"sync"

	"github.com/assay-bench/assay/internal/board"
)

// mostDrawings bounds what is kept: visitors choose the filters.
const mostDrawings = 200

// drawings keep what is below the filters, which is the same for everybody, for
// as long as the board that it shows stays the same.
type drawings struct {
	mu   sync.Mutex
	list map[string]drawing // by address
}

type drawing struct {
	board board.Board
	html  string
}

// get returns the drawing of a board at its address, made anew if need be.
func (d *drawings) get(ctx context.Context, b board.Board, p Props) (string, error) {
	d.mu.Lock()
	old, ok := d.list[p.Permalink]
	d.mu.Unlock()
	if ok && same(old.board, b) {
		return old.html, nil
	}
	var out bytes.Buffer
	if err := drawn(p).Render(ctx, &out); err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.list == nil || len(d.list) >= mostDrawings {
		d.list = map[string]drawing{}
	}
	d.list[p.Permalink] = drawing{board: b, html: out.String()}
	return out.String(), nil
}

// same reports whether two boards are one: boards in memory never change, and
// each computation makes its own entries.
func same(a, b board.Board) bool {
	return len(a.Entries) > 0 && len(a.Entries) == len(b.Entries) && &a.Entries[0] == &b.Entries[0] &&
		a.Filter == b.Filter && a.Runs == b.Runs && a.UpdatedAt.Equal(b.UpdatedAt)
}
