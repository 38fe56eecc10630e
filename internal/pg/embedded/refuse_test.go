package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-bench/assay/internal/fault"
)

func TestWhatIsInTheWayIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		cfg  func(t *testing.T) Config
		want string
	}{
		{"no binaries", func(t *testing.T) Config { return Config{Dir: t.TempDir(), BinDir: t.TempDir()} }, "no Postgres server of version 15 or later in"},
		{"data of another version", oldCluster, `run "apt-get install postgresql-9"`},
		{"the directory is a file", plainFile, "is a file: choose another one"},
		{"the directory cannot be made", func(*testing.T) Config { return Config{Dir: "/proc/assay/data"} }, "cannot use the data directory /proc/assay/data"},
		{"a setting that is none", badSetting, `Postgres did not start: invalid value for parameter "work_mem": "much"`},
		{"the disk is full at once", func(t *testing.T) Config { return Config{Dir: tinyDisk(t, "size=8m")} }, "is full: free some space"},
		{"the disk is full at the start", fullLater, "is full: free some space"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, err := Start(t.Context(), test.cfg(t))
			if err == nil {
				stop(t, server)
				t.Fatal("the server started")
			}
			if got := fault.Sentence(err); !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want %q in one line", got, test.want)
			}
		})
	}
}

func oldCluster(t *testing.T) Config {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cluster"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Config{Dir: dir}
}

func plainFile(t *testing.T) Config {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return Config{Dir: path}
}

func badSetting(t *testing.T) Config {
	return Config{Dir: t.TempDir(), Unsafe: true, Settings: map[string]string{"work_mem": "much"}}
}

// fullLater is a whole cluster on a disk that has been filled up since.
func fullLater(t *testing.T) Config {
	dir := tinyDisk(t, "size=120m")
	stop(t, start(t, Config{Dir: dir}))
	fill, err := os.Create(filepath.Join(dir, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	defer fill.Close()
	for block := make([]byte, 1<<12); err == nil; {
		_, err = fill.Write(block)
	}
	return Config{Dir: dir}
}

// tinyDisk mounts a small disk in memory.
func tinyDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("cannot mount a small disk here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestFindTakesTheVersionThatMadeTheData(t *testing.T) {
	t.Parallel()
	real, err := Find(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if real.Major < MinMajor || !strings.HasPrefix(real.Version, "1") || real.Dir == "" {
		t.Errorf("found %+v", real)
	}
	fake := filepath.Join(t.TempDir(), "bin")
	for name, text := range map[string]string{
		"initdb":    "#!/bin/sh\n",
		"postgres":  "#!/bin/sh\necho 'postgres (PostgreSQL) 17.2 (made up)'\n",
		"pg_config": "#!/bin/sh\necho $(dirname $0)/lib\necho $(dirname $0)/share\n",
	} {
		write(t, filepath.Join(fake, name), text)
	}
	for _, step := range []struct {
		file string
		want bool
	}{{"lib/timescaledb.so", false}, {"share/extension/timescaledb.control", true}} {
		write(t, filepath.Join(fake, step.file), "")
		got, err := Find(Config{BinDir: fake})
		if want := (Binaries{Dir: fake, Version: "17.2", Major: 17, Timescale: step.want}); err != nil || got != want {
			t.Errorf("after %s: got %+v, %v; want %+v", step.file, got, err, want)
		}
	}
	s := &Server{bin: Binaries{Timescale: true}}
	if got := strings.Join(s.settings(), " "); !strings.Contains(got, "shared_preload_libraries=timescaledb") {
		t.Errorf("a server that has TimescaleDB does not load it: %s", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
