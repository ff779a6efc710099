"""A progress line that costs next to nothing: it is written five times a second, at most."""

import sys
import time
from typing import Any

EVERY = 0.2  # seconds


class Bar:
    """One line that is written over, in a terminal or a notebook; silent anywhere else.

    Args:
        wanted: False for silence; None and True for a line where one can be written over.

    Attributes:
        seen: whether there is a line.
    """

    def __init__(self, wanted: bool | None = None):
        self._shell = _notebook() if wanted is not False else None
        self._terminal = wanted is not False and not self._shell and sys.stdout.isatty()
        self.seen = bool(self._shell or self._terminal)
        self._handle: Any = None
        self._next = 0.0
        self._width = 0
        self._since: tuple[float, float] | None = None

    @property
    def due(self) -> bool:
        """Whether it is time for another line."""
        return self.seen and time.monotonic() >= self._next

    def write(self, text: str) -> None:
        """Write the line over the last one."""
        self._next = time.monotonic() + EVERY
        if self._shell:
            self._publish(text)
        elif self._terminal:
            print(f"\r{text:<{self._width}}", end="", flush=True)
            self._width = len(text)

    def left(self, share: float) -> str:
        """Say how long the rest takes, by what was done since this was asked first; empty where unknown."""
        now = time.monotonic()
        began, before = self._since = self._since or (now, share)
        if share <= before:
            return ""
        return f"{seconds((now - began) * (1 - share) / (share - before))} left"

    def say(self, text: str) -> None:
        """Print a message that stays, whether or not there is a line."""
        self.end()
        print(text)

    def end(self) -> None:
        """Let the line stand, and begin a new one."""
        if self._terminal and self._width:
            print(flush=True)
            self._width = 0

    def _publish(self, text: str) -> None:
        plain = {"text/plain": text}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(plain, raw=True, display_id=True)
        else:
            self._handle.update(plain, raw=True)


def line(
    done: int,
    of: int | None,
    epoch: int,
    epochs: int,
    loss: float,
    validation: float | None,
    left: str = "",
) -> str:
    """Return the line's text: `epoch 2/3 ━━━━━━────  120/200  loss 0.412  validation 0.398  8 s left`."""
    parts = [f"epoch {epoch}/{epochs}"]
    if of:
        parts.append(meter(done / of))
    parts += [f"{done}/{of}" if of else f"{done} steps", f"loss {loss:.4g}"]
    parts += [f"validation {validation:.4g}"] if validation is not None else []
    parts += [left] * bool(left)
    return "  ".join(parts)


def seconds(time: float) -> str:
    """Return a time in seconds, or in minutes where that says more."""
    return f"{time:.0f} s" if time < 100 else f"{time / 60:.0f} min"


def meter(share: float) -> str:
    """Return a bar of twenty characters, so much of it full."""
    full = round(20 * min(1, share))
    return "━" * full + "─" * (20 - full)


def _notebook() -> Any:
    """The shell of a notebook, which shows output that can be changed; None anywhere else."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell if hasattr(shell, "kernel") else None
