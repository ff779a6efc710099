"""Lesson 04, deeper: the shortest fit, rows that meet only in products, and who was there."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generalisation.curves import REFERENCE
from helpers.checks.generalisation.masks import ALL_MASKS
from helpers.checks.task import Case, Misconception, Part, Task

CLOSE = 1e-6

# ---------------------------------------------------------------- cases


def wide(rng: Generator) -> Iterator[Case]:
    """More columns than rows, and as many."""
    yield Case({"X": np.array([[1.0, 2.0]]), "y": np.array([5.0])})
    yield Case({"X": np.array([[1.0, 0.0, 1.0], [0.0, 2.0, 0.0]]), "y": np.array([4.0, 6.0])})
    yield Case({"X": np.array([[2.0, 0.0], [0.0, 4.0]]), "y": np.array([2.0, 2.0])})
    for n, d in [(3, 7), (4, 5)]:
        yield Case({"X": rng.normal(size=(n, d)), "y": rng.normal(size=n)})


def new_rows(rng: Generator) -> Iterator[Case]:
    """Rows to learn from and new ones, more columns than rows and fewer."""
    yield Case(
        {
            "X": np.array([[1.0], [2.0]]),
            "y": np.array([1.0, 3.0]),
            "lam": 0.5,
            "X_new": np.array([[3.0], [0.0], [1.0]]),
        }
    )
    for n, d, m in [(3, 5, 2), (6, 2, 4)]:
        X, X_new = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        yield Case({"X": X, "y": rng.normal(size=n), "lam": 0.3, "X_new": X_new})


def losses(rng: Generator) -> Iterator[Case]:
    """Losses that tell everything, half, nothing; groups of different size, ties, and smaller losses of new rows."""
    yield Case({"known": np.array([0.0, 0.1]), "new": np.array([0.5, 1.0, 2.0])})
    yield Case({"known": np.array([0.0, 1.0]), "new": np.array([0.5, 2.0])})
    yield Case({"known": np.array([1.0, 1.0]), "new": np.array([1.0, 1.0, 1.0, 1.0])})
    yield Case({"known": np.array([2.0, 3.0]), "new": np.array([0.0, 1.0])})
    yield Case({"known": np.array([0.1, 0.6, 0.9]), "new": np.array([0.2, 0.5, 0.7, 1.0, 1.1, 1.2, 1.3])})
    yield Case({"known": np.array([0.0, 0.0, 0.0, 4.0]), "new": np.array([0.0, 3.0])})
    yield Case({"known": rng.exponential(0.5, 9), "new": rng.exponential(1.0, 14)})


# ---------------------------------------------------------------- tasks

WIDE = "X.T @ np.linalg.solve(X @ X.T, y)"

SMALLEST = Task(
    "smallest",
    points=0,
    answers=["smallest"],
    reference=REFERENCE + "smallest",
    parts=[Part("the shortest fit", wide, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "That fits, but is not the shortest: the shortest is made of the rows, w = Xᵀa.",
            {"the shortest fit"},
            (
                WIDE,
                "np.concatenate([np.linalg.solve(X[:, : len(X)] + 1e-12 * np.eye(len(X)), y), np.zeros(X.shape[1] - len(X))])",
            ),
        ),
        Misconception(
            "XᵀX has no inverse where there are more columns than rows; a small λ in it leaves a residue. Solve with XXᵀ.",
            {"the shortest fit"},
            (WIDE, "np.linalg.solve(X.T @ X + 0.001 * np.eye(X.shape[1]), X.T @ y)"),
        ),
        Misconception(
            "You stop at a, one number for each row. The weights are w = Xᵀa.",
            {"the shortest fit"},
            (WIDE, "np.linalg.solve(X @ X.T, y)"),
        ),
        Misconception(
            "The inverse of XXᵀ is missing: Xᵀy is only the direction of the first step.",
            {"the shortest fit"},
            (WIDE, "X.T @ y"),
        ),
    ],
    hints=[
        "Whatever in w is perpendicular to all rows makes it longer and changes no prediction.",
        "So w = Xᵀa, and XXᵀa = y.",
        "`X.T @ np.linalg.solve(X @ ..., y)`",
    ],
)

GRAM = "X @ X.T + len(X) * lam * np.eye(len(X))"

DUAL_RIDGE = Task(
    "dual_ridge",
    points=0,
    answers=["dual_ridge"],
    reference=REFERENCE + "dual_ridge",
    parts=[Part("predictions", new_rows, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "The n is missing: nλ, as in `ridge`.", {"predictions"}, (GRAM, "X @ X.T + lam * np.eye(len(X))")
        ),
        Misconception(
            "You return predictions for the old rows. Multiply a by the products of *new* rows with the old ones.",
            {"predictions"},
            ("(X_new @ X.T) @ a", "(X @ X.T) @ a"),
        ),
        Misconception(
            "You return a. The predictions are X_new Xᵀ a.", {"predictions"}, ("(X_new @ X.T) @ a", "a")
        ),
        Misconception(
            "There is no penalty in it.", {"predictions"}, (GRAM, "X @ X.T + 1e-13 * np.eye(len(X))")
        ),
        Misconception(
            "You centre the rows. There is no bias here.",
            {"predictions"},
            ("a = np.linalg.solve", "X = X - X.mean(axis=0)\n    a = np.linalg.solve"),
        ),
    ],
    hints=[
        "Put w = Xᵀa into ridge's equations. What is left of X?",
        "(XXᵀ + nλI) a = y, and the predictions are X_new Xᵀ a.",
        "`a = np.linalg.solve(X @ X.T + ..., y)`, then `(X_new @ X.T) @ a`.",
    ],
)

MEMBERSHIP = Task(
    "membership",
    points=0,
    answers=["membership"],
    reference=REFERENCE + "membership",
    parts=[Part("the best threshold", losses)],
    misconceptions=[
        Misconception(
            "You count rows, so that the larger group decides. Both groups count half.",
            {"the best threshold"},
            (
                "np.max((told[0] + told[1]) / 2)",
                "np.max((told[0] * len(known) + told[1] * len(new)) / (len(known) + len(new)))",
            ),
        ),
        Misconception(
            "You take the mean of both groups as the threshold. The best of all thresholds is asked for.",
            {"the best threshold"},
            (
                "t = np.concatenate([known, new])[:, None]",
                "t = np.array([[(known.mean() + new.mean()) / 2]])",
            ),
        ),
        Misconception(
            "You turn the guess round: rows with a *small* loss were trained on.",
            {"the best threshold"},
            edits=(("known <= t", "known > t"), ("new > t", "new <= t")),
        ),
        Misconception(
            "You return the share of known rows that are found, whatever the threshold says of new ones.",
            {"the best threshold"},
            ("np.max((told[0] + told[1]) / 2)", "np.max(told[0])"),
        ),
        Misconception(
            "You add both shares up. Take half of the sum.",
            {"the best threshold"},
            ("np.max((told[0] + told[1]) / 2)", "np.max(told[0] + told[1])"),
        ),
        Misconception(
            "Your threshold is one of the known losses only. Any loss that occurs may be it.",
            {"the best threshold"},
            ("np.concatenate([known, new])", "known[:1]"),
        ),
    ],
    hints=[
        "Try every loss that occurs as the threshold t.",
        "Accuracy of t: half of (share of known losses <= t) + (share of new losses > t). Which t is best?",
        "`t = np.concatenate([known, new])[:, None]`, then `(known <= t).mean(axis=1)` and `(new > t).mean(axis=1)`.",
    ],
)

DEEPER = [SMALLEST, DUAL_RIDGE, ALL_MASKS, MEMBERSHIP]
