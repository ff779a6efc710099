"""Probes of lesson 11: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.probes.given import watch


def third(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function and return the third of what it returns."""
    return answer(*inputs)[2]


def started(kmeans_pp: Callable[..., Any], X: ndarray, K: int, seed: int) -> Any:
    """Return the centres of two runs with the same seed."""
    return [np.array(kmeans_pp(watch(X, "X"), K, np.random.default_rng(seed))) for _ in range(2)]


def often(kmeans_pp: Callable[..., Any], X: ndarray, K: int, runs: int, seed: int) -> Any:
    """Return the centres of many runs on a line, a row for each run, from one generator."""
    rng = np.random.default_rng(seed)
    return np.array([np.array(kmeans_pp(X, K, rng))[:, 0] for _ in range(runs)])


def threshold(entropy: Any, best_split: Callable[..., Any], x: ndarray, y: ndarray) -> Any:
    """Return the threshold of the best question."""
    return best_split(x, y)[0]


def gain(entropy: Any, best_split: Callable[..., Any], x: ndarray, y: ndarray) -> Any:
    """Return what the best question saves."""
    return best_split(x, y)[1]


def bits(entropy: Callable[..., Any], best_split: Any, y: ndarray) -> Any:
    """Return the entropy of the labels."""
    return entropy(y)
