"""Lesson 04: dropout, as PyTorch has it."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.generalisation.curves import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def small(rng: Generator) -> Iterator[Case]:
    """Small tables in training, p at both ends too, and the same after training."""
    H = np.array([[1.1, -2.2, 3.3, 4.4], [5.5, 6.6, -7.7, 8.8], [9.9, 1.2, 2.3, 3.4]])
    for p, training in [
        (0.5, True),
        (0.75, True),
        (0.25, True),
        (0.0, True),
        (1.0, True),
        (0.5, False),
        (0.0, False),
        (1.0, False),
    ]:
        yield Case({"H": H, "p": p, "seed": 1, "training": training})
    for p in rng.uniform(0.2, 0.8, 2):
        seed = int(rng.integers(2**31))
        yield Case({"H": 1 + rng.uniform(size=(6, 5)), "p": float(p), "seed": seed, "training": True})


def large(rng: Generator) -> Iterator[Case]:
    """Enough entries to count how many are dropped."""
    for p in (0.5, 0.2):
        yield Case({"H": np.ones((40, 50)), "p": p, "seed": 1, "training": True})
    yield Case(
        {
            "H": np.ones((50, 40)),
            "p": float(rng.uniform(0.6, 0.8)),
            "seed": int(rng.integers(2**31)),
            "training": True,
        }
    )


def kept_or_dropped(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for entries that are 0 or H / (1 - p) while it trains, and for H itself afterwards."""
    H, p, training = (
        np.asarray(case.inputs["H"], dtype=float),
        float(case.inputs["p"]),
        case.inputs["training"],
    )
    if len(got) != 3:
        return "expected what comes of three calls."
    out = np.asarray(got[0], dtype=float)
    if out.shape != H.shape:
        return f"expected shape {H.shape}, got shape {out.shape}."
    if np.isnan(out).any():
        return f"with p = {show(p)} there is NaN in it. At p = 1 everything is dropped, and 1/(1 - p) has no value."
    if not training or p == 0:
        if not np.allclose(out, H, rtol=1e-5):
            return f"{'with p = 0' if training else 'after training'} H stays as it is; got {show(out)}."
        return None
    if p == 1:
        return None if not out.any() else f"at p = 1 every entry is dropped; got {show(out)}."
    scaled = H / (1 - p)
    wrong = (out != 0) & ~np.isclose(out, scaled, rtol=1e-5)
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0])
        return (
            f"with p = {show(p)} an entry {show(H[at])} becomes 0 or {show(scaled[at])}; got {show(out[at])}."
        )
    return None


def by_chance(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for about p dropped entries, anywhere, others in the next call, the same with the same generator."""
    p = float(case.inputs["p"])
    first, second, again = (np.asarray(out, dtype=float) == 0 for out in got)
    if first.shape != np.shape(case.inputs["H"]):
        return f"expected shape {np.shape(case.inputs['H'])}, got shape {first.shape}."
    share, reach = float(first.mean()), 6 * (p * (1 - p) / first.size) ** 0.5
    if abs(share - p) > reach:
        return f"with p = {show(p)} about {show(p)} of the entries should be 0; {show(share)} of them are."
    if (first == first[0]).all() or (first == first[:, :1]).all():
        return f"whole {'columns' if (first == first[0]).all() else 'rows'} are dropped: each entry has a draw of its own."
    if np.array_equal(first, second):
        return "a second call with the same generator drops the same entries: draw anew in each call."
    if not np.array_equal(first, again):
        return "a generator with the same seed drops other entries, so nobody can repeat a run: draw from `rng` alone."
    return None


# ---------------------------------------------------------------- task

VALUES, CHANCE = "dropped or scaled", "by chance, from rng"
MASK = "H * (rng.random(H.shape) >= p) / (1 - p)"

DROPOUT = Task(
    "dropout",
    points=2,
    answers=["dropout"],
    reference=REFERENCE + "dropout",
    probe=PROBES + "dropped",
    parts=[Part(VALUES, small, judge=kept_or_dropped), Part(CHANCE, large, judge=by_chance)],
    misconceptions=[
        Misconception(
            "What is kept is not scaled: the mean falls to 1 - p of what it was, and after training all entries come back.",
            {VALUES},
            (MASK, "H * (rng.random(H.shape) >= p)"),
        ),
        Misconception(
            "You divide by p. What is kept is the share 1 - p, so divide by that.",
            {VALUES},
            (MASK, "H * (rng.random(H.shape) >= p) / p"),
        ),
        Misconception(
            "You divide by the share that was really kept. That depends on the draw; divide by 1 - p.",
            {VALUES},
            (MASK, "H * (mask := rng.random(H.shape) >= p) / max(mask.mean(), 1e-9)"),
        ),
        Misconception(
            "You multiply by 1 - p. Fewer entries are left, so each has to count *more*.",
            {VALUES},
            (MASK, "H * (rng.random(H.shape) >= p) * (1 - p)"),
        ),
        Misconception(
            "You drop with probability 1 - p. p is the share that is dropped.",
            {VALUES, CHANCE},
            ("rng.random(H.shape) >= p", "rng.random(H.shape) < p"),
            forms=((MASK, "H * (rng.random(H.shape) < p) / p"),),
        ),
        Misconception(
            "You drop after training, too. Then nothing is dropped, and nothing scaled.",
            {VALUES},
            ("if not training:\n        return H", "pass"),
        ),
        Misconception(
            "You scale after training as the first paper does, by 1 - p. Here the scaling is done while it trains, and "
            "nothing is left to do.",
            {VALUES},
            edits=(
                ("if not training:\n        return H", "if not training:\n        return H * (1 - p)"),
                (MASK, "H * (rng.random(H.shape) >= p)"),
            ),
        ),
        Misconception(
            "Training and evaluation are exchanged.",
            {VALUES, CHANCE},
            ("if not training:", "if training:"),
        ),
        Misconception(
            "At p = 1 there is 0/0. Everything is dropped then: return zeros.",
            {VALUES},
            ("if p == 1:\n        return np.zeros_like(H)", "pass"),
        ),
        Misconception(
            "Whole columns are dropped, the same in each row. Each entry has a draw of its own.",
            {CHANCE},
            ("rng.random(H.shape)", "rng.random(H.shape[1])"),
        ),
        Misconception(
            "Whole rows are dropped. Each entry has a draw of its own.",
            {CHANCE},
            ("rng.random(H.shape)", "rng.random((len(H), 1))"),
        ),
        Misconception(
            "You draw from a generator of your own: use the `rng` you are given.",
            {CHANCE},
            ("rng.random(H.shape)", "np.random.default_rng(0).random(H.shape)"),
        ),
        Misconception(
            "Entries are scaled by chance, too: a normal or uniform draw is no mask. An entry is dropped or it is kept.",
            {VALUES, CHANCE},
            (MASK, "H * rng.random(H.shape) / (1 - p)"),
        ),
    ],
    hints=[
        "One draw between 0 and 1 for each entry. Below p it is dropped. What must the others grow by, so that the mean is kept?",
        "H ⊙ M / (1 - p), with M = 1 where the draw is at least p. After training: H. And at p = 1?",
        "`H * (rng.random(H.shape) >= p) / (1 - p)`, with the cases `not training` and p = 1 before it.",
    ],
)
