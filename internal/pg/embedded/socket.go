package embedded

import "os"

// socketLimit is how long the path of the socket's directory may be: the kernel
// takes 107 bytes for the whole path, and the name of the socket's own lock file
// is 19 of them.
const socketLimit = 87

// makeSocketDir makes the directory of the server's socket: inside the data
// directory or, where that path is too long, a private temporary one that a link
// in the data directory points to, so that the next start finds it after a kill.
// Nobody but its owner can enter it, so the server needs no passwords.
func (s *Server) makeSocketDir() error {
	dir := s.runDir()
	var err error
	if len(dir) <= socketLimit {
		err = os.MkdirAll(dir, 0o700)
	} else {
		dir, err = s.linkedDir()
	}
	if err == nil {
		s.socket = dir
		err = os.Chown(dir, s.who.uid, s.who.gid)
	}
	if err != nil {
		return explainFile(err, s.cfg.Dir)
	}
	return nil
}

// linkedDir returns the temporary directory that the link in the data directory
// points to, or a new one if that is gone or not as private as it was.
func (s *Server) linkedDir() (string, error) {
	if dir, err := os.Readlink(s.runDir()); err == nil {
		info, err := os.Lstat(dir)
		uid, _, ok := ownerOf(dir)
		if err == nil && ok && info.IsDir() && info.Mode().Perm() == 0o700 && uid == s.who.uid {
			return dir, nil
		}
	}
	if err := os.RemoveAll(s.runDir()); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "assay-pg-")
	if err != nil {
		return "", err
	}
	return dir, os.Symlink(dir, s.runDir())
}
