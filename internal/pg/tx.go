package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

const (
	patience = 5 * time.Second // for a server that comes back from a crash
	parting  = 5 * time.Second // for a rollback after the caller's time has run out
	attempts = 4               // of what Retry repeats
)

// AsOrg runs fn in a transaction that sees and changes the rows of org alone. It
// commits when fn returns nil, and rolls back when fn returns an error or
// panics. It adds two round trips to those of fn.
func (db *DB) AsOrg(ctx context.Context, org id.ID, fn func(tx pgx.Tx) error) error {
	return asOrg(ctx, db.App, "begin", org, fn)
}

// AsOrgRead is AsOrg for a transaction that may not change anything.
func (db *DB) AsOrgRead(ctx context.Context, org id.ID, fn func(tx pgx.Tx) error) error {
	return asOrg(ctx, db.App, "begin read only", org, fn)
}

// AsSystem runs fn in a transaction of Assay's own, across orgs. It commits when
// fn returns nil, and rolls back when fn returns an error or panics.
func (db *DB) AsSystem(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return inTx(ctx, db.System, "begin", fn)
}

// Retry runs do again, a few times, for as long as it fails because it was in
// the way of another transaction: a serialization failure or a deadlock. do must
// be a whole transaction without lasting effects outside the database.
func Retry(ctx context.Context, do func() error) error {
	var err error
	for i := range attempts {
		if err = do(); !collided(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond << i):
		}
	}
	return err
}

func collided(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && (pgErr.Code == "40001" || pgErr.Code == "40P01")
}

func asOrg(ctx context.Context, pool *pgxpool.Pool, begin string, org id.ID, fn func(tx pgx.Tx) error) error {
	if org == id.Nil {
		return fault.New(fault.Internal, "a transaction for no org")
	}
	// The setting ends with the transaction, so that the connection carries
	// nothing to its next borrower. An id is made of hexadecimal digits only.
	return inTx(ctx, pool, begin+"; select set_config('app.org_id', '"+org.String()+"', true)", fn)
}

func inTx(ctx context.Context, pool *pgxpool.Pool, begin string, fn func(tx pgx.Tx) error) error {
	tx, err := beginTx(ctx, pool, begin)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// After a commit this does nothing. It must not depend on ctx: when its time
	// has run out the connection is still good, once it is rolled back.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parting)
		defer cancel()
		_ = tx.Rollback(ctx)
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// beginTx begins a transaction. Nothing has happened yet when that fails, so it
// is tried again while the server restarts, on another connection each time.
func beginTx(ctx context.Context, pool *pgxpool.Pool, begin string) (pgx.Tx, error) {
	deadline := time.Now().Add(patience)
	for pause := time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		tx, err := pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
		if err == nil || ctx.Err() != nil || !lost(err) || time.Now().After(deadline) {
			return tx, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// lost reports whether err means that there was no connection or that it broke.
func lost(err error) bool {
	return absent(err) || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
