"""What a neuron computes."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task

REFERENCE = "helpers.reference.perceptron."
PROBES = "helpers.probes.perceptron."

# ---------------------------------------------------------------- cases


def batch(rng: Generator, n: int, d: int) -> tuple[ndarray, ndarray, float]:
    """Draw inputs X (n, d), weights w (d,) and a bias, none of them near a special value."""
    return rng.normal(size=(n, d)), rng.normal(size=d), float(rng.uniform(0.5, 2) * rng.choice([-1, 1]))


def weighted(rng: Generator, names: tuple[str, ...]) -> Iterator[Case]:
    """Worked by hand first, 1·3 + 2·(-1) + 0.5, also with as many rows as weights; then random shapes."""
    X, w, b = np.array([[1.0, 2.0], [0.0, 0.0], [-1.0, 4.0]]), np.array([3.0, -1.0]), 0.5
    for rows in (X, X[::2]):
        for f in names:
            yield Case({"X": rows, "w": w, "b": b, "f": f})
    for n, d in [(5, 2), (1, 4), (4, 3)]:
        X, w, b = batch(rng, n, d)
        for f in names:
            yield Case({"X": X, "w": w, "b": b, "f": f})


def off_zero(rng: Generator) -> Iterator[Case]:
    """Scores that are not zero, in one and two dimensions."""
    yield Case({"z": np.array([-2.0, -0.1, 0.1, 2.0])})
    yield Case({"z": np.array([[-1e-9, 1e-9, 0.7], [500.0, -500.0, 1.0]])})
    yield Case({"z": rng.normal(size=7)})
    yield Case({"z": rng.normal(size=(3, 4)) * 100})


def at_zero(rng: Generator) -> Iterator[Case]:
    """Scores that are exactly zero, alone and among others."""
    yield Case({"z": np.array([0.0])})
    yield Case({"z": np.array([rng.uniform(-2, -0.5), 0.0, -0.0, rng.uniform(1.5, 3)])})


# ---------------------------------------------------------------- tasks


HEAVISIDE = Task(
    "heaviside",
    points=1,
    answers=["heaviside"],
    reference=REFERENCE + "heaviside",
    parts=[Part("fires above zero", off_zero), Part("is silent at zero", at_zero)],
    misconceptions=[
        Misconception(
            "You let the neuron fire at z = 0. With g(z) = 1 if z > 0 it is silent there.",
            {"is silent at zero"},
            ("(z > 0", "(z >= 0"),
        ),
        Misconception(
            "Your neuron answers -1 where it is silent: that is the sign function. Heaviside answers 0.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "1.0, -1.0"),
            forms=(
                ("np.where(z > 0, 1.0, 0.0)", "np.sign(z)"),
                ("z > 0, 1.0, 0.0", "z >= 0, 1.0, -1.0"),
                ("np.where(z > 0, 1.0, 0.0)", "np.abs(z) / z"),
            ),
        ),
        Misconception(
            "Your neuron fires below zero and is silent above: the two values are swapped.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "0.0, 1.0"),
            forms=(("(z > 0", "(z < 0"),),
        ),
        Misconception(
            "You return z itself where it is positive: that is ReLU. A Heaviside neuron answers 1.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "z, 0.0"),
        ),
        Misconception(
            "`if` decides once, for the whole array. Each score needs a decision of its own: compare the array itself.",
            {"fires above zero", "is silent at zero"},
            wrong="def heaviside(z):\n    if z > 0:\n        return 1.0\n    return 0.0\n",
            forms=("def heaviside(z):\n    return np.array([1.0 if z > 0 else 0.0])\n",),
        ),
        Misconception(
            "Your neuron answers softly, with values between 0 and 1 (a sigmoid). Heaviside answers 0 or 1.",
            {"fires above zero", "is silent at zero"},
            ("np.where(z > 0, 1.0, 0.0)", "1 / (1 + np.exp(-z))"),
        ),
        Misconception(
            "The shape is lost: the result has the shape of z, whatever that is.",
            {"fires above zero"},
            ("np.where(z > 0, 1.0, 0.0)", "np.where(z.ravel() > 0, 1.0, 0.0)"),
        ),
        Misconception(
            "At z = 0 your neuron answers ½. With g(z) = 1 if z > 0 it is silent there.",
            {"is silent at zero"},
            ("np.where(z > 0, 1.0, 0.0)", "np.heaviside(z, 0.5)"),
        ),
        Misconception(
            "Your neuron is silent for scores between 0 and 1: it fires at any z above 0, however small.",
            {"fires above zero"},
            ("(z > 0", "(z >= 1"),
            forms=(("(z > 0", "(z > 1"),),
        ),
        Misconception(
            "Your neuron is silent for scores up to ½. That is the threshold of a probability; a score fires above 0.",
            {"fires above zero"},
            ("(z > 0", "(z > 0.5"),
            forms=(
                ("(z > 0", "(z >= 0.5"),
                ("(z > 0", "(np.round(z) > 0"),
            ),
        ),
        Misconception(
            "Your neuron fires below zero as well: it is silent only at 0.",
            {"fires above zero", "is silent at zero"},
            ("(z > 0", "(z != 0"),
        ),
    ],
    hints=[
        "A comparison of an array with a number gives an array of True and False. What is missing to make it 1 and 0?",
        r"$g(z) = 1$ if $z > 0$, else $0$: the inequality is strict.",
        "`return np.where(z ..., 1.0, ...)`",
    ],
)

NEURON = Task(
    "neuron",
    points=1,
    answers=["neuron"],
    reference=REFERENCE + "neuron",
    probe=PROBES + "with_activation",
    parts=[
        Part("weighted sum", partial(weighted, names=("identity",))),
        Part("activation", partial(weighted, names=("tanh", "step"))),
    ],
    misconceptions=[
        Misconception("The bias is missing.", {"weighted sum", "activation"}, ("X @ w + b", "X @ w")),
        Misconception(
            "You add the bias after the activation. It belongs to the score: f(X @ w + b).",
            {"activation"},
            ("f(X @ w + b)", "f(X @ w) + b"),
        ),
        Misconception("The activation f is never applied.", {"activation"}, ("f(X @ w + b)", "X @ w + b")),
        Misconception(
            "You multiply by the weights but do not sum: `X * w` keeps all d products of a row, `X @ w` adds them.",
            {"weighted sum", "activation"},
            ("X @ w", "X * w"),
        ),
        Misconception(
            "You add the bias to every input before the weights, so it is counted once per weight.",
            {"weighted sum", "activation"},
            ("X @ w + b", "(X + b) @ w"),
        ),
        Misconception(
            "The bias is subtracted. Here it is added; what is subtracted is a threshold, θ = -b.",
            {"weighted sum", "activation"},
            ("X @ w + b", "X @ w - b"),
        ),
        Misconception(
            "You add up all rows together and get one score. Each row has a score of its own.",
            {"weighted sum", "activation"},
            ("X @ w", "np.sum(X * w)"),
            forms=(("X @ w", "(X @ w).sum()"),),
        ),
        Misconception(
            "You add up each column. A score adds up a *row*: over axis 1, as `X @ w` does.",
            {"weighted sum", "activation"},
            ("X @ w", "np.sum(X * w, axis=0)"),
        ),
        Misconception(
            "Only the first row got a score: one is wanted for each row of X.",
            {"weighted sum", "activation"},
            ("X @ w", "X[0] @ w"),
            forms=(
                ("f(X @ w + b)", "f(X @ w + b)[:1]"),
                ("f(X @ w + b)", "f(X @ w + b)[0]"),
            ),
        ),
        Misconception(
            "Only the last row got a score: one is wanted for each row of X.",
            {"weighted sum", "activation"},
            ("X @ w", "X[-1] @ w"),
            forms=(("f(X @ w + b)", "f(X @ w + b)[-1:]"),),
        ),
        Misconception(
            "You divide the sum by the number of inputs: a score is the sum itself.",
            {"weighted sum", "activation"},
            ("X @ w", "np.mean(X * w, axis=1)"),
        ),
        Misconception(
            "The last input has no say in your score: all d products are added up.",
            {"weighted sum", "activation"},
            ("X @ w", "X[:, :-1] @ w[:-1]"),
        ),
        Misconception(
            "The first input has no say in your score: all d products are added up.",
            {"weighted sum", "activation"},
            ("X @ w", "X[:, 1:] @ w[1:]"),
        ),
        Misconception(
            "The bias is multiplied. It is added to the sum.",
            {"weighted sum", "activation"},
            ("X @ w + b", "X @ w * b"),
        ),
        Misconception(
            "The bias is added for each input, d times. It is added once.",
            {"weighted sum", "activation"},
            ("X @ w + b", "(X * w + b).sum(axis=1)"),
        ),
        Misconception(
            "f is applied to the sum and to the bias apart. It sees the score: the sum, with the bias.",
            {"activation"},
            ("f(X @ w + b)", "f(X @ w) + f(b)"),
        ),
        Misconception(
            "You always use the step. The activation is whatever is handed in as f.",
            {"weighted sum", "activation"},
            ("f(X @ w + b)", "heaviside(X @ w + b)"),
        ),
        Misconception(
            "You apply f to each product and add up after that. f sees the score: the sum, with the bias.",
            {"activation"},
            ("f(X @ w + b)", "f(X * w).sum(axis=1) + b"),
            forms=(("f(X @ w + b)", "f(X * w + b / X.shape[1]).sum(axis=1)"),),
        ),
    ],
    hints=[
        "One row of `X` is one sample. Which operator multiplies each row with `w` and sums?",
        r"$\hat y_i = f\big(\sum_j X_{ij} w_j + b\big)$",
        "`return f(X @ ... + ...)`",
    ],
)
