"""A limit on what code may take of the processor, so that an endless loop can't freeze the student's kernel.

Time on the wall says how busy the machine is; time of the processor says what the code does. So the second
is what counts, a slow processor is allowed for, and imports are free: nothing is ever raised into one, as a
module that is cut in two stays broken for as long as the process lives.
"""

import ctypes
import gc
import inspect
import math
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import CodeType, FrameType

AFTER = 2.5  # seconds at most for each part of a task after the first that ran out of time
AGAIN = 0.5  # seconds until it is raised once more: a bare `except:` may have swallowed the first
BACKSTOP = 30.0  # times as long may pass on the wall, for what sleeps and takes nothing of the processor
LOOK, SOON = 0.25, 0.02  # seconds until the next look: to see an import, and where nothing may be raised now
NOMINAL = 0.0026  # seconds that `_lap` takes on the machine that the limits were chosen on


class TimeLimit(BaseException):
    """Raised inside code that took too long, with what it took; no `except Exception` catches it."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` in the body after `seconds` of the processor, again every half second until it ends.

    What counts is the time of this thread alone, on a processor as fast as the one the limits were chosen
    on; while a module is imported, the clock starts anew. Code that sleeps is stopped after 30 times as long
    on the wall.

    It works on every platform and in every thread, between two Python instructions: a single long call into
    compiled code ends first. (The grader's sandbox has hard limits.) In the main thread the system's alarm
    is used where nothing else uses it, as a thread that watches takes time to start.

    Args:
        seconds: of the processor; infinite for no limit.
    """
    if math.isinf(seconds):
        yield
        return
    with _by_alarm(seconds) if _alarm_is_free() else _by_thread(seconds):
        yield


class _Clock:
    """What is left of an allowance: of the processor's time, and of the time on the wall.

    Args:
        seconds: of the processor.
        used: how many seconds of it the code has used since some moment.
    """

    def __init__(self, seconds: float, used: Callable[[], float]):
        self._seconds, self._used = seconds, used
        self._looked = self._waited = 0.0
        self.restart()

    def restart(self) -> None:
        """Give the whole allowance once more."""
        self._began, self._since = self._used(), time.monotonic()

    def left(self) -> float:
        """Return the seconds that are left, and no more of them than another look is due after."""
        busy = self._used() - self._began
        waited = time.monotonic() - self._since
        return min(LOOK, self._seconds * pace() - busy, BACKSTOP * self._seconds * pace() - waited)

    def waits(self, unheard: bool) -> bool:
        """Whether to wait, as nobody would hear: for a while only, since that may never end.

        A single long call, after which the first look comes late, counts no more than a short one.
        """
        before, self._looked = self._looked, self._used() + time.monotonic() / BACKSTOP
        self._waited = self._waited + min(self._looked - before, SOON) if unheard else 0.0
        return unheard and self._waited < AGAIN

    def over(self) -> TimeLimit:
        """Return what to raise: it says what was too long."""
        if self._used() - self._began >= self._seconds * pace():
            return TimeLimit(f"it took more than {self._seconds:g} s of the processor")
        waited = time.monotonic() - self._since
        return TimeLimit(f"it was not done after {waited:.0f} s, most of which it waited")


@cache
def pace() -> float:
    """Return how many times slower this processor is than the one the limits were chosen on; 1 at least."""
    return max(1.0, min(_lap() for _ in range(5)) / NOMINAL)


def _lap() -> float:
    """Return the processor's seconds for a loop of plain Python."""
    began, total = time.thread_time(), 0
    for i in range(50_000):
        total += i & 3
    return time.thread_time() - began


def _alarm_is_free() -> bool:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGALRM) == signal.SIG_DFL and not any(
        signal.getitimer(signal.ITIMER_REAL)
    )


def _busy_with(frame: FrameType | None, clock: _Clock) -> str:
    """Say what a thread does that nothing may be raised into; empty where it may."""
    if frame is None or frame.f_code.co_filename in OURS:  # on its way in or out
        return "us"
    unheard = False
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return "an import"
        unheard = unheard or _unheard(frame.f_code)
        frame = frame.f_back
    return "what nobody hears" if clock.waits(unheard) else ""


def _unheard(code: CodeType) -> bool:
    """Whether Python drops an exception in it: a finaliser, what collecting calls, what tidies weak dicts."""
    if code.co_name == "__del__" or (code.co_filename in WEAK and code.co_name in ("remove", "_remove")):
        return True
    return any(getattr(called, "__code__", None) is code for called in gc.callbacks)


@contextmanager
def _by_alarm(seconds: float) -> Iterator[None]:
    clock, done = _Clock(seconds, time.thread_time), False

    def ring(number: int, frame: FrameType | None) -> None:
        if done:  # it rang while it was taken down: set once more, it would end the process
            return
        if (busy := _busy_with(frame, clock)) == "an import":
            clock.restart()
        left = clock.left()
        ends = left <= 0 and not busy
        signal.setitimer(signal.ITIMER_REAL, AGAIN if ends else max(left, SOON) if not busy else SOON)
        if ends:
            raise clock.over()

    try:
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, max(clock.left(), SOON))
        yield
    finally:
        done = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    thread, lock, done = threading.get_ident(), threading.Lock(), threading.Event()
    clock = _Clock(seconds, _used_by(thread))
    begun = threading.Event()

    def look() -> float | None:
        """Raise it where it is time; return the seconds until the next look, None where nobody is there."""
        with lock:
            frame = sys._current_frames().get(thread)
            if frame is None:
                return None
            if (busy := _busy_with(frame, clock)) == "an import":
                clock.restart()
            left = clock.left()
            if busy or not begun.is_set() or left > 0:
                return max(left, SOON) if not busy else SOON
            if not done.is_set():
                _raise_in(ctypes.c_ulong(thread), ctypes.py_object(_telling(str(clock.over()))))
            return AGAIN

    def watch() -> None:
        pause: float | None = max(clock.left(), SOON)
        while pause is not None and not done.wait(pause):
            pause = look()

    threading.Thread(target=watch, daemon=True, name="time-limit").start()
    try:
        begun.set()
        yield
    finally:
        try:
            with lock:
                done.set()
            for _ in range(2):  # one that was sent arrives here
                pass
        except TimeLimit:
            done.set()


def _telling(says: str) -> type[TimeLimit]:
    """Return the exception as a class that says it: another thread can't be sent an object."""
    return type("TimeLimit", (TimeLimit,), {"__str__": lambda _: says})


def _used_by(thread: int) -> Callable[[], float]:
    """Return what tells a thread's time of the processor; some systems know only that of the process."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
WEAK = {kind.__init__.__code__.co_filename for kind in (weakref.WeakKeyDictionary, weakref.WeakSet)}
OURS = {f.__code__.co_filename for f in (limit, inspect.unwrap(limit))}  # contextlib, and this file
