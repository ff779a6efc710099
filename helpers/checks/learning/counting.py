"""Predictions counted: the confusion matrix, precision and recall."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.learning."
PROBES = "helpers.probes.learning."

# ---------------------------------------------------------------- cases


def predicted(rng: Generator) -> Iterator[Case]:
    """Six samples by hand, no two cells of their matrix alike that could be exchanged; then random ones."""
    yield Case({"y": np.array([0, 0, 1, 2, 2, 2]), "y_hat": np.array([0, 1, 1, 0, 2, 0]), "K": 3})
    y = np.repeat(np.arange(4), 5)
    yield Case({"y": y, "y_hat": np.where(rng.random(20) < 0.6, y, rng.integers(0, 3, 20)), "K": 4})


def absent(rng: Generator) -> Iterator[Case]:
    """Classes that no label, no prediction, or neither has."""
    yield Case({"y": np.array([0, 0]), "y_hat": np.array([1, 1]), "K": 4})
    yield Case({"y": np.array([2, 2, 0]), "y_hat": np.array([0, 0, 0]), "K": 3})


def matrices(rng: Generator) -> Iterator[Case]:
    """A matrix by hand, for each class; one sample taken, one there; then random ones without zeros."""
    for k in range(3):
        yield Case({"C": np.array([[5, 2, 1], [1, 3, 1], [4, 1, 6]]), "k": k})
    for C in ([[4, 0], [2, 1]], [[4, 3], [0, 1]]):  # one taken, one there
        yield Case({"C": np.array(C), "k": 1})
    for K in (2, 4):
        yield Case({"C": rng.integers(1, 40, size=(K, K)), "k": int(rng.integers(K))})


def empty(rng: Generator) -> Iterator[Case]:
    """A class that is never predicted, one that never occurs, and one that is neither."""
    for C in ([[3, 0], [2, 0]], [[3, 2], [0, 0]], [[3, 0], [0, 0]]):
        yield Case({"C": np.array(C), "k": 1})


# ---------------------------------------------------------------- tasks

CONFUSION = Task(
    "confusion",
    points=1,
    answers=["confusion"],
    reference=REFERENCE + "confusion",
    parts=[Part("counts", predicted, types=False), Part("classes that do not occur", absent, types=False)],
    forbids=["sklearn.metrics.*"],
    misconceptions=[
        Misconception(
            "Rows and columns are exchanged: a row is what a sample *is*, a column what it was taken for.",
            {"counts", "classes that do not occur"},
            ("C[i, j] += 1", "C[j, i] += 1"),
        ),
        Misconception(
            "Equal pairs are counted once: `C[y, y_hat] += 1` adds 1 to each cell that is named, however often it is. "
            "A loop does it, or `np.add.at`.",
            {"counts", "classes that do not occur"},
            wrong="def confusion(y, y_hat, K):\n    C = np.zeros((K, K), dtype=int)\n    C[y, y_hat] += 1\n    return C\n",
        ),
        Misconception(
            "The size was taken from the labels that occur. It is K: a class without a sample has a row, too.",
            {"classes that do not occur"},
            ("(K, K)", "(max(y.max(), y_hat.max()) + 1,) * 2"),
            forms=(("np.zeros((K, K), dtype=int)", "np.zeros((len({*y}), K), dtype=int)"),),
        ),
        Misconception(
            "These are shares of all samples. The matrix holds counts.",
            {"counts", "classes that do not occur"},
            ("return C", "return C / len(y)"),
        ),
        Misconception(
            "These are shares of each row. The matrix holds counts.",
            {"counts", "classes that do not occur"},
            ("return C", "return C / np.maximum(C.sum(axis=1, keepdims=True), 1)"),
        ),
        Misconception(
            "Only what is right was counted. A mistake has a cell beside the diagonal.",
            {"counts", "classes that do not occur"},
            ("C[i, j] += 1", "C[i, j] += i == j"),
        ),
        Misconception(
            "Only mistakes were counted. What is right has a cell on the diagonal.",
            {"counts", "classes that do not occur"},
            ("C[i, j] += 1", "C[i, j] += i != j"),
        ),
    ],
    hints=[
        "Go through the samples: each adds 1 to one cell. Which one?",
        r"$C_{ij}$ = number of samples with $y = i$ and $\hat y = j$",
        "`C = np.zeros((K, K), dtype=int)`, then `for i, j in zip(y, y_hat):` and one line more.",
    ],
)

PRECISION_RECALL = Task(
    "precision_recall",
    points=2,
    answers=["precision_recall"],
    reference=REFERENCE + "precision_recall",
    parts=[
        Part("precision", matrices, probe=FIRST, weight=0.75),
        Part("recall", matrices, probe=SECOND, weight=0.75),
        Part("nothing to take a share of", empty, weight=0.5),
    ],
    forbids=["sklearn.metrics.*"],
    misconceptions=[
        Misconception(
            "Your precision is a share of row k, of what *is* k: that is the recall. Precision is a share of what was "
            "*taken* for k: column k.",
            {"precision"},
            ("C[:, k].sum(), C[k].sum()", "C[k].sum(), C[k].sum()"),
        ),
        Misconception(
            "Your recall is a share of column k, of what was *taken* for k: that is the precision. Recall is a share of "
            "what *is* k: row k.",
            {"recall"},
            ("C[:, k].sum(), C[k].sum()", "C[:, k].sum(), C[:, k].sum()"),
        ),
        Misconception(
            "That is the accuracy, the share of all that is right. Precision and recall speak of class k alone.",
            {"precision", "recall", "nothing to take a share of"},
            wrong="def precision_recall(C, k):\n    right = float(np.trace(C) / C.sum())\n    return right, right\n",
        ),
        Misconception(
            "0 / 0 is not a number. Where there is nothing to take a share of, 0 is asked for.",
            {"nothing to take a share of"},
            edits=((" if taken > 0 else 0.0", ""), (" if there > 0 else 0.0", "")),
            forms=((" if taken > 0 else 0.0", ""), (" if there > 0 else 0.0", "")),
        ),
        Misconception(
            "Where there is nothing to take a share of, you answer 1. Here 0 is asked for.",
            {"nothing to take a share of"},
            edits=(
                (" if taken > 0 else 0.0", " if taken > 0 else 1.0"),
                (" if there > 0 else 0.0", " if there > 0 else 1.0"),
            ),
            forms=(
                (" if taken > 0 else 0.0", " if taken > 0 else 1.0"),
                (" if there > 0 else 0.0", " if there > 0 else 1.0"),
            ),
        ),
        Misconception(
            "You divide by the mistakes alone. What is right belongs to the whole that a share is taken of.",
            {"precision", "recall"},
            edits=(
                ("C[k, k] / taken", "C[k, k] / (taken - C[k, k])"),
                ("C[k, k] / there", "C[k, k] / (there - C[k, k])"),
            ),
        ),
        Misconception(
            "You divide by all samples. Precision is a share of column k, recall of row k.",
            {"precision", "recall"},
            edits=(("C[k, k] / taken", "C[k, k] / C.sum()"), ("C[k, k] / there", "C[k, k] / C.sum()")),
        ),
    ],
    hints=[
        "Both have `C[k, k]` on top. One asks: of what we took for k, what share is k? The other: of what is k, what "
        "share did we find?",
        r"precision $= C_{kk} / \sum_i C_{ik}$, recall $= C_{kk} / \sum_j C_{kj}$",
        "`taken, there = C[:, k].sum(), C[k].sum()`, and each share is 0.0 where that is 0.",
    ],
)
