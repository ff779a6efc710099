"""A slow machine, made of this one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

PERIOD = 100_000  # microseconds
ENTER = 'echo $$ > "$1"; shift; exec "$@"'
NUMBER = count()
WEIGHT = {0.05: 13, 0.1: 10}  # by share: how nice to be to a process that is not


@contextmanager
def slowed(share: float) -> Iterator[list[str]]:
    """Yield what to put before a command so that it gets no more than this share of one processor.

    A control group's quota where one can be made; else every processor is kept busy, and the command is nice.
    """
    if folder := _group(share):
        try:
            yield ["/bin/sh", "-c", ENTER, "sh", str(folder / "cgroup.procs")]
        finally:
            with suppress(OSError):
                folder.rmdir()
    else:
        with busy(os.cpu_count() or 1):
            yield ["nice", "-n", str(WEIGHT[share])]


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep so many processes busy meanwhile."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _group(share: float) -> Path | None:
    """Make a control group of either version; None where that can't be done."""
    name = f"course-slow-{os.getpid()}-{next(NUMBER)}"
    for root, limits in (
        ("cpu", {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": int(share * PERIOD)}),
        ("", {"cpu.max": f"{int(share * PERIOD)} {PERIOD}"}),
    ):
        folder = Path("/sys/fs/cgroup") / root / name
        try:
            folder.mkdir()
            for file, value in limits.items():
                (folder / file).write_text(str(value))
        except OSError:
            with suppress(OSError):
                folder.rmdir()
        else:
            return folder
    return None
