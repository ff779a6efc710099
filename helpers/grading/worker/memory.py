"""What a submission takes of the machine, seen by what watches over it."""

import contextlib
import os
import resource
import shutil

from helpers.grading.worker.cleaning import PLACES

MEMORY = 4 << 30  # bytes above what the worker itself has


def crowded() -> bool:
    """Whether the machine is short of memory because of what runs in this sandbox."""
    with open("/proc/meminfo") as table:
        size = {line.split(":")[0]: int(line.split()[1]) << 10 for line in table if " kB" in line}
    if size["MemAvailable"] > size["MemTotal"] // 8:
        return False
    own, taken = _private("self"), 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            taken += max(_private(name) - own, 0)  # what a fork shares with this process is no one's
    return taken + sum(shutil.disk_usage(path).used for path in PLACES) > MEMORY // 2


def _private(process: str) -> int:
    with open(f"/proc/{process}/statm") as statm:
        _, resident, shared, *_ = map(int, statm.read().split())
    return (resident - shared) * resource.getpagesize()
