package embedded

import (
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/internal/fault"
)

// Running returns the address of the cluster that another Assay runs in cfg.Dir,
// after Start has found the directory in use. The fault is Unavailable while
// that one is still starting.
func Running(cfg Config) (string, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return "", fault.New(fault.Invalid, "data directory %q: %w", cfg.Dir, err)
	}
	s := &Server{cfg: Config{Dir: dir}}
	s.socket = s.runDir()
	if target, err := os.Readlink(s.socket); err == nil {
		s.socket = target
	}
	if _, err := os.Stat(filepath.Join(s.socket, ".s.PGSQL.5432")); err != nil {
		return "", fault.New(fault.Unavailable, "the Assay that uses %s is still starting; try again in a moment", dir)
	}
	return s.URL(), nil
}
