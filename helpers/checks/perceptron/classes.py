"""Labels with probabilities: the logistic neuron and the softmax."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE, batch
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def labelled(rng: Generator, scale: float) -> Iterator[Case]:
    """Weights, inputs and labels; `scale` stretches the scores."""
    for n, d in [(4, 2), (7, 3)]:
        X, w, _ = batch(rng, n, d)
        y = np.resize([1.0, 0.0, 0.0], n)
        z = X @ w
        if scale > 1:  # every score is large, half of them on the wrong side
            X = X * (np.sign(z) * np.resize([1.0, -1.0], n) * scale / np.abs(z))[:, None]
        yield Case({"w": w, "X": X, "y": y})


def scores(rng: Generator) -> Iterator[Case]:
    """Scores of n rows and K classes, n = K included."""
    yield Case({"Z": np.array([[0.0, np.log(2.0), np.log(5.0)]])})
    for n, K in [(2, 3), (3, 3), (5, 2)]:
        yield Case({"Z": rng.normal(size=(n, K)) * 2})


def huge_scores(rng: Generator) -> Iterator[Case]:
    """Scores that overflow exp, and rows of very different size side by side."""
    yield Case({"Z": np.array([[1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1000.0]])})
    yield Case({"Z": rng.normal(size=(4, 3)) + np.array([[2000.0], [0.0], [-2000.0], [800.0]])})


def single_row(rng: Generator) -> Iterator[Case]:
    """One row of scores, as a one-dimensional array."""
    yield Case({"Z": rng.normal(size=4)})


def one_hot(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and one-hot labels."""
    for n, d, K in [(3, 2, 3), (6, 4, 3), (5, 3, 2)]:
        Y = np.eye(K)[rng.integers(0, K, n)]
        yield Case({"W": rng.normal(size=(d, K)), "X": rng.normal(size=(n, d)), "Y": Y})


# ---------------------------------------------------------------- tasks


LOGISTIC = Task(
    "logistic",
    points=2,
    answers=["logistic"],
    reference=REFERENCE + "logistic",
    parts=[
        Part("loss", partial(labelled, scale=1.0), probe=FIRST, weight=0.5),
        Part("gradient", partial(labelled, scale=1.0), probe=SECOND, pure=True),
        Part("huge scores", partial(labelled, scale=1000.0), weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The label's term has the wrong sign: the loss of a row is log(1 + e^z) - y z.",
            {"loss", "huge scores"},
            ("- y * z", "+ y * z"),
        ),
        Misconception(
            "The loss is a sum over the rows; here losses are means.",
            {"loss", "huge scores"},
            ("np.mean(", "np.sum("),
        ),
        Misconception(
            "The gradient points downhill: it is p - y, and gradient *descent* then subtracts it.",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(y - sigmoid(z))"),
        ),
        Misconception(
            "The loss is a mean but the gradient a sum: divide it by n as well.",
            {"gradient", "huge scores"},
            (" / len(X)", ""),
        ),
        Misconception(
            "You subtract y from the score. The gradient needs the probability p = sigmoid(z).",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(z - y)"),
        ),
        Misconception(
            "e^z overflows for large z and the loss becomes infinite: `np.logaddexp(0, z)` is log(1 + e^z), safely.",
            {"huge scores"},
            ("np.logaddexp(0, z)", "np.log(1 + np.exp(z))"),
        ),
        Misconception(
            "log(p) is -infinity once p rounds to 0: compute the loss from the score z, not from p.",
            {"huge scores"},
            (
                "np.mean(np.logaddexp(0, z) - y * z)",
                "-np.mean(y * np.log(sigmoid(z)) + (1 - y) * np.log(1 - sigmoid(z)))",
            ),
        ),
    ],
    hints=[
        "Start from the scores `z = X @ w`. Both results are a mean over the rows.",
        r"$J = \frac1n\sum_i \log(1 + e^{z_i}) - y_i z_i$ and $\nabla J = \frac1n X^\top (p - y)$, $p = \sigma(z)$.",
        "`loss = np.mean(np.logaddexp(0, z) - ...)` and `gradient = X.T @ (sigmoid(z) - ...) / len(X)`",
    ],
)

