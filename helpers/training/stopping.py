"""Ctrl-C, and Jupyter's stop button, end a run between two steps, where nothing is lost."""

import signal
import threading
from types import FrameType
from typing import Any


class Interrupt:
    """A context in which the first interrupt is kept in `asked`; a second one stops at once, as ever."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None
        self._set = False

    def __enter__(self) -> "Interrupt":
        if threading.current_thread() is threading.main_thread():  # no other thread may, or is interrupted
            self._before, self._set = signal.signal(signal.SIGINT, self._heard), True
        return self

    def __exit__(self, *_: object) -> None:
        if self._set:
            signal.signal(signal.SIGINT, signal.SIG_DFL if self._before is None else self._before)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
