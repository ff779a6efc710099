"""Lesson 03, deeper: finite differences, and how large weights are at the start."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def smooth(rng: Generator) -> Iterator[Case]:
    """A matrix and a place; the probe makes a smooth function of the matrix. A small one first, for all."""
    yield Case({"A": np.array([[1.0, -2.0], [0.5, 1.0]]), "w": np.array([0.3, -0.4]), "eps": 1e-4})
    for m, d in [(3, 2), (4, 5)]:
        yield Case({"A": rng.normal(size=(m, d)), "w": rng.normal(size=d), "eps": 1e-4})


def steps(rng: Generator) -> Iterator[Case]:
    """How far w is moved: by eps, and by 1e-5 where nothing is said."""
    for eps in (1e-3, None):
        yield Case({"A": np.array([[1.0, -2.0], [0.5, 1.0]]), "w": np.array([0.3, -0.4]), "eps": eps})


def layer_sizes(rng: Generator, activation: str) -> Iterator[Case]:
    """Widths of a layer's input and output, never the same."""
    yield Case({"d_in": 784, "d_out": 128, "activation": activation})
    for _ in range(2):
        d_in, d_out = rng.choice(np.arange(2, 500), size=2, replace=False)
        yield Case({"d_in": int(d_in), "d_out": int(d_out), "activation": activation})


NUMERIC_GRADIENT = Task(
    "numeric_gradient",
    points=0,
    answers=["numeric_gradient"],
    reference=REFERENCE + "numeric_gradient",
    probe=PROBES + "numeric",
    parts=[
        Part("values", smooth, tol=1e-7),
        Part("step", steps, probe=PROBES + "moved", tol=1e-6),
    ],
    misconceptions=[
        Misconception(
            "That is a one-sided difference: its error is of the order of eps, that of (f(w + e) - f(w - e)) / 2 eps "
            "of the order of eps².",
            {"values", "step"},
            ("(f(w + step) - f(w - step)) / (2 * eps)", "(f(w + step) - f(w)) / eps"),
            forms=(("(f(w + step) - f(w - step)) / (2 * eps)", "(f(w) - f(w - step)) / eps"),),
        ),
        Misconception(
            "The two places are 2 eps apart, but you divide by eps.", {"values"}, ("(2 * eps)", "eps")
        ),
        Misconception(
            "The difference is not divided by the distance of the two places, 2 eps.",
            {"values"},
            (" / (2 * eps)", ""),
        ),
        Misconception(
            "f(w - e) - f(w + e): the difference is the wrong way round.",
            {"values"},
            ("(f(w + step) - f(w - step))", "(f(w - step) - f(w + step))"),
        ),
        Misconception(
            "You move all entries of w at once: that gives one slope, not one for each entry.",
            {"values"},
            ("step[i] = eps", "step[:] = eps"),
            forms=(
                ("return gradient", "return gradient.sum()"),
                "def numeric_gradient(f, w, eps=1e-5):\n    return (f(w + eps) - f(w - eps)) / (2 * eps)",
                "def numeric_gradient(f, w, eps=1e-5):\n    return float((f(w + eps) - f(w - eps)) / (2 * eps))",
            ),
        ),
        Misconception(
            "Entries that were moved stay moved while the next one is: begin each step at w itself.",
            {"values"},
            ("step = np.zeros_like(w)\n        step[i]", "step = np.zeros_like(w)\n        step[: i + 1]"),
        ),
        Misconception(
            "`eps` is not used, or another default: w is moved by eps, and by 1e-5 where nothing is said.",
            {"step"},
            edits=(("eps: float = 1e-5", "eps: float = 1e-4"),),
            forms=(
                ("eps: float = 1e-5", "eps: float = 1e-6"),
                ("eps: float = 1e-5", "eps: float = 1e-3"),
                ("gradient = np.zeros_like(w)", "gradient, eps = np.zeros_like(w), 1e-5"),
                ("gradient = np.zeros_like(w)", "gradient, eps = np.zeros_like(w), 1e-6"),
            ),
        ),
        Misconception(
            "Each entry is moved by eps times itself. It is moved by eps.",
            {"step"},
            edits=(("step[i] = eps", "step[i] = eps * w[i]"), ("(2 * eps)", "(2 * step[i])")),
        ),
    ],
    hints=[
        "Move one entry of w a little up, then a little down. What does f do?",
        r"$\partial_i f \approx \dfrac{f(w + \epsilon e_i) - f(w - \epsilon e_i)}{2 \epsilon}$",
        "`step = np.zeros_like(w); step[i] = eps`, then `(f(w + step) - f(w - step)) / (2 * eps)`",
    ],
)


