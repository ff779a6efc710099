"""Limits of time: what they count, what they can interrupt, what they leave behind."""

import contextlib
import gc
import math
import random
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.probes import limit as clock
from helpers.probes.limit import TimeLimit, limit

SOURCES = Path(__file__).parents[2]


def forever() -> None:
    while True:
        pass


def swallows() -> None:
    while True:
        with contextlib.suppress(Exception):
            forever()


def naps() -> None:
    while True:
        time.sleep(0.01)


def ended(code: Callable[[], object], seconds: float) -> str:
    """Run code under a limit and say how that ended."""
    try:
        with limit(seconds):
            code()
    except TimeLimit as error:
        return str(error)
    return "done"


def elsewhere(code: Callable[[], object], seconds: float) -> str:
    """Do the same in a thread, where there is no alarm."""
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(ended(code, seconds)))
    thread.start()
    thread.join()
    return told[0]


WHERE = pytest.mark.parametrize("run", [ended, elsewhere])


@WHERE
@pytest.mark.parametrize("loop", [forever, swallows])
def test_a_loop_without_an_end_is_stopped(run: Callable[..., str], loop: Callable[[], None]) -> None:
    assert run(loop, 0.2) == "it took more than 0.2 s of the processor"


@WHERE
def test_what_sleeps_is_stopped_long_after(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "BACKSTOP", 4.0)
    began = time.monotonic()
    assert "most of which it waited" in run(naps, 0.2)
    assert time.monotonic() - began >= 4 * 0.2


@WHERE
def test_time_in_which_others_have_the_processor_does_not_count(run: Callable[..., str]) -> None:
    assert run(lambda: time.sleep(1.0), 0.1) == "done"


@WHERE
def test_a_slower_processor_gets_more_time(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        began = time.thread_time()
        while time.thread_time() - began < 0.3:
            pass

    assert "more than 0.1 s" in run(busy, 0.1)
    monkeypatch.setattr(clock, "pace", lambda: 10.0)
    assert run(busy, 0.1) == "done"


def test_a_bare_except_is_stopped_at_the_second_try() -> None:
    def stubborn() -> None:
        for _ in range(2):
            with contextlib.suppress(BaseException):
                forever()

    assert ended(stubborn, 0.1) in ("done", "it took more than 0.1 s of the processor")


def test_there_may_be_no_limit() -> None:
    assert ended(lambda: None, math.inf) == "done"


def test_an_alarm_that_rings_while_it_is_taken_down_is_not_set_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would find no handler, and end the process: a kernel that died, and nobody could say why."""
    set_timer = signal.setitimer

    def rings_late(which: int, seconds: float) -> tuple[float, float]:
        before = set_timer(which, seconds)
        if not seconds:
            signal.raise_signal(signal.SIGALRM)
        return before

    monkeypatch.setattr(signal, "setitimer", rings_late)
    try:
        assert ended(lambda: None, 60) == "done"
        assert not any(signal.getitimer(signal.ITIMER_REAL))
    finally:
        set_timer(signal.ITIMER_REAL, 0)


def test_the_limit_leaves_nothing_behind() -> None:
    for _ in range(20):
        with pytest.raises(TimeLimit), limit(0.001):
            forever()
    with limit(60):
        time.sleep(0)
    for _ in range(1000):
        pass


SLOW = """
import time
import weakref
marks = []
for i in range(40):
    began = time.thread_time()
    while time.thread_time() - began < 0.01: pass
    marks.append(i)
"""
CUT = """
import sys, threading
sys.path.insert(0, {folder!r})
from helpers.probes.limit import TimeLimit, limit

def answer():
    import slowly
    while True: pass

def run():
    try:
        with limit({seconds}): answer()
    except TimeLimit: pass

if {threaded}:
    thread = threading.Thread(target=run); thread.start(); thread.join()
else:
    run()
import slowly
assert slowly.marks == list(range(40)), slowly.marks
"""


def python(code: str) -> None:
    ran = subprocess.run([sys.executable, "-c", code], cwd=SOURCES, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]


@pytest.mark.parametrize("threaded", [False, True])
@pytest.mark.parametrize("seconds", [0.003, 0.05, 0.21])
def test_no_import_is_cut_in_two(seconds: float, threaded: bool, tmp_path: Path) -> None:
    (tmp_path / "slowly.py").write_text(SLOW)
    python(CUT.format(folder=str(tmp_path), seconds=seconds, threaded=threaded))


OPTIMISER = """
import torch
from helpers.probes.limit import TimeLimit, limit
try:
    with limit({seconds}): torch.optim.LBFGS([torch.zeros(3, requires_grad=True)])
except TimeLimit: pass
torch.optim.LBFGS([torch.zeros(3, requires_grad=True)])
torch.optim.Adam([torch.zeros(3, requires_grad=True)])
"""


def test_an_optimiser_whose_first_import_meets_the_limit_works_afterwards() -> None:
    python(OPTIMISER.format(seconds=0.3))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [random.Random(15).uniform(0.001, 1.5) for _ in range(40)])
def test_it_does_at_any_moment(seconds: float) -> None:
    python(OPTIMISER.format(seconds=seconds))


SPIN = (
    "def {}(*_):\n    began = time.thread_time()\n    while time.thread_time() - began < 0.1:\n        pass\n"
)


@pytest.mark.parametrize("where", ["collection", "weak reference", "finaliser"])
def test_nothing_is_raised_where_python_drops_it(where: str) -> None:
    """It would be told as ignored, and the code would go on as if there were no limit."""
    scope: dict = {"time": time}
    spin = "".join(map(SPIN.format, ("remove", "__del__")))
    exec(compile(spin, weakref.__file__ if where == "weak reference" else "<mine>", "exec"), scope)

    class Thing:
        pass

    def lets_go() -> None:
        thing = Thing()
        _watched = weakref.ref(thing, scope["remove"])
        del thing

    def collects() -> None:
        gc.callbacks.append(scope["remove"])
        gc.collect(0)  # the youngest only: how long all take depends on what ran before
        gc.callbacks.remove(scope["remove"])

    def ends() -> None:
        type("Thing", (), {"__del__": scope["__del__"]})()

    def code() -> None:
        {"collection": collects, "weak reference": lets_go, "finaliser": ends}[where]()
        forever()

    assert ended(code, 0.05) == ended(forever, 0.05)


@WHERE
def test_not_even_where_the_first_look_comes_late(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection may be one long call: when the alarm is heard, in what it calls, the time is long over."""
    monkeypatch.setattr(clock, "AGAIN", 0.1)

    def takes_long(*_: object) -> None:
        sum(range(4 * 10**7))

    def code() -> None:
        gc.callbacks.append(takes_long)
        gc.collect(0)
        gc.callbacks.remove(takes_long)
        forever()

    assert run(code, 0.05) == run(forever, 0.05)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@WHERE
def test_what_never_ends_there_is_ended_all_the_same(run: Callable[..., str]) -> None:
    def never_ends(*_: object) -> None:
        forever()

    def code() -> None:
        gc.callbacks.append(never_ends)
        try:
            gc.collect()
        finally:
            gc.callbacks.remove(never_ends)
        forever()

    assert "0.05 s" in run(code, 0.05)
