"""Lesson 10: one step of noise taken away."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.generative.diffusion import SHARES, schedule
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def steps(rng: Generator, T: int, last: bool, noisy: bool) -> Iterator[Case]:
    """A step by hand and random ones: the last of all, or others; with fresh noise, or without."""
    X, eps_hat = (
        np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 1.0]]),
        np.array([[0.5, -1.0], [2.0, 1.0], [-1.0, 0.0]]),
    )
    z = np.array([[1.0, -1.0], [0.5, 2.0], [-2.0, 0.0]])
    for t in (1,) if last else (2, 3):
        yield Case({"X": X, "eps_hat": eps_hat, "t": t, "a": SHARES, "z": z * noisy})
    t, shape = 1 if last else int(rng.integers(2, T)), (2, 4)
    yield Case(
        {"X": rng.normal(size=shape), "eps_hat": rng.normal(size=shape), "t": t, "a": schedule(rng, T),
         "z": rng.normal(size=shape) * noisy}
    )  # fmt: skip


def quiet(rng: Generator) -> Iterator[Case]:
    """Steps without fresh noise."""
    yield from steps(rng, 7, last=False, noisy=False)


def noisy(rng: Generator) -> Iterator[Case]:
    """Steps with fresh noise."""
    yield from steps(rng, 7, last=False, noisy=True)


def final(rng: Generator) -> Iterator[Case]:
    """The step to time 0, with fresh noise that must not be used."""
    yield from steps(rng, 7, last=True, noisy=True)


# ---------------------------------------------------------------- task

MEAN, FRESH, LAST = "the mean", "fresh noise", "the last step"
EVERY = {MEAN, FRESH, LAST}
VARIANCE = "(1 - keep) * (1 - a[t - 1]) / (1 - a[t])"
TAKEN = "(1 - keep) / (1 - a[t]).sqrt() * eps_hat"

DENOISE_STEP = Task(
    "denoise_step",
    points=3,
    answers=["denoise_step"],
    reference=REFERENCE + "denoise_step",
    probe=PROBES + "tensors",
    parts=[Part(MEAN, quiet), Part(FRESH, noisy), Part(LAST, final)],
    misconceptions=[
        Misconception(
            "All of the noise is taken away at once. A step takes (1 - α)/√(1 - a) of it.",
            {MEAN, FRESH},
            (TAKEN, "(1 - a[t]).sqrt() * eps_hat"),
            forms=((TAKEN, "eps_hat"),),
        ),
        Misconception(
            "You divide by 1 - a where its root is meant.",
            EVERY,
            (TAKEN, "(1 - keep) / (1 - a[t]) * eps_hat"),
        ),
        Misconception(
            "You take the root of 1 - α where 1 - α itself is meant.",
            EVERY,
            (TAKEN, "(1 - keep).sqrt() / (1 - a[t]).sqrt() * eps_hat"),
        ),
        Misconception(
            "The rows are not scaled up again: each step of noise made them smaller by √α.",
            EVERY,
            (" / keep.sqrt()", ""),
        ),
        Misconception(
            "You divide by α where √α is meant.",
            EVERY,
            ("/ keep.sqrt()", "/ keep"),
        ),
        Misconception(
            "You multiply by √α: that is the way to more noise. Here one goes back.",
            EVERY,
            ("/ keep.sqrt()", "* keep.sqrt()"),
        ),
        Misconception(
            "Your α is a[t], what is left after *all* steps. One step's is a[t] / a[t - 1].",
            {MEAN, FRESH},
            ("keep = a[t] / a[t - 1]", "keep = a[t]"),
        ),
        Misconception(
            "The predicted noise is added. It is taken away.",
            EVERY,
            ("X - (1 - keep)", "X + (1 - keep)"),
        ),
        Misconception(
            "The fresh noise is missing: all draws from one start would be the same.",
            {FRESH},
            ("mean + variance.sqrt() * z", "mean"),
        ),
        Misconception(
            "The fresh noise comes in with the variance. It is scaled by the deviation, the root.",
            {FRESH},
            ("variance.sqrt() * z", "variance * z"),
        ),
        Misconception(
            "The fresh noise is not scaled.",
            {FRESH, LAST},
            ("variance.sqrt() * z", "z"),
        ),
        Misconception(
            "Your fresh noise has the variance 1 - α, and it is there in the last step, too: the rows end noisy.",
            {FRESH, LAST},
            (VARIANCE, "1 - keep"),
        ),
        Misconception(
            "The two shares in the variance are exchanged: it is (1 - a[t - 1]) over (1 - a[t]).",
            {FRESH, LAST},
            (VARIANCE, "(1 - keep) * (1 - a[t]) / (1 - a[t - 1]).clamp(min=1e-3)"),
        ),
        Misconception(
            "You return the clean rows that the prediction implies. Asked for are rows at time t - 1.",
            EVERY - {LAST},
            wrong="def denoise_step(X, eps_hat, t, a, z):\n"
            "    return (X - (1 - a[t]).sqrt() * eps_hat) / a[t].sqrt()\n",
        ),
        Misconception(
            "You take the clean rows that the prediction implies, and add *fresh* noise to all of them: what was left of the "
            "old noise is forgotten.",
            {MEAN, FRESH},
            wrong="def denoise_step(X, eps_hat, t, a, z):\n"
            "    clean = (X - (1 - a[t]).sqrt() * eps_hat) / a[t].sqrt()\n"
            "    return a[t - 1].sqrt() * clean + (1 - a[t - 1]).sqrt() * z\n",
        ),
        Misconception(
            "You put the *predicted* noise back in, without any fresh one: that is the deterministic way (DDIM).",
            {MEAN, FRESH},
            wrong="def denoise_step(X, eps_hat, t, a, z):\n"
            "    clean = (X - (1 - a[t]).sqrt() * eps_hat) / a[t].sqrt()\n"
            "    return a[t - 1].sqrt() * clean + (1 - a[t - 1]).sqrt() * eps_hat\n",
        ),
    ],
    hints=[
        "First one step's own share, α = a[t] / a[t-1]. Then the mean, then the deviation of the fresh noise.",
        "(x - (1-α)/√(1-a_t) ε̂)/√α + √((1-α)(1-a_{t-1})/(1-a_t)) z.",
        "`keep = a[t] / a[t - 1]`, `mean = (X - ... * eps_hat) / keep.sqrt()`, and `mean + variance.sqrt() * z`.",
    ],
)  # fmt: skip
