package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// makeParent makes the folder of this process below base, and clears away those
// of processes that are gone. Its name holds the owner and the pid namespace in
// which that number means something.
func makeParent(base string) (string, error) {
	prefix := "assay-sandbox-" + pidNamespace() + "-"
	old, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, dir := range old {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		pid, _ := strconv.Atoi(owner)
		if pid > 0 && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			killLeftovers(dir)
			_ = sweep(dir) // somebody else's rubbish
		}
	}
	return os.MkdirTemp(base, fmt.Sprintf("%s%d-", prefix, os.Getpid()))
}

// pidNamespace returns the number of the namespace that this process is in.
func pidNamespace() string {
	link, _ := os.Readlink("/proc/self/ns/pid") // "pid:[4026531836]"
	return strings.Trim(link, "pid:[]")
}

// killLeftovers kills what a dead owner left in its groups: bubblewrap dies with
// its parent, but not during the first moments of a start.
func killLeftovers(dir string) {
	groups, _ := filepath.Glob(filepath.Join(dir, "run-*"))
	for _, group := range groups {
		for _, pid := range members(group) {
			fd, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				continue // it has ended
			}
			// Only now does the number surely mean one process, so it is looked up again.
			if slices.Contains(members(group), pid) {
				_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) // it has ended
			}
			unix.Close(fd)
		}
	}
}

// members lists the processes of a group that may be killed. Those of namespaces
// that cannot be seen from here are shown as 0.
func members(group string) []int {
	data, _ := os.ReadFile(filepath.Join(group, "cgroup.procs")) // the group is gone
	var pids []int
	for _, field := range strings.Fields(string(data)) {
		if pid, err := strconv.Atoi(field); err == nil && pid > 1 && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// sweep removes the folder of one process.
func sweep(dir string) error {
	children, _ := filepath.Glob(filepath.Join(dir, "run-*"))
	for _, child := range children {
		removeGroup(child) // the parent's own removal tells if one is left
	}
	if err := unix.Rmdir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove control group %s: %w", dir, err)
	}
	return nil
}

// removeGroup takes a group away. The kernel may need a moment after the last
// process has been reaped.
func removeGroup(dir string) {
	for wait := time.Millisecond; wait < time.Second; wait *= 2 {
		if err := unix.Rmdir(dir); !errors.Is(err, unix.EBUSY) {
			return
		}
		time.Sleep(wait)
	}
}
