package score

import (
	"testing"
	"time"
)

// double is what the programs below pretend to solve.
var double = Suite{
	Prompt: "def double(x):\n    \"\"\" Returns x twice. \"\"\"\n",
	Test: `
def check(candidate):
    assert candidate(2) == 4
    assert candidate(7) == 14
    assert candidate([1]) == [1, 1]
    assert candidate("ab") != "ab"
`,
	EntryPoint: "double",
}

// Each program tries to pass without solving anything, and must not.
var cheats = []struct {
	name, program string
	want          Verdict
}{
	{"ends the interpreter at once", "import os\nos._exit(0)", RuntimeError},
	{"ends the interpreter in the call", "import os\ndef double(x): os._exit(0)", RuntimeError},
	{"exits at once", "import sys\nsys.exit(0)", RuntimeError},
	{"exits in the call", "import sys\ndef double(x): sys.exit(0)", RuntimeError},
	{"raises SystemExit quietly", "def double(x): raise SystemExit", RuntimeError},
	{"prints a protocol", `
import sys
for n in range(50):
    print('[0,4]'); sys.stdout.buffer.write(b'\x00\x00\x00\x0dAAAAAAAA[0,4]'); sys.stdout.flush()
def double(x): return None`, WrongAnswer},
	{"answers before it is asked", forge + "answer(b'A' * 8)\ndef double(x): return None", SandboxViolation},
	{"answers future calls", forge + `
def double(x):
    for n in range(9): answer(b'A' * 8)
    return 4`, SandboxViolation},
	{"answers twice at the end", forge + `
def double(x):
    if x == "ab": answer(nonce(), b'[0,"abab"]')
    return x + x`, SandboxViolation},
	{"equals everything", `
class Any:
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    __hash__ = None
def double(x): return Any()`, RuntimeError},
	{"a list that equals everything", `
class Any(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return True
def double(x): return Any()`, WrongAnswer},
	{"a number that equals everything", `
class Any(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    __hash__ = int.__hash__
def double(x): return Any(5)`, WrongAnswer},
	{"replaces builtins", `
import builtins
builtins.len = lambda x: 0
builtins.type = lambda *x: bool
builtins.isinstance = lambda *x: True
builtins.repr = str = lambda x: '4'
def double(x): return None`, SandboxViolation},
	{"replaces json and operator", `
import sys
class Fake:
    def __getattr__(self, name): return lambda *a, **k: True
for name in ("json", "operator", "ast", "builtins", "marshal", "posix"): sys.modules[name] = Fake()
def double(x): return None`, WrongAnswer},
	{"catches everything", `
def double(x):
    while True:
        try:
            while True: pass
        except BaseException: pass`, TimeLimit},
	{"recurses without end", "def double(x): return double(x)", RuntimeError},
	{"recurses without end or limit", "import sys\nsys.setrecursionlimit(10**9)\ndef double(x): return double(x)", TimeLimit},
	{"returns a generator", "def double(x):\n    yield x\n    yield x", RuntimeError},
	{"is asynchronous", "async def double(x): return x + x", RuntimeError},
	{"closes every descriptor", "import os\nos.closerange(0, 100)\ndef double(x): return x + x", RuntimeError},
	{"answers from two processes", forge + `
import os
os.fork()
def double(x): return x + x`, SandboxViolation},
	{"leaves its child to answer", `
import os
if os.fork(): os._exit(0)
def double(x): return x + x`, RuntimeError},
	{"replaces the streams", "import sys\nsys.stdout = sys.stderr = sys.stdin = None\ndef double(x): return None", WrongAnswer},
	{"returns 50 MB", "def double(x): return 'x' * (50 << 20)", OutputLimit},
	{"returns itself again and again", `
def double(x):
    r = [0]
    for n in range(40): r = [r, r]
    return r`, OutputLimit},
	{"claims a frame of 4 GB", forge + "os.write(fd, b'\\xff' * 4096)\ndef double(x): return x + x", OutputLimit},
	{"returns 100,000 lists in each other", `
def double(x):
    r = []
    for n in range(100000): r = [r]
    return r`, RuntimeError},
	{"returns a list that holds itself", "def double(x):\n    r = []\n    r.append(r)\n    return r", RuntimeError},
	{"returns NaN", "def double(x): return float('nan')", WrongAnswer},
	{"is something that looks like a number", "import decimal\ndef double(x): return decimal.Decimal(4)", RuntimeError},
	{"sends text that is no value", forge + "def double(x): answer(nonce(), b'[0,{\"t\":4}]'); os._exit(0)", RuntimeError},
	{"sends deep text", forge + "def double(x): answer(nonce(), b'[0,' + b'[' * 100000); os._exit(0)", RuntimeError},
	{"uses the network", "import _socket\n_socket.socket(2, 1)\ndef double(x): return x + x", SandboxViolation},
	{"bombs", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", TimeLimit},
	{"eats memory", "x = []\nwhile True: x.append(bytearray(1 << 20))\ndef double(x): return x + x", MemoryLimit},
	{"floods", "while True: print('x' * 1000)\ndef double(x): return x + x", OutputLimit},
	{"sleeps", "import time\ntime.sleep(60)\ndef double(x): return x + x", TimeLimit},
}

// forge finds the channel and the number of the call among the runner's own things.
const forge = `
import os, sys
frame = sys._getframe()
while frame.f_back: frame = frame.f_back
fd = frame.f_globals.get("o", 4)
def nonce():
    f = sys._getframe()
    while f and "body" not in f.f_locals: f = f.f_back
    return f.f_locals["body"][:8]
def answer(head, text=b'[0,4]'):
    data = head + text
    os.write(fd, len(data).to_bytes(4, "big") + data)
`

func TestNoCheatPasses(t *testing.T) {
	t.Parallel()
	s := newScorer(t, Limits{CPU: 2 * time.Second})
	t.Run("all", func(t *testing.T) {
		for _, c := range cheats {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				got, err := s.Score(t.Context(), double, c.program)
				if err != nil {
					t.Fatal(err)
				}
				// What runs away may meet either limit first.
				if got.Verdict == MemoryLimit && c.want == TimeLimit {
					return
				}
				if got.Verdict != c.want {
					t.Errorf("got %s (%s), want %s; output %q", got.Verdict, got.Reason, c.want, got.Output)
				}
			})
		}
	})
	// Whatever they did, the next honest program is judged as ever.
	got, err := s.Score(t.Context(), double, "def double(x): return x + x")
	if err != nil || got.Verdict != Passed || got.Passed != 4 {
		t.Errorf("an honest program afterwards: got %s, %d of %d (%s) %v", got.Verdict, got.Passed, got.Total, got.Reason, err)
	}
}
