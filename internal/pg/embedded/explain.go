package embedded

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/assay-bench/assay/internal/fault"
)

// explainFile turns an error about a file of the data directory into a sentence.
func explainFile(err error, dir string) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diskFull(dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Unavailable, "cannot write to the data directory %s (%w): "+
			"make it writable for this user, or choose another one", dir, err)
	}
	return fault.New(fault.Unavailable, "cannot use the data directory %s: %w", dir, err)
}

// explainOutput turns what a Postgres program printed before it gave up into a sentence.
func explainOutput(doing, printed, dir string, err error) error {
	switch {
	case strings.Contains(printed, "No space left on device"), strings.Contains(printed, "Disk quota exceeded"):
		return diskFull(dir)
	case strings.Contains(printed, "Permission denied"), strings.Contains(printed, "Read-only file system"):
		return fault.New(fault.Unavailable, "Postgres cannot write to the data directory %s (%s): "+
			"make it writable for this user, or choose another one", dir, reason(printed, err))
	case strings.Contains(printed, "Cannot allocate memory"):
		return fault.New(fault.Unavailable, "%s: not enough memory (%s): free some, or set DATABASE_URL", doing, reason(printed, err))
	}
	return fault.New(fault.Unavailable, "%s: %s", doing, reason(printed, err))
}

func diskFull(dir string) error {
	return fault.New(fault.Unavailable, "the disk that holds %s is full: free some space (a new cluster takes 60 MB), "+
		"or choose another data directory", dir)
}

// reason picks the line that says what went wrong: the last one that is an error.
func reason(printed string, err error) string {
	lines := strings.Split(printed, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, mark := range []string{"FATAL: ", "PANIC: ", "error: "} {
			if _, after, ok := strings.Cut(lines[i], mark); ok {
				return strings.TrimSpace(after)
			}
		}
	}
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	if err != nil {
		return err.Error()
	}
	return "it gave no reason"
}

// readFrom returns at most 16 KB of the end of the file beyond offset.
func readFrom(path string, offset int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if size, err := file.Seek(0, io.SeekEnd); err == nil {
		offset = max(offset, size-16<<10)
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return ""
	}
	raw, _ := io.ReadAll(file)
	return strings.TrimSpace(string(raw))
}
