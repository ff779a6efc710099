"""What a probe hands to an answer: a change in place is seen whatever the probe made of its inputs."""

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

Thing = TypeVar("Thing")
Watched = list[tuple[str, Any, Any]]  # the name, the object, and a copy of what it was

_watched: ContextVar[Watched | None] = ContextVar("watched", default=None)


def watch(thing: Thing, name: str) -> Thing:
    """Return `thing`, an array, tensor, list or dict for an answer; whether it changes is looked at later.

    A probe that hands its inputs on as they are need not call this.

    Args:
        thing: what the answer gets.
        name: what the student is told was changed.
    """
    rows = _watched.get()
    if rows is not None:
        rows.append((name, thing, _copied(thing)))
    return thing


@contextmanager
def watching() -> Iterator[Watched]:
    """Collect what `watch` is called with."""
    rows: Watched = []
    token = _watched.set(rows)
    try:
        yield rows
    finally:
        _watched.reset(token)


def changed(rows: Watched) -> list[str]:
    """Name what is not as it was."""
    return [name for name, thing, before in rows if not same(thing, before)]


def same(a: Any, b: Any) -> bool:
    """Whether two trees of arrays, tensors and plain data are alike in every bit."""
    if type(a).__name__ in ("Tensor", "Parameter") and "torch" in sys.modules:
        return type(b) is type(a) and same(a.detach().cpu().numpy(), b.detach().cpu().numpy())
    if isinstance(a, np.ndarray):
        alike = isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape
        return alike and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def _copied(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {key: _copied(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_copied(value) for value in thing]
    return thing.detach().clone() if hasattr(thing, "detach") else copy.deepcopy(thing)
