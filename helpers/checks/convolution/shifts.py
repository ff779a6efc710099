"""Lesson 05, part 8: equivariance and invariance, measured."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.forward import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# functions whose two routes differ most upward, and most downward
BY_HAND: dict[str, list[dict[str, Any]]] = {
    "equivariance": [
        {"name": "weighted", "w": np.array([2.0, 1.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "weighted", "w": np.array([1.0, 2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "circular", "w": np.array([1.0, -2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
        {"name": "weighted", "w": np.array([1.0, 2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
    ],
    "invariance": [
        {"name": "every other", "w": np.array([1.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "every other", "w": np.array([1.0]), "X": np.array([[4.0, 0, 1, 0]]), "d": 1},
        {"name": "mean", "w": np.array([1.0, -2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
        {"name": "every other", "w": np.array([1.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
    ],
}


def shifted(rng: Generator, which: str, *names: str) -> Iterator[Case]:
    """Images, and a function's weights; the drawn shifts are odd."""
    for row in BY_HAND[which]:
        yield Case({"which": which, **row})
    for name in names:
        X, w = rng.normal(size=(2, 3, 8)), rng.normal(size=3)
        yield Case({"which": which, "name": name, "w": w, "X": X, "d": int(rng.choice([1, 3]))})


BOTH = {"equivariance", "invariance"}
ONE, OTHER = "shift(f(X), d)).max())", "- f(X)).max())"
GAPS = Task(
    "gaps",
    points=1,
    answers=["equivariance_gap", "invariance_gap"],
    reference=REFERENCE + "equivariance_gap",
    probe=PROBES + "gap",
    parts=[
        Part("equivariance", lambda rng: shifted(rng, "equivariance", "circular", "weighted", "dense")),
        Part(
            "invariance",
            lambda rng: shifted(rng, "invariance", "mean", "every other", "weighted", "circular"),
        ),
    ],
    misconceptions=[
        Misconception(
            "That is how far the outputs of the shifted and the unshifted image are apart: invariance. For equivariance "
            "the *output* is shifted too.",
            {"equivariance"},
            ("f(shift(X, d)) - shift(f(X), d)", "f(shift(X, d)) - f(X)"),
        ),
        Misconception(
            "Invariant means that f does not change at all: compare with f(X), not with the shifted f(X).",
            {"invariance"},
            ("f(shift(X, d)) - f(X)", "f(shift(X, d)) - shift(f(X), d)"),
        ),
        Misconception(
            "You add all differences up; the largest is asked for.",
            BOTH,
            edits=((ONE, "shift(f(X), d)).sum())"), (OTHER, "- f(X)).sum())")),
        ),
        Misconception(
            "You return the mean difference; the largest is asked for.",
            BOTH,
            edits=((ONE, "shift(f(X), d)).mean())"), (OTHER, "- f(X)).mean())")),
        ),
        Misconception(
            "That is the root of the mean square. The *largest* difference is asked for.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.sqrt(np.mean((f(shift(X, d)) - shift(f(X), d)) ** 2))",
                ),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "np.sqrt(np.mean((f(shift(X, d)) - f(X)) ** 2))"),
            ),
        ),
        Misconception(
            "That is the length of the difference, over all numbers. The *largest* single difference is asked for.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.linalg.norm((f(shift(X, d)) - shift(f(X), d)).ravel())",
                ),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "np.linalg.norm((f(shift(X, d)) - f(X)).ravel())"),
            ),
        ),
        Misconception(
            "A difference may be negative: each one is made positive *before* the largest is taken.",
            BOTH,
            edits=(
                ("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "(f(shift(X, d)) - shift(f(X), d)).max()"),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "(f(shift(X, d)) - f(X)).max()"),
            ),
            forms=(
                [
                    (
                        "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                        "abs((f(shift(X, d)) - shift(f(X), d)).max())",
                    ),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "abs((f(shift(X, d)) - f(X)).max())"),
                ],
                [
                    (
                        "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                        "(shift(f(X), d) - f(shift(X, d))).max()",
                    ),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "(f(X) - f(shift(X, d))).max()"),
                ],
                [
                    (
                        "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                        "abs((shift(f(X), d) - f(shift(X, d))).max())",
                    ),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "abs((f(X) - f(shift(X, d))).max())"),
                ],
            ),
        ),
        Misconception(
            "The largest numbers of both sides are compared. Compare place by place, then take the largest.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "abs(f(shift(X, d)).max() - shift(f(X), d).max())",
                ),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "abs(f(shift(X, d)).max() - f(X).max())"),
            ),
        ),
        Misconception(
            "You compare with the unshifted image itself. What counts is what f makes of it.",
            {"equivariance"},
            ("f(shift(X, d)) - shift(f(X), d)", "f(shift(X, d)) - shift(X, d)"),
        ),
        Misconception(
            "The output is shifted back, in the other direction than the image.",
            {"equivariance"},
            ("shift(f(X), d)", "shift(f(X), -d)"),
        ),
        Misconception(
            "The shift that is asked for is ignored: it is 1 whatever d is.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.abs(f(shift(X, 1)) - shift(f(X), 1)).max()",
                ),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "np.abs(f(shift(X, 1)) - f(X)).max()"),
            ),
        ),
        Misconception(
            "The images are shifted to the left: `shift(X, d)` moves them to the right.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.abs(f(shift(X, -d)) - shift(f(X), -d)).max()",
                ),
                ("np.abs(f(shift(X, d)) - f(X)).max()", "np.abs(f(shift(X, -d)) - f(X)).max()"),
            ),
        ),
        Misconception(
            "That is the smallest difference. The largest is asked for.",
            BOTH,
            edits=(
                ("shift(f(X), d)).max())", "shift(f(X), d)).min())"),
                ("- f(X)).max())", "- f(X)).min())"),
            ),
        ),
        Misconception(
            "The difference is divided by the size of the output. It is asked for as it is.",
            BOTH,
            edits=(
                (
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.abs(f(shift(X, d)) - shift(f(X), d)).max() / np.abs(f(X)).max()",
                ),
                (
                    "np.abs(f(shift(X, d)) - f(X)).max()",
                    "np.abs(f(shift(X, d)) - f(X)).max() / np.abs(f(X)).max()",
                ),
            ),
        ),
    ],
    hints=[
        "Two routes from X: shift and then f, or f and then shift (or f alone). How far apart do they end?",
        r"$\max |f(\mathrm{shift}\, X) - \mathrm{shift}\, f(X)|$ and $\max |f(\mathrm{shift}\, X) - f(X)|$",
        "`float(np.abs(f(shift(X, d)) - ...).max())`",
    ],
)
