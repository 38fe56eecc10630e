package embedded

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/assay-bench/assay/internal/fault"
)

// identity is whom the server's programs run as. Postgres refuses to be root,
// and initdb refuses a user id that has no name.
type identity struct {
	uid, gid int  // who owns the files, as this process sees it
	mapped   bool // in a user namespace in which uid appears as somebody unprivileged
	asked    bool // another user than this process's own
}

// attr returns how to start a process as this identity. The caller must stay on
// its OS thread for as long as the process is to live: the signal comes when
// the thread dies, not the process.
func (who identity) attr(death syscall.Signal) *syscall.SysProcAttr {
	// A session of its own keeps Ctrl-C on the terminal away from the server,
	// which has to outlive the requests that are being finished.
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: death}
	switch {
	case who.mapped:
		uid, gid := unprivileged()
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: who.uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: who.gid, Size: 1}}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}
	case who.asked:
		attr.Credential = &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}
	}
	return attr
}

// chooseIdentity returns the first identity that can run the server's programs
// inside dir, and gives dir to it.
func chooseIdentity(bin Binaries, dir string) (identity, error) {
	var last error
	for _, who := range identities(dir) {
		if err := giveDir(dir, who); err != nil {
			last = err
			continue
		}
		cmd := exec.Command(filepath.Join(bin.Dir, "postgres"), "--version")
		cmd.Dir, cmd.Env = dir, environment()
		cmd.SysProcAttr = who.attr(syscall.SIGKILL)
		if last = cmd.Run(); last == nil {
			return who, nil
		}
	}
	if os.Geteuid() == 0 {
		return identity{}, fault.New(fault.Unavailable, "Postgres cannot run as root, and here no other user can use %s (%w): "+
			"choose a data directory that every user can reach, such as one below /var/lib, or set DATABASE_URL", dir, last)
	}
	return identity{}, fault.New(fault.Unavailable, "cannot use the data directory %s (%w): choose another one, or set DATABASE_URL", dir, last)
}

// identities lists whom the server could run as, best first. A directory that
// belongs to a person stays that person's; otherwise a user namespace is best,
// since it leaves the files with root and works below closed directories.
func identities(dir string) []identity {
	uid, gid := os.Geteuid(), os.Getegid()
	own := identity{uid: uid, gid: gid, mapped: true}
	if uid != 0 {
		if _, err := user.LookupId(strconv.Itoa(uid)); err == nil {
			own.mapped = false
		}
		return []identity{own}
	}
	var list []identity
	if u, g, ok := ownerOf(dir); ok && u != 0 {
		list = append(list, identity{uid: u, gid: g, asked: true})
	}
	list = append(list, own)
	for _, name := range []string{"postgres", "nobody"} {
		if u, g, ok := lookup(name); ok {
			list = append(list, identity{uid: u, gid: g, asked: true})
		}
	}
	return list
}

// unprivileged returns the ids under which a mapped process sees itself. They
// must have a name on this machine.
func unprivileged() (uid, gid int) {
	for _, name := range []string{"postgres", "nobody"} {
		if u, g, ok := lookup(name); ok {
			return u, g
		}
	}
	return 65534, 65534
}

func lookup(name string) (uid, gid int, ok bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, false
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return uid, gid, err1 == nil && err2 == nil
}

// ownerOf returns who owns path.
func ownerOf(path string) (uid, gid int, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}

// giveDir makes who the owner of dir and everything in it, if it is not yet.
func giveDir(dir string, who identity) error {
	if uid, _, ok := ownerOf(dir); ok && uid == who.uid {
		if uid, _, ok := ownerOf(filepath.Join(dir, "cluster")); !ok || uid == who.uid {
			return nil
		}
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, who.uid, who.gid)
	})
}

// makeDir makes the data directory, closed to others, below the directories
// that exist. When root makes it inside somebody's directory it becomes theirs.
func makeDir(dir string) error {
	parent := filepath.Dir(dir)
	err := os.MkdirAll(parent, 0o755)
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	switch {
	case err == nil:
		if uid, gid, ok := ownerOf(parent); ok && uid != 0 && os.Geteuid() == 0 {
			return os.Chown(dir, uid, gid)
		}
		return nil
	case errors.Is(err, fs.ErrExist):
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return nil
		}
		return fault.New(fault.Unavailable, "the data directory %s is a file: choose another one", dir)
	}
	return explainFile(err, dir)
}
