"""Lesson 07, part 5: softmax behind a mask."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import REFERENCE, floats, some_seen
from helpers.checks.task import Case, Misconception, Part, Task

VALUES, BATCHES, HUGE, NOTHING = "values", "batches", "huge scores", "nothing to see"
ALL = {VALUES, BATCHES, HUGE, NOTHING}


def values(rng: Generator) -> Iterator[Case]:
    """Scores and masks with something to see in each row; the first is the same for all."""
    yield Case({"S": floats([[1, 2, 3], [0, 1, 5]]), "mask": np.array([[1, 0, 1], [1, 1, 0]], dtype=bool)})
    yield Case({"S": floats([[1, 2, 3], [0, 1, 5]]), "mask": np.array([[1, 0, 0], [1, 1, 1]], dtype=bool)})
    for n, m in [(3, 4), (4, 4)]:
        yield Case({"S": rng.normal(size=(n, m)), "mask": some_seen(rng, n, m)})


def batches(rng: Generator) -> Iterator[Case]:
    """Scores of a batch: one mask for all of it, and one for each sequence that all its rows share."""
    S = floats([[[1, 2, 0], [0, 1, 3]], [[2, 0, 1], [0, 0, 4]]])
    yield Case({"S": S, "mask": np.array([[1, 0, 1], [1, 1, 0]], dtype=bool)})
    yield Case({"S": S, "mask": np.array([[[1, 1, 0]], [[0, 1, 1]]], dtype=bool)})
    S = rng.normal(size=(3, 2, 4))
    yield Case({"S": S, "mask": some_seen(rng, 2, 4)})
    yield Case({"S": S, "mask": some_seen(rng, 3, 1, 4)})
    yield Case({"S": S, "mask": some_seen(rng, 1, 4)})


def huge(rng: Generator) -> Iterator[Case]:
    """Scores far apart: the hidden ones are the largest by thousands, or lie between those that are seen."""
    rows = floats([[1, 2, 5000], [-5000, -5001, 3], [2000, 2001, 4]])
    yield Case({"S": rows, "mask": np.array([[1, 1, 0], [1, 1, 0], [1, 1, 0]], dtype=bool)})
    S, mask = rng.normal(size=(4, 5)), some_seen(rng, 4, 5)
    yield Case({"S": np.where(mask, S, S + 5000), "mask": mask})
    yield Case({"S": S + 2000, "mask": mask})


def nothing(rng: Generator) -> Iterator[Case]:
    """Row 0 of a strict mask sees nothing; so do an empty sequence of a batch, and any row by chance."""
    S = floats([[1, 2, 3], [0, 1, 5], [2, 0, 1]])
    yield Case({"S": S, "mask": np.tril(np.ones((3, 3), dtype=bool), k=-1)})
    yield Case({"S": floats([[[1, 2]], [[0, 3]]]), "mask": np.array([[[1, 0]], [[0, 0]]], dtype=bool)})
    mask = some_seen(rng, 4, 3)
    mask[int(rng.integers(4))] = False
    yield Case({"S": rng.normal(size=(4, 3)), "mask": mask})


SEEN = "mask, S, -np.inf"
TOP = "seen - np.where(np.isfinite(top), top, 0)"
RETURN = "return E / np.where(total > 0, total, 1)"
BY_ROWS = """
def masked_softmax(S, mask):
    seen = np.stack([np.where(mask[i], S[i], -np.inf) for i in range(len(S))])
    top = seen.max(axis=-1, keepdims=True)
    E = np.exp(seen - np.where(np.isfinite(top), top, 0))
    total = E.sum(axis=-1, keepdims=True)
    return E / np.where(total > 0, total, 1)
