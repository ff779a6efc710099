"""Lesson 09, part 4: a split that tears no group."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE
from helpers.probes.plain import Plain


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
