package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"golang.org/x/sys/unix"
)

// Command is what to run. Everything it prints and reads goes through pipes;
// nothing that it writes is ever opened by path.
type Command struct {
	Args   []string // an absolute path as seen inside, and its arguments
	Limits Limits
	Full   bool // mount /proc and more devices than /dev/null, which some runtimes need
	Hold   bool // let the clocks stand still until Begin
}

// Numbers of the descriptors that bubblewrap gets besides the standard ones.
const (
	filterFD = 3
	infoFD   = 4
	blockFD  = 5
)

// Start runs the command until it ends, a limit ends it, or ctx is done. It
// returns a fault.Unavailable when a check of the self-test failed, or when the
// sandbox cannot be set up. The caller must call Wait.
func (s *Sandbox) Start(ctx context.Context, c Command) (*Process, error) {
	if err := s.proven(ctx); err != nil {
		return nil, err
	}
	return s.start(ctx, c)
}

func (s *Sandbox) start(ctx context.Context, c Command) (*Process, error) {
	c.Limits = c.Limits.or(DefaultLimits())
	g, err := s.groups.make(c.Limits)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the sandbox cannot be set up: %w", err)
	}
	p := &Process{limits: c.Limits, group: g, done: make(chan struct{}), drained: make(chan struct{})}
	if err := s.launch(c, p); err != nil {
		g.remove()
		return nil, fault.New(fault.Unavailable, "the sandbox cannot be started: %w", err)
	}
	p.follow(ctx)
	if !c.Hold {
		p.Begin()
	}
	return p, nil
}

// launch starts bubblewrap in its control group, limits the payload while it is
// held, and lets it go.
func (s *Sandbox) launch(c Command, p *Process) (err error) {
	var pipes plumbing
	defer func() { err = errors.Join(err, pipes.close(err != nil)) }()
	if err := pipes.open(s.filter); err != nil {
		return err
	}
	args := s.arguments(c)
	attr := &os.ProcAttr{Dir: "/", Env: []string{}, Files: pipes.child, Sys: &syscall.SysProcAttr{}}
	if s.root {
		attr.Sys.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, Groups: []uint32{nobody}}
	}
	err = s.warden.do(func() error {
		return p.group.spawn(attr.Sys, func() (err error) {
			p.monitor, err = os.StartProcess(s.bwrap, args, attr)
			return err
		})
	})
	if err != nil {
		return err
	}
	pipes.closeChild()
	p.Stdin, p.stdout, p.stderr = pipes.stdin, pipes.stdout, pipes.stderr
	p.out = &flow{from: p.stdout, limit: c.Limits.Stdout, p: p}
	p.err = &flow{from: p.stderr, limit: c.Limits.Stderr, p: p}
	p.Stdout = p.out
	if err := s.capture(p, pipes); err != nil {
		_ = p.monitor.Kill()
		said, _ := io.ReadAll(io.LimitReader(pipes.stderr, 4<<10))
		_, _ = p.monitor.Wait()
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// capture learns which process is the payload, takes hold of it, limits it, and
// releases it.
func (s *Sandbox) capture(p *Process, pipes plumbing) error {
	if err := pipes.info.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	var info struct {
		Child int `json:"child-pid"`
	}
	if err := json.NewDecoder(pipes.info).Decode(&info); err != nil {
		return fmt.Errorf("bubblewrap did not start the program: %w", err)
	}
	fd, err := unix.PidfdOpen(info.Child, 0)
	if err != nil {
		return fmt.Errorf("take hold of the program: %w", err)
	}
	p.payload, p.pidfd = info.Child, fd
	limits := p.limits.rlimits(s.groups.limits("pids"))
	if err := s.warden.do(func() error { return setAll(info.Child, limits) }); err != nil {
		unix.Close(fd)
		return err
	}
	_, err = pipes.block.Write([]byte{1})
	return err
}

func (s *Sandbox) arguments(c Command) []string {
	args := []string{"bwrap", "--unshare-all", "--unshare-user", "--uid", strconv.Itoa(nobody), "--gid", strconv.Itoa(nobody),
		"--hostname", "sandbox", "--as-pid-1", "--die-with-parent", "--new-session",
		"--seccomp", strconv.Itoa(filterFD), "--info-fd", strconv.Itoa(infoFD), "--block-fd", strconv.Itoa(blockFD),
		"--size", strconv.FormatInt(c.Limits.Tmp, 10), "--perms", "0700", "--tmpfs", "/tmp"}
	args = append(args, s.mounts...)
	if c.Full {
		args = append(args, "--proc", "/proc", "--symlink", "/dev/urandom", "/dev/random", "--symlink", "/tmp", "/dev/shm",
			"--dev-bind", "/dev/zero", "/dev/zero", "--dev-bind", "/dev/urandom", "/dev/urandom")
	}
	// The root is a tmpfs without a size of its own, so it must not stay writable.
	args = append(args, "--remount-ro", "/", "--chdir", "/tmp", "--")
	return append(args, c.Args...)
}

// plumbing holds both ends of every pipe of an execution.
type plumbing struct {
	stdin, stdout, stderr, info, block *os.File   // ours
	child                              []*os.File // bubblewrap's, by descriptor number
}

// open makes the pipes and fills the one with the filter, which fits into it.
func (p *plumbing) open(filter []byte) error {
	var feed *os.File
	for _, end := range []struct {
		ours   **os.File
		writes bool // whether it is ours that writes
	}{{&p.stdin, true}, {&p.stdout, false}, {&p.stderr, false}, {&feed, true}, {&p.info, false}, {&p.block, true}} {
		r, w, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("make a pipe: %w", err)
		}
		*end.ours = r
		theirs := w
		if end.writes {
			*end.ours, theirs = w, r
		}
		p.child = append(p.child, theirs)
	}
	_, err := feed.Write(filter)
	return errors.Join(err, feed.Close())
}

func (p *plumbing) closeChild() {
	for _, f := range p.child {
		_ = f.Close() // a duplicate lives on in the child
	}
	p.child = nil
}

// close closes what is needed no more; with all, the payload's streams as well.
func (p *plumbing) close(all bool) error {
	p.closeChild()
	files := []*os.File{p.info, p.block}
	if all {
		files = append(files, p.stdin, p.stdout, p.stderr)
	}
	var err error
	for _, f := range files {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

// cores is how many processors can burn CPU time at once.
func cores() int { return runtime.NumCPU() }
