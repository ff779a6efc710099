"""Lesson 02: a learning rate that rises and falls."""

from collections.abc import Iterator
from functools import partial

from numpy.random import Generator

from helpers.checks.gradient_descent.descent import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def clock(rng: Generator, fixed: tuple[tuple[int, int, int], ...], warm: bool) -> Iterator[Case]:
    """Steps (t, T, warmup) within the warm-up, or after it (in some runs there is none)."""
    for t, T, warmup in fixed:
        yield Case({"t": t, "T": T, "eta": 0.8, "warmup": warmup})
    for warmup in (int(rng.integers(5, 12)), int(rng.integers(5, 12)) if warm else 0):
        T = warmup + int(rng.integers(20, 60))
        low, high = (0, warmup) if warm else (warmup, T)
        for t in {low, int(rng.integers(low + 1, high - 1)), high - 1}:
            yield Case({"t": t, "T": T, "eta": float(rng.uniform(0.1, 2)), "warmup": warmup})


# ---------------------------------------------------------------- tasks

COSINE = "eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2"

RISE = "eta * (t + 1) / warmup"

SCHEDULE = Task(
    "schedule",
    points=1,
    answers=["schedule"],
    reference=REFERENCE + "schedule",
    parts=[
        Part(
            "warm-up",
            partial(clock, fixed=((0, 10, 4), (1, 10, 4), (2, 10, 4), (3, 10, 4), (0, 5, 1)), warm=True),
            weight=0.5,
        ),
        Part(
            "cosine",
            partial(
                clock,
                fixed=((4, 10, 4), (6, 10, 4), (7, 10, 4), (9, 10, 4), (0, 6, 0), (2, 6, 0)),
                warm=False,
            ),
            weight=0.5,
        ),
    ],
    misconceptions=[
        Misconception(
            "Your first step has η = 0 and is wasted: step t of the warm-up has the share (t + 1)/warmup.",
            {"warm-up"},
            ("(t + 1) / warmup", "t / warmup"),
        ),
        Misconception(
            "The warm-up rises to the full η at its last step, t = warmup - 1: the share is (t + 1)/warmup.",
            {"warm-up"},
            (RISE, "eta * (t + 1) / (warmup + 1)"),
        ),
        Misconception(
            "The share of the warm-up is (t + 1)/warmup, not of all T steps.",
            {"warm-up"},
            (RISE, "eta * (t + 1) / T"),
        ),
        Misconception("There is no warm-up: these steps have the full η.", {"warm-up"}, (RISE, "eta")),
        Misconception(
            "The warm-up climbs evenly, in a straight line: (t + 1)/warmup.",
            {"warm-up"},
            (RISE, "eta * ((t + 1) / warmup) ** 2"),
            forms=((RISE, "eta * (1 - np.cos(np.pi * (t + 1) / warmup)) / 2"),),
        ),
        Misconception(
            "The warm-up is steps 0 to warmup - 1. At t = warmup the cosine begins: compare with `<`.",
            {"cosine"},
            ("if t < warmup", "if t <= warmup"),
        ),
        Misconception(
            "Your warm-up ends a step early: its last step is t = warmup - 1.",
            {"warm-up"},
            ("if t < warmup", "if t < warmup - 1"),
        ),
        Misconception(
            "Your cosine starts at step 0. It starts when the warm-up ends: t - warmup, of T - warmup.",
            {"cosine"},
            ("(t - warmup) / (T - warmup)", "t / T"),
            forms=(("(t - warmup) / (T - warmup)", "t / (T - warmup)"),),
        ),
        Misconception(
            "The cosine has T - warmup steps, as the first ones were the warm-up: divide by that, not by T.",
            {"cosine"},
            ("(T - warmup)", "T"),
        ),
        Misconception(
            "Your cosine is at 0 in the last step, t = T - 1. Here it would get there at t = T: divide by T - warmup.",
            {"cosine"},
            ("(T - warmup)", "(T - warmup - 1)"),
        ),
        Misconception(
            "Your cosine is one step ahead: at t = warmup it is still at the full η.",
            {"cosine"},
            ("(t - warmup) /", "(t + 1 - warmup) /"),
        ),
        Misconception(
            "The cosine alone falls to -η. Half of (1 + cos) falls from 1 to 0.",
            {"cosine"},
            (COSINE, "eta * np.cos(np.pi * (t - warmup) / (T - warmup))"),
        ),
        Misconception(
            "1 + cos falls from 2 to 0: the half is missing.",
            {"cosine"},
            ("(T - warmup))) / 2", "(T - warmup)))"),
        ),
        Misconception(
            "That is a whole wave, down and up again. From 0 to π the cosine falls once.",
            {"cosine"},
            ("np.pi", "2 * np.pi"),
        ),
        Misconception(
            "That is a quarter of a wave, to π/2. It should fall along half a wave, to π.",
            {"cosine"},
            (COSINE, "eta * np.cos(np.pi / 2 * (t - warmup) / (T - warmup))"),
            forms=(("np.pi", "np.pi / 2"),),
        ),
        Misconception("π is missing: the cosine goes from 0 to π.", {"cosine"}, ("np.pi * ", "")),
        Misconception("`np.cos` takes radians: half a wave is π, not 180.", {"cosine"}, ("np.pi", "180")),
        Misconception(
            "Your η rises: 1 - cos climbs from 0. 1 + cos falls.", {"cosine"}, ("1 + np.cos", "1 - np.cos")
        ),
        Misconception(
            "The sine begins in the middle. It is the cosine that falls from 1.",
            {"cosine"},
            ("np.cos", "np.sin"),
        ),
        Misconception(
            "It falls in a straight line. Here it follows half a wave of the cosine.",
            {"cosine"},
            (COSINE, "eta * (1 - (t - warmup) / (T - warmup))"),
        ),
        Misconception(
            "After the warm-up η stays where it is. It should fall along the cosine.",
            {"cosine"},
            (COSINE, "eta"),
        ),
        Misconception(
            "Half of the fall is cut off at 0. Half of (1 + cos) falls from 1 to 0 all the way.",
            {"cosine"},
            (COSINE, "eta * max(0.0, np.cos(np.pi * (t - warmup) / (T - warmup)))"),
        ),
        Misconception(
            "`//` rounds the share down to a whole number. Divide with `/`.",
            {"warm-up"},
            (RISE, "eta * ((t + 1) // warmup)"),
        ),
        Misconception(
            "Without a warm-up you divide by 0: ask for t < warmup before you divide.",
            {"cosine"},
            (
                "    if t < warmup:\n        return eta * (t + 1) / warmup",
                "    share = (t + 1) / warmup\n    if t < warmup:\n        return eta * share",
            ),
        ),
        Misconception(
            "η is missing: you return the share. Multiply it by the full η.",
            {"warm-up", "cosine"},
            edits=(("eta * (t + 1)", "(t + 1)"), ("eta * (1 + np.cos", "(1 + np.cos")),
            forms=(("eta * (t + 1)", "(t + 1)"), ("eta * (1 + np.cos", "(1 + np.cos")),
        ),
    ],
    hints=[
        "Two cases. In the second, how far along is step t, as a share between 0 and 1?",
        r"$\eta\,\frac{t+1}{\text{warmup}}$ while $t < \text{warmup}$, then $\frac{\eta}{2}\,(1 + \cos \pi s)$ with "
        r"$s = \frac{t - \text{warmup}}{T - \text{warmup}}$",
        "`if t < warmup: return eta * (t + 1) / ...`, else `eta * (1 + np.cos(np.pi * ...)) / 2`",
    ],
)
