package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

const (
	logLimit     = 8 << 20                // at which the log of the last run is put aside
	firstPause   = 100 * time.Millisecond // before a server that died is started again
	longestPause = 10 * time.Second       // between attempts that fail one after another
	calm         = time.Minute            // after which a death counts as the first again
)

// keep starts the server and starts it again whenever it dies, until the server
// is stopped. The result of the first start is sent to started. It holds one OS
// thread for as long as it runs, because the server is told to end when the
// thread that started it does.
func (s *Server) keep(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	cmd, err := s.spawn()
	started <- err
	if err != nil {
		return
	}
	began := time.Now()
	err = cmd.Wait()
	close(s.exited)
	select {
	case <-s.up:
	case <-s.stopping:
	}
	for pause := firstPause; !s.isStopping(); pause = min(2*pause, longestPause) {
		if time.Since(began) > calm {
			pause = firstPause
		}
		s.cfg.Log(fmt.Sprintf("Postgres ended by itself (%s); starting it again in %s", s.cause(err), pause))
		select {
		case <-s.stopping:
			return
		case <-time.After(pause):
		}
		began = time.Now()
		err = s.respawn()
	}
}

// respawn clears what the dead server left behind, starts another and waits for
// its end.
func (s *Server) respawn() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := s.evict(ctx); err != nil {
		return err
	}
	cmd, err := s.spawn()
	if err != nil {
		return err
	}
	return cmd.Wait()
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// cause says why the server ended: what it wrote itself if it came to that.
func (s *Server) cause(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return reason(s.printed(), err)
	}
	return fmt.Sprint(err)
}

// spawn starts the server's first process.
func (s *Server) spawn() (*exec.Cmd, error) {
	log, size, err := s.openLog(logLimit)
	if err != nil {
		return nil, explainFile(err, s.cfg.Dir)
	}
	defer log.Close()
	death := syscall.SIGINT
	if s.cfg.Unsafe {
		death = syscall.SIGQUIT
	}
	cmd := exec.Command(filepath.Join(s.bin.Dir, "postgres"), s.settings()...)
	cmd.Dir, cmd.Env = s.cfg.Dir, environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = s.who.attr(death)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return nil, fault.New(fault.Unavailable, "Postgres is being stopped")
	}
	if err := cmd.Start(); err != nil {
		return nil, fault.New(fault.Unavailable, "cannot start %s: %w", cmd.Path, err)
	}
	s.proc, s.logged = cmd.Process, size
	return cmd, nil
}

// await returns when the server takes connections, or with the reason why it
// does not.
func (s *Server) await(ctx context.Context) error {
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for {
		if s.takesConnections() {
			return nil
		}
		select {
		case <-s.exited:
			return explainOutput("Postgres did not start", s.printed(), s.cfg.Dir, nil)
		case <-ctx.Done():
			return fmt.Errorf("wait for Postgres in %s, which may be recovering from a crash: %w", s.cfg.Dir, ctx.Err())
		case <-tick.C:
		}
	}
}

// takesConnections reads the state that the server keeps in its lock file: the
// eighth line, behind the process id in the first.
func (s *Server) takesConnections() bool {
	raw, err := os.ReadFile(s.pidFile())
	if err != nil {
		return false
	}
	lines := strings.Split(string(raw), "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(lines) >= 8 && lines[0] == fmt.Sprint(s.proc.Pid) && strings.TrimSpace(lines[7]) == "ready"
}

// openLog opens the server's log for appending, says how long it is, and puts
// one that has grown too long aside first.
func (s *Server) openLog(limit int64) (*os.File, int64, error) {
	var size int64
	if info, err := os.Stat(s.logFile()); err == nil {
		size = info.Size()
	}
	if size > limit {
		if err := os.Rename(s.logFile(), s.logFile()+".1"); err != nil {
			return nil, 0, err
		}
		size = 0
	}
	file, err := os.OpenFile(s.logFile(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	return file, size, file.Chown(s.who.uid, s.who.gid)
}

// printed returns the end of what the present server process has written.
func (s *Server) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return readFrom(s.logFile(), s.logged)
}

func (s *Server) logFile() string { return filepath.Join(s.cfg.Dir, "server.log") }
func (s *Server) pidFile() string { return filepath.Join(s.clusterDir(), "postmaster.pid") }
