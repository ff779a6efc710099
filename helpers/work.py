"""Work that takes a while: it shows the time that is left, and goes on where it was stopped."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from helpers.training.bar import Bar, meter

_stopped: dict[str, tuple[Any, int, tuple[object, ...]]] = {}  # by title: state, steps done, what it uses


class Work:
    """A loop whose cell may be interrupted and run again.

        work = Work("LeNet", lambda: new_lenet(np.random.default_rng(0)), lenet, conv_rule)
        for rows in work.over(batches):
            learn(work.state, X[rows])

    Args:
        title: what the line is called; it names the work, too, so that each needs its own.
        make: returns what the loop changes in place, such as parameters, as it is at the beginning.
        uses: answers that it depends on: where one of them is another by now, the work begins anew.

    Attributes:
        state: what `make` returned, or what an interrupted run has left.
    """

    def __init__(self, title: str, make: Callable[[], Any], *uses: object):
        self._title, self._uses, self._done = title, uses, 0
        state, done, used = _stopped.get(title, (None, 0, ()))
        if done and len(used) == len(uses) and all(a is b for a, b in zip(used, uses, strict=True)):
            self.state, self._done = state, done
        else:
            self.state = make()

    def over(self, steps: Sequence[Any]) -> Iterator[Any]:
        """Yield what is left of the steps, the same list each time; an interrupted one is done once more."""
        bar, began, before = Bar(), time.monotonic(), self._done
        if before:
            bar.say(f"{self._title} goes on at step {before + 1} of {len(steps)}, where it was stopped.")
        for self._done in range(before, len(steps)):
            _stopped[self._title] = self.state, self._done, self._uses
            if bar.due:
                bar.write(self._line(len(steps), (time.monotonic() - began) / max(1, self._done - before)))
            yield steps[self._done]
        _stopped.pop(self._title, None)
        self._done = 0
        bar.write(f"{self._title}  {meter(1.0)}  {len(steps)} steps in {_told(time.monotonic() - began)}")
        bar.end()

    def _line(self, steps: int, seconds: float) -> str:
        left = f"  {_told(seconds * (steps - self._done))} left" if seconds and self._done else ""
        return f"{self._title}  {meter(self._done / steps)}  {self._done}/{steps}{left}"


def _told(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
