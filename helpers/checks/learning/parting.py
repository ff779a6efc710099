"""Rows parted: to learn from, to choose by, and to be asked at the end."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.learning.counting import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

SHARES = [0.6, 0.2, 0.2]

# ---------------------------------------------------------------- cases


def labelled(rng: Generator, sizes: tuple[int, ...], shares: list[float], seed: int) -> Case:
    """Labels of classes of these sizes, mixed."""
    return Case(
        {"y": rng.permutation(np.repeat(np.arange(len(sizes)), sizes)), "shares": shares, "seed": seed}
    )


def whole(rng: Generator) -> Iterator[Case]:
    """Classes that can be cut exactly, one of them rare; sorted, then mixed."""
    yield Case({"y": np.repeat([0, 1], [15, 5]), "shares": SHARES, "seed": 1})
    yield labelled(rng, (40, 10, 5), SHARES, 2)
    yield labelled(rng, (30, 10), [0.7, 0.3], 3)


def broken(rng: Generator) -> Iterator[Case]:
    """Classes that can't be cut exactly."""
    yield Case({"y": np.repeat([0, 1], [9, 4]), "shares": SHARES, "seed": 4})
    yield Case({"y": np.repeat([0, 1, 2], [11, 7, 3]), "shares": [0.5, 0.25, 0.25], "seed": 5})
    yield labelled(rng, (23, 8), [0.8, 0.1, 0.1], 6)


def all_cases(rng: Generator) -> Iterator[Case]:
    """All of them."""
    yield from whole(rng)
    yield from broken(rng)


# ---------------------------------------------------------------- judges


def read(got: Plain, key: str) -> list[ndarray] | str:
    """Return the parts of a split as arrays of numbers, or what is wrong with them."""
    found = got.get(key) if isinstance(got, dict) else None
    if not isinstance(found, list | np.ndarray) or not len(found):
        return f"expected the parts as a list of arrays, got {show(found)}."
    parts = [np.asarray(part) for part in found]
    for part in parts:
        if part.size and (part.dtype.kind not in "iu" or part.ndim != 1):
            return f"a part is an array of row numbers, but one is {show(found[0])}."
    return [part.astype(int) for part in parts]


