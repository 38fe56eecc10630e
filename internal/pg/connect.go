package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/assay-bench/assay/internal/fault"
)

// absence is how long a server may be absent altogether; one that says that it
// is starting or recovering is waited for as long as ctx lasts.
const absence = 15 * time.Second

// dial connects, and tries again for as long as the server is only not there
// yet, within that bound, and ctx lasts.
func dial(ctx context.Context, cfg *pgx.ConnConfig, log func(string)) (*pgx.Conn, error) {
	var last error
	pause, seen := 10*time.Millisecond, time.Now()
	for said := false; ; pause = min(2*pause, 500*time.Millisecond) {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			if last == nil {
				last = err
			}
			return nil, explainConnect(last, cfg)
		}
		var answered *pgconn.PgError
		if errors.As(err, &answered) {
			seen = time.Now()
		}
		if !absent(err) || time.Since(seen) > absence {
			return nil, explainConnect(err, cfg)
		}
		if last = err; log != nil && !said && pause > 100*time.Millisecond {
			log("waiting for Postgres at " + where(cfg))
			said = true
		}
		select {
		case <-ctx.Done():
			return nil, explainConnect(last, cfg)
		case <-time.After(pause):
		}
	}
}

// absent reports whether err says that the server is not there at this moment,
// but may well be in the next: starting, recovering, going down, gone.
func absent(err error) bool {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		switch pgErr.Code {
		case "57P01", "57P02", "57P03": // admin_shutdown, crash_shutdown, cannot_connect_now
			return true
		}
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return false
	}
	for _, gone := range []error{syscall.ECONNREFUSED, syscall.ENOENT, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// explainConnect turns an error of connecting into one sentence without secrets.
func explainConnect(err error, cfg *pgx.ConnConfig) error {
	var known *fault.Fault
	if errors.As(err, &known) {
		return known
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return explainServer(pgErr, cfg)
	}
	var dns *net.DNSError
	switch at := where(cfg); {
	case errors.As(err, &dns):
		return fault.New(fault.Unavailable, "the host %q of DATABASE_URL has no address: correct the name, or the DNS", cfg.Host)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return fault.New(fault.Unavailable, "nothing answers at %s: start Postgres there, or correct DATABASE_URL", at)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fault.New(fault.Unavailable, "this user may not open the socket at %s: correct its rights, or DATABASE_URL", at)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), isGibberish(err):
		return fault.New(fault.Unavailable, "what answers at %s is no Postgres server: correct DATABASE_URL", at)
	case strings.Contains(err.Error(), "tls"), strings.Contains(err.Error(), "TLS"):
		return fault.New(fault.Unavailable, "no encrypted connection to %s: correct sslmode or the certificates in DATABASE_URL", at)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fault.New(fault.Unavailable, "%s cannot be reached: correct DATABASE_URL, or the network", at)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("connect to %s: %w", at, context.Canceled)
	}
	return fault.New(fault.Unavailable, "cannot connect to %s: correct DATABASE_URL, or look into the server's log", where(cfg))
}

// isGibberish reports whether the answer was in another language than Postgres's,
// for which pgx has no error of its own.
func isGibberish(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unknown message type") || strings.Contains(text, "invalid body length")
}

// explainServer turns a refusal by the server itself into a sentence.
func explainServer(err *pgconn.PgError, cfg *pgx.ConnConfig) error {
	at := where(cfg)
	switch err.Code {
	case "28P01", "28000":
		return fault.New(fault.Unavailable, "the server at %s does not let %q in (%s): correct the user or the password in DATABASE_URL", at, cfg.User, err.Code)
	case "3D000":
		return fault.New(fault.Unavailable, "there is no database %q at %s: run \"createdb %s\" there, or correct DATABASE_URL", cfg.Database, at, cfg.Database)
	case "53300":
		return fault.New(fault.Unavailable, "the server at %s has no connection left: raise its max_connections, or stop what else uses it", at)
	case "57P03":
		return fault.New(fault.Unavailable, "the server at %s is still starting up or recovering: wait, and try again", at)
	case "57P01", "57P02":
		return fault.New(fault.Unavailable, "the server at %s is shutting down: start it again", at)
	}
	return fault.New(fault.Unavailable, "the server at %s refused the connection: %s (%s)", at, err.Message, err.Code)
}

// where names the server without the user, the password and the options.
func where(cfg *pgx.ConnConfig) string {
	if strings.HasPrefix(cfg.Host, "/") {
		return cfg.Host
	}
	return net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port))
}

// checkURL refuses what is not meant for Postgres before anything tries it.
func checkURL(url string) error {
	scheme, _, isURL := strings.Cut(url, "://")
	switch {
	case strings.TrimSpace(url) == "":
		return fault.New(fault.Invalid, "DATABASE_URL is empty: set it to postgres://user:password@host/name")
	case isURL && scheme != "postgres" && scheme != "postgresql":
		return badURL()
	case !isURL && !strings.Contains(url, "="):
		return badURL()
	}
	return nil
}

func badURL() error {
	return fault.New(fault.Invalid, "DATABASE_URL is no Postgres address: write it as postgres://user:password@host/name")
}
