package sandbox

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Check is one proof of the self-test.
type Check struct {
	Name   string // what must hold
	OK     bool
	Detail string // what was seen
	Remedy string // what to do when it does not hold
}

//go:embed selftest.py
var surfaceScript string

const (
	remedyStart = "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1 and " +
		"kernel.apparmor_restrict_unprivileged_userns=0; in Docker --security-opt seccomp=unconfined)"
	remedyOther = "do not run model code on this machine before this is mended; assay doctor tells more"
)

// SelfTest attacks the sandbox from inside and returns what held; it takes well
// under a second. Start refuses as long as one check of the latest run failed.
func (s *Sandbox) SelfTest(ctx context.Context) []Check {
	s.proof.Lock()
	defer s.proof.Unlock()
	checks := s.attack(ctx)
	s.checks = checks
	if ctx.Err() != nil {
		s.checks = nil // an interrupted test proves nothing
	}
	return slices.Clone(checks)
}

// surface names what selftest.py tries, in its order.
var surface = []string{
	"there is no network",
	"host files are out of sight",
	"kernel settings cannot be written",
	"dangerous system calls are refused",
	"system folders cannot be written",
	"the environment is empty",
	"there are no privileges",
	"/tmp is bounded",
}

// bite is an attack on one limit, and how the execution must end.
type bite struct {
	name, script string
	limits       Limits
	held         func(Exit, string) bool
}

func (s *Sandbox) bites() []bite {
	ended := func(c Cause) func(Exit, string) bool {
		return func(e Exit, _ string) bool { return e.Cause == c }
	}
	memory := func(e Exit, out string) bool { return e.Cause == Memory || strings.Contains(out, "MemoryError") }
	large := Limits{Memory: 48 << 20, AddressSpace: 1 << 30}
	if !s.groups.limits("memory") {
		large.AddressSpace = 0
	}
	return []bite{
		{"time is bounded", "import time\ntime.sleep(60)", Limits{Wall: 50 * time.Millisecond}, ended(Wall)},
		{"processor time is bounded", "import time\nwhile time.process_time() < 20: pass", Limits{CPU: 30 * time.Millisecond}, ended(CPU)},
		{"memory is bounded", "try:\n x = bytes(range(256)) * (1 << 20)\nexcept MemoryError:\n print('MemoryError')", large, memory},
		{"output is bounded", "while True: print('x' * 4096)", Limits{Stdout: 64 << 10}, ended(Output)},
		{"processes are bounded", forks, Limits{Processes: 8},
			func(e Exit, out string) bool { return e.Code == 0 && strings.Contains(out, "refused") }},
	}
}

const forks = `
import os, time
for n in range(40):
    try:
        if os.fork() == 0:
            time.sleep(60)
    except OSError:
        print("refused after", n)
        os._exit(print(end="", flush=True) or 0)
`

// attack runs every check, all at the same time.
func (s *Sandbox) attack(ctx context.Context) []Check {
	bites := s.bites()
	groups := make([][]Check, len(bites)+2)
	var all sync.WaitGroup
	all.Go(func() { groups[0] = s.surface(ctx) })
	for i, b := range bites {
		all.Go(func() { groups[i+1] = []Check{s.bite(ctx, b)} })
	}
	all.Go(func() { groups[len(bites)+1] = []Check{s.remains(ctx)} })
	all.Wait()
	return slices.Concat(groups...)
}

func (s *Sandbox) probe(script string) Command {
	return Command{Args: []string{s.python, "-I", "-S", "-B", "-c", script}, Full: true}
}

func (s *Sandbox) bite(ctx context.Context, b bite) Check {
	c := s.probe(b.script)
	c.Limits = b.limits
	exit, out, err := s.run(ctx, c)
	if err != nil {
		return Check{Name: b.name, Detail: err.Error(), Remedy: remedyStart}
	}
	check := Check{Name: b.name, OK: b.held(exit, out), Remedy: remedyOther}
	check.Detail = fmt.Sprintf("ended by %s with code %d after %s", exit.Cause, exit.Code, exit.Usage.Wall.Round(time.Millisecond))
	if check.OK && b.name == "memory is bounded" && !s.groups.limits("memory") {
		check.Detail += "; for each process alone, because no control group is writable"
	}
	return check
}

// surface reads one line for each attack of selftest.py: "ok", or what it reached.
func (s *Sandbox) surface(ctx context.Context) []Check {
	c := s.probe(surfaceScript)
	c.Limits = Limits{Tmp: 1 << 20}
	exit, out, err := s.run(ctx, c)
	said := strings.Split(strings.TrimSpace(out), "\n")
	var checks []Check
	for i, name := range surface {
		check := Check{Name: name, Remedy: remedyOther}
		switch {
		case err != nil:
			check.Detail, check.Remedy = err.Error(), remedyStart
		case len(said) != len(surface):
			check.Detail = fmt.Sprintf("the probe stopped early: %s", strings.TrimSpace(string(exit.Stderr)))
			check.Remedy = remedyStart
		default:
			check.OK, check.Detail = said[i] == "ok", said[i]
		}
		checks = append(checks, check)
	}
	return checks
}

// remains kills a payload that has scattered descendants. They hold stdout open,
// so its end proves that none is left.
func (s *Sandbox) remains(ctx context.Context) Check {
	check := Check{Name: "killing leaves nothing behind", Remedy: remedyOther}
	p, err := s.start(ctx, s.probe(`
import os, time, signal
for n in range(4):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if n % 2 and os.fork():
            os._exit(0)
        time.sleep(60)
print("ready", flush=True)
time.sleep(60)
`))
	if err != nil {
		check.Detail, check.Remedy = err.Error(), remedyStart
		return check
	}
	ready := make([]byte, 6)
	_, err = io.ReadFull(p.Stdout, ready)
	p.Kill()
	_, readErr := io.ReadAll(p.Stdout)
	exit := p.Wait()
	check.OK = err == nil && readErr == nil && exit.Cause == Killed
	check.Detail = fmt.Sprintf("ended by %s", exit.Cause)
	return check
}

// run starts a probe without asking for a proof, and waits for it.
func (s *Sandbox) run(ctx context.Context, c Command) (Exit, string, error) {
	p, err := s.start(ctx, c)
	if err != nil {
		return Exit{}, "", err
	}
	out, _ := io.ReadAll(p.Stdout) // an end by the limit shows in the cause
	return p.Wait(), string(out), nil
}
