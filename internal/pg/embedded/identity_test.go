package embedded

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestAnybodyCanRunACluster(t *testing.T) {
	t.Parallel()
	uid, gid := needRoot(t)
	dir := openDir(t)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	binary := copySelf(t, filepath.Join(openDir(t), "assay"))
	_, out := child(t, dir, binary, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}})
	conn := connect(t, line(t, out))
	if got := query(t, conn, "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
	if owner, _, _ := ownerOf(filepath.Join(dir, "cluster")); owner != uid {
		t.Errorf("owner of the cluster: got %d, want %d", owner, uid)
	}
}

func TestAUserWithoutANameCanRunACluster(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const uid = 54321
	dir := openDir(t)
	if err := os.Chown(dir, uid, uid); err != nil {
		t.Fatal(err)
	}
	binary := copySelf(t, filepath.Join(openDir(t), "assay"))
	_, out := child(t, dir, binary, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}})
	if got := query(t, connect(t, line(t, out)), "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
}

func TestRootLeavesAPersonsDirectoryToThatPerson(t *testing.T) {
	t.Parallel()
	uid, gid := needRoot(t)
	home := openDir(t)
	if err := os.Chown(home, uid, gid); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "data")
	server := start(t, Config{Dir: dir, Unsafe: true})
	if got := query(t, connect(t, server.URL()), "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
	for _, name := range []string{"", "lock", "cluster", "server.log", "run"} {
		if owner, _, _ := ownerOf(filepath.Join(dir, name)); owner != uid {
			t.Errorf("owner of %q: got %d, want %d", name, owner, uid)
		}
	}
}

func TestRootRunsAClusterBelowAClosedDirectory(t *testing.T) {
	t.Parallel()
	needRoot(t)
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	server := start(t, Config{Dir: filepath.Join(closed, "data"), Unsafe: true})
	if got := query(t, connect(t, server.URL()), "select 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
}

func TestAClusterChangesHandsWhenNamespacesAreRefused(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := openDir(t)
	stop(t, start(t, Config{Dir: dir, Unsafe: true}))
	bin, err := Find(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	others := identities(dir)[1:] // what is left without the namespace
	for _, who := range others {
		if err := giveDir(dir, who); err != nil {
			t.Fatal(err)
		}
		got, err := chooseIdentity(bin, dir)
		if err != nil || got != who {
			t.Errorf("identity for a directory of %d: got %+v, %v", who.uid, got, err)
		}
		server := start(t, Config{Dir: dir, Unsafe: true})
		if got := query(t, connect(t, server.URL()), "select 'up'"); got != "up" {
			t.Errorf("got %q", got)
		}
		stop(t, server)
	}
}

// needRoot skips tests that change users, and returns nobody's ids.
func needRoot(t *testing.T) (uid, gid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	uid, gid, ok := lookup("nobody")
	if !ok {
		t.Skip("there is no user nobody")
	}
	return uid, gid
}

// copySelf puts this test binary where every user can run it.
func copySelf(t *testing.T, path string) string {
	t.Helper()
	from, err := os.Open(self(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
