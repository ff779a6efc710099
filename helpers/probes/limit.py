"""A soft time limit that keeps an endless loop from freezing the student's kernel."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeLimit(BaseException):
    """Raised inside code that ran out of time; no `except Exception` catches it."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` in the body after `seconds`, again every half second until it ends.

    It works on every platform and in every thread, between two Python instructions: a single long
    call into compiled code ends first. (The grader's sandbox has hard limits.)
    """
    thread, done, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            pause = 0.5  # a bare `except:` may have swallowed the first
            with lock:
                if not done.is_set():
                    raise_in(thread, ctypes.py_object(TimeLimit))

    threading.Thread(target=watch, daemon=True, name="time-limit").start()
    try:
        yield
    finally:
        try:
            with lock:
                done.set()
            for _ in range(2):  # one that was sent arrives here
                pass
        except TimeLimit:
            done.set()
