package org

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/org/internal/db"
)

func lockFirst(ctx context.Context, tx pgx.Tx) error { return db.New(tx).LockFirst(ctx) }

func first(ctx context.Context, tx pgx.Tx) (Org, error) {
	row, err := db.New(tx).FirstOrg(ctx)
	return Org{ID: row.ID, Name: row.Name}, err
}

func insert(ctx context.Context, tx pgx.Tx, o Org) error {
	return db.New(tx).InsertOrg(ctx, o.ID, o.Name)
}

func join(ctx context.Context, tx pgx.Tx, org, account id.ID, role string) error {
	return db.New(tx).InsertMember(ctx, org, account, role)
}

func memberships(ctx context.Context, tx pgx.Tx, account id.ID) ([]Membership, error) {
	rows, err := db.New(tx).MembershipsOf(ctx, account)
	if err != nil {
		return nil, err
	}
	list := make([]Membership, len(rows))
	for i, r := range rows {
		list[i] = Membership{Org: Org{ID: r.OrgID, Name: r.OrgName}, Role: r.Role}
	}
	return list, nil
}

func firstOwner(ctx context.Context, tx pgx.Tx, org id.ID) (id.ID, error) {
	return db.New(tx).FirstOwner(ctx, org)
}
