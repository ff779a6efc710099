"""What a neuron computes."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.perceptron."
PROBES = "helpers.probes.perceptron."

# ---------------------------------------------------------------- cases


def batch(rng: Generator, n: int, d: int) -> tuple[ndarray, ndarray, float]:
    """Draw inputs X (n, d), weights w (d,) and a bias, none of them near a special value."""
    return rng.normal(size=(n, d)), rng.normal(size=d), float(rng.uniform(0.5, 2) * rng.choice([-1, 1]))


def weighted(rng: Generator, names: tuple[str, ...]) -> Iterator[Case]:
    """Worked by hand first: 1·3 + 2·(-1) + 0.5, then random shapes."""
    X, w, b = np.array([[1.0, 2.0], [0.0, 0.0], [-1.0, 4.0]]), np.array([3.0, -1.0]), 0.5
    for i in range(4):
        for f in names:
            yield Case({"X": X, "w": w, "b": b, "f": f})
        X, w, b = batch(rng, n=int(rng.integers(1, 7)) + i, d=int(rng.integers(2, 5)))


def affine(rng: Generator) -> Iterator[Case]:
    """Inputs, weights and a bias."""
    yield Case({"X": np.array([[2.0, 3.0]]), "w": np.array([0.5, -1.0]), "b": 4.0})
    for n, d in [(5, 3), (2, 4), (3, 1)]:
        X, w, b = batch(rng, n, d)
        yield Case({"X": X, "w": w, "b": b})


def off_zero(rng: Generator) -> Iterator[Case]:
    """Scores that are not zero, in one and two dimensions."""
    yield Case({"z": np.array([-2.0, -0.1, 0.1, 2.0])})
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
        ),
        Misconception(
            "Your neuron fires below zero and is silent above: the two values are swapped.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "0.0, 1.0"),
        ),
        Misconception(
            "You return z itself where it is positive: that is ReLU. A Heaviside neuron answers 1.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "z, 0.0"),
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
    ],
    hints=[
        "One row of `X` is one sample. Which operator multiplies each row with `w` and sums?",
        r"$\hat y_i = f\big(\sum_j X_{ij} w_j + b\big)$",
        "`return f(X @ ... + ...)`",
    ],
)

ABSORB_BIAS = Task(
    "absorb_bias",
    points=1,
    answers=["absorb_bias"],
    reference=REFERENCE + "absorb_bias",
    parts=[Part("inputs", affine, probe=FIRST, pure=True), Part("weights", affine, probe=SECOND, pure=True)],
    misconceptions=[
        Misconception(
            "The constant input comes last. Here it comes first, as x_0.",
            {"inputs"},
            ("[ones, X]", "[X, ones]"),
        ),
        Misconception(
            "The new column holds zeros: then the bias is multiplied by 0 and vanishes.",
            {"inputs"},
            ("np.ones(", "np.zeros("),
        ),
        Misconception(
            "You put the bias into the inputs. The input x_0 is the constant 1; b is its weight.",
            {"inputs"},
            ("np.ones((len(X), 1))", "np.full((len(X), 1), b)"),
        ),
        Misconception(
            "The bias comes last among the weights. It is the weight of x_0, so it comes first.",
            {"weights"},
            ("[[b], w]", "[w, [b]]"),
        ),
        Misconception(
            "The first weight is 1, not b: the constant 1 belongs to the inputs.",
            {"weights"},
            ("[[b], w]", "[[1.0], w]"),
        ),
    ],
    hints=[
        "A row gets one number more, and so does w. What must their product add to the sum?",
        r"$\tilde x = (1, x_1, \dots, x_d)$ and $\tilde w = (b, w_1, \dots, w_d)$",
        "`np.hstack([np.ones((len(X), 1)), ...])` and `np.concatenate([[b], ...])`",
    ],
)
