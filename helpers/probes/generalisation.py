"""Probes of lesson 04: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.probes.given import watch


def folded(kfold: Callable[..., Any], n: int, K: int, seed: int) -> Any:
    """Return the folds of three calls: two with one generator, the first once more."""
    rng = np.random.default_rng(seed)
    calls = [kfold(n, K, rng), kfold(n, K, rng), kfold(n, K, np.random.default_rng(seed))]
    return [[[np.array(rows) for rows in fold] for fold in folds] for folds in calls]


def _line(X: ndarray, y: ndarray) -> ndarray:
    """Fit a line through the second column, by least squares."""
    return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X[:, 1:]]), y, rcond=None)[0]


def _error(w: ndarray, X: ndarray, y: ndarray) -> float:
    """Return the mean squared error of a line."""
    return float(np.mean((w[0] + X[:, 1:] @ w[1:] - y) ** 2))


def fold_mean(cross_validate: Callable[..., Any], X: ndarray, y: ndarray, folds: Any) -> Any:
    """Cross-validate lines and return the first of what comes."""
    return cross_validate(_line, _error, X, y, [tuple(fold) for fold in folds])[0]


def fold_spread(cross_validate: Callable[..., Any], X: ndarray, y: ndarray, folds: Any) -> Any:
    """Cross-validate lines and return the second of what comes."""
    return cross_validate(_line, _error, X, y, [tuple(fold) for fold in folds])[1]


def asked(cross_validate: Callable[..., Any], X: ndarray, y: ndarray, folds: Any) -> Any:
    """Return, for each score that is asked for, the rows its model learned from and those it is tested on.

    A row's number stands in its first column.
    """
    seen: list[dict[str, ndarray]] = []

    def fit(X: ndarray, y: ndarray) -> ndarray:
        return np.sort(X[:, 0]).astype(int)

    def score(model: ndarray, X: ndarray, y: ndarray) -> float:
        seen.append({"learned from": model, "tested on": np.sort(X[:, 0]).astype(int)})
        return float(len(seen))

    cross_validate(fit, score, X, y, [tuple(fold) for fold in folds])
    return seen


def dropped(dropout: Callable[..., Any], H: ndarray, p: float, seed: int, training: bool) -> Any:
    """Return what comes of three calls: two with one generator, the first once more."""
    rng = np.random.default_rng(seed)
    given = watch(H, "H")
    return [
        np.array(dropout(given, p, draw, training), dtype=float)
        for draw in (rng, rng, np.random.default_rng(seed))
    ]


def searched(
    random_search: Callable[..., Any], low: float, high: float, budget: int, lowest: float, seed: int
) -> Any:
    """Search for `lowest` by the distance of logarithms; return what was tried and what came, three times."""
    runs = []
    for start in (seed, seed, seed + 1):
        tried: list[float] = []

        def trial(value: float, tried: list[float] = tried) -> float:
            tried.append(float(value))
            return abs(float(np.log(value / lowest)))

        best = random_search(trial, low, high, budget, np.random.default_rng(start))
        runs.append({"tried": tried, "best": best})
    return runs


def masked(all_masks: Callable[..., Any], h: ndarray, p: float) -> Any:
    """Return all masks beside their probabilities."""
    masks, weights = all_masks(h, p)
    return {"masks": np.array(masks), "weights": np.array(weights)}
