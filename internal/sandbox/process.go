package sandbox

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Cause says why an execution ended.
type Cause string

// The causes.
const (
	Ended     Cause = "ok"        // by itself, with whatever exit code
	Wall      Cause = "wall"      // it took too long
	CPU       Cause = "cpu"       // it used too much CPU time
	Memory    Cause = "memory"    // the kernel killed it for memory
	Processes Cause = "processes" // it asked for more processes than it may have
	Output    Cause = "output"    // it printed too much
	Killed    Cause = "killed"    // by Kill, or because the context was done
	Lost      Cause = "lost"      // something outside killed the sandbox itself
)

// Usage is what an execution took, the start of the interpreter included.
type Usage struct {
	Wall   time.Duration // since Begin
	CPU    time.Duration // of all processes
	Memory int64         // peak in bytes: of all processes where cgroups are writable, else of the largest
	Stdout int64         // bytes read
	Stderr int64         // bytes read
}

// Exit is how an execution ended.
type Exit struct {
	Code   int            // the exit code
	Signal syscall.Signal // the signal that a code above 128 stands for, or 0
	Cause  Cause
	Usage  Usage
	Stderr []byte // the last 8 KB
}

// tailSize is how much of stderr is kept.
const tailSize = 8 << 10

// ErrOutput is what reading Stdout returns once the limit is passed.
var ErrOutput = errors.New("the program printed more than it may")

// Process is a running payload with all its descendants.
type Process struct {
	Stdin  io.WriteCloser
	Stdout io.Reader // read it to its end before Wait

	limits         Limits
	group          *group
	monitor        *os.Process // bubblewrap
	payload, pidfd int         // the first process of the namespace, whose death is everybody's
	stdout, stderr *os.File

	mu     sync.Mutex
	cause  Cause
	begun  time.Time
	timers []*time.Timer
	ended  bool

	out     *flow
	err     *flow
	tail    []byte
	drained chan struct{} // stderr has ended
	done    chan struct{} // everything is dead and reaped
	exit    Exit
	once    sync.Once
}

// Begin starts the clocks of a command that was held; it has no effect on others.
func (p *Process) Begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || !p.begun.IsZero() {
		return
	}
	p.begun = time.Now()
	p.timers = append(p.timers,
		time.AfterFunc(p.limits.Wall, func() { p.end(Wall) }),
		time.AfterFunc(p.limits.CPU/time.Duration(cores()), p.watch))
}

// watch ends the payload when its CPU time is used up, and otherwise looks again
// at the earliest moment at which it can be.
func (p *Process) watch() {
	left := p.limits.CPU - cpuTime(p.payload)
	if left <= 0 {
		p.end(CPU)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.timers = append(p.timers[:1], time.AfterFunc(max(left/time.Duration(cores()), 10*time.Millisecond), p.watch))
	}
}

// Kill ends the payload and every descendant.
func (p *Process) Kill() { p.end(Killed) }

func (p *Process) end(c Cause) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if p.cause == "" {
		p.cause = c
	}
	// Only the death of the first process tells that all the others are gone; the
	// monitor then ends by itself.
	if err := unix.PidfdSendSignal(p.pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		_ = p.monitor.Kill() // it takes the payload along
	}
}

// Done is closed when every process of the payload is dead.
func (p *Process) Done() <-chan struct{} { return p.done }

// follow reaps the payload, drains its stderr and obeys ctx.
func (p *Process) follow(ctx context.Context) {
	stop := context.AfterFunc(ctx, p.Kill)
	go p.drain()
	go func() {
		state, err := p.monitor.Wait()
		p.await()
		stop()
		<-p.drained
		p.settle(state, err)
		close(p.done)
	}()
}

// await returns when the payload is dead. The monitor mostly sees to that, but
// the kernel may have chosen the monitor when memory was short; it takes the
// payload along.
func (p *Process) await() {
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(p.pidfd), Events: unix.POLLIN}}, -1)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// drain keeps the tail of stderr.
func (p *Process) drain() {
	defer close(p.drained)
	buf := make([]byte, 4<<10)
	for {
		n, err := p.err.Read(buf)
		p.tail = append(p.tail, buf[:n]...)
		if len(p.tail) > 2*tailSize {
			p.tail = append(p.tail[:0], p.tail[len(p.tail)-tailSize:]...)
		}
		if err != nil {
			return
		}
	}
}

// settle writes down how it ended.
func (p *Process) settle(state *os.ProcessState, waitErr error) {
	counted := p.group.tally()
	p.group.remove()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, t := range p.timers {
		t.Stop()
	}
	unix.Close(p.pidfd)
	e := &p.exit
	e.Code = -1
	if waitErr == nil {
		e.Code = state.ExitCode()
		e.Usage.CPU = state.UserTime() + state.SystemTime()
		e.Usage.Memory = state.SysUsage().(*syscall.Rusage).Maxrss << 10
	}
	if e.Code > 128 && e.Code <= 192 {
		e.Signal = syscall.Signal(e.Code - 128)
	}
	if counted.peak > 0 {
		e.Usage.Memory = counted.peak
	}
	if !p.begun.IsZero() {
		e.Usage.Wall = time.Since(p.begun)
	}
	e.Cause = p.blame(counted)
	e.Stderr = p.tail[max(0, len(p.tail)-tailSize):]
}

// blame finds the cause: what this package did itself, then what the kernel did.
func (p *Process) blame(counted tally) Cause {
	signal := p.exit.Signal
	switch {
	case counted.killed > 0 && (p.cause == "" || p.cause == Wall):
		return Memory
	case p.cause != "":
		return p.cause
	case (signal == syscall.SIGKILL || signal == syscall.SIGXCPU) && p.exit.Usage.CPU >= p.limits.CPU:
		return CPU
	case p.exit.Code < 0:
		return Lost
	case counted.refusals > 0:
		return Processes
	}
	return Ended
}

// Wait returns how the payload ended, once every process of it is dead and
// everything it had on the host is gone.
func (p *Process) Wait() Exit {
	<-p.done
	p.once.Do(func() {
		p.exit.Usage.Stdout, p.exit.Usage.Stderr = p.out.n.Load(), p.err.n.Load()
		_ = p.Stdin.Close()
		_ = p.stdout.Close()
		_ = p.stderr.Close()
	})
	return p.exit
}

// flow reads one stream of a payload up to its limit.
type flow struct {
	from  *os.File
	limit int64
	p     *Process
	n     atomic.Int64
}

// Read ends the payload and returns ErrOutput once the limit is passed.
func (f *flow) Read(b []byte) (int, error) {
	left := f.limit - f.n.Load()
	if left < 0 {
		return 0, ErrOutput
	}
	if int64(len(b)) > left {
		b = b[:left+1]
	}
	n, err := f.from.Read(b)
	if f.n.Add(int64(n)) > f.limit {
		f.p.end(Output)
		return n - 1, ErrOutput
	}
	return n, err
}