"""

MASKED_SOFTMAX = Task(
    "masked_softmax",
    points=2,
    answers=["masked_softmax"],
    reference=REFERENCE + "masked_softmax",
    parts=[
        Part(VALUES, values),
        Part(BATCHES, batches, weight=0.5),
        Part(HUGE, huge, weight=0.5),
        Part(NOTHING, nothing),
    ],
    misconceptions=[
        Misconception(
            "A hidden place keeps weight: a score of 0 is a score like others, e⁰ = 1. It must be -∞.",
            ALL,
            (SEEN, "mask, S, 0.0"),
            forms=((SEEN, "mask, S, 1e-9"),),
        ),
        Misconception(
            "You normalise first and hide afterwards, so the visible weights no longer sum to 1.",
            ALL,
            (f"seen = np.where({SEEN})", f"return softmax(S) * mask\n    seen = np.where({SEEN})"),
            forms=((RETURN, "return np.where(mask, softmax(S), 0)"),),
        ),
        Misconception(
            "A row in which nothing is visible gives NaN: 0/0, or -∞ - (-∞). No place, no weight: it must be all zeros.",
            {NOTHING},
            ("np.where(total > 0, total, 1)", "total"),
            forms=(
                (TOP, "seen - top"),
                [(TOP, "seen - top"), ("np.where(total > 0, total, 1)", "total")],
                (RETURN, "return E / total if mask.any() else E"),
            ),
        ),
        Misconception(
            "You hide what may be seen: True means visible.",
            ALL,
            ("np.where(mask, S", "np.where(~mask, S"),
        ),
        Misconception(
            "You subtract the largest of *all* scores of a row. Where that one is hidden, e^(-5000) underflows and "
            "nothing is left.",
            {HUGE},
            ("top = seen.max", "top = S.max"),
            forms=(
                "def masked_softmax(S, mask):\n    A = softmax(S) * mask\n    total = A.sum(axis=-1, keepdims=True)\n"
                "    return A / np.where(total == 0, 1, total)\n",
                ("top = seen.max", "top = (S * mask).max"),
            ),
        ),
        Misconception(
            "You subtract the largest score of the whole table. Each row has its own: where it is far smaller, "
            "everything underflows.",
            {HUGE},
            ("seen.max(axis=-1, keepdims=True)", "seen.max()"),
            forms=(("seen.max(axis=-1, keepdims=True)", "S.max()"),),
        ),
        Misconception(
            "The largest score is not subtracted, and e^2000 overflows.",
            {HUGE},
            (f"np.exp({TOP})", "np.exp(seen)"),
        ),
        Misconception(
            "With a hidden score of -10⁹ or so instead of -∞, a row that sees nothing spreads its weight over all.",
            {NOTHING},
            (SEEN, "mask, S, -1e9"),
            forms=(
                (f"np.where({SEEN})", "S - 1e9 * ~mask"),
                (f"np.where({SEEN})", "np.where(mask, S, S - 1e9)"),
                (RETURN, "return np.where(total > 0, E / np.where(total > 0, total, 1), 1 / S.shape[-1])"),
            ),
        ),
        Misconception(
            "Nothing is so small that no score is smaller: a hidden score must be -∞, not -100 or -1000.",
            {HUGE, NOTHING},
            (SEEN, "mask, S, -1000"),
            forms=(
                (SEEN, "mask, S, -100"),
                (SEEN, "mask, S, -500"),
                (SEEN, "mask, S, S.min() - 1000"),
                (f"np.where({SEEN})", "np.where(mask, S, S - 1000)"),
            ),
        ),
        Misconception(
            "The softmax runs down the columns: each *row* must sum to 1.",
            ALL,
            ("total = E.sum(axis=-1,", "total = E.sum(axis=-2,"),
            forms=([("axis=-1", "axis=-2")], [("axis=-1", "axis=0")], [("axis=-1", "axis=1")]),
        ),
        Misconception(
            "The whole table sums to 1: each *row* must.",
            ALL,
            ("total = E.sum(axis=-1, keepdims=True)", "total = E.sum()"),
            forms=(("total = E.sum(axis=-1, keepdims=True)", "total = E.sum(axis=(-1, -2), keepdims=True)"),),
        ),
        Misconception(
            "The exponentials are not divided by the sum of their row.",
            ALL,
            (RETURN, "return E"),
        ),
        Misconception(
            "The mask is not used.",
            ALL,
            (f"np.where({SEEN})", "S.copy()"),
        ),
        Misconception(
            "The mask is taken apart along its *first* axis. Its axes belong to the last ones of S, and it may have fewer: "
            "`np.where(mask, S, …)` broadcasts as it should.",
            {BATCHES},
            wrong=BY_ROWS,
        ),
        Misconception(
            "What comes back are scores behind a mask. The softmax of each row is still to be taken.",
            ALL,
            (RETURN, "return seen"),
        ),
        Misconception(
            "A small number is added to the sum, so that the visible weights don't quite sum to 1: divide by 1 where the sum is 0.",
            {VALUES, BATCHES, HUGE, NOTHING},
            (RETURN, "return E / (total + 1e-6)"),
            forms=((RETURN, "return E / (total + 1e-7)"), (RETURN, "return E / (total + 1e-5)")),
        ),
    ],
    hints=[
        "Hide *before* the softmax: which score gets weight 0? Then ask what a row of nothing but hidden scores sums to.",
        r"$s_j = -\infty$ where hidden, since $e^{-\infty} = 0$. Subtract the largest visible score (0 if there is "
        r"none), and divide by the sum (by 1 if it is 0).",
        "`seen = np.where(mask, S, -np.inf)`, `top = seen.max(axis=-1, keepdims=True)`, "
        "`E = np.exp(seen - np.where(np.isfinite(top), top, 0))`, and at the end `np.where(total > 0, total, 1)`",
    ],
)
