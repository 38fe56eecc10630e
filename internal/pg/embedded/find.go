package embedded

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// MinMajor is the oldest major version of Postgres that Assay works with.
const MinMajor = 15

// Binaries are the programs of one installed Postgres server.
type Binaries struct {
	Dir       string // holds initdb and postgres
	Version   string // such as "15.18"
	Major     int    // such as 15
	Timescale bool   // the server can load TimescaleDB
}

// Find looks for the programs of a Postgres server: in cfg.BinDir alone if it is
// set, else in the usual places, then in what pg_config names, then in PATH. It
// takes the version that made the cluster in cfg.Dir if there is one, else the
// highest. The fault says what to install.
func Find(cfg Config) (Binaries, error) {
	made := clusterMajor(cfg.Dir)
	places := []func() []string{usualDirs, configDirs, pathDirs}
	if cfg.BinDir != "" {
		places = []func() []string{func() []string { return []string{cfg.BinDir} }}
	}
	var seen []string
	for _, place := range places {
		best, versions := bestOf(place(), made)
		if best.Dir != "" {
			best.Timescale = hasTimescale(best.Dir)
			return best, nil
		}
		seen = append(seen, versions...)
	}
	return Binaries{}, notFound(cfg, made, seen)
}

// bestOf returns the server to take from dirs, if any will do, and the versions
// of all that are there.
func bestOf(dirs []string, made int) (best Binaries, seen []string) {
	for _, dir := range dirs {
		b, ok := inspect(dir)
		if !ok {
			continue
		}
		seen = append(seen, b.Version)
		if b.Major > best.Major && b.Major >= MinMajor && (made == 0 || made == b.Major) {
			best = b
		}
	}
	return best, seen
}

// notFound says why no server will do and what would help.
func notFound(cfg Config, made int, seen []string) error {
	switch {
	case made != 0:
		return fault.New(fault.Unavailable, "the data in %s was made by Postgres %d and this machine has %s: "+
			"run \"apt-get install postgresql-%d\", or set DATABASE_URL", cfg.Dir, made, orNone(seen), made)
	case cfg.BinDir != "":
		return fault.New(fault.Unavailable, "no Postgres server of version %d or later in %s (found: %s): "+
			"set ASSAY_POSTGRES_BIN to the directory that holds postgres and initdb, or set DATABASE_URL", MinMajor, cfg.BinDir, orNone(seen))
	case len(seen) > 0:
		return fault.New(fault.Unavailable, "Postgres %s is too old: install version %d or later, or set DATABASE_URL",
			strings.Join(seen, ", "), MinMajor)
	}
	return fault.New(fault.Unavailable, "no Postgres server on this machine: run \"apt-get install postgresql\", or set DATABASE_URL")
}

func orNone(seen []string) string {
	if len(seen) == 0 {
		return "none"
	}
	return strings.Join(seen, ", ")
}

// usualDirs lists where packages put servers.
func usualDirs() []string {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		dirs = append(dirs, found...)
	}
	return dirs
}

func configDirs() []string {
	if out, err := output("pg_config", "--bindir"); err == nil {
		return []string{out}
	}
	return nil
}

func pathDirs() []string {
	if path, err := exec.LookPath("postgres"); err == nil {
		return []string{filepath.Dir(path)}
	}
	return nil
}

// inspect reports what server dir holds, if it holds a whole one.
func inspect(dir string) (Binaries, bool) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return Binaries{}, false
	}
	out, err := output(filepath.Join(dir, "postgres"), "--version")
	if err != nil {
		return Binaries{}, false
	}
	match := regexp.MustCompile(`(\d+)(\.\d+|\w+)`).FindStringSubmatch(out)
	if match == nil {
		return Binaries{}, false
	}
	major, err := strconv.Atoi(match[1])
	return Binaries{Dir: dir, Version: match[0], Major: major}, err == nil
}

// clusterMajor returns the version that made the cluster in dir, 0 for none.
func clusterMajor(dir string) int {
	if dir == "" {
		return 0
	}
	raw, err := os.ReadFile(filepath.Join(dir, "cluster", "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(raw)))
	return major
}

// hasTimescale reports whether the server in bin has TimescaleDB's library and
// its control file where it looks for them.
func hasTimescale(bin string) bool {
	root := filepath.Dir(bin)
	libs := []string{filepath.Join(root, "lib"), filepath.Join(root, "lib", "postgresql")}
	shares := []string{filepath.Join(root, "share"), filepath.Join(root, "share", "postgresql")}
	out, err := output(filepath.Join(bin, "pg_config"), "--pkglibdir", "--sharedir")
	if lib, share, ok := strings.Cut(out, "\n"); ok && err == nil {
		libs, shares = []string{lib}, []string{share}
	}
	return anyExists(libs, "timescaledb.so") && anyExists(shares, "extension/timescaledb.control")
}

func anyExists(dirs []string, name string) bool {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

func output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err
}
