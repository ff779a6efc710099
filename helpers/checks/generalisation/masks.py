"""Lesson 04, deeper: all networks that dropout trains at once."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generalisation.curves import PROBES, REFERENCE
from helpers.checks.task import FIRST, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def entries(rng: Generator) -> Iterator[Case]:
    """One to four entries, dropped rarely and often."""
    for h, p in [([2.0], 0.25), ([3.0, -1.0], 0.25), ([1.0, 2.0, 3.0], 0.5)]:
        yield Case({"h": np.array(h), "p": p})
    yield Case({"h": rng.normal(size=4), "p": float(rng.uniform(0.6, 0.9))})


# ---------------------------------------------------------------- task

WEIGHTS = "(1 - p) ** kept * p ** (len(h) - kept)"


def every_mask(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for each mask once, in any order."""
    masks, n = np.asarray(got), len(np.asarray(case.inputs["h"]))
    if masks.shape != (2**n, n):
        return f"{n} entries have 2^{n} = {2**n} masks: expected shape {(2**n, n)}, got shape {masks.shape}."
    codes = np.sort((masks.astype(float) @ 2.0 ** np.arange(n)).round()).tolist()
    return (
        None
        if codes == [*range(2**n)] and set(np.unique(masks)) <= {0, 1}
        else "each mask comes once, of True and False."
    )


def their_weights(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the probability of each mask, in the order in which the masks come."""
    masks, weights = np.asarray(got["masks"]), np.asarray(got["weights"], dtype=float)
    if masks.ndim != 2 or weights.shape != (len(masks),):
        return f"one probability for each mask: expected shape {(len(masks),)}, got shape {weights.shape}."
    p, kept = float(case.inputs["p"]), masks.astype(float).sum(axis=1)
    right = (1 - p) ** kept * p ** (masks.shape[1] - kept)
    if np.allclose(weights, right, rtol=1e-6):
        return None
    i = int(np.abs(weights - right).argmax())
    return f"with p = {p:g} the mask {masks[i].astype(int).tolist()} has probability {right[i]:.4g}; got {weights[i]:.4g}."


ALL_MASKS = Task(
    "all_masks",
    points=0,
    answers=["all_masks"],
    reference=REFERENCE + "all_masks",
    parts=[
        Part("every mask", entries, probe=FIRST, judge=every_mask),
        Part("its probability", entries, probe=PROBES + "masked", judge=their_weights),
    ],
    misconceptions=[
        Misconception(
            "Your masks all count alike. That holds at p = 1/2 only.",
            {"its probability"},
            (WEIGHTS, "np.full(len(masks), 1 / len(masks))"),
        ),
        Misconception(
            "p and 1 - p are exchanged: an entry is *dropped* with p.",
            {"its probability"},
            (WEIGHTS, "p ** kept * (1 - p) ** (len(h) - kept)"),
        ),
        Misconception(
            "You forgot the dropped ones: each brings a factor p.",
            {"its probability"},
            (WEIGHTS, "(1 - p) ** kept"),
        ),
        Misconception(
            "The mask that drops everything is missing. It belongs to the average.",
            {"every mask"},
            ("return masks,", "masks, kept = masks[1:], kept[1:]\n    return masks,"),
        ),
    ],
    hints=[
        "`itertools.product([False, True], repeat=n)` brings every mask.",
        "A mask that keeps k of n has the probability (1 - p)^k p^(n - k).",
        "`masks = np.array([*product([False, True], repeat=len(h))])`, `kept = masks.sum(axis=1)`, then the formula.",
    ],
)
