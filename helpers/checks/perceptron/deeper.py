"""Least squares and the hinge: worth no points."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.learning import with_ones
from helpers.checks.perceptron.neuron import REFERENCE, batch
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def regression(rng: Generator) -> Iterator[Case]:
    """Inputs and targets, the columns independent; first on a line, and beside one."""
    for y in ([1.0, 3.0, 5.0], [0.0, 3.0, 0.0]):
        yield Case({"X": with_ones(np.array([[0.0], [1.0], [2.0]])), "y": np.array(y)})
    for n, d in [(8, 3), (20, 4)]:
        yield Case({"X": rng.normal(size=(n, d)), "y": rng.normal(size=n)})


def collinear(rng: Generator) -> Iterator[Case]:
    """The same, with one column that is the sum of two others, in whole numbers; and fewer rows than columns."""
    X = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 2.0]])
    yield Case({"X": X[:2], "y": np.array([3.0, 3.0])})
    yield Case({"X": X, "y": np.array([3.0, 3.0, 9.0])})
    yield Case({"X": np.array([[3.0, 4.0]]), "y": np.array([50.0])})
    X = rng.integers(-4, 5, size=(9, 3)).astype(float)
    yield Case({"X": np.column_stack([X, X[:, 0] + X[:, 1]]), "y": rng.normal(size=9)})


def signed(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and signs: rows beyond the margin, inside it, and on the wrong side."""
    w, s = np.array([1.0, 0.0]), np.array([1.0, 1.0, -1.0, -1.0])
    yield Case({"w": w, "X": np.array([[3.0, 1.0], [0.5, 0.0], [1.0, 2.0], [-4.0, 0.0]]), "s": s})
    X, w, _ = batch(rng, 9, 3)
    yield Case({"w": w, "X": 2 * X, "s": np.resize([1.0, -1.0], 9)})


# ---------------------------------------------------------------- tasks


NORMAL_EQUATIONS = Task(
    "normal_equations",
    points=0,
    answers=["normal_equations"],
    reference=REFERENCE + "normal_equations",
    parts=[Part("independent columns", regression, tol=1e-6), Part("collinear columns", collinear, tol=1e-6)],
    forbids=[
        "numpy.linalg.lstsq",
        "torch.linalg.lstsq",
        "scipy.linalg.lstsq",
        "scipy.optimize.*",
        "sklearn.*",
    ],
    misconceptions=[
        Misconception(
            "With collinear columns XᵀX has no inverse: `np.linalg.pinv` gives the shortest of all solutions.",
            {"collinear columns"},
            ("np.linalg.pinv(", "np.linalg.inv("),
        ),
        Misconception(
            "The transpose is in the wrong place: XᵀX is (d, d), one equation for each weight.",
            {"independent columns", "collinear columns"},
            ("pinv(X.T @ X)", "pinv(X @ X.T)"),
        ),
        Misconception(
            "Only one side was divided by n: the n cancels if both are.",
            {"independent columns", "collinear columns"},
            ("(X.T @ y)", "(X.T @ y) / len(X)"),
        ),
        Misconception(
            "XᵀX is not inverted: it stands on the left of the equation, XᵀX w = Xᵀy.",
            {"independent columns", "collinear columns"},
            ("np.linalg.pinv(X.T @ X) @ (X.T @ y)", "(X.T @ X) @ (X.T @ y)"),
        ),
        Misconception(
            "pinv(Xᵀ) has the shape (n, d), not (d, n): it is the transpose of what is needed.",
            {"independent columns", "collinear columns"},
            ("np.linalg.pinv(X.T @ X) @ (X.T @ y)", "np.linalg.pinv(X.T) @ y"),
        ),
        Misconception(
            "XᵀX has no say: Xᵀy alone is the right side of the equation.",
            {"independent columns", "collinear columns"},
            ("np.linalg.pinv(X.T @ X) @ (X.T @ y)", "X.T @ y"),
        ),
        Misconception(
            "It is near the minimum and not at it: as with something added to the diagonal (a ridge).",
            {"independent columns", "collinear columns"},
            ("pinv(X.T @ X)", "pinv(X.T @ X + 1e-3 * np.eye(X.shape[1]))"),
            forms=tuple(
                ("pinv(X.T @ X)", f"pinv(X.T @ X + {ridge} * np.eye(X.shape[1]))")
                for ridge in ("1.0", "0.1", "1e-2", "1e-4", "1e-5")
            ),
        ),
        Misconception(
            "The mean was taken off first: that is a regression with a bias of its own. Here the columns are all there is.",
            {"independent columns", "collinear columns"},
            (
                "np.linalg.pinv(X.T @ X) @ (X.T @ y)",
                "np.linalg.pinv(X - X.mean(axis=0)) @ (y - y.mean())",
            ),
        ),
    ],
    hints=[
        "At the minimum the gradient is zero: write it down and solve for w.",
        r"$X^\top X\, w = X^\top y$",
        "`np.linalg.pinv(X.T @ X) @ ...`",
    ],
)

