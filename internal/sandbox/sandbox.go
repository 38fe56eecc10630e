// Package sandbox runs one untrusted command where it can harm nothing: alone
// under bubblewrap, without network, with measured limits that end it.
package sandbox

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/fault"
	"golang.org/x/sys/unix"
)

// nobody is the uid and gid that payloads see, and that they have on the host
// when the caller is root.
const nobody = 65534

// Config says where the tools of a sandbox are; the zero value finds them.
type Config struct {
	// Bwrap is the bubblewrap program; empty looks it up in PATH.
	Bwrap string
	// Python is the interpreter that the self-test uses to attack the sandbox;
	// empty means /usr/bin/python3.
	Python string
	// ReadOnly lists host folders, besides /usr, that payloads may read.
	ReadOnly []string
}

// Limits bound one execution. A zero field takes its value from DefaultLimits.
type Limits struct {
	Wall         time.Duration // from Begin to the end
	CPU          time.Duration // of all processes together
	Memory       int64         // bytes, of all processes together where cgroups are writable
	AddressSpace int64         // bytes of one process; zero takes Memory
	Processes    int           // processes and threads alive at one time
	Stdout       int64         // bytes
	Stderr       int64         // bytes
	Tmp          int64         // bytes that /tmp holds, and the largest file
}

// DefaultLimits are those of a small script.
func DefaultLimits() Limits {
	return Limits{
		Wall: 10 * time.Second, CPU: 6 * time.Second,
		Memory: 512 << 20, Processes: 32,
		Stdout: 64 << 10, Stderr: 64 << 10, Tmp: 64 << 20,
	}
}

// or fills the zero fields of l from d.
func (l Limits) or(d Limits) Limits {
	pick(&l.Wall, d.Wall)
	pick(&l.CPU, d.CPU)
	pick(&l.Memory, d.Memory)
	pick(&l.AddressSpace, l.Memory)
	pick(&l.Processes, d.Processes)
	pick(&l.Stdout, d.Stdout)
	pick(&l.Stderr, d.Stderr)
	pick(&l.Tmp, d.Tmp)
	return l
}

func pick[T comparable](field *T, other T) {
	var zero T
	if *field == zero {
		*field = other
	}
}

// Sandbox starts commands; it keeps what all of them share. It is safe for use
// by several goroutines.
type Sandbox struct {
	bwrap  string
	python string
	mounts []string
	filter []byte
	groups *cgroups
	warden *warden
	root   bool

	proof  sync.Mutex
	checks []Check
}

// New prepares a sandbox. It returns a fault.Unavailable that names the missing
// program when bubblewrap or the interpreter is absent. No code runs in
// it before the self-test has passed.
func New(c Config) (*Sandbox, error) {
	bwrap, err := find(c.Bwrap, "bwrap", "bubblewrap")
	if err != nil {
		return nil, err
	}
	pick(&c.Python, "/usr/bin/python3")
	python, err := find(c.Python, "python3", "python3")
	if err != nil {
		return nil, err
	}
	filter, err := assembleFilter()
	if err != nil {
		return nil, err
	}
	if err := seal(); err != nil {
		return nil, err
	}
	s := &Sandbox{bwrap: bwrap, python: python, filter: filter, root: os.Geteuid() == 0}
	if s.warden, err = newWarden(s.root); err != nil {
		return nil, err
	}
	s.mounts = mounts(append(c.ReadOnly, prefixOf(python)...))
	s.groups = findCgroups()
	return s, nil
}

// Close removes what the sandbox made on the host. Wait for every process first,
// and start no other.
func (s *Sandbox) Close() error {
	s.warden.close()
	return s.groups.close()
}

// seal keeps the descriptors that this process was started with from every
// payload; those that Go opens are sealed already.
func seal() error {
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err == nil {
		return nil
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("list the open descriptors: %w", err)
	}
	for _, entry := range open {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

// Python returns the interpreter that was found, whose libraries payloads can read.
func (s *Sandbox) Python() string { return s.python }

func find(path, name, pkg string) (string, error) {
	pick(&path, name)
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fault.New(fault.Unavailable,
			"code cannot be run because %s is not there: install it with apt-get install %s", path, pkg)
	}
	return filepath.Abs(found)
}

// prefixOf returns the installation folder of a program that is not below /usr,
// so that its libraries are visible as well.
func prefixOf(program string) []string {
	real, err := filepath.EvalSymlinks(program)
	if err != nil || strings.HasPrefix(real, "/usr/") {
		return nil
	}
	return []string{filepath.Dir(filepath.Dir(real))}
}

// mounts returns the bubblewrap arguments that build the root: read-only system
// folders and /dev/null.
func mounts(readOnly []string) []string {
	args := []string{"--ro-bind", "/usr", "/usr"}
	for _, dir := range []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64"} {
		if target, err := os.Readlink(dir); err == nil {
			args = append(args, "--symlink", target, dir)
		} else if unix.Access(dir, unix.F_OK) == nil {
			args = append(args, "--ro-bind", dir, dir)
		}
	}
	for _, dir := range readOnly {
		args = append(args, "--ro-bind", dir, dir)
	}
	return append(args, "--dev-bind", "/dev/null", "/dev/null")
}

// proven runs the self-test if nobody has, and refuses when a check failed.
func (s *Sandbox) proven(ctx context.Context) error {
	s.proof.Lock()
	defer s.proof.Unlock()
	if s.checks == nil {
		s.checks = s.attack(context.WithoutCancel(ctx))
	}
	for _, c := range s.checks {
		if !c.OK {
			return fault.New(fault.Unavailable, "code cannot be run safely here (%s: %s): %s", c.Name, c.Detail, c.Remedy)
		}
	}
	return nil
}
