"""Lesson 03, part 2: how much of a change three activations let through."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def scores(rng: Generator, of: str) -> Iterator[Case]:
    """Scores on both sides of zero, in one and two dimensions."""
    yield Case({"of": of, "z": np.array([-2.0, -0.5, 0.25, 1.5])})
    yield Case({"of": of, "z": rng.uniform(0.2, 2.5, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))})


def special_scores(rng: Generator) -> Iterator[Case]:
    """The kink, the steepest point, and scores that overflow exp."""
    yield Case({"of": "relu", "z": np.array([rng.uniform(-2, -1), 0.0, rng.uniform(1, 2)])})
    for of in ("sigmoid", "tanh"):
        yield Case({"of": of, "z": np.array([-1000.0, 0.0, rng.uniform(800, 2000)])})


SLOPES = Task(
    "slopes",
    points=1,
    answers=["sigmoid_slope", "tanh_slope", "relu_slope"],
    reference=REFERENCE + "sigmoid_slope",
    probe=PROBES + "slope",
    parts=[
        Part("sigmoid", partial(scores, of="sigmoid")),
        Part("tanh", partial(scores, of="tanh")),
        Part("ReLU", partial(scores, of="relu")),
        Part("zero and far out", special_scores),
    ],
    misconceptions=[
        Misconception(
            "s(1 - s) wants the *value* s = σ(z) of the sigmoid, and you put z into it.",
            {"sigmoid", "zero and far out"},
            ("s = sigmoid(z)", "s = z"),
        ),
        Misconception(
            "That is the sigmoid itself, not its slope.",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return s"),
        ),
        Misconception(
            "Of s(1 - s) only the second factor is there: times s.",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return 1 - s"),
        ),
        Misconception(
            "s(1 + s): the sign is wrong. The slope of the sigmoid is s(1 - s).",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return s * (1 + s)"),
        ),
        Misconception(
            "1 - s² would be the slope of tanh. That of the sigmoid is s(1 - s).",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return 1 - s**2"),
            forms=(("return s * (1 - s)", "return s * (1 - s**2)"),),
        ),
        Misconception(
            "`sigmoid_slope` returns the slope of tanh.",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return 1 - np.tanh(z) ** 2"),
        ),
        Misconception(
            "e⁻ᶻ overflows for z = -1000, and infinity over infinity is NaN. `sigmoid` does not overflow: write "
            "the slope with its value.",
            {"zero and far out"},
            ("return s * (1 - s)", "return np.exp(-z) / (1 + np.exp(-z)) ** 2"),
            forms=(
                ("return s * (1 - s)", "return np.exp(z) / (1 + np.exp(z)) ** 2"),
                ("return s * (1 - s)", "return s * np.exp(-z) / (1 + np.exp(-z))"),
                ("return s * (1 - s)", "return s**2 * np.exp(-z)"),
            ),
        ),
        Misconception(
            "1 - t² wants the *value* t = tanh(z), and you put z into it.",
            {"tanh", "zero and far out"},
            ("1 - np.tanh(z) ** 2", "1 - z**2"),
        ),
        Misconception(
            "The square is in the wrong place: 1 - tanh(z)², not 1 - tanh(z²).",
            {"tanh"},
            ("np.tanh(z) ** 2", "np.tanh(z**2)"),
        ),
        Misconception(
            "The square is missing in the slope of tanh: 1 - tanh².",
            {"tanh", "zero and far out"},
            ("np.tanh(z) ** 2", "np.tanh(z)"),
        ),
        Misconception(
            "1 + tanh²: the sign is wrong. The slope of tanh is 1 - tanh².",
            {"tanh", "zero and far out"},
            ("1 - np.tanh(z) ** 2", "1 + np.tanh(z) ** 2"),
        ),
        Misconception(
            "t(1 - t) is the slope of the sigmoid. That of tanh is 1 - t².",
            {"tanh", "zero and far out"},
            ("1 - np.tanh(z) ** 2", "np.tanh(z) * (1 - np.tanh(z))"),
        ),
        Misconception(
            "`tanh_slope` returns tanh itself, not its slope.",
            {"tanh", "zero and far out"},
            ("1 - np.tanh(z) ** 2", "np.tanh(z)"),
        ),
        Misconception(
            "The slope of tanh is 1 / cosh², and your square is missing.",
            {"tanh"},
            ("1 - np.tanh(z) ** 2", "np.sqrt(1 - np.tanh(z) ** 2)"),
        ),
        Misconception(
            "`tanh_slope` overflows for large z: eᶻ is infinite there, and infinity over infinity is NaN. "
            "`np.tanh` does not overflow.",
            {"zero and far out"},
            ("1 - np.tanh(z) ** 2", "1 - ((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))) ** 2"),
        ),
        Misconception(
            "That is ReLU itself. Its slope is 1 where z is positive.",
            {"ReLU", "zero and far out"},
            ("1.0, 0.0", "z, 0.0"),
        ),
        Misconception(
            "The slope of ReLU is 0 where z is negative, not -1: nothing gets through there.",
            {"ReLU", "zero and far out"},
            ("np.where(z > 0, 1.0, 0.0)", "np.where(z > 0, 1.0, -1.0)"),
            forms=(("np.where(z > 0, 1.0, 0.0)", "np.sign(z)"),),
        ),
        Misconception(
            "The slope of ReLU is 1 where z is positive and 0 elsewhere; yours is the other way round.",
            {"ReLU", "zero and far out"},
            ("1.0, 0.0", "0.0, 1.0"),
        ),
        Misconception(
            "The slope of ReLU is 1 everywhere in yours. Where z is negative it is 0.",
            {"ReLU", "zero and far out"},
            ("1.0, 0.0", "1.0, 1.0"),
        ),
        Misconception(
            "A leak: for z < 0 the slope of ReLU is 0, nothing at all.",
            {"ReLU", "zero and far out"},
            ("1.0, 0.0", "1.0, 0.01"),
        ),
        Misconception(
            "At the kink z = 0 the slope of ReLU is taken to be 0 here, as in PyTorch.",
            {"zero and far out"},
            ("z > 0", "z >= 0"),
            forms=(("np.where(z > 0, 1.0, 0.0)", "np.heaviside(z, 0.5)"),),
        ),
        Misconception(
            "At z = 0 you divide 0 by 0, which is NaN. The slope of ReLU is taken to be 0 there.",
            {"zero and far out"},
            ("np.where(z > 0, 1.0, 0.0)", "np.maximum(z, 0) / z"),
        ),
    ],
    hints=[
        "Two of the three slopes can be written with the value of the function itself.",
        r"$\sigma' = \sigma(1 - \sigma)$, $\ \tanh' = 1 - \tanh^2$, $\ \mathrm{relu}'(z) = 1$ if $z > 0$, else $0$",
        "`s = sigmoid(z)`, then `s * (1 - s)`; `1 - np.tanh(z) ** 2`; `np.where(z > 0, ...)`",
    ],
)
