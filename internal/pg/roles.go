package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/assay-bench/assay/internal/fault"
)

// ensureRole makes the role if it is not there and lets the present user act as
// it. Roles belong to the whole server, so somebody who migrates another of its
// databases may be doing the same at this moment.
func ensureRole(ctx context.Context, conn *pgx.Conn, role string) error {
	err := step(ctx, conn, `select not exists (select from pg_roles where rolname = '`+role+`')`,
		"create role "+role+" nologin", role, "42710", "23505")
	if err != nil {
		return err
	}
	return step(ctx, conn, `select not pg_has_role(current_user, '`+role+`', 'member')`,
		"grant "+role+" to current_user", role, "23505", "XX000")
}

// step runs do when ask answers true, and takes the given codes for a sign that
// another session did the same first.
func step(ctx context.Context, conn *pgx.Conn, ask, do, role string, raced ...string) error {
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		var needed bool
		if err := conn.QueryRow(ctx, ask).Scan(&needed); err != nil {
			return fmt.Errorf("look for role %s: %w", role, err)
		}
		if !needed {
			return nil
		}
		_, err := conn.Exec(ctx, do)
		if err == nil {
			return nil
		}
		var pgErr *pgconn.PgError
		if errors.As(err, &pgErr) && pgErr.Code == "42501" {
			return fault.New(fault.Forbidden, "the database user %q may not \"%s\": run \"alter role %s createrole\" as a superuser, "+
				"or do that for it", conn.Config().User, do, conn.Config().User)
		}
		if pgErr == nil || !slices.Contains(raced, pgErr.Code) || pause > time.Second {
			return fmt.Errorf("%s: %w", do, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// river brings River's own tables up to date. They belong to the system role,
// because River's maintenance rebuilds their indexes, which only owners may.
func (m migration) river(ctx context.Context) error {
	if err := m.riverSchema(ctx); err != nil {
		return err
	}
	pool, err := m.riverPool(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "river", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("river's migrations: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return fmt.Errorf("river's migrations: %w", err)
	}
	for _, v := range result.Versions {
		m.opts.Log(fmt.Sprintf("migrated river's tables to version %d", v.Version))
	}
	_, err = pool.Exec(ctx, `
		grant usage on schema river to assay_app;
		grant select, insert, update, delete on all tables in schema river to assay_app;
		grant usage, select, update on all sequences in schema river to assay_app;
		grant execute on all functions in schema river to assay_app;`)
	if err != nil {
		return fmt.Errorf("grant river's tables: %w", err)
	}
	return nil
}

func (m migration) riverSchema(ctx context.Context) error {
	var absent bool
	if err := m.conn.QueryRow(ctx, "select to_regnamespace('river') is null").Scan(&absent); err != nil {
		return fmt.Errorf("look for river's schema: %w", err)
	}
	if !absent {
		return nil
	}
	_, err := m.conn.Exec(ctx, "create schema river authorization "+RoleSystem)
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "42501" {
		cfg := m.conn.Config()
		return fault.New(fault.Forbidden, "the database user %q may not make a schema: run \"grant create on database %s to %s\"",
			cfg.User, cfg.Database, cfg.User)
	}
	if err != nil {
		return fmt.Errorf("make river's schema: %w", err)
	}
	return nil
}

func (m migration) riverPool(ctx context.Context) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(m.conn.Config().ConnString())
	if err != nil {
		return nil, badURL()
	}
	cfg.ConnConfig = m.conn.Config()
	cfg.MaxConns = 2
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "set role "+RoleSystem)
		return explainRole(err, RoleSystem, conn.Config().Database)
	}
	return pgxpool.NewWithConfig(ctx, cfg)
}
