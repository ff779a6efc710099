"""What a submission takes of the machine, as its warden sees it."""

import contextlib
import os
import shutil

from helpers.grading.worker.cleaning import PLACES

MEMORY = 4 << 30  # bytes, where a job says nothing else
FILES = 100_000  # in all places that can be written: each takes memory of the kernel
COUNTER = "/course/oom"  # the control group's count of what the kernel ended, where there is one
NO_MEMORY, NO_FILES = "ran out of memory", "filled the disk with files"


def too_much(most: int) -> str:
    """Say what all processes of a submission take too much of; empty where they don't.

    What a fork shares with others counts once. To add that up is slow, so it is done only where the
    plain sum, in which it counts for each, is over the limit.
    """
    if sum(stat.f_files - stat.f_ffree for stat in map(os.statvfs, PLACES)) > FILES:
        return NO_FILES
    disk = sum(shutil.disk_usage(path).used for path in PLACES)
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]
    if disk + sum(map(resident, others)) <= most:
        return ""
    return NO_MEMORY if disk + sum(map(_share, others)) > most else ""


def resident(process: str) -> int:
    """Return the bytes that a process holds in memory and that are of no file on a disk."""
    return _sum(f"/proc/{process}/status", ("RssAnon:", "RssShmem:"))


def _share(process: str) -> int:
    """Return the same, each page divided by how many processes hold it."""
    return _sum(f"/proc/{process}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) or resident(process)


def _sum(path: str, names: tuple[str, ...]) -> int:
    with contextlib.suppress(OSError), open(path) as table:  # it may be gone, or have hidden itself
        return sum(int(line.split()[1]) << 10 for line in table if line.startswith(names))
    return 0


class Peak:
    """The most memory that this process holds from now on, above what it holds now."""

    def __init__(self) -> None:
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # forget the peak so far
        self._held = _sum("/proc/self/status", ("VmRSS:",))

    def taken(self) -> int:
        """Return the bytes."""
        return _sum("/proc/self/status", ("VmHWM:",)) - self._held


def kills() -> int:
    """Return how many processes the kernel has ended because the control group was out of memory."""
    with contextlib.suppress(OSError), open(COUNTER) as table:
        return next((int(line.split()[1]) for line in table if line.startswith("oom_kill ")), 0)
    return 0


def offer(score: int) -> None:
    """Say how soon this process should be ended when memory is short: before the worker, in any case."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(str(score))
