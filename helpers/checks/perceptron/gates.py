"""Neurons as gates: weights by hand, two layers for XOR, and an adder made of NAND."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.perceptron.neuron import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def one_gate(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a gate."""
    yield Case({"name": name})


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def fires(X: ndarray, W: Plain, b: Plain) -> ndarray:
    """Return the outputs of a layer of Heaviside neurons."""
    z = X @ np.asarray(W, dtype=float) + np.asarray(b, dtype=float)
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


def two_digits(rng: Generator) -> Iterator[Case]:
    """All sums of two binary digits."""
    for a in (0, 1):
        for b in (0, 1):
            yield Case({"a": a, "b": b})


# ---------------------------------------------------------------- tasks


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

HALF_ADDER = Task(
    "half_adder",
    points=0,
    answers=["half_adder"],
    reference=REFERENCE + "half_adder",
    probe=PROBES + "wired",
    parts=[Part("all four sums", two_digits)],
    misconceptions=[
        Misconception(
            "Your carry is upside down: NAND of both is 0 where the carry is 1. Turn it round once more, NAND(c, c).",
            {"all four sums"},
            ("nand(c, c)", "c"),
        ),
        Misconception(
            "Your digit is OR: it stays 1 for 1 + 1, where the digit is 0 and 1 is carried.",
            {"all four sums"},
            ("nand(nand(a, c), nand(b, c))", "nand(nand(a, a), nand(b, b))"),
        ),
        Misconception(
            "The two are swapped: the digit comes first, then the carry.",
            {"all four sums"},
            (
                "return nand(nand(a, c), nand(b, c)), nand(c, c)",
                "return nand(c, c), nand(nand(a, c), nand(b, c))",
            ),
        ),
        Misconception(
            "Your digit is upside down: it is 1 where both are equal.",
            {"all four sums"},
            (
                "nand(nand(a, c), nand(b, c))",
                "nand(nand(nand(a, c), nand(b, c)), nand(nand(a, c), nand(b, c)))",
            ),
        ),
    ],
    hints=[
        "The digit is XOR, the carry is AND. Begin with c = NAND(a, b): how do you turn one gate round?",
        "The carry is NAND(c, c). The digit is NAND of NAND(a, c) and NAND(b, c).",
        "`c = nand(a, b)`, then `return nand(..., ...), nand(c, c)`",
    ],
)