SOFTMAX = Task(
    "softmax",
    points=2,
    answers=["softmax"],
    reference=REFERENCE + "softmax",
    parts=[
        Part("values", scores, pure=True),
        Part("huge scores", huge_scores, weight=0.5),
        Part("a single row", single_row, weight=0.5),
    ],
    forbids=["torch.*softmax", "scipy.special.*"],
    misconceptions=[
        Misconception(
            "The denominator has no exp: the values need not sum to 1, nor be positive.",
            {"values", "huge scores", "a single row"},
            ("E / E.sum(", "E / Z.sum("),
        ),
        Misconception(
            "You normalised over axis 0. Each *row* must sum to 1.",
            {"values", "huge scores"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=0"),
        ),
        Misconception(
            "You divided by the sum of all rows together. Each *row* must sum to 1 on its own.",
            {"values", "huge scores"},
            ("E.sum(axis=-1, keepdims=True)", "E.sum()"),
        ),
        Misconception(
            "The sum has lost its axis: with `keepdims=True` it stays (n, 1) and divides row by row.",
            {"values", "huge scores"},
            ("E.sum(axis=-1, keepdims=True)", "E.sum(axis=-1)"),
        ),
        Misconception(
            "e^1000 overflows. Subtract each row's largest score first: the result stays the same.",
            {"huge scores"},
            (" - Z.max(axis=-1, keepdims=True)", ""),
        ),
        Misconception(
            "You subtracted the largest score of the whole array: rows far below it become 0/0. "
            "Each row needs its own.",
            {"huge scores"},
            ("Z.max(axis=-1, keepdims=True)", "Z.max()"),
        ),
        Misconception(
            "`axis=1` does not exist in a single row; `axis=-1` is the last axis, whatever their number.",
            {"a single row"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=1"),
        ),
    ],
    hints=[
        "Two things are to be repaired: what is summed below the line, and over which index.",
        r"$p_{ik} = e^{z_{ik} - m_i} \big/ \sum_j e^{z_{ij} - m_i}$ with $m_i = \max_j z_{ij}$",
        "`E = np.exp(Z - Z.max(axis=-1, keepdims=True))`, then divide by the sum over the same axis.",
    ],
)

SOFTMAX_GRADIENT = Task(
    "softmax_gradient",
    points=1,
    answers=["softmax_gradient"],
    reference=REFERENCE + "softmax_gradient",
    parts=[Part("gradient", one_hot, pure=True)],
    uses=["softmax"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The gradient points downhill: it is P - Y, not Y - P.", {"gradient"}, ("(P - Y)", "(Y - P)")
        ),
        Misconception(
            "The loss is a mean over the rows, so the gradient is divided by n.",
            {"gradient"},
            (" / len(X)", ""),
        ),
        Misconception(
            "This is the transpose, as torch stores it. Here W is (d, K), and so is its gradient.",
            {"gradient"},
            ("X.T @ (P - Y)", "(P - Y).T @ X"),
        ),
        Misconception(
            "You subtract Y from the scores: P = softmax(X @ W) is missing.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = X @ W"),
        ),
        Misconception(
            "You divided by the number of all entries of Y. The mean is over the n rows only.",
            {"gradient"},
            ("/ len(X)", "/ Y.size"),
        ),
    ],
    hints=[
        "It has the same form as the logistic neuron's gradient, with one column for each class.",
        r"$\nabla_W J = \frac1n X^\top (P - Y)$ with $P = \mathrm{softmax}(XW)$",
        "`P = softmax(X @ W)`, then `X.T @ (...) / len(X)`",
    ],
)

CLASSES = [LOGISTIC, SOFTMAX, SOFTMAX_GRADIENT]
