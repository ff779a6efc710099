"""The worker's attack on itself: what student code must not be able to do, tried before any is run."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence

from helpers.grading.worker import seccomp

CLONE_NEWUSER, PTRACE_ATTACH, MS_BIND = 0x10000000, 16, 4096
IPC_CREAT, SESSION_KEYRING = 0o1000, -3
libc = ctypes.CDLL(None, use_errno=True)


def attack(secrets: Sequence[str]) -> dict[str, str]:
    """Try each attack in a process of its own; return those that succeeded, with what it means.

    Args:
        secrets: paths outside that must not be seen: the gradebook, the solutions, the home folder.
    """
    tried: dict[str, tuple[str, Callable[[], bool]]] = {
        "memory": ("read the memory of the worker", _memory),
        "ptrace": ("attach to the worker as a debugger", _ptrace),
        "mount": ("mount a file system", _mount),
        "network": ("leave through a socket", _network),
        "abstract": ("reach a service of the host through an abstract socket", _abstract),
        "capabilities": ("use a capability", _capabilities),
        "write": ("write outside of its own folder", _write),
        "forks": ("start any number of processes", _forks),
        "secrets": ("see a file of the instructor", lambda: any(os.path.lexists(path) for path in secrets)),
    }
    if seccomp.known():
        tried |= {
            "namespace": ("make a user namespace of its own", _namespace),
            "clone": ("make a process in a user namespace of its own", _clone),
            "shared": ("leave System V memory behind", _shared),
            "keys": ("leave a key in a keyring of the kernel", _keys),
            "limits": ("change the limits of another process", _limits),
        }
    return {name: told for name, (told, run) in tried.items() if _succeeds(run)}


def _succeeds(run: Callable[[], bool]) -> bool:
    if (child := os.fork()) == 0:
        won = 0
        with contextlib.suppress(BaseException):
            won = int(run())
        os._exit(won)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def _memory() -> bool:
    with open("/proc/1/mem", "rb"):
        return True


def _ptrace() -> bool:
    return libc.ptrace(PTRACE_ATTACH, 1, 0, 0) == 0


def _mount() -> bool:
    return libc.mount(b"/usr", b"/tmp", None, MS_BIND, None) == 0


def _network() -> bool:
    with open("/proc/net/dev") as devices:
        names = {line.split(":")[0].strip() for line in devices if ":" in line}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        reached = s.connect_ex(("192.0.2.1", 9)) == 0
    return reached or not names <= {"lo"}


def _abstract() -> bool:
    with open("/proc/net/unix") as table:
        return any("@" in line for line in table)


def _capabilities() -> bool:
    with open("/proc/self/status") as status:
        told = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    return (
        any(int(told[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"))
        or told["NoNewPrivs"].strip() != "1"
    )


def _write() -> bool:
    for folder in ("/", "/usr", "/course", sys.prefix, "/etc", "/proc/sys/kernel"):
        with contextlib.suppress(OSError), open(os.path.join(folder, "written"), "w"):
            return True
    return False


def _forks() -> bool:
    resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))
    for _ in range(64):
        if os.fork() == 0:
            os.read(os.pipe()[0], 1)
    return True


def _namespace() -> bool:
    return libc.unshare(CLONE_NEWUSER) == 0


def _clone() -> bool:
    made = libc.syscall(seccomp.CLONE[seccomp.column()], CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
    if made == 0:
        os._exit(0)
    return made > 0


def _shared() -> bool:
    return libc.shmget(0, 4096, IPC_CREAT | 0o600) >= 0


def _keys() -> bool:
    return libc.syscall(seccomp.number("add_key"), b"user", b"key", b"value", 5, SESSION_KEYRING) >= 0


def _limits() -> bool:
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))
    return True