def every_row_once(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for as many parts as shares, in which every row is, once."""
    parts = read(got, "parts")
    if isinstance(parts, str):
        return parts
    n, shares = len(np.asarray(case.inputs["y"])), list(case.inputs["shares"])
    if len(parts) != len(shares):
        return f"expected {len(shares)} parts for the shares {show(shares)}, got {len(parts)}."
    there = np.concatenate(parts)
    if there.size and (there.min() < 0 or there.max() >= n):
        return f"there are {n} rows, 0 to {n - 1}; {show(there.max())} is none."
    times = np.bincount(there, minlength=n)
    if (times > 1).any():
        return f"row {times.argmax()} is in the parts {times.max()} times."
    if lost := np.flatnonzero(times == 0).tolist():
        return f"of {n} rows {len(lost)} are in no part: {show(lost)}."
    return None


def in_shares(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for each class's share in each part, to less than one row."""
    parts = read(got, "parts")
    if isinstance(parts, str):
        return parts
    y, shares = np.asarray(case.inputs["y"]), list(case.inputs["shares"])
    for k in np.unique(y):
        n = int((y == k).sum())
        for p, (part, share) in enumerate(zip(parts, shares, strict=False)):
            have = int((y[part[(part >= 0) & (part < len(y))]] == k).sum())
            if abs(have - share * n) > 1 - 1e-9:
                return f"class {k} has {n} rows; part {p} is to have {share:g} of them, {show(share * n)}, and has {have}."
    return None


def drawn(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the same parts with the same seed, and for others from what the generator draws next."""
    found: list[list[list[int]]] = []
    for key in ("parts", "again", "later"):
        parts = read(got, key)
        if isinstance(parts, str):
            return parts
        found.append([sorted(part.tolist()) for part in parts])
    first, again, later = found
    if first != again:
        return "two calls with generators of the same seed gave different parts: draw from `rng` and nothing else."
    if first == later:
        return "two calls with one generator gave the same parts: they are not drawn from `rng`."
    return None


# ---------------------------------------------------------------- task

SPLIT = Task(
    "split",
    points=2,
    answers=["split"],
    reference=REFERENCE + "split",
    probe=PROBES + "splits",
    parts=[
        Part("every row once", all_cases, judge=every_row_once, weight=0.5),
        Part("each class in its share", all_cases, judge=in_shares, weight=0.75),
        Part("drawn by rng", whole, judge=drawn, weight=0.75),
    ],
    forbids=["sklearn.model_selection.*"],
    misconceptions=[
        Misconception(
            "The sizes were rounded down one by one, and what is left over is in no part. Round the *borders* between the "
            "parts.",
            {"every row once"},
            wrong=(
                "def split(y, shares, rng):\n    parts = [[] for _ in shares]\n    for k in np.unique(y):\n"
                "        rows, at = rng.permutation(np.flatnonzero(y == k)), 0\n"
                "        for part, share in zip(parts, shares):\n            size = int(share * len(rows) + 1e-9)\n"
                "            part.append(rows[at:at + size])\n            at += size\n"
                "    return [np.concatenate(part) for part in parts]\n"
            ),
        ),
        Misconception(
            "All rows were mixed and cut: how many of a class come into which part is left to chance. Cut each class for "
            "itself.",
            {"each class in its share"},
            wrong=(
                "def split(y, shares, rng):\n    rows = rng.permutation(len(y))\n"
                "    cuts = np.rint(np.cumsum(shares)[:-1] * len(rows)).astype(int)\n"
                "    return np.split(rows, cuts)\n"
            ),
        ),
        Misconception(
            "The rows are not mixed: the parts are the same for every generator.",
            {"drawn by rng"},
            ("rng.permutation(np.flatnonzero(y == k))", "np.flatnonzero(y == k)"),
        ),
        Misconception(
            "You draw from a generator of your own, with a seed of your own: whoever calls the function can't draw other "
            "parts. Draw from `rng`.",
            {"drawn by rng"},
            ("rng.permutation(", "np.random.default_rng(0).permutation("),
            forms=tuple(
                ("rng.permutation(", f"np.random.default_rng({seed}).permutation(") for seed in (1, 42, 123, 1234)
            ),
        ),
        Misconception(
            "The shares are not added up: a border is the sum of all shares before it.",
            {"every row once", "each class in its share"},
            ("np.cumsum(shares)[:-1]", "np.asarray(shares)[:-1]"),
        ),
        Misconception(
            "The first part has the share of the last, and the last that of the first.",
            {"each class in its share"},
            ("return [np.concatenate(part) for part in parts]", "return [np.concatenate(part) for part in parts][::-1]"),
        ),
        Misconception(
            "The parts hold places within a class. They are to hold the numbers of the rows in y.",
            {"every row once", "each class in its share"},
            ("rng.permutation(np.flatnonzero(y == k))", "rng.permutation(np.sum(y == k))"),
        ),
        Misconception(
            "The parts hold labels. They are to hold the numbers of the rows.",
            {"every row once", "each class in its share", "drawn by rng"},
            ("return [np.concatenate(part) for part in parts]", "return [y[np.concatenate(part)] for part in parts]"),
        ),
    ],
    hints=[
        "Do it for one class: its rows, mixed, are cut at borders. Then put the pieces of all classes together.",
        r"For a class of $m$ rows the borders are $\operatorname{round}(m\, s_1)$, $\operatorname{round}(m\,(s_1 + s_2))$, …",
        "`rows = rng.permutation(np.flatnonzero(y == k))`, and `np.split(rows, cuts)` cuts at "
        "`np.rint(np.cumsum(shares)[:-1] * len(rows)).astype(int)`.",
    ],
)  # fmt: skip
