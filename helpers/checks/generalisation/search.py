"""Lesson 04: a search for a good setting."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import describe, show
from helpers.checks.generalisation.curves import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def short(rng: Generator) -> Iterator[Case]:
    """A few trials each."""
    for low, high, budget, lowest in [(0.001, 1.0, 5, 0.01), (1.0, 100.0, 1, 3.0), (1e-6, 1e-2, 12, 1e-5)]:
        yield Case({"low": low, "high": high, "budget": budget, "lowest": lowest, "seed": 1})
    low = float(10 ** rng.uniform(-5, -2))
    yield Case(
        {"low": low, "high": 1e4 * low, "budget": 9, "lowest": 50 * low, "seed": int(rng.integers(2**31))}
    )


def long(rng: Generator) -> Iterator[Case]:
    """Enough trials to see how they are spread."""
    yield Case({"low": 1e-4, "high": 1.0, "budget": 400, "lowest": 0.01, "seed": 1})
    low = float(10 ** rng.uniform(-5, -2))
    yield Case(
        {"low": low, "high": 1e6 * low, "budget": 400, "lowest": 50 * low, "seed": int(rng.integers(2**31))}
    )


def the_best_of_them(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for as many trials as the budget allows, and for the value that did best among them."""
    budget, lowest = int(case.inputs["budget"]), float(case.inputs["lowest"])
    if len(got) != 3:
        return "expected what comes of three runs."
    tried, best = np.asarray(got[0]["tried"], dtype=float), got[0]["best"]
    if len(tried) != budget:
        return f"the budget is {budget} trials; you made {len(tried)}."
    if not isinstance(best, float | int | np.ndarray) or np.ndim(best):
        return f"return the value that did best; got {describe(best)}."
    if not np.isfinite(tried).all() or (tried <= 0).any():
        return f"a value that was tried is {show(tried[~(tried > 0)][0])}, outside of {show(case.inputs['low'])} to {show(case.inputs['high'])}."
    errors = np.abs(np.log(tried / lowest))
    right = float(tried[np.argmin(errors)])
    if not np.isclose(float(best), right, rtol=1e-5):
        return f"of the values tried {show(right)} had the lowest error; got {describe(best)}."
    return None