WEIGHT_STD = Task(
    "weight_std",
    points=0,
    answers=["weight_std"],
    reference=REFERENCE + "weight_std",
    parts=[
        Part("tanh", lambda rng: layer_sizes(rng, "tanh")),
        Part("ReLU", lambda rng: layer_sizes(rng, "relu")),
    ],
    misconceptions=[
        Misconception(
            "That is the variance. The standard deviation is its square root.",
            {"tanh", "ReLU"},
            edits=(
                ("float(np.sqrt(2 / (d_in + d_out)))", "2 / (d_in + d_out)"),
                ("float(np.sqrt(2 / d_in))", "2 / d_in"),
            ),
            forms=(
                ("float(np.sqrt(2 / (d_in + d_out)))", "2 / (d_in + d_out)"),
                ("float(np.sqrt(2 / d_in))", "2 / d_in"),
            ),
        ),
        Misconception(
            "For ReLU the 2 is missing: half of the neurons are silent, so the rest must make up for them.",
            {"ReLU"},
            ("np.sqrt(2 / d_in)", "np.sqrt(1 / d_in)"),
        ),
        Misconception(
            "For ReLU what is kept is the size of a *sum over the inputs*: divide by d_in, not by d_out.",
            {"ReLU"},
            ("np.sqrt(2 / d_in)", "np.sqrt(2 / d_out)"),
        ),
        Misconception(
            "Both activations have Glorot's compromise in yours. For ReLU it is He's, 2 / d_in.",
            {"ReLU"},
            ("np.sqrt(2 / d_in)", "np.sqrt(2 / (d_in + d_out))"),
        ),
        Misconception(
            "Both activations have He's variance in yours. For tanh it is Glorot's, 2 / (d_in + d_out).",
            {"tanh"},
            ("np.sqrt(2 / (d_in + d_out))", "np.sqrt(2 / d_in)"),
        ),
        Misconception(
            "tanh and ReLU are the wrong way round: Glorot's is for tanh, He's for ReLU.",
            {"tanh", "ReLU"},
            ('activation == "tanh"', 'activation != "tanh"'),
        ),
        Misconception(
            "Glorot's variance is 1 over the *mean* of d_in and d_out: 2 over their sum.",
            {"tanh"},
            ("np.sqrt(2 / (d_in + d_out))", "np.sqrt(1 / (d_in + d_out))"),
        ),
        Misconception(
            "1 / d_in asks for one thing only, the size on the way forward. Glorot's compromise is 2 / (d_in + d_out).",
            {"tanh"},
            ("np.sqrt(2 / (d_in + d_out))", "np.sqrt(1 / d_in)"),
            forms=(("np.sqrt(2 / (d_in + d_out))", "np.sqrt(1 / d_out)"),),
        ),
        Misconception(
            "Glorot's variance has the sum d_in + d_out below, not the product.",
            {"tanh"},
            ("(d_in + d_out)", "(d_in * d_out)"),
        ),
        Misconception(
            "√(6 / …) is the *bound* of a uniform distribution with this variance. Its standard deviation has a 2 there.",
            {"tanh", "ReLU"},
            edits=(
                ("sqrt(2 / (d_in + d_out))", "sqrt(6 / (d_in + d_out))"),
                ("sqrt(2 / d_in)", "sqrt(6 / d_in)"),
            ),
            forms=(
                ("sqrt(2 / (d_in + d_out))", "sqrt(6 / (d_in + d_out))"),
                ("sqrt(2 / d_in)", "sqrt(6 / d_in)"),
            ),
        ),
    ],
    hints=[
        "A score is a sum of d_in products. How large is it if each weight has variance v?",
        r"tanh: $\sqrt{2/(d_\text{in} + d_\text{out})}$; ReLU: $\sqrt{2/d_\text{in}}$",
        '`if activation == "tanh": return np.sqrt(2 / (...))`',
    ],
)
