package event

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/event/internal/db"
)

func insertOutbox(ctx context.Context, tx pgx.Tx, e Event) error {
	return db.New(tx).InsertOutbox(ctx, db.InsertOutboxParams{ID: e.ID, OrgID: e.Org, Public: e.Public,
		Topic: e.Topic, Kind: e.Kind, Subject: e.Subject, Data: e.Data})
}

func notify(ctx context.Context, tx pgx.Tx) error {
	return db.New(tx).Notify(ctx, channel)
}

// number gives positions to what is in the outbox and returns how many.
func number(ctx context.Context, tx pgx.Tx) (int, error) {
	q := db.New(tx)
	if err := q.LockNumbering(ctx); err != nil {
		return 0, err
	}
	positions, err := q.Number(ctx)
	if err != nil || len(positions) == 0 {
		return 0, err
	}
	return len(positions), q.Notify(ctx, channel)
}

func after(ctx context.Context, tx pgx.Tx, pos int64, most int) ([]Event, error) {
	rows, err := db.New(tx).After(ctx, pos, int32(most))
	if err != nil {
		return nil, err
	}
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = Event{Pos: r.Pos, ID: r.ID, Org: r.OrgID, Public: r.Public, Topic: r.Topic, Kind: r.Kind,
			Subject: r.Subject, Data: r.Data, At: r.CreatedAt}
	}
	return list, nil
}

func lastPosition(ctx context.Context, tx pgx.Tx) (int64, error) { return db.New(tx).LastPosition(ctx) }
