package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A payload prints what it reached in a line that starts with REACHED. Each is
// run with /proc and the devices mounted, which is the weaker wall.
var escapes = []struct {
	name, script string
	limits       Limits
	cause        Cause  // how it must end
	says         string // what must stand in its output
	group        string // the control group that stops it, if only that does
}{
	{name: "fork bomb", limits: Limits{Wall: time.Second, Processes: 16}, cause: Wall, script: `
while True:
    try: os.fork()
    except OSError: pass`},
	{name: "thread bomb", group: "pids", limits: Limits{Processes: 16, AddressSpace: 16 << 30}, cause: Processes, says: "can't start new thread", script: `
import threading
try:
    for n in range(200): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    print("REACHED")
except RuntimeError as e: print(e)`},
	{name: "memory bomb", group: "memory", limits: Limits{Memory: 64 << 20, AddressSpace: 4 << 30}, cause: Memory, script: `
x = bytearray(1 << 30)
for n in range(0, len(x), 4096): x[n] = 1
print("REACHED")`},
	{name: "address space", limits: Limits{Memory: 256 << 20}, cause: Ended, says: "MemoryError", script: `
try: bytearray(300 << 20); print("REACHED")
except MemoryError: print("MemoryError")`},
	{name: "memory in many processes", group: "memory", limits: Limits{Memory: 64 << 20}, cause: Memory, script: `
for n in range(8):
    if os.fork() == 0:
        x = b"x" * (30 << 20); time.sleep(.5); os._exit(0)
for n in range(8): os.wait()`},
	{name: "tmpfs fill", limits: Limits{Tmp: 1 << 20}, cause: Ended, says: "No space", script: `
try:
    for n in range(40): open("/tmp/%d" % n, "wb").write(b"x" * 100000)
    print("REACHED")
except OSError as e: print(e)`},
	{name: "shared memory fill", limits: Limits{Tmp: 1 << 20}, cause: Ended, says: "No space", script: `
try:
    for n in range(40): open("/dev/shm/%d" % n, "wb").write(b"x" * 100000)
    print("REACHED")
except OSError as e: print(e)`},
	{name: "sparse file", limits: Limits{Tmp: 1 << 20}, cause: Ended, says: "too large", script: `
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try: os.truncate(os.open("/tmp/x", os.O_CREAT | os.O_RDWR), 1 << 40); print("REACHED")
except OSError as e: print(e)`},
	{name: "inode fill", group: "memory", limits: Limits{Memory: 16 << 20, AddressSpace: 1 << 30, Wall: 20 * time.Second, CPU: 20 * time.Second}, cause: Memory, script: `
for n in range(10**7): os.close(os.open("/tmp/%d" % n, os.O_CREAT))`},
	{name: "infinite loop", limits: Limits{CPU: 200 * time.Millisecond}, cause: CPU, script: `while True: pass`},
	{name: "processor time in children", limits: Limits{CPU: 300 * time.Millisecond}, cause: CPU, script: `
for n in range(4): os.fork()
while True: pass`},
	{name: "sleep", limits: Limits{Wall: 200 * time.Millisecond}, cause: Wall, script: `time.sleep(60)`},
	{name: "ignored signals", limits: Limits{Wall: 200 * time.Millisecond}, cause: Wall, script: `
import signal
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
time.sleep(60)`},
	{name: "output flood", limits: Limits{Stdout: 10000}, cause: Output, script: `while True: print("x" * 1000)`},
	{name: "error flood", limits: Limits{Stderr: 10000}, cause: Output, script: `while True: print("x" * 1000, file=sys.stderr)`},
	{name: "daemon", cause: Ended, script: `
for n in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: time.sleep(60)
        os._exit(0)`},
	{name: "network", cause: Ended, says: "Operation not permitted", script: `
import _socket
for family in (2, 10, 16, 17, 40):
    try: _socket.socket(family, 1); print("REACHED", family)
    except OSError as e: print(e)`},
	{name: "host files", cause: Ended, script: `
for path in "/etc/shadow /etc/passwd /root /home /var /run /sys/fs/cgroup /proc/kcore /dev/vda /dev/mem /dev/kmsg".split():
    try: os.open(path, 0); print("REACHED", path)
    except OSError: pass`},
	{name: "kernel settings", cause: Ended, script: `
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/proc/sysrq-trigger", "/proc/1/oom_score_adj/x"):
    try: os.open(path, os.O_WRONLY); print("REACHED", path)
    except OSError: pass`},
	{name: "system calls", cause: Ended, says: "refused 18", script: `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
calls = dict(ptrace=101, mount=165, umount2=166, pivot_root=155, chroot=161, unshare=272, setns=308, bpf=321, perf=298,
    userfaultfd=323, io_uring_setup=425, keyctl=250, add_key=248, process_vm_readv=310, pidfd_getfd=438,
    clone_newuser=56, x32_getpid=0x40000000 + 39, fsopen=430)
refused = 0
for name, number in calls.items():
    ctypes.set_errno(0)
    r = libc.syscall(number, 0x10000000 if name == "clone_newuser" else 0, 0, 0, 0, 0)
    if r == -1 and ctypes.get_errno() == 1: refused += 1
    else: print("REACHED", name, r, ctypes.get_errno())
print("refused", refused)`},
	{name: "clone3", cause: Ended, says: "38", script: `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(435, 0, 0); print(ctypes.get_errno())`},
	{name: "kill everything", cause: Ended, says: "alone", script: `
if os.getpid() != 1: sys.exit("REACHED: this is no namespace of its own")
try: os.kill(-1, 9); print("REACHED")
except ProcessLookupError: print("alone")`},
	{name: "other processes", cause: Ended, says: "['1']", script: `print([p for p in os.listdir("/proc") if p.isdigit()])`},
	{name: "environment", cause: Ended, script: `
for path in ("/proc/1/environ", "/proc/self/environ"):
    for item in open(path, "rb").read().split(b"\0"):
        if item and not item.startswith((b"PWD=", b"LC_CTYPE=")): print("REACHED", item)`},
	{name: "open descriptors", cause: Ended, says: "[0, 1, 2]", script: `
print([n for n in range(256) if os.path.exists("/proc/self/fd/%d" % n)])`},
	{name: "privileged programs", cause: Ended, says: "nosuid", script: `
print([l.split()[5] for l in open("/proc/self/mountinfo") if l.split()[4] == "/usr"])
if os.getuid() == 0: print("REACHED")
try: os.setuid(0); print("REACHED")
except OSError: pass`},
	{name: "raised limits", cause: Ended, script: `
import resource
for r in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
    try: resource.setrlimit(r, (resource.RLIM_INFINITY,) * 2); print("REACHED", r)
    except ValueError: pass`},
	{name: "devices", cause: Ended, script: `
import stat
try: os.mknod("/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(254, 0)); print("REACHED")
except OSError: pass
try: os.remove("/dev/null"); print("REACHED")
except OSError: pass`},
	{name: "the host's name", cause: Ended, says: "sandbox", script: `print(os.uname().nodename)`},
	{name: "core dump", cause: Ended, script: `os.abort()`},
}

