"""How long a worker is waited for: as long as its processes do something, however slow this machine is."""

import os
import time
from collections.abc import Iterator

from helpers.grading.worker.budget import LATE, fields, taken
from helpers.probes.limit import BACKSTOP, pace

LOOK = 1.0  # seconds until the next look
STILL = 180.0  # seconds in a row in which nothing in a sandbox runs: its own watch allows a third of that
BUSY = 5.0  # times the processor's time that the limits inside allow: what takes more has no limits any more


class Patience:
    """Says when to give up on the processes of a sandbox.

    A process that waits for its turn or for a disk does something, so that a busy machine is waited for.

    Args:
        process: the first of them, as this machine counts.
        seconds: the most on the wall, BACKSTOP times what they may take of the processor.
    """

    def __init__(self, process: int, seconds: float):
        self._process, self._seconds, self._began = process, seconds, time.monotonic()
        self._before: float | None = None
        self._used, self._still, self._looked = 0.0, 0.0, self._began

    def over(self) -> str:
        """Say why to give up; empty where there is hope."""
        now, used, awake, seen = time.monotonic(), 0.0, False, 0
        for process in below(self._process):
            took, runs = taken(process)
            used, awake, seen = used + took, awake or runs, seen + 1
        if self._before is None:
            self._before = used
        rests = seen > 1 and not awake and used <= self._used  # where they can be seen at all
        self._still = self._still + min(now - self._looked, LATE) if rests else 0.0
        self._used, self._looked = max(used, self._used), now
        if self._still > STILL:
            return f"nothing in it has run for {STILL:g} s"
        if self._used - self._before > BUSY * self._seconds / BACKSTOP * pace():
            return f"it took {self._used - self._before:.0f} s of the processor"
        if now - self._began > self._seconds:
            return f"{self._seconds:g} s have passed"
        return ""


def below(process: int) -> Iterator[str]:
    """Yield the numbers of a process and all that it or they have begun."""
    parents = {name: told[1] for name in os.listdir("/proc") if name.isdigit() and (told := fields(name))}
    children: dict[str, list[str]] = {}
    for name, parent in parents.items():
        children.setdefault(parent, []).append(name)
    queue = [str(process)]
    while queue:
        yield (name := queue.pop())
        queue += children.get(name, ())
