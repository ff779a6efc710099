"""A filter of system calls for the sandbox: what no exercise needs, and what attacks begin with.

It is a program of the kernel's classic BPF, put together here so that no library is needed. What it
refuses gets EPERM; where it does not know the machine there is none, and the sandbox does without.
"""

import errno
import os
import struct
from collections.abc import Iterator

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the kernel's audit names them
X32 = 0x40000000  # the bit of a second table of x86_64, with numbers of its own
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets into what the filter is shown
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # the last with an error number in it
NAMESPACES = 0x7E020000  # all CLONE_NEW* flags but time's, which clone can't take
NEW_TIME = 0x80

# What is refused whatever its arguments: its number on x86_64 and on aarch64, None where it has none.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other namespaces and other views of the file system
    "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467), "open_by_handle_at": (304, 265),
    "quotactl": (179, 60), "quotactl_fd": (443, 443),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    # what outlives a process: System V memory, semaphores and queues, and the kernel's keyrings
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # large and little used parts of the kernel, where its holes have been
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "fanotify_init": (300, 262), "memfd_secret": (447, 447), "modify_ldt": (154, None), "syslog": (103, 116),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "swapon": (167, 224), "swapoff": (168, 225),
    "acct": (163, 89), "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip

# What looks absent, so that libraries go another way: clone, whose flags can be seen; a file in /dev/shm.
ABSENT = {"clone3": (435, 435), "memfd_create": (319, 279)}
CLONE, UNSHARE, PRLIMIT = (56, 220), (272, 97), (302, 261)


def known() -> bool:
    """Whether there is a filter for this machine."""
    return os.uname().machine in ARCHITECTURES


def number(name: str) -> int:
    """Return the number that a system call has on this machine, -1 where it has none."""
    found = (REFUSED | ABSENT)[name][column()]
    return -1 if found is None else found


def program(machine: str) -> bytes:
    """Return the filter for a machine, as bubblewrap reads it.

    Raises:
        ValueError: where there is none.
    """
    return b"".join(_instructions(machine))


def column(machine: str | None = None) -> int:
    """Return which of the two numbers a machine has, by default this one."""
    return list(ARCHITECTURES).index(machine or os.uname().machine)


def _instructions(machine: str) -> Iterator[bytes]:
    which = column(machine)
    yield _step(LOAD, ARCHITECTURE)
    yield _step(EQUAL, ARCHITECTURES[machine], then=1)
    yield _step(RETURN, KILL)
    yield _step(LOAD, NUMBER)
    if machine == "x86_64":
        yield from _refuse(_step(AT_LEAST, X32, otherwise=1))
    for numbers in REFUSED.values():
        if (refused := numbers[which]) is not None:
            yield from _refuse(_step(EQUAL, refused, otherwise=1))
    for absent in ABSENT.values():
        yield from _refuse(_step(EQUAL, absent[which], otherwise=1), errno.ENOSYS)
    for call, flags in ((CLONE, NAMESPACES), (UNSHARE, NAMESPACES | NEW_TIME)):
        yield _step(EQUAL, call[which], otherwise=4)
        yield _step(LOAD, _low(0))
        yield from _refuse(_step(ANY_BIT, flags, otherwise=1))
        yield _step(RETURN, ALLOW)
    yield from _no_limits_of_others(PRLIMIT[which])
    yield _step(RETURN, ALLOW)


def _no_limits_of_others(call: int) -> Iterator[bytes]:
    """Refuse prlimit64(pid, what, new, old) where neither pid nor new is zero."""
    yield _step(EQUAL, call, otherwise=7)
    yield _step(LOAD, _low(0))
    yield _step(EQUAL, 0, then=5)
    yield _step(LOAD, _low(2))
    yield _step(EQUAL, 0, otherwise=2)
    yield _step(LOAD, _low(2) + 4)
    yield _step(EQUAL, 0, then=1)
    yield _step(RETURN, REFUSE | errno.EPERM)


def _refuse(test: bytes, error: int = errno.EPERM) -> Iterator[bytes]:
    """Yield a test, and what is done unless it jumps over it."""
    yield test
    yield _step(RETURN, REFUSE | error)


def _low(argument: int) -> int:
    """Where the lower half of an argument is; both machines are little-endian."""
    return ARGUMENTS + 8 * argument


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """Return an instruction; jumps count the instructions left out."""
    return struct.pack("<HBBI", code, then, otherwise, value)