func TestNoPayloadEscapes(t *testing.T) {
	t.Parallel()
	s := open(t)
	// The closing check needs the groups after all attacks, so they share a parent.
	t.Run("all", func(t *testing.T) {
		for _, e := range escapes {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				if e.group != "" && !s.groups.limits(e.group) {
					t.Skipf("no %s control group is writable here, and only that stops this attack", e.group)
				}
				marker := "# marker " + strings.ReplaceAll(t.Name(), "/", "-")
				c := s.probe(marker + "\nimport os, sys, time\n" + e.script)
				c.Limits = e.limits
				exit, out, err := s.run(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if exit.Cause != e.cause {
					t.Errorf("cause: got %s, want %s (%s%s)", exit.Cause, e.cause, tail(out), exit.Stderr)
				}
				if strings.Contains(out, "REACHED") || !strings.Contains(out, e.says) {
					t.Errorf("output: got %q, want %q and nothing reached (%s)", tail(out), e.says, exit.Stderr)
				}
				if left := withMarker(t, marker); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	})
	for _, parent := range s.groups.parents {
		if left, _ := filepath.Glob(filepath.Join(parent, "run-*")); len(left) > 0 {
			t.Errorf("control groups left behind: %v", left)
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-300):] }

// withMarker lists the processes of the host whose command line holds marker.
func withMarker(t *testing.T, marker string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil && strings.Contains(string(data), marker+"\n") {
			left = append(left, f)
		}
	}
	return left
}
