package queue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/queue/internal/db"
)

func upsertNode(ctx context.Context, tx pgx.Tx, node id.ID, host string) error {
	return db.New(tx).UpsertNode(ctx, node, host)
}

func deleteNode(ctx context.Context, tx pgx.Tx, node id.ID) error {
	return db.New(tx).DeleteNode(ctx, node)
}

func deleteOtherNodes(ctx context.Context, tx pgx.Tx, node id.ID) error {
	return db.New(tx).DeleteOtherNodes(ctx, node)
}

func deleteDead(ctx context.Context, tx pgx.Tx, node id.ID, silence time.Duration) error {
	return db.New(tx).DeleteDead(ctx, node, silence.Seconds())
}

func deadNodes(ctx context.Context, tx pgx.Tx, silence time.Duration) ([]id.ID, error) {
	return db.New(tx).DeadNodes(ctx, silence.Seconds())
}
