"""Lesson 11: the widest street between two classes."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.classical.groups import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def streets(rng: Generator) -> Iterator[Case]:
    """Rows inside, outside, and on the wrong side of a street; one exactly at its edge; both signs."""
    X = np.array([[2.0, 0.0], [0.5, 0.0], [-1.0, 1.0]])
    s = np.array([1.0, 1.0, -1.0])
    one = {"w": np.array([1.0, 0.0]), "b": 0.0}
    yield Case(one | {"X": X, "s": s, "C": 2.0, "eta": 0.1})
    yield Case({"w": np.array([2.0, 1.0]), "b": 1.0, "X": X, "s": -s, "C": 0.5, "eta": 0.2})
    edge = np.array([[1.0, 3.0], [0.0, 2.0], [3.0, 3.0], [-4.0, 0.0]])
    yield Case(one | {"X": edge, "s": np.array([1.0, 1.0, 1.0, -1.0]), "C": 3.0, "eta": 0.5})
    yield Case(
        one | {"X": np.array([[5.0, 0.0], [-6.0, 1.0]]), "s": np.array([1.0, -1.0]), "C": 1.0, "eta": 0.1}
    )
    shifted = np.array([[0.5, 0.0], [-0.5, 0.0]])
    yield Case(
        {"w": np.array([1.0, 0.0]), "b": 0.75, "X": shifted, "s": np.array([1.0, -1.0]), "C": 1.0, "eta": 0.5}
    )
    for n, d in [(7, 3), (9, 2)]:
        w, s = rng.normal(size=d), np.where(rng.random(n) < 0.5, -1.0, 1.0)
        yield Case(
            {"w": w, "b": float(rng.normal()), "X": rng.normal(size=(n, d)), "s": s, "C": 1.7, "eta": 0.3}
        )


# ---------------------------------------------------------------- task

RETURN = "w - eta * (w - C * pull), b + eta * C * float(np.mean(s * inside))"

SVM_STEP = Task(
    "svm_step",
    points=2,
    answers=["svm_step"],
    reference=REFERENCE + "svm_step",
    parts=[
        Part("weights", streets, probe=FIRST),
        Part("bias", streets, weight=0.5, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "All rows pull with you. Only those whose margin is below 1 do.",
            {"weights", "bias"},
            ("inside = s * (X @ w + b) < 1", "inside = np.ones(len(X))"),
        ),
        Misconception(
            "Only mistakes pull with you, as in the perceptron. Rows on the right side, but inside the street, pull too.",
            {"weights", "bias"},
            ("s * (X @ w + b) < 1", "s * (X @ w + b) < 0"),
        ),
        Misconception(
            "At a margin of exactly 1 the slope is 0: compare with `<`.",
            {"weights", "bias"},
            ("s * (X @ w + b) < 1", "s * (X @ w + b) <= 1"),
        ),
        Misconception(
            "The labels are missing in the margin: it is s (x·w + b).",
            {"weights", "bias"},
            ("s * (X @ w + b) < 1", "X @ w + b < 1"),
        ),
        Misconception(
            "The bias is missing in the margin.",
            {"weights", "bias"},
            ("s * (X @ w + b) < 1", "s * (X @ w) < 1"),
        ),
        Misconception(
            "C stands before |w|². It is the price of a row inside the street.",
            {"weights", "bias"},
            (RETURN, "w - eta * (C * w - pull), b + eta * float(np.mean(s * inside))"),
        ),
        Misconception(
            "C is missing.",
            {"weights", "bias"},
            (RETURN, "w - eta * (w - pull), b + eta * float(np.mean(s * inside))"),
        ),
        Misconception(
            "The bias is drawn towards 0, too. Only w is penalised.",
            {"bias"},
            ("b + eta * C", "b - eta * b + eta * C"),
        ),
        Misconception(
            "Nothing draws w towards 0: the term ½|w|² is missing, and the street has no reason to be wide.",
            {"weights"},
            ("w - eta * (w - C * pull)", "w + eta * C * pull"),
        ),
        Misconception(
            "w is drawn twice as hard: the slope of ½|w|² is w.",
            {"weights"},
            ("(w - C * pull)", "(2 * w - C * pull)"),
        ),
        Misconception(
            "You add the rows up. The loss is a mean over them.",
            {"weights", "bias"},
            edits=(
                ("(s * inside) @ X / len(X)", "(s * inside) @ X"),
                ("float(np.mean(s * inside))", "float(np.sum(s * inside))"),
            ),
        ),
        Misconception(
            "You divide by the rows that are inside. The mean is over all rows.",
            {"weights", "bias"},
            edits=(
                ("(s * inside) @ X / len(X)", "(s * inside) @ X / max(1, inside.sum())"),
                ("float(np.mean(s * inside))", "float((s * inside).sum() / max(1, inside.sum()))"),
            ),
        ),
        Misconception(
            "Rows inside the street push the wrong way: each pulls w towards s x.",
            {"weights", "bias"},
            (RETURN, "w - eta * (w + C * pull), b - eta * C * float(np.mean(s * inside))"),
        ),
        Misconception(
            "The labels are missing in the pull: a row of label -1 pulls the other way.",
            {"weights", "bias"},
            edits=(
                ("(s * inside) @ X", "(1.0 * inside) @ X"),
                ("np.mean(s * inside)", "np.mean(1.0 * inside)"),
            ),
        ),
        Misconception(
            "The bias stays as it is. It is learned, too.", {"bias"}, (RETURN, "w - eta * (w - C * pull), b")
        ),
    ],
    hints=[
        "Which rows have a slope at all? max(0, 1 - m) is flat where the margin m is above 1.",
        "∂w = w - C · mean of s x over all rows, those with margin ≥ 1 counting 0; ∂b = -C · mean of s likewise.",
        "`inside = s * (X @ w + b) < 1`, `pull = (s * inside) @ X / len(X)`; then w - η (w - C · pull), and b + …",
    ],
)
