"""Work that takes a while: it shows the time that is left, and goes on where it was stopped."""

import atexit
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from helpers.training import History, train
from helpers.training.bar import Bar, meter, seconds
from helpers.training.run import Mean

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
        bar.left(before / max(1, len(steps)))
        if before:
            bar.say(f"{self._title} goes on at step {before + 1} of {len(steps)}, where it was stopped.")
        for self._done in range(before, len(steps)):
            _stopped[self._title] = self.state, self._done, self._uses
            if bar.due:
                share = self._done / len(steps)
                bar.write(f"{self._title}  {meter(share)}  {self._done}/{len(steps)}  {bar.left(share)}")
            yield steps[self._done]
        _stopped.pop(self._title, None)
        self._done = 0
        bar.write(f"{self._title}  {meter(1.0)}  {len(steps)} steps in {seconds(time.monotonic() - began)}")
        bar.end()


def learn(title: str, model: Any, data: Iterable[Any], loss: Mean, *uses: object, **options: Any) -> History:
    """Train by `helpers.training.train` in a cell that may be interrupted and run again: it goes on then.

    An interrupt ends the cell, too, so that nothing is built on a half-trained model. What is kept of it is
    found again by how the model began: make it, and the data, in the same way.

    Args:
        title: what the run is called.
        model: as it begins.
        data: batches.
        loss: as `train` takes it.
        uses: answers that the model is built of: where one is another by now, the run begins anew.
        options: as `train` takes them.

    Raises:
        KeyboardInterrupt: where it was interrupted.
    """
    began = sha256(repr((title, [id(used) for used in (type(model), *uses)])).encode())
    for weights in model.state_dict().values():
        began.update(weights.detach().cpu().contiguous().numpy().tobytes())
    path = Path(_folder()) / f"{began.hexdigest()[:16]}.pt"
    history = train(model, data, loss, checkpoint=path, **options)
    if history.ended == "interrupted":
        raise KeyboardInterrupt(f"{title} was stopped: run the cell again, and it goes on from there")
    path.unlink(missing_ok=True)
    return history


@cache
def _folder() -> str:
    """A folder for what was interrupted, which goes with the kernel."""
    folder = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return folder.name
