"""A forked process, seen from outside: what it hands over, and how it ended."""

import contextlib
import os
import select
import signal
import time
import traceback
from collections.abc import Callable

from helpers.grading.worker.frames import EVIDENCE

NO_TIME, TOO_MUCH = "ran out of time", "handed over too much"


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


def outcome(child: int) -> int:
    """Wait for a process, and end it where it was stopped; whatever else ends is forgotten."""
    while True:
        gone, status = os.waitpid(-1, os.WUNTRACED)
        if gone == child and os.WIFSTOPPED(status):
            os.kill(child, signal.SIGKILL)
        elif gone == child:
            return status


def collect(
    pipe: int, child: int, deadline: float, crowded: Callable[[], bool] = lambda: False
) -> tuple[bytes, str]:
    """Read what a process writes until it ends, is out of time, or has taken or written too much."""
    data = bytearray()
    while True:
        gone, status = os.waitpid(child, os.WNOHANG)
        while len(data) <= EVIDENCE and select.select([pipe], [], [], 0 if gone else 0.05)[0]:
            if not (chunk := os.read(pipe, 1 << 20)):
                if not gone:
                    time.sleep(0.001)
                break
            data += chunk
            if time.monotonic() > deadline:
                break
        if gone:
            return bytes(data), told(status)
        ended = TOO_MUCH if len(data) > EVIDENCE else NO_TIME if time.monotonic() > deadline else ""
        if ended := ended or ("ran out of memory" if crowded() else ""):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return bytes(data), ended


def told(status: int) -> str:
    """Say how a process ended, as the sentence "its process ..." goes on."""
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGALRM, -signal.SIGXCPU):
        return NO_TIME
    names = {int(known): known.name for known in signal.Signals}
    if code < 0:
        return f"was ended by {names.get(-code, f'signal {-code}')}"
    return "ended" if code == 0 else f"ended itself with exit code {code}"
