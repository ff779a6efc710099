"""Probes of lesson 02: they turn its answers into plain data.

An optimiser is asked for several steps in a row, and every state it passes through is kept.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray


def path(descend: Callable[..., Any], a: ndarray, c: ndarray, x: ndarray, eta: float, steps: int) -> Any:
    """Descend with the gradient a tanh(x - c)."""
    return descend(lambda x: a * np.tanh(x - c), x, eta, steps)


def landmark(landmarks: Callable[[], Any], name: str) -> Any:
    """Return one of the numbers."""
    return landmarks()[name]


def orders(batches: Callable[..., Any], n: int, b: int, seed: int, epochs: int) -> Any:
    """Return the row numbers of each batch of each epoch, from one generator."""
    rng = np.random.default_rng(seed)
    return [[np.array(rows) for rows in batches(n, b, rng)] for _ in range(epochs)]


def least_squares(
    sgd: Callable[..., Any], w: ndarray, X: ndarray, y: ndarray, eta: float, b: int, epochs: int, seed: int
) -> Any:
    """Fit a line by the mean of squared errors."""

    def gradient(w: ndarray, X: ndarray, y: ndarray) -> ndarray:
        return 2 * X.T @ (X @ w - y) / len(X)

    return sgd(gradient, w, X, y, eta, b, epochs, np.random.default_rng(seed))


def constant_force(
    sgd: Callable[..., Any], w: ndarray, X: ndarray, y: ndarray, eta: float, b: int, epochs: int, seed: int
) -> Any:
    """Follow the mean of y x, which no w changes: w ends at the same place in whatever order rows come.

    How many rows each gradient was asked for is kept too.
    """
    sizes: list[int] = []

    def gradient(w: ndarray, X: ndarray, y: ndarray) -> ndarray:
        sizes.append(len(X))
        return X.T @ y / len(X)

    return {"w": sgd(gradient, w, X, y, eta, b, epochs, np.random.default_rng(seed)), "rows": sizes}


def momentum(step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, beta: float) -> Any:
    """Take a step for each row of G, from rest; return every w and every v."""
    return _walk(lambda t, w, v, g: step(w, v, g, eta, beta), G, w=w, v=np.zeros_like(w))


def adam_averages(step: Callable[..., Any], w: ndarray, G: ndarray, beta1: float, beta2: float) -> Any:
    """Take a step of Adam for each row of G and return every m and every v."""
    seen = adam_walk(step, w, G, 0.01, beta1, beta2, 1e-8)
    return {"m": seen["m"], "v": seen["v"]}


def adam_weights(
    step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, beta1: float, beta2: float, eps: float
) -> Any:
    """Take a step of Adam for each row of G and return every w."""
    return adam_walk(step, w, G, eta, beta1, beta2, eps)["w"]


def adam_walk(
    step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, beta1: float, beta2: float, eps: float
) -> dict[str, ndarray]:
    """Take a step of Adam for each row of G and return every w, m and v."""
    return _walk(
        lambda t, w, m, v, g: step(w, m, v, g, t, eta, beta1, beta2, eps),
        G, w=w, m=np.zeros_like(w), v=np.zeros_like(w),
    )  # fmt: skip


def adagrad(step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, eps: float) -> Any:
    """Take a step for each row of G; return every w and every s."""
    return _walk(lambda t, w, s, g: step(w, s, g, eta, eps), G, w=w, s=np.zeros_like(w))


def rmsprop(step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, beta: float, eps: float) -> Any:
    """Take a step for each row of G; return every w and every s."""
    return _walk(lambda t, w, s, g: step(w, s, g, eta, beta, eps), G, w=w, s=np.zeros_like(w))


def adamw(step: Callable[..., Any], w: ndarray, G: ndarray, eta: float, decay: float) -> Any:
    """Take a step of AdamW for each row of G; return every w, m and v."""
    return _walk(
        lambda t, w, m, v, g: step(w, m, v, g, t, eta, decay), G, w=w, m=np.zeros_like(w), v=np.zeros_like(w)
    )


def _walk(step: Callable[..., Any], G: ndarray, **state: Any) -> dict[str, ndarray]:
    """Take step t = 1, 2, … with each row of G; return all that each part of the state has been, by name."""
    now, seen = list(state.values()), []
    for t, g in enumerate(G, start=1):
        now = list(step(t, *now, g))
        seen.append([np.array(value) for value in now])  # copies: the step may work in place
    return {name: np.array(column) for name, column in zip(state, zip(*seen, strict=True), strict=True)}
