"""Lesson 11: centres that move to their rows, and one row at a time."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.classical."
PROBES = "helpers.probes.classical."

# ---------------------------------------------------------------- cases


def rows_and_centres(rng: Generator) -> Iterator[Case]:
    """Rows and centres: in the plane, on a line, one that nobody joins, one alone, more columns."""
    square = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [6.0, 3.0]])
    yield Case({"X": square, "C": np.array([[0.0, 1.0], [5.0, 1.0]])})
    yield Case({"X": square, "C": np.array([[1.0, 1.0], [9.0, -9.0], [5.0, 2.0]])})
    yield Case({"X": square, "C": np.array([[3.0, 3.0]])})
    yield Case(
        {"X": np.array([[0.0, 0.0]]), "C": np.array([[3.0, 0.0], [2.0, 2.0]])}
    )  # the shorter way is slanted
    yield Case({"X": np.array([[0.0], [1.0], [5.0]]), "C": np.array([[4.0], [0.0]])})
    yield Case({"X": square, "C": np.array([[2.0, 0.0], [2.0, 0.0], [6.0, 3.0]])})  # of two alike the first
    for n, d, K in [(12, 3, 4), (9, 2, 3)]:
        yield Case({"X": 3 * rng.normal(size=(n, d)), "C": 3 * rng.normal(size=(K, d))})


def means(rng: Generator) -> Iterator[Case]:
    """A mean of none, one and several rows, and another one."""
    yield Case({"c": np.array([0.0, 0.0]), "n": 0, "x": np.array([3.0, -1.0])})
    yield Case({"c": np.array([2.0]), "n": 1, "x": np.array([4.0])})
    yield Case({"c": np.array([1.0, 5.0]), "n": 3, "x": np.array([5.0, 1.0])})
    yield Case({"c": rng.normal(size=3), "n": int(rng.integers(5, 50)), "x": rng.normal(size=3)})


# ---------------------------------------------------------------- tasks

SQUARES = "((X[:, None] - C) ** 2).sum(axis=2)"
MOVE = "moved[k] = X[labels == k].mean(axis=0)"
INERTIA = "float(squares.min(axis=1).mean())"

KMEANS_STEP = Task(
    "kmeans_step",
    points=2,
    answers=["kmeans_step"],
    reference=REFERENCE + "kmeans_step",
    parts=[
        Part("who joins whom", rows_and_centres, weight=0.5, probe=SECOND),
        Part("where centres go", rows_and_centres, probe=FIRST),
        Part("inertia", rows_and_centres, weight=0.5, probe=PROBES + "third"),
    ],
    misconceptions=[
        Misconception(
            "Each centre moves to the mean of *all* rows. Only its own count.",
            {"where centres go"},
            (MOVE, "moved[k] = X.mean(axis=0)"),
        ),
        Misconception(
            "A centre that nobody joined becomes NaN, the mean of no rows. It stays where it is.",
            {"where centres go"},
            (
                "for k in np.unique(labels):\n        " + MOVE,
                "for k in range(len(C)):\n        with np.errstate(all='ignore'):\n            moved[k] = X[labels == k].sum(axis=0) / np.float64((labels == k).sum())",
            ),
        ),
        Misconception(
            "A centre that nobody joined goes to 0. It stays where it is.",
            {"where centres go"},
            ("moved = C.copy()", "moved = np.zeros_like(C)"),
        ),
        Misconception(
            "You drop centres that nobody joined. They stay where they are, as K does.",
            {"where centres go"},
            ("return moved, labels", "return moved[np.unique(labels)], labels"),
        ),
        Misconception(
            "Your centres go to the sum of their rows, not to the mean.",
            {"where centres go"},
            (MOVE, "moved[k] = X[labels == k].sum(axis=0)"),
        ),
        Misconception(
            "Your centres go to the median. That is K-medians; here it is the mean.",
            {"where centres go"},
            (MOVE, "moved[k] = np.median(X[labels == k], axis=0)"),
        ),
        Misconception(
            "Your centres go half of the way. They go to the mean of their rows.",
            {"where centres go"},
            (MOVE, "moved[k] = (C[k] + X[labels == k].mean(axis=0)) / 2"),
        ),
        Misconception(
            "Rows join the centre that is farthest away.",
            {"who joins whom", "where centres go"},
            ("squares.argmin(axis=1)", "squares.argmax(axis=1)"),
        ),
        Misconception(
            "You ask for each centre which row is nearest. Each *row* joins a centre, so there are as many labels as rows.",
            {"who joins whom", "where centres go"},
            wrong="def kmeans_step(X, C):\n"
            "    squares = ((X[:, None] - C) ** 2).sum(axis=2)\n"
            "    labels = squares.argmin(axis=0)\n"
            "    return X[labels], labels, float(squares.min(axis=1).mean())\n",
        ),
        Misconception(
            "You measure along the axes, by absolute differences. The distance is Euclid's.",
            {"who joins whom", "where centres go", "inertia"},
            (SQUARES, "np.abs(X[:, None] - C).sum(axis=2)"),
        ),
        Misconception(
            "The inertia is a mean of *squared* distances: you took the root.",
            {"inertia"},
            (INERTIA, "float(np.sqrt(squares.min(axis=1)).mean())"),
            forms=((INERTIA, "float(np.sqrt(squares.min(axis=1).mean()))"),),
        ),
        Misconception(
            "The inertia is a mean over the rows. Yours is the sum, as in scikit-learn.",
            {"inertia"},
            (INERTIA, "float(squares.min(axis=1).sum())"),
        ),
        Misconception(
            "Your inertia measures to the centres *after* they moved. Asked for are those that the rows joined.",
            {"inertia"},
            (INERTIA, "float(((X - moved[labels]) ** 2).sum(axis=1).mean())"),
        ),
        Misconception(
            "Your inertia counts the distances to all centres. Only the nearest counts.",
            {"inertia"},
            (INERTIA, "float(squares.mean())"),
            forms=((INERTIA, "float(squares.sum(axis=1).mean())"),),
        ),
        Misconception(
            "You average over the columns, too: a squared distance is a sum over them.",
            {"inertia"},
            (INERTIA, "float(squares.min(axis=1).mean() / X.shape[1])"),
        ),
    ],
    hints=[
        "Two halves: who is nearest to whom, and then the mean of each group. What if a group is empty?",
        "squares (n, K): the sum over columns of (x - c)². Labels: argmin along the centres. Inertia: the mean of the minima.",
        "`squares = ((X[:, None] - C) ** 2).sum(axis=2)`, `labels = squares.argmin(axis=1)`; start from `C.copy()` and "
        "overwrite row k by `X[labels == k].mean(axis=0)` where there are rows.",
    ],
)

ONLINE = Task(
    "online",
    points=1,
    answers=["online"],
    reference=REFERENCE + "online",
    parts=[
        Part("the mean", means, probe=FIRST),
        Part("the count", means, weight=0.25, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "You divide by the number *before* this row: the new one counts, too.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / max(1, n - 1)"),
        ),
        Misconception(
            "You divide by one row too many.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / (n + 1)"),
        ),
        Misconception(
            "You count the row, but not for the next call: return n + 1.",
            {"the count"},
            ("(x - c) / n, n", "(x - c) / n, n - 1"),
        ),
        Misconception(
            "You move by a fixed share, one half: late rows would count more than early ones.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / 2"),
        ),
        Misconception(
            "You move by a tenth, however many rows there were.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / 10"),
        ),
        Misconception(
            "You move *away* from the row.",
            {"the mean"},
            ("c + (x - c)", "c - (x - c)"),
        ),
        Misconception(
            "You add x / n, but never shrink the old mean: c + (x - c)/n.",
            {"the mean"},
            ("c + (x - c) / n", "c + x / n"),
        ),
        Misconception(
            "You return the sum of all rows. Divide by their number.",
            {"the mean"},
            ("c + (x - c) / n", "c * (n - 1) + x"),
        ),
        Misconception(
            "You take the new row for the mean.",
            {"the mean"},
            ("c + (x - c) / n", "x"),
        ),
    ],
    hints=[
        "The sum of the old rows is n times c. What is the new mean?",
        "c + (x - c) / (n + 1), and n + 1.",
        "`n = n + 1`, then `return c + ..., n`",
    ],
)
