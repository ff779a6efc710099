"""Lesson 11: learners without a network, for groups, axes, mixtures, words, trees and streets.

Rows are samples. K counts groups, C is what a mistake costs, α in a mixture is the share of a group.
"""

import numpy as np
from jaxtyping import Float, Int, Real
from numpy import ndarray
from numpy.random import Generator


def kmeans_step(
    X: Float[ndarray, "n d"], C: Float[ndarray, "K d"]
) -> tuple[Float[ndarray, "K d"], Int[ndarray, "n"], float]:
    """Return (C, labels, inertia): each row joins the nearest centre, then centres move to their rows' means.

    The inertia is the mean squared distance of rows to the centres they joined, before those moved. A centre
    that no row joined stays. Lloyd, 1957 (published 1982).
    """
    squares = ((X[:, None] - C) ** 2).sum(axis=2)
    labels = squares.argmin(axis=1)
    moved = C.copy()
    for k in np.unique(labels):
        moved[k] = X[labels == k].mean(axis=0)
    return moved, labels, float(squares.min(axis=1).mean())


def kmeans_pp(X: Float[ndarray, "n d"], K: int, rng: Generator) -> Float[ndarray, "K d"]:
    """Return K rows as centres: the first by chance, each next one in proportion to its squared distance.

    The distance is that to the nearest centre so far. Arthur & Vassilvitskii, 2007.
    """
    C = X[[rng.integers(len(X))]]
    while len(C) < K:
        squares = ((X[:, None] - C) ** 2).sum(axis=2).min(axis=1)
        C = np.vstack([C, X[rng.choice(len(X), p=squares / squares.sum())]])
    return C


def online(c: Float[ndarray, "d"], n: int, x: Float[ndarray, "d"]) -> tuple[Float[ndarray, "d"], int]:
    """Return (c, n): the mean of n rows, and n, after one more row x. MacQueen, 1967."""
    n = n + 1
    return c + (x - c) / n, n


def principal(X: Float[ndarray, "n d"], k: int) -> tuple[Float[ndarray, "k d"], Float[ndarray, "k"]]:
    """Return (axes, shares): the k directions of largest variance, one in a row, and their shares of all.

    Pearson, 1901. An axis and its opposite are the same.
    """
    _, s, V = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return V[:k], s[:k] ** 2 / (s**2).sum()


def e_step(
    X: Float[ndarray, "n d"],
    alpha: Float[ndarray, "K"],
    mu: Float[ndarray, "K d"],
    cov: Float[ndarray, "K d d"],
) -> Float[ndarray, "n K"]:
    """Return R: how likely each row comes from each Gaussian of a mixture. Dempster, Laird & Rubin, 1977."""
    logs = np.empty((len(X), len(alpha)))
    for k in range(len(alpha)):
        D = X - mu[k]
        distance = (D * np.linalg.solve(cov[k], D.T).T).sum(axis=1)
        logs[:, k] = np.log(alpha[k]) - (distance + np.linalg.slogdet(cov[k])[1]) / 2
    R = np.exp(logs - logs.max(axis=1, keepdims=True))
    return R / R.sum(axis=1, keepdims=True)


def m_step(
    X: Float[ndarray, "n d"], R: Float[ndarray, "n K"]
) -> tuple[Float[ndarray, "K"], Float[ndarray, "K d"], Float[ndarray, "K d d"]]:
    """Return (alpha, mu, cov), the mixture under which rows with the shares R are most likely."""
    N = R.sum(axis=0)
    mu = R.T @ X / N[:, None]
    D = X[:, None] - mu
    return N / len(X), mu, np.einsum("nk,nki,nkj->kij", R, D, D) / N[:, None, None]


def naive_bayes(
    X: Real[ndarray, "n d"], y: Int[ndarray, "n"], alpha: float
) -> tuple[Float[ndarray, "2"], Float[ndarray, "2 d"]]:
    """Return (log prior, log p) of the classes 0 and 1, and of each word in a mail of each class.

    X counts words; every count begins at alpha. A mail's score for a class is log prior + counts · log p.
    """
    counts = np.array([X[y == k].sum(axis=0) + alpha for k in (0, 1)])
    prior = np.array([np.mean(y == k) for k in (0, 1)])
    return np.log(prior), np.log(counts / counts.sum(axis=1, keepdims=True))


