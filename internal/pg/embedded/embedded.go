// Package embedded runs a private Postgres cluster for as long as its process lives.
package embedded

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// Config says where the cluster lives and how it runs.
type Config struct {
	// Dir is the directory that belongs to the cluster alone. It is made if it
	// is absent, and holds the cluster, its log, its lock and its socket.
	Dir string
	// BinDir holds the server binaries; empty means to look for them.
	BinDir string
	// Unsafe trades durability for speed and is meant for tests only: nothing
	// is ever forced to disk.
	Unsafe bool
	// Settings are further server settings; they win over Assay's own.
	Settings map[string]string
	// Log takes one line about what happens to the server; nil means silence.
	Log func(string)
}

// Server is a running cluster.
type Server struct {
	cfg    Config
	bin    Binaries
	who    identity
	lock   *os.File
	socket string

	stopping chan struct{} // closed when Stop begins
	up       chan struct{} // closed when the server has taken connections once
	exited   chan struct{} // closed when the first server process has gone
	done     chan struct{} // closed when no process is left and none will follow
	once     sync.Once

	mu     sync.Mutex
	proc   *os.Process // the present server process
	logged int64       // where in the log its lines begin
}

// Start makes the cluster in cfg.Dir if there is none, starts it and waits until
// it takes connections, however long a recovery lasts. A server that dies is
// started again until Stop is called; one whose Assay dies shuts itself down.
// The fault names what is missing or in the way and what to do about it.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, stopping: make(chan struct{}), up: make(chan struct{}),
		exited: make(chan struct{}), done: make(chan struct{})}
	if s.cfg.Log == nil {
		s.cfg.Log = func(string) {}
	}
	var err error
	if s.cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, fault.New(fault.Invalid, "data directory %q: %w", cfg.Dir, err)
	}
	if err := s.prepare(ctx); err != nil {
		s.release()
		return nil, err
	}
	started := make(chan error, 1)
	go s.keep(started)
	if err := <-started; err != nil {
		s.release()
		return nil, err
	}
	if err := s.await(ctx); err != nil {
		s.end(syscall.SIGQUIT)
		<-s.done
		s.release()
		return nil, err
	}
	close(s.up)
	return s, nil
}

// prepare brings everything to the point at which the server can be started.
func (s *Server) prepare(ctx context.Context) error {
	var err error
	if s.bin, err = Find(s.cfg); err != nil {
		return err
	}
	if err := makeDir(s.cfg.Dir); err != nil {
		return err
	}
	if s.lock, err = lockDir(s.cfg.Dir); err != nil {
		return err
	}
	if s.who, err = chooseIdentity(s.bin, s.cfg.Dir); err != nil {
		return err
	}
	if err := s.lock.Chown(s.who.uid, s.who.gid); err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	if err := s.initialize(ctx); err != nil {
		return err
	}
	if err := s.makeSocketDir(); err != nil {
		return err
	}
	return s.evict(ctx)
}

// URL returns the address of the cluster's database.
func (s *Server) URL() string {
	// Postgres's own rules know no "+" for a space, so this is no form encoding.
	return "postgres://assay@/postgres?sslmode=disable&host=" + url.PathEscape(s.socket)
}

// Version returns the server's version, such as "15.18".
func (s *Server) Version() string { return s.bin.Version }

// Stop shuts the server down: open transactions are rolled back, everything
// committed is kept. When ctx ends first it is stopped without the final
// checkpoint, which costs a recovery at the next start and nothing else.
func (s *Server) Stop(ctx context.Context) error {
	signal := syscall.SIGINT
	if s.cfg.Unsafe {
		signal = syscall.SIGQUIT
	}
	s.end(signal)
	select {
	case <-s.done:
	case <-ctx.Done():
		s.end(syscall.SIGQUIT)
		select {
		case <-s.done:
		case <-time.After(5 * time.Second):
			s.end(syscall.SIGKILL)
			<-s.done
		}
	}
	s.release()
	return nil
}

// end sends signal to the server and sees to it that none follows.
func (s *Server) end(signal syscall.Signal) {
	s.once.Do(func() { close(s.stopping) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc != nil {
		// An error means that it is gone already, which is what is wanted.
		_ = s.proc.Signal(signal)
	}
}

// release gives back what a stopped server needs no more.
func (s *Server) release() {
	if s.socket != "" && s.socket != s.runDir() {
		_ = os.RemoveAll(s.socket)
		_ = os.Remove(s.runDir())
	}
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}

func (s *Server) clusterDir() string { return filepath.Join(s.cfg.Dir, "cluster") }
func (s *Server) runDir() string     { return filepath.Join(s.cfg.Dir, "run") }
