// Package event publishes what changed, exactly when the change commits.
//
// A change writes its event to the outbox in its own transaction, and Postgres
// wakes every node when that commits. A node then moves outbox rows, one mover at
// a time, into the event series and gives each the next position. So positions
// follow the order of commits without a gap that could fill up later, and a
// reader who has seen position n never misses one below it.
//
//	change + outbox row --commit--> NOTIFY --> number: outbox -> event (pos) --> NOTIFY
//	                                                                             |
//	               every node: read pos > last, hand out to subscribers  <-------+
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
)

// Event says that something happened to a subject. It carries ids and plain
// facts, never HTML: whoever listens looks the rest up with their own rights.
type Event struct {
	Pos     int64           // place in the order of commits, from 1; 0 until committed
	ID      id.ID           //
	Org     id.ID           // whose it is
	Public  bool            // whether visitors may know of it
	Topic   string          // what kind of subject: "run"
	Kind    string          // what happened: "attempt.settled"
	Subject id.ID           // the run, say
	Data    json.RawMessage // a JSON object with further ids and facts
	At      time.Time       //
}

// channel is the one Postgres channel that wakes nodes.
const channel = "assay_event"

// Publish writes e within tx, to be known when tx commits. data becomes the
// event's JSON object.
func Publish(ctx context.Context, tx pgx.Tx, e Event, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.Kind, err)
	}
	e.ID, e.Data = id.New(), raw
	if err := insertOutbox(ctx, tx, e); err != nil {
		return fmt.Errorf("publish %s: %w", e.Kind, err)
	}
	return notify(ctx, tx)
}
