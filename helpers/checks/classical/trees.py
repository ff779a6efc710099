"""Lesson 11: a question that saves entropy, and many trees that vote."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.classical.groups import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def columns(rng: Generator) -> Iterator[Case]:
    """A clean cut, an uneven one, three classes, ties of gain and of value, one value, one class."""
    yield Case({"x": np.array([1.0, 2.0, 5.0, 7.0]), "y": np.array([0, 0, 1, 1])})
    yield Case({"x": np.array([4.0, 1.0, 2.0, 8.0, 3.0]), "y": np.array([1, 0, 0, 0, 1])})
    yield Case({"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([0, 1, 1, 0])})  # two cuts are as good
    yield Case({"x": np.array([1.0, 1.0, 2.0, 2.0, 3.0]), "y": np.array([0, 1, 1, 1, 2])})
    yield Case({"x": np.array([3.0, 3.0, 3.0]), "y": np.array([0, 1, 1])})
    yield Case({"x": np.array([2.0, 4.0, 6.0]), "y": np.array([1, 1, 1])})
    yield Case({"x": np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "y": np.array([0, 0, 1, 0, 1, 1, 1])})
    yield Case({"x": np.arange(7.0), "y": np.array([0, 1, 0, 0, 0, 1, 0])})  # Gini asks another question here
    for n, K in [(12, 2), (15, 3)]:
        yield Case({"x": rng.normal(size=n).round(1), "y": rng.integers(0, K, n)})


def labels(rng: Generator) -> Iterator[Case]:
    """No label, one, a fair coin, one class, a label that does not occur, three of unequal number."""
    for y in ([], [1], [0, 1], [2, 2, 2], [0, 2], [0, 1, 1, 2, 2, 2, 2, 2]):
        yield Case({"y": np.array(y, dtype=int)})
    yield Case({"y": rng.integers(0, 4, 17)})


def ballots(rng: Generator) -> Iterator[Case]:
    """Clear votes, ties, one tree, labels that are far apart."""
    yield Case({"P": np.array([[0, 1, 2], [0, 2, 2], [1, 1, 0]])})
    yield Case({"P": np.array([[1, 2], [0, 3]])})  # ties
    yield Case({"P": np.array([[4, 0, 4]])})
    yield Case({"P": np.array([[0, 0, 0, 1, 2, 3, 3]]).T})  # the middle one is not the most frequent
    yield Case({"P": np.array([[0, 9], [0, 9], [9, 0], [9, 9], [0, 0]])})
    yield Case({"P": rng.integers(0, 3, (7, 6))})


# ---------------------------------------------------------------- tasks

GAIN = "entropy(y) - (len(left) * entropy(left) + len(right) * entropy(right)) / len(y)"
MIDDLES = "(values[:-1] + values[1:]) / 2"

BEST_SPLIT = Task(
    "best_split",
    points=2,
    answers=["entropy", "best_split"],
    reference=REFERENCE + "entropy",
    parts=[
        Part("threshold", columns, probe="helpers.probes.classical.threshold"),
        Part("gain", columns, probe="helpers.probes.classical.gain"),
        Part("entropy", labels, weight=0.5, probe="helpers.probes.classical.bits"),
    ],
    misconceptions=[
        Misconception(
            "Your entropy is in nats. Bits have the logarithm to base 2.",
            {"gain", "entropy"},
            ("np.log2(p)", "np.log(p)"),
        ),
        Misconception(
            "Your entropy is negative: the minus is missing.",
            {"threshold", "gain", "entropy"},
            ("-(p * np.log2(p)).sum()", "(p * np.log2(p)).sum()"),
        ),
        Misconception(
            "That is Gini's impurity, the sum of p (1 - p). Here it is the entropy.",
            {"threshold", "gain", "entropy"},
            ("-(p * np.log2(p)).sum()", "(p * (1 - p)).sum()"),
        ),
        Misconception(
            "0 · log 0 is NaN in a computer. It is 0: leave out labels that do not occur.",
            {"threshold", "gain", "entropy"},
            ("    p = p[p > 0]\n", "    np.seterr(all='ignore')\n    p = np.append(p, 0.0)\n"),
        ),
        Misconception(
            "Both sides count alike with you. A side counts by how many rows it has.",
            {"threshold", "gain"},
            (GAIN, "entropy(y) - (entropy(left) + entropy(right)) / 2"),
        ),
        Misconception(
            "You add up the entropies of both sides without weights.",
            {"threshold", "gain"},
            (GAIN, "entropy(y) - entropy(left) - entropy(right)"),
        ),
        Misconception(
            "You return the entropy that is left. The gain is what the question saves: before, minus after.",
            {"threshold", "gain"},
            (GAIN, "(len(left) * entropy(left) + len(right) * entropy(right)) / len(y)"),
        ),
        Misconception(
            "Your thresholds are values of x. They lie half-way between two neighbours.",
            {"threshold"},
            (MIDDLES, "values[:-1]"),
            forms=((MIDDLES, "values[1:] - 1e-9"),),
        ),
        Misconception(
            "Of equal gains you take the last. The smallest threshold counts.",
            {"threshold"},
            ("if gain > most + 1e-12:", "if gain >= most - 1e-12 and gain > 0:"),
        ),
        Misconception(
            "You take the question that saves *least*.",
            {"threshold", "gain"},
            ("if gain > most + 1e-12:", "if best == values[0] or gain < most - 1e-12:"),
        ),
    ],
    hints=[
        "How unsure are the labels before the question, and on each side of it?",
        "gain = H(y) - (n_left H(left) + n_right H(right)) / n, for each threshold half-way between two neighbouring values.",
        "`values = np.unique(x)`, thresholds `(values[:-1] + values[1:]) / 2`; `left, right = y[x <= t], y[x > t]`; keep the best.",
    ],
)

VOTE = Task(
    "vote",
    points=1,
    answers=["vote"],
    reference=REFERENCE + "vote",
    parts=[Part("the majority", ballots)],
    misconceptions=[
        Misconception(
            "You take the mean of the labels. A label is a name: most trees decide.",
            {"the majority"},
            ("np.bincount(column).argmax()", "int(round(column.mean()))"),
            forms=(
                ("np.bincount(column).argmax()", "column.mean()"),
                ("np.bincount(column).argmax()", "int(column.mean())"),
            ),
        ),
        Misconception(
            "You take the median of the labels. A label is a name: most trees decide.",
            {"the majority"},
            ("np.bincount(column).argmax()", "int(np.median(column))"),
        ),
        Misconception(
            "Of equal numbers you take the largest label. The smallest counts.",
            {"the majority"},
            ("np.bincount(column).argmax()", "column.max() - np.bincount(column)[::-1].argmax()"),
        ),
        Misconception(
            "You count within a tree. It is the trees that vote on each row, so count down the columns.",
            {"the majority"},
            ("for column in P.T", "for column in P"),
        ),
        Misconception(
            "You return how many trees agree. Which label they agree on is asked for.",
            {"the majority"},
            ("np.bincount(column).argmax()", "np.bincount(column).max()"),
        ),
        Misconception(
            "You take the largest label that any tree says.",
            {"the majority"},
            ("np.bincount(column).argmax()", "column.max()"),
        ),
        Misconception(
            "The first tree decides alone.",
            {"the majority"},
            ("np.bincount(column).argmax()", "column[0]"),
        ),
    ],
    hints=[
        "Each column of P holds what the trees say of one row.",
        "`np.bincount` counts the labels of a column; which index has most?",
        "`np.array([np.bincount(column).argmax() for column in ...])`",
    ],
)
