"""Lesson 04: how sure one may be of an accuracy."""

from collections.abc import Iterator
from functools import partial

from numpy.random import Generator

from helpers.checks.generalisation.curves import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def counts(rng: Generator, fixed: tuple[tuple[int, int], ...], ends: bool) -> Iterator[Case]:
    """So many right of m; in the middle nothing has to be cut off."""
    for right, m in fixed:
        yield Case({"right": right, "m": m})
    for _ in range(3):
        m = int(rng.integers(30, 3000))
        right = int(rng.integers(1, 3)) if ends else int(m * rng.uniform(0.3, 0.7))
        yield Case({"right": right, "m": m})
        if ends:
            yield Case({"right": m - right, "m": m})


# ---------------------------------------------------------------- tasks

REACH = "2 * (p * (1 - p) / m) ** 0.5"

INTERVAL = Task(
    "interval",
    points=2,
    answers=["interval"],
    reference=REFERENCE + "interval",
    parts=[
        Part(
            "in the middle", partial(counts, fixed=((50, 100), (90, 100), (6, 10), (1500, 2000)), ends=False)
        ),
        Part(
            "at the ends",
            partial(counts, fixed=((19, 20), (1, 20), (99, 100), (10, 10), (0, 7)), ends=True),
            weight=0.5,
        ),
    ],
    misconceptions=[
        Misconception(
            "The root is missing: p(1 - p)/m is a variance, and an error bar is as long as its root.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (p * (1 - p) / m)"),
        ),
        Misconception(
            "You reach one standard error to each side. Two are asked for.",
            {"in the middle", "at the ends"},
            ("reach = 2 *", "reach = 1 *"),
        ),
        Misconception(
            "You reach 1.96 standard errors, as tables of the normal distribution have it. Here a round 2 is asked for.",
            {"in the middle", "at the ends"},
            ("reach = 2 *", "reach = 1.96 *"),
        ),
        Misconception(
            "You divide by m - 1. The variance of a mean of m rows is p(1 - p)/m.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (p * (1 - p) / max(1, m - 1)) ** 0.5"),
        ),
        Misconception(
            "Your bar is the widest that there is, as if p were one half. Near 0 and 1 it is shorter: p(1 - p)/m.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (0.25 / m) ** 0.5"),
        ),
        Misconception(
            "You reach four standard errors to each side: two are asked for, and they go both ways already.",
            {"in the middle", "at the ends"},
            ("reach = 2 *", "reach = 4 *"),
        ),
        Misconception(
            "The m is missing below the root: with more rows the bar must shrink.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (p * (1 - p)) ** 0.5"),
        ),
        Misconception(
            "The m belongs under the root: an error bar shrinks like 1/√m.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (p * (1 - p)) ** 0.5 / m"),
        ),
        Misconception(
            "1 - p is missing: p alone is not the variance of a row that is right with probability p.",
            {"in the middle", "at the ends"},
            (REACH, "2 * (p / m) ** 0.5"),
            forms=((REACH, "2 * (1 / m) ** 0.5"),),
        ),
        Misconception(
            "An accuracy is never below 0 or above 1: cut the interval off there.",
            {"at the ends"},
            edits=(("max(0.0, p - reach)", "p - reach"), ("min(1.0, p + reach)", "p + reach")),
            forms=(("max(0.0, p - reach)", "p - reach"), ("min(1.0, p + reach)", "p + reach")),
        ),
        Misconception(
            "The upper end comes first. Return (low, high).",
            {"in the middle", "at the ends"},
            (
                "return max(0.0, p - reach), min(1.0, p + reach)",
                "return min(1.0, p + reach), max(0.0, p - reach)",
            ),
        ),
        Misconception(
            "You return p and the reach. Asked for are the two ends, p - reach and p + reach.",
            {"in the middle", "at the ends"},
            ("max(0.0, p - reach), min(1.0, p + reach)", "p, reach"),
        ),
        Misconception(
            "You return percent. Accuracies are shares here, between 0 and 1.",
            {"in the middle", "at the ends"},
            (
                "max(0.0, p - reach), min(1.0, p + reach)",
                "max(0.0, 100 * (p - reach)), min(100.0, 100 * (p + reach))",
            ),
        ),
        Misconception(
            "That is a bar around the number of right answers. The accuracy is that number divided by m.",
            {"in the middle", "at the ends"},
            (
                "max(0.0, p - reach), min(1.0, p + reach)",
                "max(0.0, m * (p - reach)), min(float(m), m * (p + reach))",
            ),
        ),
        Misconception(
            "You return the interval of the error. Asked for is that of the accuracy.",
            {"in the middle", "at the ends"},
            ("p = right / m", "p = 1 - right / m"),
        ),
        Misconception(
            "That is Wilson's interval, which is better near 0 and 1. Here the simple one is asked for, p ± 2√(p(1 - p)/m).",
            {"in the middle", "at the ends"},
            wrong="def interval(right, m):\n"
            "    p, z = right / m, 2\n"
            "    middle = (p + z * z / (2 * m)) / (1 + z * z / m)\n"
            "    reach = z / (1 + z * z / m) * (p * (1 - p) / m + z * z / (4 * m * m)) ** 0.5\n"
            "    return max(0.0, middle - reach), min(1.0, middle + reach)\n",
        ),
    ],
    hints=[
        "A single row is right with probability p. What is the variance of that, and of a mean of m such rows?",
        "p = right/m, and two standard errors are 2√(p(1 - p)/m).",
        "`p = right / m`, `reach = 2 * (p * (1 - p) / m) ** 0.5`; then p - reach, but not below 0, and …",
    ],
)
