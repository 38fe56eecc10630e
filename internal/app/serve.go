package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/provider/simulated"
	"github.com/assay-bench/assay/internal/signin"
)

// Serve runs Assay until ctx ends: database, workers and pages. It prints the
// address and a sign-in link to out as soon as pages are served.
func Serve(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	listener, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	if c.URL == "" {
		c.URL = localURL(listener)
	}
	a, err := Open(ctx, c, log, false)
	if err != nil {
		return err
	}
	err = a.serve(ctx, listener, out)
	return errors.Join(err, a.Close())
}

// listen takes the port before anything else is started, so that a busy one is
// told at once.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.New(fault.Conflict, "the address %s is in use: stop what serves there, or choose another with ASSAY_ADDR=127.0.0.1:8081", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fault.New(fault.Forbidden, "the address %s may not be taken by this user: choose a port over 1023 with ASSAY_ADDR", addr)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "the address %s cannot be served on: %w; choose another with ASSAY_ADDR", addr, err)
	}
	return l, nil
}

// localURL is the address by which this machine reaches the listener.
func localURL(l net.Listener) string {
	return reachable(l.Addr().String())
}

// reachable is the address by which this machine reaches host:port, which may
// name no host, or all of them.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return "http://127.0.0.1:" + port
	}
	return "http://" + addr
}

func (a *App) serve(ctx context.Context, listener net.Listener, out io.Writer) error {
	sessions := signin.NewSessions(a.signin, a.storage.db.System, a.config.Secure())
	defer sessions.Close()
	handler, err := a.handler(sessions)
	if err != nil {
		return err
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var background sync.WaitGroup
	background.Go(func() {
		if err := a.hub.Run(work); err != nil {
			a.log.Error("event hub stopped", "error", err)
		}
	})
	background.Go(func() { a.bench.Watch(work, a.hub) })
	background.Go(func() { a.board.Watch(work, a.hub) })
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	server.RegisterOnShutdown(a.live.Close)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := a.greet(ctx, out); err != nil {
		return err
	}
	if err := a.startWork(work, &background); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case err = <-failed:
	}
	return errors.Join(err, a.shutdown(server, stopWork, &background))
}

// startWork sets the machinery going, once pages are served.
func (a *App) startWork(work context.Context, background *sync.WaitGroup) error {
	if err := a.startSimulated(work); err != nil {
		return err
	}
	if err := a.queue.Start(work); err != nil {
		return err
	}
	background.Go(func() { a.health.Watch(work) })
	background.Go(func() { a.sweep(work) })
	background.Go(func() {
		_, _ = a.lab.open(work) // it says itself what is wrong, and is asked again
		if err := a.seed(work); err != nil && work.Err() == nil {
			a.log.Error("the first data could not be laid", "error", err)
		}
	})
	return nil
}

// sweep frees attempts that only look taken, every half minute.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.bench.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("sweep failed", "error", err)
		}
	}
}

// startSimulated starts the simulated models on a port of this machine alone.
func (a *App) startSimulated(ctx context.Context) error {
	if !a.config.Simulated {
		return nil
	}
	s, err := simulated.Start(ctx, simulated.Config{Source: &bankSource{problems: a.problems}, Judge: a.judge,
		Speed: a.config.SimSpeed, Spread: 1, Models: append(simulated.Catalogue(), simulated.Controls()...), Log: a.log})
	if err != nil {
		return fmt.Errorf("start simulated models: %w", err)
	}
	a.simulated.Store(s)
	return nil
}

// greet tells where Assay is and how to get in.
func (a *App) greet(ctx context.Context, out io.Writer) error {
	token, err := a.signin.NewLink(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n  Assay %s serves %s\n\n  Sign in once, within a day:  %s/sign-in/%s\n  Everybody may read:          %s/leaderboard\n  Stop with Ctrl-C; everything is kept in %s\n\n",
		Version(), a.config.URL, a.config.URL, token, a.config.URL, a.keptIn())
	return err
}

func (a *App) keptIn() string {
	if a.config.DatabaseURL != "" {
		return "the database of DATABASE_URL"
	}
	return a.config.Data
}

// shutdown ends pages and streams first, then work, then what listens.
func (a *App) shutdown(server *http.Server, stopWork func(), background *sync.WaitGroup) error {
	requests, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := server.Shutdown(requests)
	if err != nil {
		err = server.Close() // whoever is that slow is cut off
	}
	jobs, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	err = errors.Join(err, a.queue.Stop(jobs))
	stopWork()
	background.Wait()
	return err
}

// Link prints a fresh sign-in link.
func Link(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	a, err := Open(ctx, c, log, true)
	if err != nil {
		return err
	}
	token, err := a.signin.NewLink(ctx)
	if err == nil {
		_, err = fmt.Fprintf(out, "%s/sign-in/%s\n", cmp.Or(c.URL, reachable(c.Addr)), token)
	}
	return errors.Join(err, a.Close())
}
