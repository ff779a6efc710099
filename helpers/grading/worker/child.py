"""A forked process, seen from outside: what it hands over, and how it ended."""

import contextlib
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from helpers.grading.worker.budget import NO_TIME, Budget
from helpers.grading.worker.frames import EVIDENCE
from helpers.grading.worker.memory import NO_MEMORY, kills

LOOK = 0.05  # seconds at least between two looks at what a process takes
TOO_MUCH = "handed over too much"


def guarded(run: Callable[[], None]) -> None:
    """Run something in a forked process and end it there, whatever happens."""
    try:
        run()
        os._exit(0)
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(70)


def outcome(child: int, hung_up: select.poll) -> int:
    """Wait for a process, and end it where it was stopped; whatever else ends is forgotten.

    Where the other side hangs up, this process ends, and all others with it: bubblewrap's own
    `--die-with-parent` has no right to, once setpriv has changed the user.
    """
    with _told_of(child, hung_up) as end:
        while True:
            gone, status = os.waitpid(-1, os.WUNTRACED | os.WNOHANG)
            if not gone and any(fd != end for fd, _ in hung_up.poll(10)):
                sys.exit()
            if gone == child and os.WIFSTOPPED(status):
                os.kill(child, signal.SIGKILL)
            elif gone == child:
                return status


@contextlib.contextmanager
def _told_of(child: int, poll: select.poll) -> Iterator[int]:
    """Let a poll return as soon as a process ends, where the kernel can; yields what it then names."""
    try:
        end = os.pidfd_open(child)
    except OSError:
        yield -1
        return
    poll.register(end, select.POLLIN)
    try:
        yield end
    finally:
        poll.unregister(end)
        os.close(end)


@dataclass(frozen=True)
class Gone:
    """A process that has ended: what it wrote, how it ended, and the most memory it held, in bytes."""

    data: bytes
    ended: str
    peak: int


def collect(
    pipe: int,
    child: int,
    budget: Budget,
    look: Callable[[], str] = lambda: "",
    hear: Callable[[bytearray], object] = lambda data: None,
) -> Gone:
    """Read what a process writes until it ends, is out of time, or has written or taken too much.

    Args:
        pipe: where it writes.
        child: the process.
        budget: the time that it may take.
        look: says what it takes too much of; asked every LOOK seconds, less often where that is slow.
        hear: called with all that was written so far, each time there is more.
    """
    data, killed, due = bytearray(), kills(), 0.0
    while True:
        gone, status, usage = os.wait4(child, os.WNOHANG)
        while len(data) <= EVIDENCE and select.select([pipe], [], [], 0 if gone else _until(due))[0]:
            if not (chunk := os.read(pipe, 1 << 20)):
                if not gone:
                    time.sleep(0.001)
                break
            data += chunk
            hear(data)
            if time.monotonic() > due:
                break
        if gone:
            starved = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and kills() > killed
            return Gone(bytes(data), NO_MEMORY if starved else told(status), usage.ru_maxrss << 10)
        ended = TOO_MUCH if len(data) > EVIDENCE else ""
        if not ended and (began := time.monotonic()) > due:
            ended = budget.over() or look()
            due = max(began + LOOK, 3 * time.monotonic() - 2 * began)
        if ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
            return Gone(bytes(data), ended, os.wait4(child, 0)[2].ru_maxrss << 10)


def _until(due: float) -> float:
    """Return the seconds until a look is due, and no more than pass between two."""
    return min(max(due - time.monotonic(), 0.0), LOOK)


def told(status: int) -> str:
    """Say how a process ended, as the sentence "its process ..." goes on."""
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGPROF, -signal.SIGXCPU):
        return NO_TIME
    names = {int(known): known.name for known in signal.Signals}
    if code < 0:
        return f"was ended by {names.get(-code, f'signal {-code}')}"
    return "ended" if code == 0 else f"ended itself with exit code {code}"
