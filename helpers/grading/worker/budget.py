"""What processes may take of the processor, and how long they may sleep; a busy machine ends none of them."""

import os
import time
from collections.abc import Callable, Iterator

from helpers.probes.limit import pace

NO_TIME = "ran out of time"
IDLE = 60.0  # seconds in which none of them may run or wait for a processor, added up
LATE = 1.0  # seconds at most that one look tells of: a late one was itself kept waiting
TICKS = os.sysconf("SC_CLK_TCK")


class Budget:
    """The processor's time of some processes, and the time in which all of them slept.

    A process that waits for its turn on a busy machine does not sleep. More of the processor is allowed
    where it is slower than the one that the limits were chosen on.

    Args:
        seconds: of the processor, of all of them together.
        idle: seconds that they may sleep.
        whose: says which processes, by number.
    """

    def __init__(self, seconds: float, idle: float, whose: Callable[[], Iterator[str]]):
        self._seconds, self._idle, self._whose = seconds * pace(), idle, whose
        self._used, self._slept, self._looked = 0.0, 0.0, time.monotonic()

    @property
    def left(self) -> float:
        """The seconds of the processor that were not used, as the limits count them."""
        return (self._seconds - self._used) / pace()

    def over(self) -> str:
        """Say that they have used it up; empty where they have not."""
        now, used, awake = time.monotonic(), 0.0, False
        for process in self._whose():
            took, runs = taken(process)
            used, awake = used + took, awake or runs
        if not awake and used <= self._used:
            self._slept += min(now - self._looked, LATE)
        self._used, self._looked = max(used, self._used), now
        return NO_TIME if self._used > self._seconds or self._slept > self._idle else ""


def others() -> Iterator[str]:
    """Yield the numbers of all processes of this sandbox but its first and this one."""
    mine = ("1", str(os.getpid()))
    yield from (name for name in os.listdir("/proc") if name.isdigit() and name not in mine)


def session(number: int) -> Callable[[], Iterator[str]]:
    """Return what yields the processes of a session: those that a check has begun, unless they left it."""

    def members() -> Iterator[str]:
        for process in others():
            if process == str(number) or fields(process)[3:4] == [str(number)]:
                yield process

    return members


def taken(process: str) -> tuple[float, bool]:
    """Return the seconds of the processor that a process and its ended children took; whether it is awake.

    Awake is what runs, waits for its turn (R) or for a disk (D), in any of its threads.
    """
    told = fields(process)
    if len(told) < 15:  # it has ended
        return 0.0, False
    return sum(map(int, told[11:15])) / TICKS, told[0] in "RD" or _threads(process)


def _threads(process: str) -> bool:
    try:
        threads = os.listdir(f"/proc/{process}/task")
    except OSError:
        return False
    mine = (thread for thread in threads if thread != process)
    return any(fields(f"{process}/task/{thread}")[:1] in (["R"], ["D"]) for thread in mine)


def fields(process: str) -> list[str]:
    """Return what the kernel says of a process, from its state on; nothing where it has ended."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].decode().split()
    except OSError:
        return []
