package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// cgroups makes one control group per execution below the caller's own, so that
// payloads stay within whatever limits the caller has. Where none are writable
// it has no parents, and the per-process limits stand alone.
type cgroups struct {
	v2      bool
	parents map[string]string // controller to folder; "memory" and "pids", or one "" for v2
	home    map[string]string // controller to the caller's own group, under v1
	next    atomic.Int64
}

// group is the control group of one execution.
type group struct {
	v2         bool
	dirs, home map[string]string
}

// findCgroups returns the control groups that can be written here.
func findCgroups() *cgroups { return findCgroupsIn("/") }

// findCgroupsIn reads the hierarchies below root, which is "/" but in tests.
func findCgroupsIn(root string) *cgroups {
	g := &cgroups{parents: map[string]string{}, home: map[string]string{}}
	own := membership(filepath.Join(root, "proc/self/cgroup"))
	mount := filepath.Join(root, "sys/fs/cgroup")
	for _, controller := range []string{"memory", "pids"} {
		if path, ok := own[controller]; ok {
			g.adopt(controller, filepath.Join(mount, controller), path)
		}
	}
	if path, ok := own[""]; ok && len(g.parents) == 0 {
		g.v2 = true
		g.adoptUnified(mount, path)
	}
	return g
}

// membership maps each controller ("" for v2) to the caller's group in it.
func membership(file string) map[string]string {
	own := map[string]string{}
	data, _ := os.ReadFile(file) // no file, no cgroups
	for _, line := range strings.Split(string(data), "\n") {
		part := strings.SplitN(line, ":", 3)
		if len(part) != 3 {
			continue
		}
		for _, controller := range strings.Split(part[1], ",") {
			own[controller] = part[2]
		}
	}
	return own
}

// adopt makes the parent folder of one v1 controller. In a container the own
// group may be the root of what is mounted.
func (g *cgroups) adopt(controller, mount, path string) {
	base := filepath.Join(mount, path)
	if _, err := os.Stat(base); err != nil {
		base = mount
	}
	if dir, err := makeParent(base); err == nil {
		g.parents[controller], g.home[controller] = dir, base
	}
}

// adoptUnified makes the parent folder in the v2 hierarchy: in the caller's own
// group where its controllers can be switched on, otherwise beside the nearest
// ancestor whose controllers are on.
func (g *cgroups) adoptUnified(mount, path string) {
	base := filepath.Join(mount, path)
	if _, err := os.Stat(base); err != nil {
		base, path = mount, "/"
	}
	for enable := true; ; enable = false {
		if enabled(base) || enable && switchOn(base) {
			if dir, err := makeParent(base); err == nil && switchOn(dir) {
				g.parents[""] = dir
				return
			}
		}
		if path == "/" || path == "." {
			return
		}
		base, path = filepath.Dir(base), filepath.Dir(path)
	}
}

func enabled(dir string) bool {
	data, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
	on := strings.Fields(string(data))
	return contains(on, "memory") && contains(on, "pids")
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// switchOn enables the controllers for children of dir. A group that holds
// processes refuses; when the caller is its only one, it moves into a leaf.
func switchOn(dir string) bool {
	if enabled(dir) {
		return true
	}
	if put(dir, "cgroup.subtree_control", "+memory +pids") == nil {
		return true
	}
	self := strconv.Itoa(os.Getpid())
	members, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if strings.TrimSpace(string(members)) != self {
		return false
	}
	leaf := filepath.Join(dir, "assay-self")
	if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return false
	}
	return put(leaf, "cgroup.procs", self) == nil && put(dir, "cgroup.subtree_control", "+memory +pids") == nil
}

func (g *cgroups) close() error {
	var all error
	for _, dir := range g.parents {
		all = errors.Join(all, sweep(dir))
	}
	return all
}

// limits tells whether memory and process counts are limited for all processes
// of an execution together.
func (g *cgroups) limits(controller string) bool {
	if g.v2 {
		controller = ""
	}
	_, ok := g.parents[controller]
	return ok
}

