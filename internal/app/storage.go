package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/embedded"
	"github.com/assay-bench/assay/internal/secret"
	"github.com/assay-bench/assay/migrations"
)

// storage is the database, migrated and open, and the key to its secrets.
type storage struct {
	db     *pg.DB
	box    *secret.Box
	server *embedded.Server // nil unless this process runs it
	log    *slog.Logger
}

// openStorage starts the embedded database or uses the configured one. With
// share, a database that another Assay runs on the same data directory is used
// as it is: that is how commands work beside a server.
func openStorage(ctx context.Context, c Config, log *slog.Logger, share bool) (*storage, error) {
	s := &storage{log: log}
	if err := c.makeData(); err != nil {
		return nil, err
	}
	var err error
	if s.box, err = openBox(c); err != nil {
		return nil, err
	}
	address, err := s.address(ctx, c, share)
	if err != nil {
		return nil, err
	}
	say := func(line string) { log.Debug("database: " + line) }
	if err := pg.Migrate(ctx, address, migrations.Files, pg.Options{Log: say}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.db, err = pg.Open(ctx, pg.Config{URL: address, Log: say}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func openBox(c Config) (*secret.Box, error) {
	if c.SecretKey != "" {
		return secret.New(c.SecretKey)
	}
	return secret.FromFile(c.Data)
}

// address returns the URL of a database that runs.
func (s *storage) address(ctx context.Context, c Config, share bool) (string, error) {
	if c.DatabaseURL != "" {
		return c.DatabaseURL, nil
	}
	settings := embeddedConfig(c, func(line string) { s.log.Info("postgres: " + line) })
	server, err := embedded.Start(ctx, settings)
	if share && fault.KindOf(err) == fault.Conflict {
		return embedded.Running(settings)
	}
	if err != nil {
		return "", err
	}
	s.server = server
	return server.URL(), nil
}

func embeddedConfig(c Config, log func(string)) embedded.Config {
	return embedded.Config{Dir: c.Data + "/postgres", BinDir: c.PostgresBin, Log: log}
}

// close ends connections first and the server last.
func (s *storage) close() error {
	if s.db != nil {
		s.db.Close()
	}
	if s.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return s.server.Stop(ctx)
}
