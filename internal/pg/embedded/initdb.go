package embedded

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// initialize makes the cluster if there is none. It is made beside its place and
// moved there when it is whole and on disk, so that neither a kill nor a power
// cut in the middle leaves half of one.
func (s *Server) initialize(ctx context.Context) error {
	half, _ := filepath.Glob(filepath.Join(s.cfg.Dir, "cluster.new-*")) // the pattern is well formed
	for _, dir := range half {
		_ = os.RemoveAll(dir) // what a dying initdb still holds goes at the next start
	}
	if clusterMajor(s.cfg.Dir) != 0 {
		return nil
	}
	s.cfg.Log(fmt.Sprintf("making a Postgres %s cluster in %s", s.bin.Version, s.cfg.Dir))
	fresh, err := os.MkdirTemp(s.cfg.Dir, "cluster.new-")
	if err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	defer os.RemoveAll(fresh)
	if err := os.Chown(fresh, s.who.uid, s.who.gid); err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	if err := s.initdb(ctx, fresh); err != nil {
		return err
	}
	return s.settle(fresh)
}

// initdb fills dir with a new cluster.
func (s *Server) initdb(ctx context.Context, dir string) error {
	// The death signal is bound to the thread that starts the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, locale := range []string{"C.UTF-8", "C"} {
		cmd := exec.CommandContext(ctx, filepath.Join(s.bin.Dir, "initdb"), "--pgdata="+dir, "--username=assay",
			"--auth=trust", "--encoding=UTF8", "--locale="+locale, "--no-sync", "--no-instructions")
		var printed bytes.Buffer
		cmd.Dir, cmd.Env = s.cfg.Dir, environment()
		cmd.Stdout, cmd.Stderr = &printed, &printed
		cmd.WaitDelay = 5 * time.Second
		cmd.SysProcAttr = s.who.attr(syscall.SIGKILL)
		err := cmd.Run()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("make the cluster: %w", ctx.Err())
		}
		if !strings.Contains(printed.String(), "invalid locale") {
			return explainOutput("initdb gave up", strings.TrimSpace(printed.String()), s.cfg.Dir, err)
		}
	}
	return explainOutput("initdb gave up", "this machine has neither the locale C.UTF-8 nor C", s.cfg.Dir, nil)
}

// settle forces the new cluster to disk and gives it its name. Syncing the
// cluster's own files, many at a time so that the disk merges them, takes 60 ms
// where initdb's one by one takes 100 and more; syncfs would have to wait for
// everything else that was lately written, such as a build of half a gigabyte.
func (s *Server) settle(fresh string) error {
	if !s.cfg.Unsafe {
		if err := syncTree(fresh); err != nil {
			return explainFile(err, s.cfg.Dir)
		}
	}
	if err := os.Rename(fresh, s.clusterDir()); err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	if s.cfg.Unsafe {
		return nil
	}
	if err := syncPath(s.cfg.Dir); err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	return nil
}

func syncTree(dir string) error {
	var group errgroup.Group
	group.SetLimit(16)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			group.Go(func() error { return syncPath(path) })
		}
		return err
	})
	if synced := group.Wait(); err == nil {
		err = synced
	}
	return err
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}

// environment is all that the server's programs get to see: no PGDATA or
// PGOPTIONS of the user's, and a time zone that initdb need not search for.
func environment() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}
