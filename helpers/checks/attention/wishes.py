"""Lesson 07, deeper: points for words that grant three wishes."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

WORDS = ("the", "dog", "sleeps", "on", "couch")
WHO, WHERE, THE = "dog and sleeps", "on and couch", "the"


def sentence(rng: Generator) -> Iterator[Case]:
    """Nothing to draw: the words are known."""
    yield Case({"words": list(WORDS)})


def products(points: Plain) -> dict[str, dict[str, float]]:
    """Return how much each word looks at each other one."""
    X = np.asarray(points, dtype=float)
    S = X @ X.T
    return {a: {b: float(S[i, j]) for j, b in enumerate(WORDS) if i != j} for i, a in enumerate(WORDS)}


def no_point(got: Plain) -> str | None:
    """Say where a coordinate is no number."""
    return None if np.isfinite(np.asarray(got, dtype=float)).all() else "a coordinate is NaN or infinite."


def pair(case: Case, want: Plain, got: Plain, one: str, other: str) -> str | None:
    """Say who of a pair looks at another word as much as at its partner."""
    for word, partner in ((one, other), (other, one)):
        looks = products(got)[word]
        rival = max((w for w in looks if w != partner), key=lambda w: looks[w])
        if looks[rival] >= looks[partner] - 1e-9:
            return (
                f"{word!r} looks at {rival!r} with the score {looks[rival]:.4g}, and at {partner!r} with "
                f"{looks[partner]:.4g}: its partner must have the largest."
            )
    return None


def who_and_what(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge the first pair."""
    return no_point(got) or pair(case, want, got, "dog", "sleeps")


def where(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge the second pair."""
    return no_point(got) or pair(case, want, got, "on", "couch")


def least(case: Case, want: Plain, got: Plain) -> str | None:
    """Say who looks at *the* as much as at another word."""
    if wrong := no_point(got):
        return wrong
    for word in WORDS[1:]:
        looks = products(got)[word]
        rival = min((w for w in looks if w != "the"), key=lambda w: looks[w])
        if looks["the"] >= looks[rival] - 1e-9:
            return (
                f"{word!r} looks at 'the' with the score {looks['the']:.4g}, and at {rival!r} with "
                f"{looks[rival]:.4g}: 'the' must have the smallest."
            )
    return None


SLEEPS, THE_POINT = '"sleeps": (2.0, 0.5)', '"the": (0.0, 0.0)'

EMBED = Task(
    "embed",
    points=0,
    answers=["embed"],
    reference=REFERENCE + "embed",
    probe=PROBES + "pointed",
    parts=[
        Part(WHO, sentence, judge=who_and_what),
        Part(WHERE, sentence, judge=where),
        Part(THE, sentence, judge=least),
    ],
    misconceptions=[
        Misconception(
            "Somebody looks more at *the* than at another word. What is short is hardly heard: the product with 0 is 0.",
            {THE},
            (THE_POINT, '"the": (1.0, 1.0)'),
        ),
        Misconception(
            "*the* draws everybody: its point is the longest and lies between the others. What is short is hardly heard.",
            {WHO, WHERE, THE},
            (THE_POINT, '"the": (2.0, 2.0)'),
        ),
        Misconception(
            "Points opposite to each other have a negative product. Partners must lie in the same direction.",
            {WHO, THE},
            (SLEEPS, '"sleeps": (-2.0, -0.5)'),
        ),
        Misconception(
            "One of the partners is so short that the other looks at a longer word instead.",
            {WHO},
            (SLEEPS, '"sleeps": (0.2, 0.05)'),
        ),
        Misconception(
            "All lie in one direction, so that all look at the longest. Each pair needs a direction of its own.",
            {WHO},
            (
                '"dog": (2.0, 0.5), "sleeps": (2.0, 0.5), "on": (0.5, 2.0), "couch": (0.5, 2.0)',
                '"dog": (1.0, 1.0), "sleeps": (2.0, 2.0), "on": (3.0, 3.0), "couch": (4.0, 4.0)',
            ),
        ),
        Misconception(
            "A word has no point: there are five, `the`, `dog`, `sleeps`, `on` and `couch`.",
            {WHO, WHERE, THE},
            (', "on": (0.5, 2.0)', ""),
            forms=((THE_POINT + ", ", ""), (', "couch": (0.5, 2.0)', ""), (", " + SLEEPS, "")),
        ),
    ],
    hints=[
        "Which two points have a large product? And which point has the product 0 with all others?",
        r"$x_i \cdot x_j = \lVert x_i \rVert \, \lVert x_j \rVert \cos \angle$: one direction for each pair, less than "
        "90° apart, so that a partner is nearest and nobody is as far as 0",
        '`{"the": (0, 0), "dog": (2, 0.5), "sleeps": (2, 0.5), ...}`, and the other pair in another direction',
    ],
)
