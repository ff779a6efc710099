"""How a forked process ended is known as soon as it has, and nothing that it does keeps anybody waiting."""

import os
import select
import signal
from collections.abc import Callable
from typing import Any

import pytest

from helpers.grading.worker.child import outcome


class Patient:
    """A poll that waits until it is told of something, however little it is asked to wait."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self.register, self.unregister = self._poll.register, self._poll.unregister

    def poll(self, _: int) -> list[tuple[int, int]]:
        return self._poll.poll(60_000) or pytest.fail("it was told nothing")


def forked(run: Callable[[], object]) -> int:
    if (child := os.fork()) == 0:
        try:
            run()
        finally:
            os._exit(0)
    return child


def after(end: int) -> None:
    """Wait until the other side of a pipe is closed."""
    os.read(end, 1)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_the_end_of_a_process_is_told_not_asked_for() -> None:
    inside, outside = os.pipe()
    before = os.listdir("/proc/self/fd")

    def run() -> None:
        os.close(outside)
        after(inside)
        os._exit(7)

    child = forked(run)
    forked(lambda: os.closerange(inside, outside + 1))  # another that ends is none of its business
    os.close(outside)
    os.close(inside)
    poll: Any = Patient()
    assert os.waitstatus_to_exitcode(outcome(child, poll)) == 7
    assert len(os.listdir("/proc/self/fd")) == len(before) - 2


@pytest.mark.parametrize("told", [True, False])
def test_a_process_that_is_stopped_is_ended(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: int) -> int:
        raise OSError

    if not told:  # an old kernel
        monkeypatch.setattr(os, "pidfd_open", refused, raising=False)
    child = forked(lambda: os.kill(os.getpid(), signal.SIGSTOP))
    assert os.waitstatus_to_exitcode(outcome(child, select.poll())) == -signal.SIGKILL


def test_where_the_other_side_hangs_up_this_process_ends() -> None:
    (inside, outside), poll = os.pipe(), select.poll()
    poll.register(inside, 0)

    def run() -> None:
        os.close(outside)
        signal.pause()

    child = forked(run)
    os.close(outside)
    try:
        with pytest.raises(SystemExit):
            outcome(child, poll)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(inside)
