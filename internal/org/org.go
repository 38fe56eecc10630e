// Package org keeps the organizations and who belongs to them.
package org

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
)

// Org is a tenant.
type Org struct {
	ID   id.ID
	Name string
}

// Membership is one person's place in one org.
type Membership struct {
	Org  Org
	Role string
}

// Service keeps orgs and members.
type Service struct{ db *pg.DB }

// New returns the service on db.
func New(db *pg.DB) *Service { return &Service{db: db} }

// First returns the installation's own org, which it makes, under the given
// name, at the first start. It acts for Assay itself and asks no permission.
func (s *Service) First(ctx context.Context, name string) (Org, error) {
	var found Org
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) error {
		if err := lockFirst(ctx, tx); err != nil {
			return err
		}
		var err error
		if found, err = first(ctx, tx); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		found = Org{ID: id.New(), Name: name}
		return insert(ctx, tx, found)
	})
	if err != nil {
		return Org{}, fmt.Errorf("find first org: %w", err)
	}
	return found, nil
}

// Join makes account a member of org within tx, in the given role. The caller
// has checked that the person may join.
func (s *Service) Join(ctx context.Context, tx pgx.Tx, org, account id.ID, role string) error {
	return join(ctx, tx, org, account, role)
}

// Of lists the orgs of an account, oldest first.
func (s *Service) Of(ctx context.Context, account id.ID) ([]Membership, error) {
	var list []Membership
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		list, err = memberships(ctx, tx, account)
		return err
	})
	return list, err
}

// FirstOwner returns the account of the org's oldest owner; the fault is
// NotFound while it has none.
func (s *Service) FirstOwner(ctx context.Context, tx pgx.Tx, org id.ID) (id.ID, error) {
	account, err := firstOwner(ctx, tx, org)
	if errors.Is(err, pgx.ErrNoRows) {
		return id.Nil, fault.New(fault.NotFound, "org %s has no owner yet", org)
	}
	return account, err
}
