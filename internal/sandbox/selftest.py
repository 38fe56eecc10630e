# Tries to break out, and prints one line for each attempt: "ok", or what it reached.
import ctypes, os, sys


def network():
    import _socket
    reached = []
    for family in (2, 10, 16, 17, 40):
        try:
            _socket.socket(family, 1 if family != 17 else 3)
            reached.append(family)
        except OSError:
            pass
    return reached


def host_files():
    return [p for p in ("/etc/shadow", "/etc/passwd", "/root", "/home", "/sys", "/var", "/run", "/dev/vda", "/dev/sda")
            if os.path.exists(p)]


def kernel_settings():
    return writable("/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/proc/sysrq-trigger")


def writable(*paths):
    reached = []
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY))
            reached.append(path)
        except OSError:
            pass
    return reached


def system_calls():
    libc = ctypes.CDLL(None, use_errno=True)
    reached = []
    attempts = {"ptrace": (0, 0, 0, 0), "unshare": (0x10000000,), "mount": (None, None, None, 0, None), "chroot": (b"/",)}
    for name, args in attempts.items():
        if getattr(libc, name)(*args) != -1 or ctypes.get_errno() != 1:
            reached.append(name)
    return reached


def system_folders():
    reached = []
    for folder in ("/", "/usr", "/usr/lib", "/dev", "/lib"):
        try:
            os.close(os.open(folder + "/assay-probe", os.O_CREAT | os.O_WRONLY))
            reached.append(folder)
        except OSError:
            pass
    return reached


def environment():
    return sorted(set(os.environ) - {"PWD", "LC_CTYPE"})


def privileges():
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
    want = {"CapEff": "0000000000000000", "CapPrm": "0000000000000000", "NoNewPrivs": "1", "Seccomp": "2"}
    wrong = [k + "=" + status.get(k, "?").strip() for k, v in want.items() if status.get(k, "").strip() != v]
    return wrong + (["uid 0"] if os.getuid() == 0 else [])


def tmp():
    total, block = 0, b"x" * 65536
    for n in range(64):
        try:
            with open("/tmp/%d" % n, "wb", buffering=0) as f:
                total += f.write(block)
        except OSError:
            break
    return [] if total <= 1 << 20 else ["%d bytes" % total]


for attempt in (network, host_files, kernel_settings, system_calls, system_folders, environment, privileges, tmp):
    try:
        reached = attempt()
    except Exception as e:
        reached = [repr(e)]
    print("reached " + ", ".join(map(str, reached)) if reached else "ok")
