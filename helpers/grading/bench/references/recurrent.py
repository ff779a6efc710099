"""Lesson 06: a batch of the lesson's names through recurrent layers, by the lesson's cells and by torch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

NAMES, LETTERS, WIDTH, HIDDEN = 64, 12, 16, 64  # as in the lesson's training
TIMES = 5  # in a row, so that a pair is long enough to time


def layer(kind: str, **options: bool) -> tuple[Any, ndarray, list[ndarray]]:
    """Return torch's layer or cell of that kind, embedded letters, and its weights [Wx, Wh, bx, bh]."""
    import torch

    torch.manual_seed(0)
    theirs = getattr(torch.nn, kind)(WIDTH, HIDDEN, **options)
    weights = [p.detach().numpy().T.copy() for p in theirs.parameters()]
    A = np.random.default_rng(0).normal(size=(NAMES, LETTERS, WIDTH)).astype(np.float32)
    return theirs, A, weights


def through(kind: str, run: Callable[..., Any]) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same batch through cells, letter by letter: run(A, zeros, *weights) returns the states."""
    import torch

    cell, A, weights = layer(f"{kind}Cell")
    inputs, zeros = torch.tensor(A), np.zeros((NAMES, HIDDEN), np.float32)

    def torch_once() -> ndarray:
        state, H = None, []
        with torch.no_grad():
            for t in range(LETTERS):
                state = cell(inputs[:, t], state)
                H.append(state[0] if isinstance(state, tuple) else state)
            return torch.stack(H, dim=1).numpy()

    return repeated(lambda: run(A, zeros, *weights)), repeated(torch_once)


def repeated(work: Callable[[], object]) -> Callable[[], object]:
    """Return a work that is done several times, and what the last brought."""

    def several() -> object:
        for _ in range(TIMES - 1):
            work()
        return work()

    return several
