"""Lesson 04: what a model will do on rows that it has not seen, and what makes that better or worse.

Rows are samples, losses are means, λ (`lam`) is the strength of a penalty. Errors and accuracies are shares.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator


def diagnose(
    train: Float[ndarray, "epochs"], val: Float[ndarray, "epochs"], goal: float, slack: float
) -> str:
    """Return "under", "over" or "right", from the errors after each epoch on training and validation rows.

    Under: the last training error is above the goal. Otherwise over: the last validation error is more than
    `slack` above the last training error, or above its own lowest.
    """
    if train[-1] > goal:
        return "under"
    return "over" if val[-1] > min(train[-1], val.min()) + slack else "right"


def interval(right: int, m: int) -> tuple[float, float]:
    """Return (low, high), two standard errors around the accuracy right / m, within 0 and 1. Wald."""
    p = right / m
    reach = 2 * (p * (1 - p) / m) ** 0.5
    return max(0.0, p - reach), min(1.0, p + reach)


def kfold(n: int, K: int, rng: Generator) -> list[tuple[Int[ndarray, "_"], Int[ndarray, "_"]]]:
    """Return K pairs (train, test) of row numbers: each row is tested once, sizes differ by one at most."""
    parts = np.array_split(rng.permutation(n), K)
    return [(np.concatenate(parts[:k] + parts[k + 1 :]), parts[k]) for k in range(K)]


def cross_validate(
    fit: Callable[[ndarray, ndarray], Any],
    score: Callable[[Any, ndarray, ndarray], float],
    X: Float[ndarray, "n d"],
    y: Float[ndarray, "n"],
    folds: Sequence[tuple[Int[ndarray, "_"], Int[ndarray, "_"]]],
) -> tuple[float, float]:
    """Return mean and standard deviation of the folds' scores, each by a model fitted to that fold alone."""
    scores = []
    for train, test in folds:
        model = fit(X[train], y[train])
        scores.append(score(model, X[test], y[test]))
    return float(np.mean(scores)), float(np.std(scores))


def bias_variance(P: Float[ndarray, "draws n"], truth: Float[ndarray, "n"]) -> tuple[float, float]:
    """Return (bias², variance), means over the n places of what models from different draws predict there.

    Geman, Bienenstock & Doursat, 1992.
    """
    mean = P.mean(axis=0)
    return float(np.mean((mean - truth) ** 2)), float(np.mean((P - mean) ** 2))


def ridge(X: Float[ndarray, "n d"], y: Float[ndarray, "n"], lam: float) -> tuple[Float[ndarray, "d"], float]:
    """Return (w, b) of the lowest mean of (x·w + b - y)² + λ|w|², for λ > 0. Hoerl & Kennard, 1970."""
    n, d = X.shape
    mean, level = X.mean(axis=0), y.mean()
    Xc, yc = X - mean, y - level
    w = np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(d), Xc.T @ yc)
    return w, float(level - mean @ w)


def soft_threshold(w: Float[ndarray, "*shape"], t: float) -> Float[ndarray, "*shape"]:
    """Return w drawn towards 0 by t; what is within t of 0 becomes exactly 0. Donoho & Johnstone, 1994."""
    return np.sign(w) * np.maximum(np.abs(w) - t, 0.0)


def dropout(H: Float[ndarray, "n h"], p: float, rng: Generator, training: bool) -> Float[ndarray, "n h"]:
    """Return H with each entry set to 0 with probability p, the others scaled so that the mean is kept.

    Srivastava et al., 2014, in the form that PyTorch has ("inverted"): nothing happens after training.
    """
    if not training:
        return H
    if p == 1:
        return np.zeros_like(H)
    return H * (rng.random(H.shape) >= p) / (1 - p)


def early_stop(val: Float[ndarray, "epochs"], patience: int) -> tuple[int, int]:
    """Return (stop, best): the last epoch that is run, and the one whose weights are kept.

    Training stops once `patience` epochs in a row have brought no error lower than the best. Epochs count
    from 0; where nothing stops it, the last epoch is the last one that is run.
    """
    best = 0
    for epoch in range(1, len(val)):
        if val[epoch] < val[best]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(val) - 1, best


def random_search(
    trial: Callable[[float], float], low: float, high: float, budget: int, rng: Generator
) -> float:
    """Return the value with the lowest trial(value), of `budget` values drawn evenly on a log scale.

    Bergstra & Bengio, 2012.
    """
    values = np.exp(rng.uniform(np.log(low), np.log(high), size=budget))
    errors = [trial(float(value)) for value in values]
    return float(values[np.argmin(errors)])


def smallest(X: Float[ndarray, "n d"], y: Float[ndarray, "n"]) -> Float[ndarray, "d"]:
    """Return the shortest of all w with X w = y, for d >= n and rows that are independent."""
    return X.T @ np.linalg.solve(X @ X.T, y)


def dual_ridge(
    X: Float[ndarray, "n d"], y: Float[ndarray, "n"], lam: float, X_new: Float[ndarray, "m d"]
) -> Float[ndarray, "m"]:
    """Return ridge's predictions (no bias) for new rows, from inner products of rows alone."""
    a = np.linalg.solve(X @ X.T + len(X) * lam * np.eye(len(X)), y)
    return (X_new @ X.T) @ a


def all_masks(h: Float[ndarray, "n"], p: float) -> tuple[Bool[ndarray, "masks n"], Float[ndarray, "masks"]]:
    """Return every mask of the n entries (True is kept) and its probability, if each is dropped with p."""
    masks = np.array([*product([False, True], repeat=len(h))])
    kept = masks.sum(axis=1)
    return masks, (1 - p) ** kept * p ** (len(h) - kept)


def membership(known: Float[ndarray, "n"], new: Float[ndarray, "m"]) -> float:
    """Return the best accuracy of "a loss of at most t was trained on"; both groups count half.

    Yeom, Giacomelli, Fredrikson & Jha, 2018.
    """
    t = np.concatenate([known, new])[:, None]
    told = (known <= t).mean(axis=1), (new > t).mean(axis=1)
    return float(np.max((told[0] + told[1]) / 2))
