"""Rows to learn from: which are kept, and which of their columns."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.learning.counting import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def rows(X: list[list[int]], y: list[int]) -> Case:
    """A case of counts and labels."""
    return Case({"X": np.array(X), "y": np.array(y)})


def copies(rng: Generator) -> Iterator[Case]:
    """Rows that are there twice and three times, with one label each."""
    yield rows([[3, 1], [0, 2], [3, 1], [1, 0]], [0, 1, 0, 1])
    yield rows([[0, 2], [0, 2], [5, 5], [1, 1], [0, 2], [5, 5]], [1, 1, 0, 1, 1, 0])
    X = rng.integers(1, 9, size=(6, 4))
    order = np.array([0, 1, 0, 2, 3, 1, 4, 5, 2])
    yield Case({"X": X[order], "y": (order % 2)})


def contradictions(rng: Generator) -> Iterator[Case]:
    """Equal rows of different labels, two and three of them."""
    yield rows([[3, 1], [0, 2], [3, 1], [1, 0]], [0, 1, 1, 1])
    yield rows([[0, 2], [4, 4], [0, 2], [0, 2], [1, 1], [4, 4]], [1, 0, 1, 0, 1, 0])
    yield rows([[7, 1], [7, 1]], [1, 0])


def nothing(rng: Generator) -> Iterator[Case]:
    """Rows without a word, alone and twice."""
    yield rows([[0, 0], [2, 1], [0, 3]], [0, 1, 1])
    yield rows([[1, 1, 0], [0, 0, 0], [2, 0, 1], [0, 0, 0], [0, 1, 0]], [0, 1, 0, 1, 0])


def counts(rng: Generator) -> Iterator[Case]:
    """Words of which no two are in as many mails."""
    X = np.array([[1, 0, 2, 1], [0, 0, 1, 1], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 0]])
    yield Case({"X": X, "train": np.arange(5), "k": 3})
    X = (np.arange(9)[:, None] < rng.permutation(6) + 2) * 1
    yield Case({"X": rng.permutation(X), "train": np.arange(9), "k": 4})


def loud(rng: Generator) -> Iterator[Case]:
    """A word that one mail has nine times, beside words that more mails have once."""
    yield Case({"X": np.array([[9, 1, 0], [0, 1, 1], [0, 1, 1], [0, 0, 0]]), "train": np.arange(4), "k": 3})
    yield Case({"X": np.array([[1, 0], [1, 8], [1, 0]]), "train": np.arange(3), "k": 1})


def held_out(rng: Generator) -> Iterator[Case]:
    """Rows beside those of the training, in which other words are frequent."""
    X = np.array([[0, 1, 1], [1, 0, 1], [1, 0, 0], [1, 0, 0], [0, 0, 1]])
    yield Case({"X": X, "train": np.array([0, 1, 4]), "k": 1})
    yield Case({"X": X, "train": np.array([3, 2]), "k": 1})
    X = np.vstack([np.tile([0, 0, 1, 1], (4, 1)), [[1, 0, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0]]])
    yield Case({"X": X, "train": np.array([4, 5, 6]), "k": 2})


def ties(rng: Generator) -> Iterator[Case]:
    """Words that as many mails have."""
    yield Case({"X": np.array([[1, 1, 0, 1], [0, 1, 1, 0], [0, 0, 0, 0]]), "train": np.arange(3), "k": 3})
    X = (np.arange(3)[:, None] < np.arange(90) % 3) * 1
    yield Case({"X": X, "train": np.arange(3), "k": 80})


# ---------------------------------------------------------------- tasks

KEPT = "[i for row, i in first.items() if len(labels[row]) == 1 and X[i].any()]"
CLEAN = Task(
    "clean",
    points=2,
    answers=["clean"],
    reference=REFERENCE + "clean",
    parts=[
        Part("copies", copies, weight=0.75),
        Part("contradicting labels", contradictions, weight=0.75),
        Part("empty rows", nothing, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "All copies were dropped. Of equal rows with one label the first is kept.",
            {"copies", "contradicting labels"},
            wrong=(
                "def clean(X, y):\n    same = (X[:, None] == X).all(axis=2).sum(axis=1)\n"
                "    return np.flatnonzero((same == 1) & X.any(axis=1))\n"
            ),
        ),
        Misconception(
            "Rows whose labels contradict each other were kept. Nobody knows which label is right: drop all of them.",
            {"contradicting labels"},
            ("len(labels[row]) == 1 and ", ""),
        ),
        Misconception(
            "Equal rows count as copies only where their labels are equal, too: so both sides of a contradiction are kept. "
            "Drop them.",
            {"contradicting labels"},
            ("row = X[i].tobytes()", "row = X[i].tobytes() + bytes([y[i]])"),
        ),
        Misconception("A row without a word was kept.", {"empty rows"}, (" and X[i].any()", "")),
        Misconception(
            "Copies were kept. Of equal rows with one label only the first is.",
            {"copies", "contradicting labels"},
            (KEPT, "[i for i in range(len(X)) if len(labels[X[i].tobytes()]) == 1 and X[i].any()]"),
        ),
        Misconception(
            "The last of equal rows was kept. It is the first.",
            {"copies", "contradicting labels"},
            ("first.setdefault(row, i)", "first[row] = i"),
            forms=(
                [("first.setdefault(row, i)", "first[row] = i"), ("np.array(kept,", "np.array(sorted(kept),")],
            ),
        ),
        Misconception(
            "The rows are right, in another order. They are to stand as they came: `np.unique` sorts by contents.",
            {"copies", "contradicting labels", "empty rows"},
            wrong=(
                "def clean(X, y):\n    _, first, which = np.unique(X, axis=0, return_index=True, return_inverse=True)\n"
                "    which = which.ravel()\n"
                "    return np.array([i for g, i in enumerate(first) if len({*y[which == g].tolist()}) == 1 and X[i].any()],"
                " dtype=int)\n"
            ),
        ),
        Misconception(
            "A row was dropped because *one* of its counts is 0. Empty is a row of which all are.",
            {"copies", "contradicting labels", "empty rows"},
            ("X[i].any()", "X[i].all()"),
        ),
        Misconception(
            "You return which rows are kept as truth values. Their numbers are asked for: `np.flatnonzero`.",
            {"copies", "contradicting labels", "empty rows"},
            ("return np.array(kept, dtype=int)", "return np.isin(np.arange(len(X)), kept)"),
        ),
        Misconception(
            "You return the rows themselves. Their numbers are asked for, so that X and y can both be cut.",
            {"copies", "contradicting labels", "empty rows"},
            ("return np.array(kept, dtype=int)", "return X[np.array(kept, dtype=int)]"),
        ),
    ],
    hints=[
        "A dict can remember, for each row that came, where it came first and which labels it had. What can be its key?",
        "Keep $i$ if no earlier row equals $x_i$, all rows that equal it have the label $y_i$, and $x_i \\ne 0$.",
        "`row = tuple(X[i])` or `X[i].tobytes()` is a key; `labels.setdefault(row, set()).add(y[i])` collects its labels.",
    ],
)  # fmt: skip

EVERYWHERE = {"most frequent first", "mails, not occurrences", "training rows only", "ties"}
VOCABULARY = Task(
    "vocabulary",
    points=1,
    answers=["vocabulary"],
    reference=REFERENCE + "vocabulary",
    parts=[
        Part("most frequent first", counts),
        Part("mails, not occurrences", loud),
        Part("training rows only", held_out),
        Part("ties", ties),
    ],
    misconceptions=[
        Misconception(
            "You counted how often a word occurs. Count the mails that have it: one mail can repeat a word nine times.",
            {"mails, not occurrences"},
            ("(X[train] > 0).sum(axis=0)", "X[train].sum(axis=0)"),
        ),
        Misconception(
            "All rows were counted. The choice of words is a part of learning: only the training rows may have a say.",
            {"training rows only"},
            ("X[train]", "X"),
        ),
        Misconception(
            "Of words that as many mails have, the lower column comes first; yours come in another order. `[::-1]` turns "
            "ties round, and only `kind=\"stable\"` keeps their order.",
            {"ties"},
            ('np.argsort(-having, kind="stable")', 'np.argsort(having, kind="stable")[::-1]'),
        ),
        Misconception(
            "The rarest words come first. The most frequent are wanted: sort by minus the count.",
            EVERYWHERE,
            ("-having", "having"),
        ),
        Misconception(
            "You return how many mails have the words. The numbers of their columns are wanted.",
            EVERYWHERE,
            ('np.argsort(-having, kind="stable")[:k]', "-np.sort(-having)[:k]"),
        ),
        Misconception(
            "The right words, in the order of their columns. The most frequent comes first.",
            {"most frequent first", "mails, not occurrences", "ties"},
            ("return np.argsort(-having, kind=\"stable\")[:k]", "return np.sort(np.argsort(-having, kind=\"stable\")[:k])"),
        ),
        Misconception(
            "You counted over the wrong axis: for each mail its words. For each word, its mails are to be counted: axis 0.",
            EVERYWHERE,
            ("axis=0", "axis=1"),
        ),
    ],
    hints=[
        "`X[train] > 0` says which mails have which words. Count, then sort.",
        r"$f_j = |\{\, i \in \text{train} : X_{ij} > 0 \,\}|$, sorted by falling $f_j$, then by rising $j$",
        '`np.argsort(-having, kind="stable")[:k]`, where `having` is a sum over the training rows.',
    ],
)  # fmt: skip
