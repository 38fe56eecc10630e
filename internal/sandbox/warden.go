package sandbox

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// warden is a thread that starts every payload and limits it.
//
// It must be one thread that stays, because payloads die with the thread that
// started them, and the runtime ends threads as it likes. And it must have the
// real uid of the payloads, which they have on the host: the kernel lets root
// limit the processes of another user only with CAP_SYS_RESOURCE, which containers
// often lack, but lets anybody limit those of his own real uid. In every other
// respect the thread stays root.
type warden struct {
	work chan func()
	gone chan struct{}
}

type rlimit struct {
	resource int
	value    uint64
}

// newWarden starts the thread; as is false when the caller is no root, and so the
// user of the payloads already.
func newWarden(as bool) (*warden, error) {
	w := &warden{work: make(chan func()), gone: make(chan struct{})}
	ready := make(chan error)
	go w.serve(as, ready)
	if err := <-ready; err != nil {
		return nil, fmt.Errorf("take the user of the payloads: %w", err)
	}
	return w, nil
}

func (w *warden) serve(as bool, ready chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// The main thread speaks for the process; while this goroutine holds it,
		// another one gets another thread.
		started := make(chan error)
		go w.serve(as, started)
		ready <- <-started
		runtime.UnlockOSThread()
		return
	}
	defer close(w.gone)
	err := realUser(as, nobody)
	ready <- err
	if err == nil {
		for f := range w.work {
			f()
		}
		err = realUser(as, 0)
	}
	// The thread goes back as it came. It must not end without need: processes of
	// other packages may have been started on it.
	if err == nil {
		runtime.UnlockOSThread()
	}
}

// realUser changes the real ids of this thread alone, which is why it goes around
// the package's own functions: those change all threads.
func realUser(as bool, id uintptr) error {
	if !as {
		return nil
	}
	const keep = ^uintptr(0)
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, id, keep, keep); e != 0 {
		return e
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, id, keep, keep); e != 0 {
		return e
	}
	return nil
}

// do runs f on the thread.
func (w *warden) do(f func() error) error {
	done := make(chan error, 1)
	w.work <- func() { done <- f() }
	return <-done
}

func (w *warden) close() {
	close(w.work)
	<-w.gone
}

// setAll limits a process, which nothing can undo.
func setAll(pid int, limits []rlimit) error {
	for _, l := range limits {
		if err := unix.Prlimit(pid, l.resource, &unix.Rlimit{Cur: l.value, Max: l.value}, nil); err != nil {
			return fmt.Errorf("set limit %d of process %d to %d: %w", l.resource, pid, l.value, err)
		}
	}
	return nil
}

// rlimits returns what one process may have. Where a control group counts the
// processes it shall refuse first, because it keeps count of its refusals.
func (l Limits) rlimits(counted bool) []rlimit {
	processes := uint64(l.Processes)
	if counted {
		processes *= 2
	}
	return []rlimit{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_NOFILE, 256},
		{unix.RLIMIT_MEMLOCK, 64 << 10},
		{unix.RLIMIT_FSIZE, uint64(l.Tmp)},
		{unix.RLIMIT_CPU, uint64(l.CPU/time.Second) + 2},
		{unix.RLIMIT_AS, uint64(l.AddressSpace)},
		{unix.RLIMIT_NPROC, processes},
	}
}
