package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc/<pid>/stat, 1/100 s on Linux.
const tick = 10 * time.Millisecond

// cpuTime returns what a process and all its descendants, those waited for
// included, have used so far. Within a pid namespace orphans go to its first
// process, so none escapes the count.
func cpuTime(pid int) time.Duration {
	total := ownTime(pid)
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range lists {
		data, _ := os.ReadFile(file) // gone in between
		for _, child := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(child); err == nil {
				total += cpuTime(n)
			}
		}
	}
	return total
}

func ownTime(pid int) time.Duration {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	// The second field is the name in parentheses, which may hold anything.
	_, rest, ok := bytes.Cut(data[max(0, bytes.LastIndexByte(data, ')')):], []byte(" "))
	field := strings.Fields(string(rest))
	if !ok || len(field) < 15 {
		return 0
	}
	var ticks int64
	for _, f := range field[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * tick
}