def spread_out(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for values within the bounds, as many in each power of ten."""
    low, high = float(case.inputs["low"]), float(case.inputs["high"])
    if len(got) != 3:
        return "expected what comes of three runs."
    tried = np.asarray(got[0]["tried"], dtype=float)
    if (
        not tried.size
        or not np.isfinite(tried).all()
        or (tried < low * 0.999).any()
        or (tried > high * 1.001).any()
    ):
        return f"all values should be between {show(low)} and {show(high)}."
    place = np.log(tried / low) / np.log(high / low)
    share = np.histogram(place, bins=4, range=(0, 1))[0] / len(place)
    if np.abs(share - 0.25).max() > 6 * (0.25 * 0.75 / len(place)) ** 0.5:
        edges = [show(low * (high / low) ** (k / 4)) for k in range(5)]
        k = int(np.abs(share - 0.25).argmax())
        return f"between {edges[k]} and {edges[k + 1]}, a quarter of the way in powers of ten, are {share[k]:.0%} of your values; 25 % would be even."
    return None


def from_rng(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for different values in one run, the same with the same generator, others with another."""
    first, again, other = (np.asarray(run["tried"], dtype=float).tolist() for run in got)
    if len(set(first)) < len(first) / 2 or not first:
        return f"{len(first)} trials, but {len(set(first))} different values: draw anew for each."
    if first != again:
        return "a generator with the same seed brings other values, so nobody can repeat a run: draw from `rng` alone."
    return (
        "another generator brings the same values: draw from the `rng` you are given."
        if first == other
        else None
    )


# ---------------------------------------------------------------- task

BEST, EVEN, RNG = "returns the best", "evenly on a log scale", "from rng"
DRAW = "np.exp(rng.uniform(np.log(low), np.log(high), size=budget))"

RANDOM_SEARCH = Task(
    "random_search",
    points=2,
    answers=["random_search"],
    reference=REFERENCE + "random_search",
    probe=PROBES + "searched",
    parts=[
        Part(BEST, short, judge=the_best_of_them),
        Part(EVEN, long, weight=0.5, judge=spread_out),
        Part(RNG, long, weight=0.5, judge=from_rng),
    ],
    misconceptions=[
        Misconception(
            "You draw evenly between low and high: nine in ten values lie in the last power of ten. Draw the logarithm.",
            {EVEN},
            (DRAW, "rng.uniform(low, high, size=budget)"),
        ),
        Misconception(
            "You forgot to come back from the logarithm: what is tried are the exponents.",
            {BEST, EVEN},
            (DRAW, "rng.uniform(np.log(low), np.log(high), size=budget)"),
        ),
        Misconception(
            "Your logarithm is to base 10, and e is raised to it. Use one base both ways.",
            {EVEN},
            (DRAW, "np.exp(rng.uniform(np.log10(low), np.log10(high), size=budget))"),
            forms=((DRAW, "10 ** rng.uniform(np.log(low), np.log(high), size=budget)"),),
        ),
        Misconception(
            "That is a grid. The values should be drawn from `rng`.",
            {RNG},
            (DRAW, "np.geomspace(low, high, budget)"),
            forms=((DRAW, "np.exp(np.linspace(np.log(low), np.log(high), budget))"),),
        ),
        Misconception(
            "You try whole powers of ten alone. Any value between low and high may be the best.",
            {EVEN, RNG},
            (DRAW, "10.0 ** rng.integers(np.floor(np.log10(low)), np.ceil(np.log10(high)), budget)"),
        ),
        Misconception(
            "You return the value with the highest error. The lowest is wanted.",
            {BEST},
            ("np.argmin(errors)", "np.argmax(errors)"),
        ),
        Misconception(
            "You return the lowest error. The value that had it is asked for.",
            {BEST},
            ("float(values[np.argmin(errors)])", "float(min(errors))"),
        ),
        Misconception(
            "You return where the best value stands in the list. The value itself is asked for.",
            {BEST},
            ("float(values[np.argmin(errors)])", "int(np.argmin(errors))"),
        ),
        Misconception(
            "You return the smallest value that was tried. The one with the lowest *error* is asked for.",
            {BEST},
            ("float(values[np.argmin(errors)])", "float(np.min(values))"),
        ),
        Misconception(
            "You return the last value. The one with the lowest error is asked for.",
            {BEST},
            ("float(values[np.argmin(errors)])", "float(values[-1])"),
        ),
        Misconception(
            "Every trial has the same value: draw one for each.",
            {EVEN, RNG},
            (DRAW, "np.full(budget, np.exp(rng.uniform(np.log(low), np.log(high))))"),
        ),
        Misconception(
            "You draw from a generator of your own: use the `rng` you are given.",
            {RNG},
            ("np.exp(rng.uniform(", "np.exp(np.random.default_rng(0).uniform("),
        ),
        Misconception(
            "You make one trial too few.",
            {BEST},
            ("size=budget", "size=max(1, budget - 1)"),
        ),
        Misconception(
            "You ask `trial` once more for the best value. Each trial may take an hour: keep what came.",
            {BEST},
            ("float(values[np.argmin(errors)])", "min(map(float, values), key=trial)"),
        ),
    ],
    hints=[
        "Which is the middle between 0.001 and 1000? On a log scale it is 1. So draw an exponent.",
        "value = exp(u), with u drawn evenly between log(low) and log(high); `budget` of them, and the one with the lowest trial(value).",
        "`values = np.exp(rng.uniform(np.log(low), np.log(high), size=budget))`, `errors = [trial(v) for v in values]`, "
        "then `np.argmin`.",
    ],
)
