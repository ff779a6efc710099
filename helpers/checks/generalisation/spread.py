"""Lesson 04: the two halves of an error that models from other rows would make."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generalisation.curves import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def predictions(rng: Generator) -> Iterator[Case]:
    """Predictions of two to seven models at two to five places."""
    yield Case({"P": np.array([[1.0, 2.0], [3.0, 2.0]]), "truth": np.array([1.0, 3.0])})
    yield Case({"P": np.array([[0.0, 6.0], [2.0, 0.0], [4.0, 0.0]]), "truth": np.array([2.0, 5.0])})
    yield Case({"P": np.array([[2.0, 0.0, 1.0], [4.0, -2.0, 1.0]]), "truth": np.array([0.0, 1.0, 1.0])})
    for shape in [(3, 5), (7, 4)]:
        truth = rng.normal(size=shape[1])
        yield Case({"P": truth + 0.5 + rng.normal(size=shape), "truth": truth})


# ---------------------------------------------------------------- task

BIAS, VARIANCE = "np.mean((mean - truth) ** 2)", "np.mean((P - mean) ** 2)"

BIAS_VARIANCE = Task(
    "bias_variance",
    points=2,
    answers=["bias_variance"],
    reference=REFERENCE + "bias_variance",
    parts=[Part("bias²", predictions, probe=FIRST), Part("variance", predictions, probe=SECOND)],
    misconceptions=[
        Misconception(
            "Your bias² is the whole squared error, variance included. First average the models, then compare with the truth.",
            {"bias²"},
            (BIAS, "np.mean((P - truth) ** 2)"),
        ),
        Misconception(
            "Your variance is the distance to the truth. It is the distance to the *mean* model, whatever the truth is.",
            {"variance"},
            (VARIANCE, "np.mean((P - truth) ** 2)"),
        ),
        Misconception(
            "You average over the places, where the models are to be averaged: the mean model is the mean over the rows of P.",
            {"bias²", "variance"},
            ("P.mean(axis=0)", "P.mean(axis=1, keepdims=True)"),
            forms=((VARIANCE, "np.mean(P.var(axis=1))"),),
        ),
        Misconception(
            "Your variance mixes places and models. It is taken at each place, among the models; then comes the mean over the places.",
            {"variance"},
            (VARIANCE, "np.var(P)"),
        ),
        Misconception(
            "You take the mean over places before you square: errors of opposite sign cancel. Square at each place first.",
            {"bias²"},
            (BIAS, "np.mean(mean - truth) ** 2"),
        ),
        Misconception(
            "The square is missing in bias².",
            {"bias²"},
            (BIAS, "np.mean(np.abs(mean - truth))"),
            forms=((BIAS, "np.mean(mean - truth)"),),
        ),
        Misconception(
            "You return the bias, the root of what is asked for.",
            {"bias²"},
            (BIAS, "np.sqrt(np.mean((mean - truth) ** 2))"),
        ),
        Misconception(
            "You return standard deviations. The variance has the square.",
            {"variance"},
            (VARIANCE, "np.mean(P.std(axis=0))"),
            forms=((VARIANCE, "np.sqrt(np.mean((P - mean) ** 2))"), (VARIANCE, "np.mean(np.abs(P - mean))")),
        ),
        Misconception(
            "You divide by draws - 1. Here it is a plain mean over the draws, so that the sum comes out exactly.",
            {"variance"},
            (VARIANCE, "np.mean(P.var(axis=0, ddof=1))"),
        ),
        Misconception(
            "Bias² and variance are exchanged.",
            {"bias²", "variance"},
            (
                "float(np.mean((mean - truth) ** 2)), float(np.mean((P - mean) ** 2))",
                "float(np.mean((P - mean) ** 2)), float(np.mean((mean - truth) ** 2))",
            ),
        ),
        Misconception(
            "You add up over the places. Both are means over them.",
            {"bias²", "variance"},
            edits=(
                (BIAS, "np.sum((mean - truth) ** 2)"),
                (VARIANCE, "np.sum(np.mean((P - mean) ** 2, axis=0))"),
            ),
        ),
        Misconception(
            "You return one number for each place. Take the mean over the places, too.",
            {"bias²", "variance"},
            (
                "float(np.mean((mean - truth) ** 2)), float(np.mean((P - mean) ** 2))",
                "(mean - truth) ** 2, np.mean((P - mean) ** 2, axis=0)",
            ),
        ),
        Misconception(
            "You compare with the median model. The mean is asked for: only with that the parts add up.",
            {"bias²", "variance"},
            ("P.mean(axis=0)", "np.median(P, axis=0)"),
        ),
    ],
    hints=[
        "Each row of P is one model. What would all of them say together, on average, at each place?",
        "Mean model p̄ = mean over the rows. bias² = mean of (p̄ - truth)², variance = mean of (P - p̄)².",
        "`mean = P.mean(axis=0)`; then the mean of the squares of `mean - truth`, and of those of `P - ...`.",
    ],
)