HINGE = Task(
    "hinge",
    points=0,
    answers=["hinge"],
    reference=REFERENCE + "hinge",
    parts=[Part("loss", signed)],
    misconceptions=[
        Misconception(
            "The margin is missing: a row on the right side but closer than 1 costs something too.",
            {"loss"},
            ("1 - s * (X @ w)", "-s * (X @ w)"),
        ),
        Misconception(
            "A row beyond the margin costs 0, never less: clip at 0.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "1 - s * (X @ w)"),
        ),
        Misconception("The loss is a sum; here losses are means.", {"loss"}, ("np.mean(", "np.sum(")),
        Misconception(
            "The signs s are not used: every row is treated as positive.",
            {"loss"},
            ("s * (X @ w)", "(X @ w)"),
        ),
        Misconception(
            "The sign before the score is turned round: a row on the right side costs less, 1 - s z.",
            {"loss"},
            ("1 - s *", "1 + s *"),
        ),
        Misconception(
            "You took the largest loss of all rows. Each row is clipped at 0, and the mean is over the rows.",
            {"loss"},
            ("np.mean(np.maximum(0, 1 - s * (X @ w)))", "max(0.0, np.max(1 - s * (X @ w)))"),
        ),
        Misconception(
            "You clipped the mean: a row far on the right side then makes up for others. Clip each row at 0 first.",
            {"loss"},
            ("np.mean(np.maximum(0, 1 - s * (X @ w)))", "max(0.0, np.mean(1 - s * (X @ w)))"),
        ),
        Misconception(
            "The hinge is squared. Here it is max(0, 1 - s z) itself.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "np.maximum(0, 1 - s * (X @ w)) ** 2"),
        ),
        Misconception(
            "No row costs less than 1: the 1 stands inside, max(0, 1 - s z).",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "np.maximum(1, 1 - s * (X @ w))"),
            forms=(("np.maximum(0, 1 - s * (X @ w))", "1 + np.maximum(0, -s * (X @ w))"),),
        ),
        Misconception(
            "Rows beyond the margin cost something: you took the absolute value. Clip at 0 instead.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "np.abs(1 - s * (X @ w))"),
        ),
        Misconception(
            "You took the minimum of 0 and 1 - s z. It is the maximum: a row costs nothing or more.",
            {"loss"},
            ("np.maximum(0,", "np.minimum(0,"),
        ),
        Misconception(
            "You turn labels 0 and 1 into signs. Here they are signs already, -1 and 1.",
            {"loss"},
            ("s * (X @ w)", "(2 * s - 1) * (X @ w)"),
        ),
        Misconception(
            "You return the loss of each row. It is to be their mean, one number.",
            {"loss"},
            ("float(np.mean(np.maximum(0, 1 - s * (X @ w))))", "np.maximum(0, 1 - s * (X @ w))"),
        ),
        Misconception(
            "You averaged over the rows that cost something. The mean is over all rows.",
            {"loss"},
            (
                "np.mean(np.maximum(0, 1 - s * (X @ w)))",
                "np.mean((1 - s * (X @ w))[1 - s * (X @ w) > 0])",
            ),
        ),
        Misconception(
            "You counted the rows that cost something. The hinge says how much each costs.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "(1 - s * (X @ w) > 0)"),
        ),
    ],
    hints=[
        "A row costs nothing once its score is on the right side by at least 1.",
        r"$\frac1n\sum_i \max(0,\, 1 - s_i z_i)$",
        "`np.mean(np.maximum(0, ...))`",
    ],
)

DEEPER = [NORMAL_EQUATIONS, HINGE]
