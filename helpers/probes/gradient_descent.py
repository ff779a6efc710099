"""Probes of lesson 02: they turn its answers into plain data.

An optimiser is asked for several steps in a row, and every state it passes through is kept.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.probes.given import watch


def path(
    descend: Callable[..., Any], a: ndarray, c: ndarray, x: ndarray, eta: float | ndarray, steps: int
) -> Any:
    """Descend with the gradient a tanh(x - c)."""
    return descend(lambda x: a * np.tanh(x - c), x, eta, steps)


def landmark(landmarks: Callable[[], Any], name: str) -> Any:
    """Return one of the numbers."""
    return landmarks()[name]


def orders(batches: Callable[..., Any], n: int, b: int, seed: int) -> Any:
    """Return the row numbers of each batch of three epochs: two from one generator, the first once more."""
    rng = np.random.default_rng(seed)
    epochs = [batches(n, b, rng), batches(n, b, rng), batches(n, b, np.random.default_rng(seed))]
    return [[np.array(rows) for rows in epoch] for epoch in epochs]


def least_squares(
    sgd: Callable[..., Any], w: ndarray, X: ndarray, y: ndarray, eta: float, b: int, epochs: int, seed: int
) -> Any:
    """Fit a line by the mean of squared errors."""

    def gradient(w: ndarray, X: ndarray, y: ndarray) -> ndarray:
        return 2 * X.T @ (X @ w - y) / len(X)

    return sgd(gradient, w, X, y, eta, b, epochs, np.random.default_rng(seed))


def asked(
    sgd: Callable[..., Any], w: ndarray, X: ndarray, y: ndarray, eta: float, b: int, epochs: int, seed: int
) -> Any:
    """Follow the gradient w - 1, whatever the rows are, and note which rows it is asked for.

    The first column of X and of y is the number of the row. Returned are w at the end, how many rows each
    gradient was asked for, how often each row was, whether the labels were those of the rows, whether the
    second epoch had the order of the first, and whether the same generator brings the same order again, and
    another one another.
    """
    runs: list[list[ndarray]] = []
    right: list[bool] = []

    def gradient(w: ndarray, X: ndarray, y: ndarray) -> ndarray:
        runs[-1].append(X[:, 0].astype(int))
        right.append(np.array_equal(X[:, 0], y.reshape(len(y), -1)[:, 0]))
        return w - 1

    for start in (seed + 1, seed, seed):
        runs.append([])
        end = sgd(gradient, w, X, y, eta, b, epochs, np.random.default_rng(start))
    other, rows, again = (np.concatenate([*run, np.zeros(0, dtype=int)]) for run in runs)
    n = len(X)
    return {
        "w": end,
        "rows in each step": [len(batch) for batch in runs[1]],
        "how often each row": np.bincount(rows, minlength=n),
        "labels of the same rows": all(right),
        "second epoch in the first's order": bool(np.array_equal(rows[:n], rows[n : 2 * n])),
        "the same generator, the same order": bool(np.array_equal(rows, again)),
        "another generator, another order": not np.array_equal(rows, other),
    }


def momentum(
    step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, beta: float, v: ndarray | None = None
) -> Any:
    """Take a step for each row of G, from rest or with a velocity; return every w and every v."""
    return _walk(step, G, (eta, beta), w=w, v=np.zeros_like(w) if v is None else v)


def adam_averages(step: Callable[..., Any], w: ndarray, G: ndarray, *constants: float) -> Any:
    """Take a step of Adam for each row of G and return every m and every v."""
    seen = adam(step, w, G, *constants)
    return {"m": seen["m"], "v": seen["v"]}


def adam_weights(step: Callable[..., Any], w: ndarray, G: ndarray, *constants: float) -> Any:
    """Take a step of Adam for each row of G and return every w."""
    return adam(step, w, G, *constants)["w"]


def adam(step: Callable[..., Any], w: ndarray, G: ndarray, *constants: float) -> dict[str, ndarray]:
    """Take a step of Adam, or AdamW, for each row of G and return every w, m and v.

    Args:
        step: `step(w, m, v, g, t, *constants)`.
        w: where it begins.
        G: the gradients, a row for each step.
        constants: η, β₁, β₂, ε, the first of them or none; the others are the answer's own defaults.
    """
    return _walk(step, G, constants, timed=True, w=w, m=np.zeros_like(w), v=np.zeros_like(w))


def scaled(step: Callable[..., Any], w: ndarray, G: ndarray, *constants: float) -> Any:
    """Take a step of Adagrad or RMSProp for each row of G; return every w and every s."""
    return _walk(step, G, constants, w=w, s=np.zeros_like(w))


def _walk(
    step: Callable[..., Any], G: ndarray, constants: Sequence[float], timed: bool = False, **state: ndarray
) -> dict[str, ndarray]:
    """Take a step with each row of G; return all that each part of the state has been, by name.

    Raises:
        TypeError: where a step does not return as many values as the state has.
    """
    now, seen = list(state.values()), []
    for t, g in enumerate(G, start=1):
        given = [watch(np.array(value), name) for name, value in zip(state, now, strict=True)]
        found = step(*given, g, *([t] if timed else []), *constants)
        if not isinstance(found, tuple | list) or len(found) != len(state):
            raise TypeError(f"a step returns ({', '.join(state)}), {len(state)} values, not {_told(found)}")
        now = list(found)
        seen.append([np.array(value) for value in now])
    return {name: np.array(column) for name, column in zip(state, zip(*seen, strict=True), strict=True)}


def _told(found: Any) -> str:
    return f"{len(found)} of them" if isinstance(found, tuple | list) else f"one {type(found).__name__}"
