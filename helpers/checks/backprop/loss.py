"""Lesson 03, part 8: the logarithm of softmax as one rule."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def rows_of_scores(rng: Generator, g: bool = True) -> Iterator[Case]:
    """Scores of n rows and k classes, n = k included, and a gradient whose rows do not sum to zero."""
    rows = [(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]]), np.array([[1.0, 0.0, -0.5], [2.0, 1.0, 1.0]]))]
    rows += [
        (rng.normal(size=(n, k)) * 2, rng.normal(size=(n, k)) + 0.5) for n, k in [(2, 3), (3, 3), (4, 2)]
    ]
    for Z, pulled in rows:
        yield Case({"Z": Z, "g": pulled} if g else {"Z": Z})


def huge_scores(rng: Generator) -> Iterator[Case]:
    """Scores far from zero, and rows whose scores lie far apart: no logarithm of 0, no infinity."""
    g = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, 2.0]])
    yield Case({"Z": np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -1002.0]]), "g": g})
    yield Case({"Z": np.array([[0.0, 1000.0, -1000.0], [2000.0, 1999.0, 0.0]]), "g": g})
    for n, k in [(2, 3), (3, 3), (4, 2)]:
        Z = rng.normal(size=(n, k)) * 2 + rng.choice([-3000.0, 900.0, 3000.0], size=(n, 1))
        yield Case({"Z": Z, "g": rng.normal(size=(n, k)) + 0.5})


LOGS = {"value", "gradient", "huge scores"}


LOG_SOFTMAX = Task(
    "log_softmax",
    points=2,
    answers=["log_softmax"],
    reference=REFERENCE + "log_softmax",
    parts=[
        Part("value", partial(rows_of_scores, g=False), probe=PROBES + "value", weight=0.5),
        Part("gradient", rows_of_scores, probe=PROBES + "gradient"),
        Part("huge scores", huge_scores, probe=PROBES + "value_and_gradient", weight=0.5),
    ],
    forbids=["torch.*", "scipy.special.*"],
    misconceptions=[
        Misconception(
            "You return softmax itself: its logarithm is asked for.",
            LOGS,
            ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
             "log_p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"),
            forms=(("return log_p, ", "return np.exp(log_p), "),),
        ),
        Misconception(
            "That is minus the logarithm of the probabilities, the loss of each class; the logarithm itself is asked for.",
            {"value", "huge scores"},
            ("return log_p, ", "return -log_p, "),
        ),
        Misconception(
            "You sum over axis 0. Each *row* has its own sum of exponentials.",
            LOGS,
            ("np.exp(shifted).sum(axis=1,", "np.exp(shifted).sum(axis=0,"),
            forms=(
                [("axis=1", "axis=0")],
                [("np.exp(shifted).sum(axis=1,", "np.exp(shifted).sum(axis=0,"),
                 ("g.sum(axis=1,", "g.sum(axis=0,")],
            ),
        ),
        Misconception(
            "One sum for all rows. Each *row* has its own sum of exponentials.",
            LOGS,
            ("np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum()"),
        ),
        Misconception(
            "The logarithm of the sum is missing: log p = z - log Σ e^z.",
            LOGS,
            ("np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "np.exp(shifted).sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "The pulls come in a tuple even where there is only one: `(pull,)`, with a comma.",
            {"gradient", "huge scores"},
            ("keepdims=True),)", "keepdims=True))"),
        ),
        Misconception(
            "e^3000 overflows: subtract each row's largest score first.",
            {"huge scores"},
            (" - Z.max(axis=1, keepdims=True)", ""),
        ),
        Misconception(
            "You subtract the row's smallest score. Then the largest is still large, and e to it overflows: subtract the "
            "largest.",
            {"huge scores"},
            ("Z.max(axis=1, keepdims=True)", "Z.min(axis=1, keepdims=True)"),
            forms=(("Z.max(axis=1, keepdims=True)", "Z.mean(axis=1, keepdims=True)"),),
        ),
        Misconception(
            "One largest score for all rows: in a row that is far below it every e^z is 0, and log 0 is infinite. "
            "Subtract each row's own.",
            {"huge scores"},
            ("Z.max(axis=1, keepdims=True)", "Z.max()"),
            forms=(("Z.max(axis=1, keepdims=True)", "Z.max(axis=0, keepdims=True)"),),
        ),
        Misconception(
            "First softmax, then its logarithm: a small probability is rounded to 0, and log 0 is infinite. Write "
            "z - log Σ e^z in one.",
            {"huge scores"},
            ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
             "log_p = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))"),
            forms=(
                ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                 "log_p = np.log(softmax(Z) + 1e-12)"),
                ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                 "log_p = np.log(softmax(Z) + 1e-9)"),
                ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                 "log_p = np.log(softmax(Z) + 1e-8)"),
            ),
        ),
        Misconception(
            "Each score also acts on the *other* entries of its row, through their common sum: subtract p times "
            "the row's sum of g.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)", "g * (1 - np.exp(log_p))"),
            forms=(("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)", "g"),),
        ),
        Misconception(
            "p is to be multiplied by the *sum* of g over the row.",
            {"gradient", "huge scores"},
            (" * g.sum(axis=1, keepdims=True)", ""),
            forms=((" * g.sum(axis=1, keepdims=True)", " * g.mean(axis=1, keepdims=True)"),),
        ),
        Misconception(
            "In the pull g is summed over the columns, or over everything. Each *row* has its own sum of g.",
            {"gradient", "huge scores"},
            ("g.sum(axis=1,", "g.sum(axis=0,"),
            forms=(("g.sum(axis=1, keepdims=True)", "g.sum()"),),
        ),
        Misconception(
            "In the pull the sums of the rows have shape (n,), and NumPy lays them along the *columns*: keep the axis, "
            "`keepdims=True`.",
            {"gradient", "huge scores"},
            ("g.sum(axis=1, keepdims=True)", "g.sum(axis=1)"),
        ),
        Misconception(
            "Before the sum of g stands p, not log p: the probabilities.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) *", "g - log_p *"),
        ),
        Misconception(
            "The sign in the pull is wrong: g *minus* p times the row's sum of g.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) *", "g + np.exp(log_p) *"),
            forms=(("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)",
                    "np.exp(log_p) * g.sum(axis=1, keepdims=True) - g"),),
        ),
        Misconception(
            "The pull is that of softmax, p ⊙ (g - Σ g p). Through its logarithm it is g - p Σ g.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)",
             "np.exp(log_p) * (g - (g * np.exp(log_p)).sum(axis=1, keepdims=True))"),
        ),
    ],
    hints=[
        "Value: subtract each row's largest score, then the logarithm of a sum of exponentials. Gradient: which "
        "entries of its row does one score act on?",
        r"$\log p_k = z_k - \log \sum_j e^{z_j}$, so $\partial \log p_k / \partial z_j = [j = k] - p_j$, and pulled back: "
        r"$g_j - p_j \sum_k g_k$",
        "`shifted = Z - Z.max(axis=1, keepdims=True)`, `log_p = shifted - np.log(...)`, and the pull is "
        "`g - np.exp(log_p) * ...`",
    ],
)  # fmt: skip
