"""Lesson 11: the axes along which rows differ most."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.classical.groups import REFERENCE
from helpers.checks.evidence import show
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

CLOSE = 1e-6

# ---------------------------------------------------------------- cases


def clouds(rng: Generator) -> Iterator[Case]:
    """A cross far from 0, a slant, and clouds of unequal widths; all axes, and some."""
    cross = np.array([[12.0, 5.0], [8.0, 5.0], [10.0, 6.0], [10.0, 4.0]])
    yield Case({"X": cross, "k": 1})
    yield Case({"X": cross, "k": 2})
    yield Case({"X": np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 1.0], [1.0, 1.5, 1.0]]), "k": 1})
    for n, d, k in [(9, 4, 2), (12, 3, 3)]:
        widths = 3.0 ** -np.arange(d)
        turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
        yield Case({"X": 4 + rng.normal(size=(n, d)) * widths @ turn, "k": k})


def up_to_sign(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the axes, each in its direction or the opposite one."""
    right, found = np.asarray(want, dtype=float), np.asarray(got, dtype=float)
    if found.shape != right.shape:
        return f"expected shape {right.shape}, an axis in each row; got shape {found.shape}."
    if np.isnan(found).any():
        return "there is NaN in it."
    for i, (a, b) in enumerate(zip(right, found, strict=True)):
        if not _same(a, b):
            return f"axis {i} should be {show(a)}, or its opposite; got {show(b)}."
    return None


def _same(a: ndarray, b: ndarray) -> bool:
    return min(float(np.abs(a - b).max()), float(np.abs(a + b).max())) < 1e-5


# ---------------------------------------------------------------- task

PRINCIPAL = Task(
    "principal",
    points=2,
    answers=["principal"],
    reference=REFERENCE + "principal",
    parts=[
        Part("axes", clouds, probe=FIRST, judge=up_to_sign),
        Part("shares", clouds, probe=SECOND, tol=CLOSE),
    ],
    misconceptions=[
        Misconception(
            "The rows are not centred: the first axis points from 0 to the mean, not where rows differ most.",
            {"axes", "shares"},
            ("X - X.mean(axis=0)", "X"),
        ),
        Misconception(
            "You took one mean of all entries. Each column has its own.",
            {"axes", "shares"},
            ("X - X.mean(axis=0)", "X - X.mean()"),
        ),
        Misconception(
            "You scaled each column to deviation 1. That is another question; here columns count as they are.",
            {"axes", "shares"},
            ("X - X.mean(axis=0)", "(X - X.mean(axis=0)) / (X.std(axis=0) + 1e-12)"),
        ),
        Misconception(
            "Your axes begin with the *smallest* variance. The largest comes first.",
            {"axes", "shares"},
            edits=(("V[:k]", "V[::-1][:k]"), ("s[:k] ** 2", "s[::-1][:k] ** 2")),
        ),
        Misconception(
            "You return columns where the axes are rows.",
            {"axes"},
            ("V[:k]", "V.T[:k]"),
            forms=(("V[:k]", "V[:k].T"),),
        ),
        Misconception(
            "The shares are of singular values. A variance is a square.",
            {"shares"},
            ("s[:k] ** 2 / (s**2).sum()", "s[:k] / s.sum()"),
        ),
        Misconception(
            "You return variances. A share is divided by the sum of *all* variances.",
            {"shares"},
            ("s[:k] ** 2 / (s**2).sum()", "s[:k] ** 2 / len(X)"),
            forms=(
                ("s[:k] ** 2 / (s**2).sum()", "s[:k] ** 2 / (len(X) - 1)"),
                ("s[:k] ** 2 / (s**2).sum()", "s[:k] ** 2"),
            ),
        ),
        Misconception(
            "Your shares sum to 1 over the k axes that are kept. They are shares of *all* variance.",
            {"shares"},
            ("(s**2).sum()", "(s[:k] ** 2).sum()"),
        ),
        Misconception(
            "Your shares add up from axis to axis. One share for each axis is asked for.",
            {"shares"},
            ("s[:k] ** 2 / (s**2).sum()", "np.cumsum(s**2)[:k] / (s**2).sum()"),
        ),
        Misconception(
            "Your axes have the length of the deviation. An axis has length 1.",
            {"axes"},
            ("V[:k]", "V[:k] * s[:k, None]"),
        ),
    ],
    hints=[
        "Take the mean off each column first. Then which directions?",
        "Centred X = U diag(s) V (np.linalg.svd): the rows of V are the axes, s² their variances, up to one factor.",
        "`_, s, V = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)`, then `V[:k]` and the shares of s².",
    ],
)