// make returns a new group with the given limits.
func (g *cgroups) make(l Limits) (*group, error) {
	n := g.next.Add(1)
	out := &group{v2: g.v2, dirs: map[string]string{}, home: g.home}
	for controller, parent := range g.parents {
		dir := filepath.Join(parent, fmt.Sprintf("run-%d", n))
		if err := os.Mkdir(dir, 0o755); err != nil {
			out.remove()
			return nil, fmt.Errorf("make a control group: %w", err)
		}
		out.dirs[controller] = dir
	}
	if err := out.limit(l); err != nil {
		out.remove()
		return nil, fmt.Errorf("limit a control group: %w", err)
	}
	return out, nil
}

func (g *group) limit(l Limits) error {
	memory, processes := strconv.FormatInt(l.Memory, 10), strconv.Itoa(l.Processes+1) // bubblewrap itself is one
	if g.v2 {
		if len(g.dirs) == 0 {
			return nil
		}
		_ = put(g.dirs[""], "memory.swap.max", "0") // absent without swap accounting
		_ = put(g.dirs[""], "memory.oom.group", "1")
		return errors.Join(put(g.dirs[""], "memory.max", memory), put(g.dirs[""], "pids.max", processes))
	}
	var err error
	if dir, ok := g.dirs["memory"]; ok {
		err = put(dir, "memory.limit_in_bytes", memory)
		_ = put(dir, "memory.memsw.limit_in_bytes", memory) // absent without swap accounting
	}
	if dir, ok := g.dirs["pids"]; ok {
		err = errors.Join(err, put(dir, "pids.max", processes))
	}
	return err
}

// spawn runs start so that the process it starts is born in the group: moving one
// later stops every fork and exit of the machine for milliseconds. Under v1 the
// calling thread goes there and back, which is cheap for a single thread; it must
// be locked.
func (g *group) spawn(attr *syscall.SysProcAttr, start func() error) error {
	if g.v2 && len(g.dirs) > 0 {
		fd, err := unix.Open(g.dirs[""], unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open a control group: %w", err)
		}
		defer unix.Close(fd)
		attr.UseCgroupFD, attr.CgroupFD = true, fd
		return start()
	}
	var err error
	for _, dir := range g.dirs {
		err = errors.Join(err, put(dir, "tasks", "0"))
	}
	if err == nil {
		err = start()
	}
	for controller := range g.dirs {
		err = errors.Join(err, put(g.home[controller], "tasks", "0"))
	}
	return err
}

// tally is what the kernel counted for a group.
type tally struct {
	peak             int64 // bytes; 0 where unknown
	killed, refusals int64 // processes killed for memory, forks refused
}

func (g *group) tally() tally {
	if g.v2 {
		dir := g.dirs[""]
		return tally{peak: number(dir, "memory.peak", ""), killed: number(dir, "memory.events", "oom_kill"),
			refusals: number(dir, "pids.events", "max")}
	}
	return tally{peak: number(g.dirs["memory"], "memory.max_usage_in_bytes", ""),
		killed:   number(g.dirs["memory"], "memory.oom_control", "oom_kill"),
		refusals: number(g.dirs["pids"], "pids.events", "max")}
}

// remove takes the group away.
func (g *group) remove() {
	for _, dir := range g.dirs {
		removeGroup(dir)
	}
}

// put writes a control file, without the poller that os.File would bring in.
func put(dir, file, value string) error {
	fd, err := unix.Open(filepath.Join(dir, file), unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	_, err = unix.Write(fd, []byte(value))
	return errors.Join(err, unix.Close(fd))
}

// number reads a counter: the whole file, or the line that starts with key.
func number(dir, file, key string) int64 {
	if dir == "" {
		return 0
	}
	fd, err := unix.Open(filepath.Join(dir, file), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	var buf [1024]byte
	n, _ := unix.Read(fd, buf[:])
	for _, line := range strings.Split(string(buf[:max(n, 0)]), "\n") {
		field := strings.Fields(line)
		if len(field) > 0 && (key == "" || field[0] == key) {
			n, _ := strconv.ParseInt(field[len(field)-1], 10, 64)
			return n
		}
	}
	return 0
}
