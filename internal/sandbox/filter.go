package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data, and what a filter returns.
const (
	offNumber = 0
	offArch   = 4
	offArg0   = 16
	offArg1   = 24

	retAllow = 0x7fff0000
	retErrno = 0x00050000

	namespaceFlags = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
		unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET
)

// refused lists the system calls that no payload needs and that widen the
// attack surface of the kernel; filter_<arch>.go adds those of one architecture.
var refused = []uint32{
	// file systems and namespaces
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_MOVE_MOUNT,
	unix.SYS_OPEN_TREE, unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK,
	unix.SYS_MOUNT_SETATTR, unix.SYS_SETNS, unix.SYS_UNSHARE, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FANOTIFY_INIT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	// other processes
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE,
	unix.SYS_PIDFD_GETFD, unix.SYS_KCMP, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
	// parts of the kernel with a long record of holes
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP,
	unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_KEYCTL, unix.SYS_ADD_KEY,
	unix.SYS_REQUEST_KEY, unix.SYS_VMSPLICE, unix.SYS_MEMFD_SECRET, unix.SYS_LOOKUP_DCOOKIE,
	// the machine
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD,
	unix.SYS_KEXEC_FILE_LOAD, unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT,
	unix.SYS_SYSLOG, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME,
	unix.SYS_ADJTIMEX, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_PERSONALITY,
	unix.SYS_VHANGUP, unix.SYS_NFSSERVCTL,
}

// assembleFilter returns the seccomp program, as the kernel reads it: a foreign
// architecture and every refused call answer EPERM, everything else is allowed.
func assembleFilter() ([]byte, error) {
	load := func(off uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: off, Size: 4} }
	errno := func(e unix.Errno) bpf.Instruction { return bpf.RetConstant{Val: retErrno | uint32(e)} }
	allow := bpf.RetConstant{Val: retAllow}
	is := func(n uint32, skip uint8) bpf.Instruction {
		return bpf.JumpIf{Cond: bpf.JumpEqual, Val: n, SkipFalse: skip}
	}
	p := []bpf.Instruction{load(offArch), is(auditArch, 1), bpf.Jump{Skip: 1}, errno(unix.EPERM), load(offNumber)}
	if x32Bit != 0 {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: x32Bit, SkipFalse: 1}, errno(unix.EPERM))
	}
	for _, n := range append(refusedHere, refused...) {
		p = append(p, is(n, 1), errno(unix.EPERM))
	}
	// glibc falls back to clone, whose flags a filter can read.
	p = append(p, is(unix.SYS_CLONE3, 1), errno(unix.ENOSYS))
	p = append(p, is(unix.SYS_CLONE, 4), load(offArg0),
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: namespaceFlags, SkipFalse: 1}, errno(unix.EPERM), allow)
	for _, n := range []uint32{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR} {
		p = append(p, is(n, 4), load(offArg0), is(unix.AF_UNIX, 1), allow, errno(unix.EPERM))
	}
	p = append(p, is(unix.SYS_IOCTL, 5), load(offArg1), is(unix.TIOCSTI, 1), errno(unix.EPERM),
		is(unix.TIOCLINUX, 1), errno(unix.EPERM), allow)
	raw, err := bpf.Assemble(p)
	if err != nil {
		return nil, fmt.Errorf("assemble the system call filter: %w", err)
	}
	var out bytes.Buffer
	err = binary.Write(&out, binary.NativeEndian, raw)
	return out.Bytes(), err
}
