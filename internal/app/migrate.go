package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Migrate brings the database to the state this build needs and does nothing else.
func Migrate(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	s, err := openStorage(ctx, c, log, true)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "the database is up to date")
	return errors.Join(err, s.close())
}
