"""Lesson 09, part 4: honest splits."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE
from helpers.probes.plain import Plain


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


def pictures(rng: Generator) -> Iterator[Case]:
    """Groups of different sizes, in any order, with any numbers as names; shares that are no whole groups."""
    yield Case({"groups": np.array([7, 3, 7, 12, 3, 5, 5, 7, 12, 90, 41, 8]), "share": 0.25, "seed": 0})
    yield Case({"groups": np.array([7, 3, 7, 12, 3, 5, 5, 7, 12, 90, 41, 8]), "share": 0.35, "seed": 0})
    yield Case({"groups": np.repeat(np.arange(10), 5), "share": 0.8, "seed": 1})
    for n, share in [(6, 0.5), (10, 0.3), (8, 0.2)]:
        names = rng.choice(1000, n, replace=False)
        groups = rng.permutation(np.repeat(names, rng.integers(1, 6, n)))
        yield Case({"groups": groups, "share": share, "seed": int(rng.integers(2**31))})


def rows_of(case: Case, got: Plain) -> tuple[ndarray, ndarray] | None:
    """Return the rows of both sides, or None where they are no rows."""
    n = len(np.asarray(case.inputs["groups"]))
    two = [np.asarray(got[side]) for side in ("train", "test")]
    if any(a.ndim != 1 or a.dtype.kind not in "iu" or not ((a >= 0) & (a < n)).all() for a in two):
        return None
    return two[0], two[1]


def whole(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge that each row is on one side and no group on both."""
    if (two := rows_of(case, got)) is None:
        return "expected two arrays of row numbers."
    train, test = two
    groups = np.asarray(case.inputs["groups"])
    if not np.array_equal(np.sort(np.concatenate(two)), np.arange(len(groups))):
        return f"each of the {len(groups)} rows must be on exactly one side; you return {len(train)} and {len(test)}."
    if torn := sorted({*groups[train].tolist()} & {*groups[test].tolist()}):
        return f"group {torn[0]} has rows on both sides."
    return None


def right_share(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge how many groups are held out."""
    if (two := rows_of(case, got)) is None:
        return "expected two arrays of row numbers."
    groups = np.asarray(case.inputs["groups"])
    n, found = len(np.unique(groups)), len(np.unique(groups[two[1]]))
    share = float(case.inputs["share"])
    if found == round(share * n):
        return None
    return f"{found} of {n} groups are held out; round({share} · {n}) is {round(share * n)}."


def many_draws(rng: Generator) -> Iterator[Case]:
    """Twenty groups, several times: twice with a generator in the same state, then in others."""
    groups = np.repeat(np.arange(20), 2)
    yield Case({"groups": groups, "share": 0.5, "seeds": [1, 1, 2, 3]})
    a, b, c = rng.integers(4, 2**31, size=3).tolist()
    yield Case({"groups": groups, "share": 0.5, "seeds": [a, a, b, c]})


def drawn(evidence: Plain) -> Plain:
    """Return whether the same generator holds out the same groups again, and others hold out others."""
    first, again, *others = [sorted(np.asarray(found).tolist()) for found in evidence]
    return {"the same again": first == again, "others": any(rows != first for rows in others)}


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

DRAW, ROUND = "rng.permutation(np.unique(groups))", "round(share * len(names))"
SIDES = "return np.flatnonzero(~held_out), np.flatnonzero(held_out)"
WHOLE, SHARE, CHANCE = "no group on both sides", "share of the groups", "drawn at random"
SPLIT = Task(
    "split_by_group",
    points=2,
    answers=["split_by_group"],
    reference=REFERENCE + "split_by_group",
    probe=PROBES + "splits",
    parts=[
        Part(WHOLE, pictures, judge=whole),
        Part(SHARE, pictures, judge=right_share, weight=0.5),
        Part(CHANCE, many_draws, probe=PROBES + "several_splits", means=drawn, weight=0.5),
    ],
    forbids=["sklearn.model_selection.*"],
    misconceptions=[
        Misconception(
            "You draw rows. Draw *groups*, and take all rows of each.",
            {WHOLE, SHARE},
            (f"names = {DRAW}", "groups = np.arange(len(groups)); names = rng.permutation(groups)"),
        ),
        Misconception(
            "The same groups are held out each time: let `rng` draw them.",
            {CHANCE},
            (DRAW, "np.unique(groups)"),
            forms=[(DRAW, "np.unique(groups)[::-1]"), (DRAW, "np.random.default_rng(0).permutation(np.unique(groups))")],
        ),
        Misconception(
            "Not `rng` draws the groups: with the same generator the split is another each time.",
            {CHANCE},
            (DRAW, "np.random.permutation(np.unique(groups))"),
            forms=[(DRAW, "np.random.default_rng().permutation(np.unique(groups))")],
        ),
        Misconception(
            "The sides are exchanged: first the rows to learn from, then those held out.",
            {SHARE},
            (SIDES, "return np.flatnonzero(held_out), np.flatnonzero(~held_out)"),
            forms=[("names[: round", "names[round")],
        ),
        Misconception(
            "A group may be drawn more than once, so that too few are held out: draw among the *different* groups, each at "
            "most once.",
            {SHARE},
            (DRAW, "rng.permutation(groups)"),
            forms=[(DRAW, "rng.choice(np.unique(groups), len(np.unique(groups)))"),
                   (f"names[: {ROUND}]", "rng.choice(groups, round(share * len(np.unique(groups))), replace=False)")],
        ),
        Misconception(
            "The number of groups is cut off; round it: `round(share * number of groups)`.",
            {SHARE},
            (ROUND, "int(share * len(names))"),
        ),
        Misconception(
            "The number of groups is always rounded up; `round(share * number of groups)` takes the nearest.",
            {SHARE},
            (ROUND, "int(np.ceil(share * len(names)))"),
            forms=[(ROUND, "int(share * len(names)) + 1")],
        ),
        Misconception(
            "The share is that of the rows; it is one of the *groups*.",
            {SHARE, CHANCE},
            (ROUND, "round(share * len(groups))"),
        ),
        Misconception(
            "What comes back are truth values for each row; return the row numbers: np.flatnonzero.",
            {WHOLE, SHARE, CHANCE},
            (SIDES, "return ~held_out, held_out"),
        ),
        Misconception(
            "What comes back are names of groups; return the numbers of their rows.",
            {WHOLE, SHARE},
            (SIDES, f"return names[{ROUND} :], names[: {ROUND}]"),
            forms=[(SIDES, "return groups[~held_out], groups[held_out]")],
        ),
        Misconception(
            "Only one row of each group comes back; return all of them.",
            {WHOLE},
            (SIDES, "return tuple(np.array([np.flatnonzero(groups == g)[0] for g in np.unique(groups[side])]) for side in (~held_out, held_out))"),
        ),
        Misconception(
            "Each row's own group is on its side by chance: groups are drawn one by one, and their number is not the one "
            "asked for.",
            {SHARE},
            (f"held_out = np.isin(groups, names[: {ROUND}])", "held_out = np.isin(groups, names[rng.random(len(names)) < share])"),
        ),
    ],
    hints=[
        "Draw among the different groups, then ask each row whether its group was drawn.",
        "Shuffle np.unique(groups), hold out the first round(share · number of groups), and let np.isin find their rows.",
        "`names = rng.permutation(np.unique(groups))`, `held_out = np.isin(groups, names[: round(share * len(names))])`, "
        "`np.flatnonzero`",
    ],
)  # fmt: skip

SPLITS = [STANDARDISE, SPLIT]
