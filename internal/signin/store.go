package signin

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/signin/internal/db"
)

func insertLink(ctx context.Context, tx pgx.Tx, digest []byte, until time.Time) error {
	return db.New(tx).InsertLink(ctx, digest, until)
}

func deleteOldLinks(ctx context.Context, tx pgx.Tx) error { return db.New(tx).DeleteOldLinks(ctx) }

func linkIsOpen(ctx context.Context, tx pgx.Tx, digest []byte) (bool, error) {
	return db.New(tx).LinkIsOpen(ctx, digest)
}

func useLink(ctx context.Context, tx pgx.Tx, digest []byte) error {
	_, err := db.New(tx).UseLink(ctx, digest)
	return err
}

func lockOwner(ctx context.Context, tx pgx.Tx) error { return db.New(tx).LockOwner(ctx) }

func insertAccount(ctx context.Context, tx pgx.Tx, a Account) error {
	return db.New(tx).InsertAccount(ctx, a.ID, a.Name, a.Email)
}

func accountByID(ctx context.Context, tx pgx.Tx, account id.ID) (Account, error) {
	row, err := db.New(tx).AccountByID(ctx, account)
	return Account{ID: row.ID, Name: row.Name, Email: row.Email}, err
}
