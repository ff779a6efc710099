"""Lesson 07, part 5: who may look at whom."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def sizes(rng: Generator) -> Iterator[Case]:
    """Sequences of one token, and longer ones."""
    for n in (1, 3, 4, int(rng.integers(5, 9))):
        yield Case({"n": n})


def lengths(rng: Generator) -> Iterator[Case]:
    """Batches with an empty sequence, with and without a full one."""
    yield Case({"lengths": np.array([2, 0, 3]), "n": 5})
    yield Case({"lengths": np.array([4, 1]), "n": 4})
    for B in (3, 5):
        n = int(rng.integers(4, 8))
        inner = rng.integers(1, n, size=B - 2)
        yield Case({"lengths": rng.permutation([n, 0, *inner]), "n": n})


TRIL, FILLED = "np.tril(np.ones((n, n), dtype=bool))", "np.arange(n) < lengths[:, None]"

MASKS = Task(
    "masks",
    points=2,
    answers=["causal_mask", "padding_mask"],
    reference=REFERENCE + "causal_mask",
    parts=[
        Part("causal", sizes, probe=PROBES + "causal"),
        Part("padding", lengths, probe=PROBES + "padding"),
    ],
    misconceptions=[
        Misconception(
            "Your causal mask is strict: it forbids a token to look at itself, and the first may look at nothing.",
            {"causal"},
            ("dtype=bool))", "dtype=bool), k=-1)"),
        ),
        Misconception(
            "Your causal mask lets each token look one place ahead.",
            {"causal"},
            ("dtype=bool))", "dtype=bool), k=1)"),
        ),
        Misconception(
            "That shows the future and hides the past: row i may look at the columns j ≤ i.",
            {"causal"},
            ("np.tril(", "np.triu("),
            forms=(("return np.tril(", "return ~np.tril("), ("dtype=bool))", "dtype=bool)).T")),
        ),
        Misconception(
            "A token may look at *all* before it, not only at the last one or two: the mask is a triangle, not a band.",
            {"causal"},
            (TRIL, f"np.triu({TRIL}, -1)"),
            forms=((TRIL, f"np.triu({TRIL}, -2)"), (TRIL, "np.eye(n, dtype=bool)")),
        ),
        Misconception(
            "Nothing is hidden: row i may look at the columns j ≤ i only.",
            {"causal"},
            (TRIL, "np.ones((n, n), dtype=bool)"),
        ),
        Misconception(
            "That is a mask of 0 and -∞, to be added to scores. Here a mask holds truth values: True means, may be "
            "looked at.",
            {"causal"},
            (TRIL, f"np.where({TRIL}, 0.0, -np.inf)"),
            forms=(
                (TRIL, f"np.where({TRIL}, 0.0, -1e9)"),
                (TRIL, f"np.where({TRIL}, 1.0, -np.inf)"),
            ),
        ),
        Misconception(
            "Your padding mask is made of 0 and -∞, to be added to scores. Here a mask holds truth values.",
            {"padding"},
            (FILLED, f"np.where({FILLED}, 0.0, -np.inf)"),
            forms=((FILLED, f"np.where({FILLED}, 0.0, -1e9)"), (FILLED, f"np.where({FILLED}, 1.0, -np.inf)")),
        ),
        Misconception(
            "Your padding mask says where there is *no* token. True means: may be looked at.",
            {"padding"},
            (FILLED, "np.arange(n) >= lengths[:, None]"),
        ),
        Misconception(
            "Your padding mask shows one place too many: places are counted from 0, so the last token stands at length - 1.",
            {"padding"},
            (FILLED, "np.arange(n) <= lengths[:, None]"),
        ),
        Misconception(
            "Your padding mask hides the last token: places are counted from 0, and the last one stands at length - 1.",
            {"padding"},
            (FILLED, "np.arange(n) < lengths[:, None] - 1"),
            forms=((FILLED, "np.arange(1, n + 1) < lengths[:, None]"),),
        ),
        Misconception(
            "The axes of your padding mask are exchanged: a row for each sequence, a column for each place.",
            {"padding"},
            (FILLED, "np.arange(n)[:, None] < lengths"),
        ),
        Misconception(
            "Your padding mask ignores n: it is as wide as the longest sequence of this batch, and must have n columns.",
            {"padding"},
            (FILLED, "np.arange(lengths.max()) < lengths[:, None]"),
            forms=(
                (FILLED, "np.arange(max(lengths) + 1) < lengths[:, None]"),
                (FILLED, "np.arange(len(lengths)) < lengths[:, None]"),
            ),
        ),
        Misconception(
            "That is a table for each sequence. A padding mask has *one row* for each: which of its places hold a token.",
            {"padding"},
            (FILLED, "(m := np.arange(n) < lengths[:, None])[:, None] & m[:, :, None]"),
            forms=(
                (FILLED, "np.repeat((np.arange(n) < lengths[:, None])[:, None], n, axis=1)"),
                (FILLED, "np.repeat((np.arange(n) < lengths[:, None])[:, :, None], n, axis=2)"),
                (FILLED, f"({FILLED})[:, None] & {TRIL}"),
                (FILLED, f"({FILLED})[:, None]"),
            ),
        ),
        Misconception(
            "Your padding mask shows the last places of each row. The tokens stand at the beginning, padding behind them.",
            {"padding"},
            (FILLED, "np.arange(n) >= n - lengths[:, None]"),
        ),
        Misconception(
            "All rows of your padding mask follow one sequence: each has a length of its own.",
            {"padding"},
            (FILLED, "np.arange(n) < np.full((len(lengths), 1), lengths[0])"),
            forms=(
                (FILLED, "np.arange(n) < np.full((len(lengths), 1), lengths.max())"),
                (FILLED, "np.arange(n) < np.full((len(lengths), 1), lengths.min())"),
                (FILLED, "np.arange(n) < np.full((len(lengths), 1), lengths[-1])"),
            ),
        ),
        Misconception(
            "The triangle of your causal mask is mirrored: row i may look at the columns j ≤ i.",
            {"causal"},
            (TRIL, f"{TRIL}[::-1]"),
            forms=((TRIL, f"{TRIL}[:, ::-1]"),),
        ),
    ],
    hints=[
        "Both compare places: j with i, and j with a length. A lower triangle of a full matrix will do for the first.",
        r"causal: $j \le i$; padding: $j < \text{length}_b$",
        "`np.tril(np.ones((n, n), dtype=bool))`, and `np.arange(n) < lengths[:, ...]` with an axis added, so that it "
        "compares each place with each length",
    ],
)