def entropy(y: Int[ndarray, "n"]) -> float:
    """Return the entropy of the labels in bits; of no labels, 0."""
    p = np.bincount(y) / max(1, len(y))
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())


def best_split(x: Float[ndarray, "n"], y: Int[ndarray, "n"]) -> tuple[float, float]:
    """Return (threshold, gain) of the question "x <= threshold?" that saves most entropy, in bits.

    Thresholds lie half-way between neighbouring different values; of equal gains the smallest threshold
    counts. Where all values are equal, the threshold is that value and the gain 0. Quinlan, 1986.
    """
    values = np.unique(x)
    best, most = float(values[0]), 0.0
    for t in (values[:-1] + values[1:]) / 2:
        left, right = y[x <= t], y[x > t]
        gain = entropy(y) - (len(left) * entropy(left) + len(right) * entropy(right)) / len(y)
        if gain > most + 1e-12:
            best, most = float(t), gain
    return best, most


def vote(P: Int[ndarray, "trees n"]) -> Int[ndarray, "n"]:
    """Return for each row the label that most trees say, the smallest of equal ones. Breiman, 2001."""
    return np.array([np.bincount(column).argmax() for column in P.T])


def svm_step(
    w: Float[ndarray, "d"],
    b: float,
    X: Float[ndarray, "n d"],
    s: Float[ndarray, "n"],
    C: float,
    eta: float,
) -> tuple[Float[ndarray, "d"], float]:
    """Return (w, b) after a step of descent on ½ |w|² + C · mean of max(0, 1 - s (x·w + b)).

    s holds the labels -1 and 1; b is free. Where a margin is exactly 1 the slope is 0. Cortes & Vapnik, 1995.
    """
    inside = s * (X @ w + b) < 1
    pull = (s * inside) @ X / len(X)
    return w - eta * (w - C * pull), b + eta * C * float(np.mean(s * inside))


def kernel_perceptron(K: Float[ndarray, "n n"], s: Float[ndarray, "n"], epochs: int) -> Int[ndarray, "n"]:
    """Return how often each row was a mistake, in so many sweeps, from similarities of rows alone.

    The perceptron's w is the sum of s times the row, over all mistakes. Aizerman, Braverman & Rozonoer, 1964.
    """
    a = np.zeros(len(s), dtype=int)
    for _ in range(epochs):
        for i in range(len(s)):
            if s[i] * (K[i] @ (a * s)) <= 0:
                a[i] += 1
    return a


def log_density(
    X: Float[ndarray, "n d"], mu: Float[ndarray, "d"], cov: Float[ndarray, "d d"]
) -> Float[ndarray, "n"]:
    """Return the logarithm of a Gaussian's density at each row."""
    D = X - mu
    distance = (D * np.linalg.solve(cov, D.T).T).sum(axis=1)
    return -(distance + np.linalg.slogdet(cov)[1] + X.shape[1] * np.log(2 * np.pi)) / 2


def message_pass(
    A: Float[ndarray, "n n"], X: Float[ndarray, "n d"], W: Float[ndarray, "d m"]
) -> Float[ndarray, "n m"]:
    """Return relu(Â X W), one layer of a graph network, with Â = D^-½ (A + I) D^-½. Kipf & Welling, 2017.

    A is symmetric, with 1 where two nodes are joined; D holds the row sums of A + I on its diagonal.
    """
    loops = A + np.eye(len(A))
    scale = 1 / np.sqrt(loops.sum(axis=1))
    return np.maximum(scale[:, None] * loops * scale @ X @ W, 0)


def ista(x: Float[ndarray, "d"], D: Float[ndarray, "k d"], lam: float, steps: int) -> Float[ndarray, "k"]:
    """Return a sparse code c with x ≈ c D: descent on ½ |x - c D|² + λ |c|₁ from 0. Daubechies et al., 2004.

    The step is one over the largest eigenvalue of D Dᵀ.
    """
    eta = 1 / np.linalg.eigvalsh(D @ D.T)[-1]
    c = np.zeros(len(D))
    for _ in range(steps):
        c = c - eta * (c @ D - x) @ D.T
        c = np.sign(c) * np.maximum(np.abs(c) - eta * lam, 0.0)
    return c
