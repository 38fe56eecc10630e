package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// evict waits until no process of an earlier server is left in the cluster, and
// ends those that stay. The lock on the directory has been taken by now, so
// whatever still runs in it has lost its Assay.
func (s *Server) evict(ctx context.Context) error {
	raw, err := os.ReadFile(s.pidFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil // the last server ended in order, and with all its processes
	}
	if err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	master, _ := strconv.Atoi(strings.SplitN(string(raw), "\n", 2)[0])
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, 10 * time.Second}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}}
	for _, step := range steps {
		tenants := s.tenants()
		if len(tenants) == 0 {
			return s.forget(master)
		}
		if !slices.Contains(tenants, master) && step.signal == syscall.SIGINT {
			step.wait = 2 * time.Second // its children see that it is gone and follow
		} else {
			s.cfg.Log(fmt.Sprintf("an earlier Postgres (process %d) still runs in %s; ending it", tenants[0], s.cfg.Dir))
			signalAll(tenants, master, step.signal)
		}
		if err := s.vacated(ctx, step.wait); err != nil {
			return err
		}
	}
	if left := s.tenants(); len(left) > 0 {
		return fault.New(fault.Conflict, "an earlier Postgres (process %d) still runs in %s and cannot be ended: end it by hand", left[0], s.cfg.Dir)
	}
	return s.forget(master)
}

// signalAll asks the first process to end when there is one, since it knows how
// to end the others; harder signals go to all.
func signalAll(pids []int, master int, signal syscall.Signal) {
	for _, pid := range pids {
		if signal != syscall.SIGINT || pid == master {
			_ = syscall.Kill(pid, signal) // gone is fine
		}
	}
}

// vacated returns when no process is left, when the wait is over, or with the
// error of ctx.
func (s *Server) vacated(ctx context.Context, wait time.Duration) error {
	deadline := time.After(wait)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for len(s.tenants()) > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for an earlier Postgres in %s to end: %w", s.cfg.Dir, ctx.Err())
		case <-s.stopping:
			return fault.New(fault.Unavailable, "Postgres is being stopped")
		case <-deadline:
			return nil
		case <-tick.C:
		}
	}
	return nil
}

// forget removes the lock file of a dead server when its process id belongs to
// somebody else by now: Postgres would take that one for a server and refuse.
// Otherwise the file stays, because it tells Postgres what shared memory to free.
func (s *Server) forget(master int) error {
	if master <= 0 || errors.Is(syscall.Kill(master, 0), syscall.ESRCH) {
		return nil
	}
	if err := os.Remove(s.pidFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return explainFile(err, s.cfg.Dir)
	}
	return nil
}

// tenants lists the server processes whose working directory is the cluster.
func (s *Server) tenants() []int {
	home, err := filepath.EvalSymlinks(s.clusterDir())
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		cwd, err := os.Readlink(filepath.Join("/proc", entry.Name(), "cwd"))
		if err != nil || cwd != home {
			continue
		}
		if exe, _ := os.Readlink(filepath.Join("/proc", entry.Name(), "exe")); strings.HasPrefix(filepath.Base(exe), "postgres") {
			pids = append(pids, pid)
		}
	}
	return pids
}
