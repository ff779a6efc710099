"""What ends a run early: an interrupt, between two steps, where nothing is lost; or patience at its end."""

import math
import signal
import threading
from types import FrameType
from typing import Any

from torch import Tensor, nn


class Interrupt:
    """A context for Ctrl-C and Jupyter's stop button.

    The first interrupt is kept in `asked`; a second one stops at once, as ever.
    """

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


class Best:
    """The smallest validation loss so far, its weights, and for how many epochs there was none smaller."""

    def __init__(self, patience: int | None):
        self.patience = patience
        self.loss, self.waited = math.inf, 0
        self.weights: dict[str, Tensor] = {}

    def see(self, loss: float, model: nn.Module) -> bool:
        """Note an epoch's loss; return whether it is the smallest. NaN never is."""
        if not loss < self.loss:
            self.waited += 1
            return False
        self.loss, self.waited = loss, 0
        if self.patience:
            self.weights = {name: x.detach().clone() for name, x in model.state_dict().items()}
        return True

    @property
    def tired(self) -> bool:
        """Whether patience has come to its end."""
        return self.patience is not None and self.waited >= self.patience
