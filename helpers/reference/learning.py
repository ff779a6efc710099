"""Lesson 00: predictions counted, arrays, errors, information, rows to learn from, a step in PyTorch.

Rows are samples: X is (n, d), labels y and predictions ŷ are (n,). Losses are means, logarithms natural.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor, nn


def confusion(y: Int[ndarray, "n"], y_hat: Int[ndarray, "n"], K: int) -> Int[ndarray, "K K"]:
    """Count the samples of class i (row) that were taken for class j (column)."""
    C = np.zeros((K, K), dtype=int)
    for i, j in zip(y, y_hat, strict=True):
        C[i, j] += 1
    return C


def precision_recall(C: Int[ndarray, "K K"], k: int) -> tuple[float, float]:
    """Return which share of what was taken for class k is of class k, and which share of class k was found.

    0 where there is nothing to take a share of. The words are those of C. Cleverdon's Cranfield tests (1966).
    """
    taken, there = C[:, k].sum(), C[k].sum()
    precision = C[k, k] / taken if taken > 0 else 0.0
    recall = C[k, k] / there if there > 0 else 0.0
    return float(precision), float(recall)


def to_batch(images: UInt8[ndarray, "n h w c"]) -> Float[ndarray, "n c h w"]:
    """Return pictures with grey levels 0 to 255 as float32 from 0 to 1, channels first: PyTorch's way."""
    return (images / 255).transpose(0, 3, 1, 2).astype(np.float32)


def one_hot(y: Int[ndarray, "n"], C: int) -> Float[ndarray, "n C"]:
    """Return a row for each label: 1.0 in the column of its class, 0.0 in the others."""
    Y = np.zeros((len(y), C))
    Y[np.arange(len(y)), y] = 1.0
    return Y


def errors(y: Float[ndarray, "n"], y_hat: Float[ndarray, "n"]) -> tuple[float, float, float]:
    """Return the mean squared error, the mean absolute error, and the root of the mean squared error."""
    r = y - y_hat
    mse = np.mean(r**2)
    return float(mse), float(np.mean(np.abs(r))), float(np.sqrt(mse))


def best_constant(y: Float[ndarray, "n"], loss: str) -> float:
    """Return a number that has the least mean loss to all of y: their mean, their median, or their mode.

    Args:
        y: numbers, or labels as numbers.
        loss: "squared", "absolute" or "0-1".
    """
    if loss == "squared":
        return float(np.mean(y))
    if loss == "absolute":
        return float(np.median(y))
    values, counts = np.unique(y, return_counts=True)
    return float(values[counts.argmax()])


def information(p: Float[ndarray, "K"], q: Float[ndarray, "K"]) -> tuple[float, float, float]:
    """Return entropy H(p), cross-entropy H(p, q) and divergence KL(p, q) in nats.

    What never happens costs nothing, whatever q says of it; what happens and has probability 0 by q costs
    infinity. C. Shannon (1948); S. Kullback, R. Leibler (1951).
    """
    some = p > 0
    with np.errstate(divide="ignore"):
        entropy = -np.sum(p[some] * np.log(p[some]))
        cross = -np.sum(p[some] * np.log(q[some]))
    return float(entropy), float(cross), float(cross - entropy)


def clean(X: Int[ndarray, "n d"], y: Int[ndarray, "n"]) -> Int[ndarray, "m"]:
    """Return the numbers of the rows to keep, in their order.

    An empty row is dropped; of equal rows the first is kept, or none where their labels differ.
    """
    labels: dict[bytes, set[int]] = {}
    first: dict[bytes, int] = {}
    for i in range(len(X)):
        row = X[i].tobytes()
        labels.setdefault(row, set()).add(int(y[i]))
        first.setdefault(row, i)
    kept = [i for row, i in first.items() if len(labels[row]) == 1 and X[i].any()]
    return np.array(kept, dtype=int)


def split(y: Int[ndarray, "n"], shares: Sequence[float], rng: Generator) -> list[Int[ndarray, "m"]]:
    """Return the numbers of the rows of each part; each class is in each part with its share."""
    parts: list[list[ndarray]] = [[] for _ in shares]
    for k in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == k))
        cuts = np.rint(np.cumsum(shares)[:-1] * len(rows)).astype(int)
        for part, piece in zip(parts, np.split(rows, cuts), strict=True):
            part.append(piece)
    return [np.concatenate(part) for part in parts]


def vocabulary(X: Int[ndarray, "n d"], train: Int[ndarray, "m"], k: int) -> Int[ndarray, "k"]:
    """Return the k columns that most training rows have, the most frequent first, of equals the lower."""
    having = (X[train] > 0).sum(axis=0)
    return np.argsort(-having, kind="stable")[:k]


def train_step(
    model: nn.Module, optimiser: torch.optim.Optimizer, X: Float[Tensor, "n d"], y: Int[Tensor, "n"]
) -> float:
    """Take one step on the mean cross-entropy of a batch; return the loss before it, as a number."""
    loss = nn.functional.cross_entropy(model(X), y)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


def quadratic(X: Float[ndarray, "n 2"]) -> Float[ndarray, "n 6"]:
    """Return 1, √2 x1, √2 x2, x1², √2 x1 x2, x2²: inner products of these rows are (1 + x · x')²."""
    x1, x2, root = X[:, 0], X[:, 1], np.sqrt(2)
    return np.stack([np.ones(len(X)), root * x1, root * x2, x1**2, root * x1 * x2, x2**2], axis=1)


def log_likelihood(y: Float[ndarray, "n"], y_hat: Float[ndarray, "n"], sigma: float) -> float:
    """Return the mean log density of y, where y is the prediction plus normal noise of deviation sigma."""
    return float(np.mean(-((y - y_hat) ** 2) / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))))
