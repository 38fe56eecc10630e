package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// files writes a folder of control files, as the kernel would show it.
func files(t *testing.T, dir string, content map[string]string) {
	t.Helper()
	for name, text := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEachHierarchyIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  map[string]string
		want   string // where the parents are, below /sys/fs/cgroup
		v2     bool
		limits bool
	}{
		"v1 own groups": {files: map[string]string{
			"proc/self/cgroup":                     "4:memory:/own\n3:cpu,cpuacct:/\n8:pids:/\n0::/\n",
			"sys/fs/cgroup/memory/own/tasks":       "",
			"sys/fs/cgroup/pids/cgroup.procs":      "",
			"sys/fs/cgroup/unified/cgroup.threads": "",
		}, want: "memory/own pids", limits: true},
		"v1 in a container": {files: map[string]string{
			"proc/self/cgroup":           "4:memory:/docker/1\n",
			"sys/fs/cgroup/memory/tasks": "",
		}, want: "memory", limits: true},
		"v2 refused": {files: map[string]string{
			"proc/self/cgroup": "0::/user.slice/session\n",
			"sys/fs/cgroup/user.slice/session/cgroup.subtree_control": "",
		}, v2: true},
		"none": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			files(t, root, c.files)
			g := findCgroupsIn(root)
			var got []string
			for _, controller := range []string{"memory", "pids", ""} {
				if dir, ok := g.parents[controller]; ok {
					rel, _ := filepath.Rel(filepath.Join(root, "sys/fs/cgroup"), filepath.Dir(dir))
					got = append(got, rel)
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("parents: got %q, want %q", got, c.want)
			}
			if g.v2 != c.v2 || g.limits("memory") != c.limits {
				t.Errorf("got v2 %v and limits %v, want %v and %v", g.v2, g.limits("memory"), c.v2, c.limits)
			}
		})
	}
}

func TestAUnifiedGroupIsLimitedAndCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files(t, dir, map[string]string{
		"memory.max": "", "pids.max": "", "memory.swap.max": "", "memory.oom.group": "", "cgroup.procs": "",
		"memory.peak": "12345\n", "memory.events": "low 0\noom 3\noom_kill 2\n", "pids.events": "max 7\n",
	})
	g := &group{v2: true, dirs: map[string]string{"": dir}}
	if err := g.limit(Limits{Memory: 1000, Processes: 5}); err != nil {
		t.Fatal(err)
	}
	var attr syscall.SysProcAttr
	if err := g.spawn(&attr, func() error { return nil }); err != nil || !attr.UseCgroupFD {
		t.Errorf("spawn: got %v and %+v, want the group's descriptor", err, attr)
	}
	for name, want := range map[string]string{"memory.max": "1000", "pids.max": "6", "memory.swap.max": "0"} {
		if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got, want := g.tally(), (tally{peak: 12345, killed: 2, refusals: 7}); got != want {
		t.Errorf("tally: got %+v, want %+v", got, want)
	}
}

func TestWhatADeadOwnerLeftIsKilled(t *testing.T) {
	t.Parallel()
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	ns := pidNamespace()
	for name, c := range map[string]struct {
		group string
		dies  bool
	}{
		"a dead owner's":        {fmt.Sprintf("assay-sandbox-%s-%d-1", ns, gone.Process.Pid), true},
		"a living owner's":      {fmt.Sprintf("assay-sandbox-%s-%d-1", ns, os.Getpid()), false},
		"another namespace's":   {fmt.Sprintf("assay-sandbox-%s1-%d-1", ns, gone.Process.Pid), false},
		"somebody else's group": {fmt.Sprintf("other-%s-%d-1", ns, gone.Process.Pid), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left := exec.Command("sleep", "60")
			if err := left.Start(); err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			files(t, root, map[string]string{
				"proc/self/cgroup": "4:memory:/\n",
				"sys/fs/cgroup/memory/" + c.group + "/run-1/cgroup.procs": fmt.Sprintf("0\n%d\n%d\n", os.Getpid(), left.Process.Pid),
			})
			findCgroupsIn(root)
			// What was spared ends by another signal.
			if err := left.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			_ = left.Wait() // it was killed
			got := left.ProcessState.Sys().(syscall.WaitStatus).Signal()
			if want := map[bool]syscall.Signal{true: syscall.SIGKILL, false: syscall.SIGTERM}[c.dies]; got != want {
				t.Errorf("it ended by %v, want %v", got, want)
			}
		})
	}
}
