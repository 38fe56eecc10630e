package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/assay-bench/assay/internal/fault"
)

// lockDir takes dir for this process. The kernel gives it back when the process
// ends, however it ends; the server does not inherit it.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, explainFile(err, dir)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer file.Close()
		holder, _ := io.ReadAll(io.LimitReader(file, 20))
		return nil, fault.New(fault.Conflict, "another Assay (process %s) uses the data directory %s: "+
			"stop it, or choose another directory", strings.TrimSpace(string(holder)), dir)
	}
	if err == nil {
		err = writePid(file)
	}
	if err != nil {
		_ = file.Close()
		return nil, explainFile(err, dir)
	}
	return file, nil
}

func writePid(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendln(nil, os.Getpid()), 0)
	return err
}
