"""Lesson 09, part 4: scaled by what the training rows are like."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import REFERENCE


def tables(rng: Generator) -> Iterator[Case]:
    """Rows to learn from and to be held out, of different means; the first are the same for all."""
    yield Case(
        {
            "train": np.array([[1.0, 10.0], [1.5, 10.0], [2.0, 40.0]]),
            "test": np.array([[1.0, 0.0], [7.0, 30.0]]),
        }
    )
    for n, m, d in [(5, 3, 2), (4, 6, 3)]:
        yield Case({"train": 3 + 2 * rng.normal(size=(n, d)), "test": rng.normal(size=(m, d))})


def flat_columns(rng: Generator) -> Iterator[Case]:
    """A column that is constant where one learns and not where one asks."""
    yield Case({"train": np.array([[2.0, 1.0], [2.0, 1.5]]), "test": np.array([[2.0, 3.0], [7.0, 1.0]])})
    train, test = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    train[:, int(rng.integers(3))] = 2.0
    yield Case({"train": train, "test": test})


def one_new_row(rng: Generator) -> Iterator[Case]:
    """A single row, as it comes when the model is in use."""
    yield Case({"train": np.array([[0.0, 1.0], [1.0, 3.0]]), "test": np.array([[6.0, 0.0]])})
    yield Case({"train": 1 + rng.normal(size=(6, 3)), "test": rng.normal(size=(1, 3))})


STATISTICS = "mean, std = train.mean(axis=0), train.std(axis=0)"
FLAT, SCALED = "np.where(std > 0, std, 1)", "return (train - mean) / std, (test - mean) / std"
TABLES = {"two tables", "constant columns", "one new row"}
STANDARDISE = Task(
    "standardise",
    points=2,
    answers=["standardise"],
    reference=REFERENCE + "standardise",
    parts=[
        Part("two tables", tables),
        Part("constant columns", flat_columns, weight=0.5),
        Part("one new row", one_new_row, weight=0.5),
    ],
    forbids=["sklearn.preprocessing.*"],
    misconceptions=[
        Misconception(
            "The statistics come from all rows: the held-out ones have had a say. Use the training rows alone.",
            TABLES,
            (STATISTICS, "both = np.concatenate([train, test]); mean, std = both.mean(axis=0), both.std(axis=0)"),
        ),
        Misconception(
            "The statistics come from the held-out rows. Use the training rows alone.",
            TABLES,
            (STATISTICS, "mean, std = test.mean(axis=0), test.std(axis=0)"),
        ),
        Misconception(
            "The held-out rows are scaled by their own statistics. They must go through the very same map as the training "
            "rows, one row as well as many.",
            TABLES,
            (SCALED, "return (train - mean) / std, (test - test.mean(axis=0)) / np.where(test.std(axis=0) > 0, test.std(axis=0), 1)"),
            forms=[(SCALED, "return (train - mean) / std, (test - test.mean(axis=0)) / std"),
                   (SCALED, "return (train - mean) / std, (test - mean) / np.where(test.std(axis=0) > 0, test.std(axis=0), 1)")],
        ),
        Misconception(
            "A column that is constant in training has deviation 0, and you divide by it. Divide it by 1.",
            {"constant columns"},
            (FLAT, "std"),
            forms=[(FLAT, "np.maximum(std, 1e-8)"), (FLAT, "np.where(std > 0, std, 1e-12)"), (FLAT, "std + 1e-8"),
                   (FLAT, "np.maximum(std, 1e-12)"), (FLAT, "std + 1e-12"), (FLAT, "std + 1e-9"), (FLAT, "std + 1e-10")],
        ),
        Misconception(
            "A column that is constant in training is set to 0 in the held-out rows, too; there it is only shifted.",
            {"constant columns"},
            (SCALED, "return (train - mean) / std, (test - mean) / std * (train.std(axis=0) > 0)"),
            forms=[(SCALED, "return (train - mean) / std, np.where(train.std(axis=0) > 0, (test - mean) / std, 0)")],
        ),
        Misconception(
            "A column that is constant in training is left as it was; it is shifted by its mean.",
            {"constant columns"},
            (STATISTICS, STATISTICS + "; mean = np.where(std > 0, mean, 0)"),
        ),
        Misconception(
            "A column that is constant in training is dropped; it stays, and is only shifted.",
            {"constant columns"},
            (SCALED, "keep = train.std(axis=0) > 0; return ((train - mean) / std)[:, keep], ((test - mean) / std)[:, keep]"),
        ),
        Misconception(
            "1 is added to every deviation; only one that is 0 is to become 1.",
            TABLES,
            (FLAT, "std + 1"),
        ),
        Misconception(
            "Small deviations become 1, too; only one that is 0 is to.",
            {"one new row", "two tables", "constant columns"},
            (FLAT, "np.maximum(std, 1)"),
        ),
        Misconception(
            "There is one mean and one deviation for the whole table; each column has its own: axis=0.",
            TABLES,
            (STATISTICS, "mean, std = train.mean(), train.std()"),
            forms=[(STATISTICS, "mean, std = train.mean(axis=0), train.std()"), (STATISTICS, "mean, std = train.mean(), train.std(axis=0)")],
        ),
        Misconception(
            "Mean and deviation are those of the rows; each *column* has its own: axis=0.",
            TABLES,
            (SCALED, "return tuple((a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True) for a in (train, test))"),
        ),
        Misconception(
            "You divide by the variance; divide by its root.",
            TABLES,
            ("train.std(axis=0)", "train.var(axis=0)"),
        ),
        Misconception(
            "The deviation has n − 1 in it (ddof=1); here it is the root of the *mean* square: NumPy's std as it is.",
            TABLES,
            ("train.std(axis=0)", "train.std(axis=0, ddof=1)"),
        ),
        Misconception(
            "The columns are scaled to run from 0 to 1; they are to have mean 0 and deviation 1.",
            TABLES,
            (STATISTICS, "mean, std = train.min(axis=0), np.ptp(train, axis=0)"),
            forms=[(STATISTICS, "mean, std = train.mean(axis=0), np.ptp(train, axis=0)")],
        ),
        Misconception(
            "Values are shifted by the mean, but not divided by the deviation.",
            TABLES,
            (SCALED, "return train - mean, test - mean"),
        ),
        Misconception(
            "Values are divided by the deviation, but not shifted by the mean.",
            TABLES,
            (SCALED, "return train / std, test / std"),
        ),
        Misconception(
            "The mean is added; subtract it.",
            TABLES,
            (SCALED, "return (train + mean) / std, (test + mean) / std"),
        ),
        Misconception(
            "You multiply by the deviation; divide.",
            TABLES,
            (SCALED, "return (train - mean) * std, (test - mean) * std"),
        ),
        Misconception(
            "Divide *after* the shift: only the mean is divided here. Brackets!",
            TABLES,
            (SCALED, "return train - mean / std, test - mean / std"),
        ),
        Misconception(
            "The held-out rows come back as they were: they go through the same map as the training rows.",
            TABLES,
            (SCALED, "return (train - mean) / std, test"),
        ),
        Misconception(
            "The training rows come back as they were: they are shifted and scaled, too.",
            TABLES,
            (SCALED, "return train, (test - mean) / std"),
        ),
        Misconception(
            "The order is: first the training rows, then those held out.",
            TABLES,
            (SCALED, "return (test - mean) / std, (train - mean) / std"),
        ),
    ],
    hints=[
        "Which rows may decide on mean and deviation, if the others are to play the part of pictures not yet taken?",
        "(x − mean) / std for both tables, with mean and std of each column of `train`, and 1 for a deviation of 0.",
        "`mean, std = train.mean(axis=0), train.std(axis=0)`, `std = np.where(std > 0, std, 1)`",
    ],
)  # fmt: skip
