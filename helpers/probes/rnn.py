"""Probes of lesson 06: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray


def third(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function and return the third of what it returns."""
    return answer(*inputs)[2]


def grown(sample: Callable[..., Any], tables: ndarray, darts: ndarray, tau: float | None) -> Any:
    """Grow a name from tables (K, V, V): one for each length and last letter of what there is so far."""

    def predict(ids: list[int]) -> ndarray:
        return tables[len(ids) % len(tables), ids[-1] if len(ids) else 0]

    return sample(predict, darts) if tau is None else sample(predict, darts, tau)


def remembered(sample: Callable[..., Any], table: ndarray, darts: ndarray) -> Any:
    """Grow a name where what comes next depends on the sum of all letters so far, and on their number."""
    return sample(lambda ids: table[(sum(ids) + 2 * len(ids)) % len(table)], darts)


def shortened(shorter: Callable[..., Any], backoff: Callable[..., Any], table: dict[str, ndarray]) -> Any:
    """Take the first letter off the contexts of a table."""
    return dict(shorter(table))


def mixed(
    shorter: Callable[..., Any], backoff: Callable[..., Any], rows: list[ndarray], discount: float
) -> Any:
    """Mix the counts of ever longer contexts."""
    return backoff(rows, discount)


def embedded(lookup: Callable[..., Any], lookup_gradient: Callable[..., Any], E: ndarray, X: ndarray) -> Any:
    """Look letters up."""
    return lookup(E, X)


def embedded_back(
    lookup: Callable[..., Any], lookup_gradient: Callable[..., Any], G: ndarray, X: ndarray, letters: int
) -> Any:
    """Carry a gradient back to the table."""
    return lookup_gradient(G, X, letters)


def named(bptt: Callable[..., Any], *inputs: Any) -> Any:
    """Return the four gradients by name."""
    dA, dWx, dWh, db = bptt(*inputs)
    return {"dA": dA, "dWx": dWx, "dWh": dWh, "db": db}


def both_ways(
    birnn: Callable[..., Any],
    A: ndarray,
    mask: ndarray,
    forward: list[ndarray],
    backward: list[ndarray],
) -> Any:
    """Return both chains' states where the mask is True; what stands in the padding is nobody's business."""
    return np.where(mask[:, :, None], birnn(A, mask, tuple(forward), tuple(backward)), 0.0)


def folds(time_folds: Callable[..., Any], n: int, k: int) -> Any:
    """Return the folds as lists of numbers."""
    return [[np.asarray(train), np.asarray(test)] for train, test in time_folds(n, k)]


def in_order(skipgrams: Callable[..., Any], ids: ndarray, w: int) -> Any:
    """Return the pairs in order: in which they come is nobody's business."""
    pairs = np.asarray(skipgrams(ids, w))
    return pairs[np.lexsort(pairs.T[::-1])] if pairs.ndim == 2 else pairs
