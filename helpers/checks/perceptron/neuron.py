"""What a neuron computes, and what a second layer adds."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

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


def one_gate(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a gate."""
    yield Case({"name": name})


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def fires(X: ndarray, W: Plain, b: Plain) -> ndarray:
    """Return the outputs of a layer of Heaviside neurons; raises ValueError for weights that are no numbers."""
    W, b = np.asarray(W, dtype=float), np.asarray(b, dtype=float)
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise ValueError("infinite, or not a number")
    z = X @ W + b
    return (np.squeeze(z) > 0).astype(int)


def gate_outputs(weights: Plain) -> ndarray:
    """Return what a gate's weights compute on the four corners, in the order of the truth table."""
    w, b = weights
    return fires(CORNERS, w, b)


def network_outputs(weights: Plain) -> ndarray:
    """Return what a network's weights compute on the four corners."""
    W1, b1, w2, b2 = weights
    return fires(fires(CORNERS, W1, b1), w2, b2)


def shapes(weights: Plain) -> Plain:
    """Return the shapes of a network's weights."""
    return [list(np.shape(v)) for v in weights]


def nothing(rng: Generator) -> Iterator[Case]:
    """No inputs."""
    yield Case({})


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

GATES = Task(
    "gates",
    points=2,
    answers=["gates"],
    reference=REFERENCE + "gates",
    probe=PROBES + "gate",
    parts=[
        Part("AND", partial(one_gate, name="AND"), weight=0.5, means=gate_outputs),
        Part("OR", partial(one_gate, name="OR"), weight=0.5, means=gate_outputs),
        Part("NAND", partial(one_gate, name="NAND"), means=gate_outputs),
    ],
    misconceptions=[
        Misconception(
            "Your AND fires when one input is on: the bias must outweigh one weight, but not both.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -0.5)'),
        ),
        Misconception(
            "Your OR fires only when both inputs are on: one weight alone must outweigh the bias.",
            {"OR"},
            ('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], -1.5)'),
        ),
        Misconception(
            "Your NAND never fires: to turn a neuron round, change the sign of w *and* of b.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([-1.0, -1.0], -1.5)"),
        ),
        Misconception(
            "Your NAND is AND: it should fire exactly where AND does not.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([1.0, 1.0], -1.5)"),
        ),
        Misconception(
            "With both inputs on, your AND has the score 0 exactly, and g(0) = 0: it is silent there.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -2.0)'),
        ),
    ],
    hints=[
        "Draw the four corners of the unit square. Which line has only (1, 1) on its far side?",
        "AND needs $w_1 + w_2 + b > 0$ but $w_1 + b \\le 0$ and $w_2 + b \\le 0$.",
        '`"AND": ([1, 1], -1.5)`; for OR a smaller threshold does, and NAND is AND with every sign turned.',
    ],
)

XOR = Task(
    "xor_network",
    points=2,
    answers=["xor_network"],
    reference=REFERENCE + "xor_network",
    probe=PROBES + "network",
    parts=[
        Part("shapes", nothing, weight=0.5, means=shapes),
        Part("XOR", nothing, weight=1.5, means=network_outputs),
    ],
    misconceptions=[
        Misconception(
            "Your network computes OR, it fires on (1, 1) as well: AND must *forbid*, with a negative weight.",
            {"XOR"},
            ("w2 = [1.0, -1.0]", "w2 = [1.0, 1.0]"),
        ),
        Misconception(
            "Your output never fires: its threshold is higher than what the hidden neurons can give.",
            {"XOR"},
            ("b2 = -0.5", "b2 = -1.5"),
        ),
        Misconception(
            "Your output always fires: its bias alone is enough. A threshold is a *negative* bias.",
            {"XOR"},
            ("b2 = -0.5", "b2 = 0.5"),
        ),
        Misconception(
            "Your output fires on one of the two corners only: each hidden neuron copies one input, so the second "
            "layer sees what a single neuron sees.",
            {"XOR"},
            ("W1 = [[1.0, 1.0], [1.0, 1.0]]", "W1 = [[1.0, 0.0], [0.0, 1.0]]"),
        ),
        Misconception(
            "w2 is a column of shape (2, 1). One output neuron has a weight vector of shape (2,).",
            {"shapes"},
            ("w2 = [1.0, -1.0]", "w2 = [[1.0], [-1.0]]"),
        ),
    ],
    hints=[
        "Say XOR in words, using only AND, OR and NOT. Each hidden neuron can be one of the gates you have.",
        "XOR = OR and not AND: one hidden neuron computes OR, the other AND.",
        "`W1 = [[1, 1], [1, 1]]` and `b1 = [-0.5, -1.5]`; the output wants the first and is forbidden by the second.",
    ],
)
