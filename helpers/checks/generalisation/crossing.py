"""Lesson 04: the mean over folds, each with a model of its own."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generalisation.curves import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def regressions(rng: Generator) -> Iterator[Case]:
    """Rows on a noisy line, and folds; the row's number stands in the first column."""
    X = np.column_stack([np.arange(6.0), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 9.0])])
    y = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 9.0])
    pairs = [([2, 3, 4, 5], [0, 1]), ([0, 1, 4, 5], [2, 3]), ([0, 1, 2, 3], [4, 5])]
    yield Case({"X": X, "y": y, "folds": [[np.array(a), np.array(b)] for a, b in pairs]})
    for n, K in [(11, 3), (23, 5)]:
        X = np.column_stack([np.arange(float(n)), rng.normal(size=(n, 2))])
        parts = np.array_split(rng.permutation(n), K)
        folds = [[np.setdiff1d(np.arange(n), part), part] for part in parts]
        yield Case({"X": X, "y": X[:, 1] + rng.normal(size=n), "folds": folds})


# ---------------------------------------------------------------- task

CROSS_VALIDATE = Task(
    "cross_validate",
    points=2,
    answers=["cross_validate"],
    reference=REFERENCE + "cross_validate",
    parts=[
        Part("who learns from what", regressions, probe=PROBES + "asked"),
        Part("the mean", regressions, weight=0.5, probe=PROBES + "fold_mean"),
        Part("the spread", regressions, weight=0.5, probe=PROBES + "fold_spread"),
    ],
    misconceptions=[
        Misconception(
            "You fit once, on all rows. Each fold needs a model that never saw its test rows.",
            {"who learns from what", "the mean", "the spread"},
            ("fit(X[train], y[train])", "fit(X, y)"),
        ),
        Misconception(
            "You fit a single model, that of the first fold. It knows the test rows of the others.",
            {"who learns from what", "the mean", "the spread"},
            (
                "model = fit(X[train], y[train])",
                "model = fit(X[folds[0][0]], y[folds[0][0]])",
            ),
        ),
        Misconception(
            "You test on the rows that were learned from.",
            {"who learns from what", "the mean", "the spread"},
            ("score(model, X[test], y[test])", "score(model, X[train], y[train])"),
        ),
        Misconception(
            "You test on all rows, most of which the model has learned from.",
            {"who learns from what", "the mean", "the spread"},
            ("score(model, X[test], y[test])", "score(model, X, y)"),
        ),
        Misconception(
            "Learning and testing rows are exchanged.",
            {"who learns from what", "the mean", "the spread"},
            ("for train, test in folds", "for test, train in folds"),
        ),
        Misconception(
            "You return the standard error, the spread divided by √K. Asked for is the spread itself.",
            {"the spread"},
            ("float(np.std(scores))", "float(np.std(scores) / len(scores) ** 0.5)"),
        ),
        Misconception(
            "You return the variance. The standard deviation is its root.",
            {"the spread"},
            ("np.std(scores)", "np.var(scores)"),
        ),
        Misconception(
            "You divide by K - 1. Here the spread is that of `np.std`, with K.",
            {"the spread"},
            ("np.std(scores)", "np.std(scores, ddof=1)"),
        ),
        Misconception(
            "You return the sum of the scores. Divide by their number.",
            {"the mean"},
            ("np.mean(scores)", "np.sum(scores)"),
        ),
        Misconception(
            "You return the best score. Asked for is the mean over all folds.",
            {"the mean"},
            ("np.mean(scores)", "np.min(scores)"),
            forms=(("np.mean(scores)", "np.max(scores)"),),
        ),
        Misconception(
            "You return the score of a single fold. Asked for is the mean over all of them.",
            {"the mean"},
            ("np.mean(scores)", "scores[-1]"),
            forms=(("np.mean(scores)", "scores[0]"),),
        ),
        Misconception(
            "Mean and spread are exchanged.",
            {"the mean", "the spread"},
            (
                "float(np.mean(scores)), float(np.std(scores))",
                "float(np.std(scores)), float(np.mean(scores))",
            ),
        ),
    ],
    hints=[
        "What happens in one fold? Write that first, then a loop around it.",
        "Each fold: a new model of the rows in `train`, its score on those in `test`. Then mean and standard deviation "
        "of the K scores.",
        "`model = fit(X[train], y[train])`, `scores.append(score(model, X[test], ...))`; then `np.mean`, `np.std`.",
    ],
)
