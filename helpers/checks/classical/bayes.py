"""Lesson 11: words that vote by their logarithms."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.classical.groups import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def counted(rng: Generator) -> Iterator[Case]:
    """Mails of unequal classes, words that one class never has, weak and strong smoothing."""
    X = np.array([[2, 0, 1], [1, 0, 0], [0, 3, 1], [0, 0, 2]])
    yield Case({"X": X, "y": np.array([0, 0, 1, 0]), "alpha": 1.0})
    yield Case({"X": X, "y": np.array([1, 0, 1, 1]), "alpha": 0.5})
    yield Case({"X": np.array([[4, 1], [0, 1]]), "y": np.array([0, 1]), "alpha": 2.0})
    for n, d in [(9, 5), (12, 4)]:
        y = np.r_[0, 1, rng.integers(0, 2, n - 2)]
        yield Case({"X": rng.poisson(1.5, (n, d)), "y": y, "alpha": float(rng.uniform(0.3, 3))})


# ---------------------------------------------------------------- task

COUNTS = "X[y == k].sum(axis=0) + alpha"
PRIOR = "np.mean(y == k)"
LOGS = "np.log(counts / counts.sum(axis=1, keepdims=True))"

NAIVE_BAYES = Task(
    "naive_bayes",
    points=2,
    answers=["naive_bayes"],
    reference=REFERENCE + "naive_bayes",
    parts=[
        Part("prior", counted, weight=0.5, probe=FIRST),
        Part("words", counted, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "Both classes get the same prior. It is the share of mails that are in the class.",
            {"prior"},
            (PRIOR, "0.5"),
        ),
        Misconception(
            "The logarithm of the prior is missing.",
            {"prior"},
            ("np.log(prior), ", "prior, "),
        ),
        Misconception(
            "Your prior counts words. It is the share of *mails* in the class.",
            {"prior"},
            (PRIOR, "X[y == k].sum() / X.sum()"),
        ),
        Misconception(
            "Your prior is smoothed. Only the words are.",
            {"prior"},
            (PRIOR, "(np.sum(y == k) + alpha) / (len(y) + 2 * alpha)"),
        ),
        Misconception(
            "You return how many mails each class has, not which share.",
            {"prior"},
            (PRIOR, "np.sum(y == k)"),
        ),
        Misconception(
            "There is no smoothing: a word that a class never had gets the probability 0, and rules the class out for ever.",
            {"words"},
            (COUNTS, "X[y == k].sum(axis=0) + 1e-300"),
        ),
        Misconception(
            "α is added to the counts, but not to their sum: the probabilities of a class sum to less or more than 1.",
            {"words"},
            (LOGS, "np.log(counts / (counts - alpha).sum(axis=1, keepdims=True))"),
        ),
        Misconception(
            "α is counted once below, where every word brings one.",
            {"words"},
            (LOGS, "np.log(counts / ((counts - alpha).sum(axis=1, keepdims=True) + alpha))"),
        ),
        Misconception(
            "You divide by the number of mails: those are words a mail, not probabilities of a word.",
            {"words"},
            (LOGS, "np.log(counts / np.array([[np.sum(y == 0)], [np.sum(y == 1)]]))"),
        ),
        Misconception(
            "You count in how many mails a word occurs. Here every occurrence counts.",
            {"words"},
            (COUNTS, "(X[y == k] > 0).sum(axis=0) + alpha"),
        ),
        Misconception(
            "You divide each word by its sum over both classes: that is how likely the class is, given the word.",
            {"words"},
            (LOGS, "np.log(counts / counts.sum(axis=0, keepdims=True))"),
        ),
        Misconception(
            "You divide by the words of both classes together. Each class has its own sum.",
            {"words"},
            (LOGS, "np.log(counts / counts.sum())"),
        ),
        Misconception(
            "The logarithm is missing: products of 2,000 small probabilities are 0 in a computer.",
            {"words"},
            (LOGS, "counts / counts.sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "The classes are exchanged: row 0 belongs to y = 0.",
            {"prior", "words"},
            edits=((COUNTS, "X[y == 1 - k].sum(axis=0) + alpha"), (PRIOR, "np.mean(y == 1 - k)")),
        ),
        Misconception(
            "You always add 1. α is what every count begins at.",
            {"words"},
            (COUNTS, "X[y == k].sum(axis=0) + 1.0"),
        ),
    ],
    hints=[
        "Put all mails of a class into one pile. How often is each word in it?",
        "prior = mails of the class / all mails; p = (count + α) / sum of (count + α) over the words. Logarithms of both.",
        "`counts = np.array([X[y == k].sum(axis=0) + alpha for k in (0, 1)])`; divide each row by its sum, then `np.log`.",
    ],
)
