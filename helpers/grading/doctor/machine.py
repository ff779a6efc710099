"""The machine: can student code be run safely on it, and how fast?"""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator

from helpers.grading.doctor.finding import Finding
from helpers.grading.sandbox import cgroup
from helpers.grading.sandbox.command import command
from helpers.grading.worker import seccomp

MEMORY, CORES = 4.0, 2  # GiB and cores, below which a class takes its time


def system() -> Iterator[Finding]:
    """Look whether this is Linux."""
    if platform.system() != "Linux":
        says = (
            "student code can only be run safely on Linux: grade in a container or a virtual machine with it"
        )
        yield Finding("Linux", "missing", says, "course grade LESSON --submitted DIR --sandbox none")


def bubblewrap() -> Iterator[Finding]:
    """Look for bubblewrap, and for what it needs as root."""
    if not (found := shutil.which("bwrap")):
        says = "not installed: student code can't be run safely"
        yield Finding("bubblewrap", "missing", says, "apt-get install bubblewrap")
        return
    told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=300, check=False)
    yield Finding("bubblewrap", "ok", told.stdout.strip() or found)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        says = "not installed: as root, a sandbox hands over to another user with it"
        yield Finding("setpriv", "missing", says, "apt-get install util-linux")


def sandbox() -> Iterator[Finding]:
    """Start a sandbox in which nothing happens; as a normal user that needs user namespaces."""
    if not shutil.which("bwrap"):
        return
    from helpers.checks.lessons import MODULES

    words = command(next(iter(MODULES)), 0)
    words[words.index("-s") :] = ["-c", "pass"]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    if ran.returncode == 0:
        who = "as root, without one" if os.geteuid() == 0 else "in a user namespace"
        yield Finding("sandbox", "ok", f"starts ({who})")
        return
    mend = "sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
    if os.geteuid() == 0:
        mend = "docker run --privileged, or a machine of its own"
    says = f"does not start, so nothing is graded: {ran.stderr.strip()[-200:] or 'no reason given'}"
    yield Finding("sandbox", "missing", says, mend)


def system_calls() -> Iterator[Finding]:
    """Look for a filter of system calls for this processor."""
    machine = os.uname().machine
    if seccomp.known():
        yield Finding("filter of system calls", "ok", f"for {machine}")
    else:
        says = f"there is none for {machine}: the sandbox does without, and has one wall less"
        yield Finding("filter of system calls", "note", says, "grade on x86-64 or ARM")


def control_groups() -> Iterator[Finding]:
    """Look whether a control group can be made."""
    group = cgroup.Group()
    limited = group.counter is not None
    group.close()
    if limited:
        yield Finding("control groups", "ok", "bound the memory of a submission")
    else:
        says = "none can be made: memory is bounded by a watch, which sees none in sockets and pipes"
        yield Finding(
            "control groups",
            "note",
            says,
            "systemd-run --user --scope -p Delegate=yes course grade …",
        )


def machine() -> Iterator[Finding]:
    """Count cores and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = _memory()
    few = cores < CORES or (memory is not None and memory < MEMORY)
    says = (
        f"{cores} core{'s' * (cores != 1)}, {'unknown' if memory is None else f'{memory:.1f} GiB'} of memory"
    )
    slow = ": a class takes its time, and 4 GiB that a submission may take are not there" * few
    yield Finding(
        "machine",
        "note" if few else "ok",
        says + slow,
        f"a machine of {CORES} cores and {MEMORY:g} GiB" * few,
    )


def _memory() -> float | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return None
