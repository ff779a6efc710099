"""Lesson 03, parts 1 and 3: a forward pass, and a chain of Jacobians."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import REFERENCE, network, small, tenths
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task


def passes(rng: Generator) -> Iterator[Case]:
    """A small one that all can see, then the 4-5-3 network and others, all widths equal included."""
    yield Case({"X": tenths(5, 2, 3), **small(3, 2, 2)})
    for n, d, h, k in [(2, 4, 5, 3), (3, 3, 3, 3), (6, 2, 4, 1)]:
        yield Case({"X": rng.normal(size=(n, d)), **network(rng, d, h, k)})


def chain(rng: Generator, *widths: tuple[int, ...]) -> Iterator[Case]:
    """Jacobians of layers with these widths, input first, and the gradient of the last output; whole ones first."""
    w = widths[0]
    whole = [10 * tenths(i, m, d) for i, (d, m) in enumerate(pairwise(w))]
    yield Case({"g": 10 * tenths(9, w[-1]), "jacobians": whole})
    for w in widths:
        jacobians = [rng.normal(size=(m, d)) / np.sqrt(d) for d, m in pairwise(w)]
        yield Case({"g": rng.normal(size=w[-1]), "jacobians": jacobians})


FORWARD = Task(
    "forward",
    points=1,
    answers=["forward"],
    reference=REFERENCE + "forward",
    parts=[Part("hidden layer", passes, probe=FIRST), Part("scores", passes, probe=SECOND)],
    misconceptions=[
        Misconception(
            "One array came back, the scores. Two are asked for: `return H, Z2`.",
            {"hidden layer", "scores"},
            ("return H, H @ W2 + b2", "return H @ W2 + b2"),
            alone=True,
        ),
        Misconception(
            "The two results come in the other order: H first, then Z2.",
            {"hidden layer", "scores"},
            ("return H, H @ W2 + b2", "return H @ W2 + b2, H"),
            alone=True,
        ),
        Misconception(
            "H has not been through the activation: it is tanh(X @ W1 + b1). Two layers without one between them "
            "are no more than one.",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "X @ W1 + b1"),
            forms=(("return H, H @ W2 + b2", "return X @ W1 + b1, H @ W2 + b2"),),
        ),
        Misconception(
            "The hidden neurons have the sigmoid. Here they have tanh.",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "sigmoid(X @ W1 + b1)"),
        ),
        Misconception(
            "The hidden neurons have ReLU. Here they have tanh.",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "np.maximum(X @ W1 + b1, 0)"),
        ),
        Misconception(
            "`np.tan` is the tangent of an angle; tanh, the hyperbolic tangent, is `np.tanh`.",
            {"hidden layer", "scores"},
            ("np.tanh(", "np.tan("),
        ),
        Misconception(
            "The first bias is added after tanh. It belongs to the score: tanh(X @ W1 + b1).",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "np.tanh(X @ W1) + b1"),
        ),
        Misconception(
            "The first bias is missing.",
            {"hidden layer", "scores"},
            ("X @ W1 + b1", "X @ W1"),
            forms=([("X @ W1 + b1", "X @ W1"), ("H @ W2 + b2", "H @ W2")],),
        ),
        Misconception("The second bias is missing.", {"scores"}, ("H @ W2 + b2", "H @ W2")),
        Misconception(
            "The biases are subtracted. They are added to the weighted sums.",
            {"hidden layer", "scores"},
            edits=(("X @ W1 + b1", "X @ W1 - b1"), ("H @ W2 + b2", "H @ W2 - b2")),
            forms=(("X @ W1 + b1", "X @ W1 - b1"),),
        ),
        Misconception(
            "You put tanh on the output as well. The last layer returns raw scores, any real numbers.",
            {"scores"},
            ("H @ W2 + b2", "np.tanh(H @ W2 + b2)"),
        ),
        Misconception(
            "You return probabilities: softmax comes later. Here the scores are asked for.",
            {"scores"},
            ("H @ W2 + b2", "softmax(H @ W2 + b2)"),
        ),
    ],
    hints=[
        "It is the layer `X @ W + b` twice. What does the second one read?",
        r"$H = \tanh(XW_1 + b_1)$ and $Z_2 = HW_2 + b_2$",
        "`H = np.tanh(X @ W1 + b1)`, then `return H, H @ ...`",
    ],
)


PULL_BACK = Task(
    "pull_back",
    points=1,
    answers=["pull_back"],
    reference=REFERENCE + "pull_back",
    parts=[
        Part("equal widths", lambda rng: chain(rng, (3, 3, 3), (2, 2, 2, 2))),
        Part("any widths", lambda rng: chain(rng, (2, 4, 3), (5, 1, 6, 2), (3, 2))),
    ],
    misconceptions=[
        Misconception(
            "You begin with the first layer. A gradient starts at the output and meets the *last* Jacobian first.",
            {"equal widths", "any widths"},
            ("in reversed(jacobians)", "in jacobians"),
        ),
        Misconception(
            "`J @ g` pushes a change forward. To pull a gradient back, g stands on the left: `g @ J`.",
            {"equal widths", "any widths"},
            ("g = g @ J", "g = J @ g"),
            forms=(
                ("g = g @ J", "g = g @ J.T"),
                [("in reversed(jacobians)", "in jacobians"), ("g = g @ J", "g = J @ g")],
                [("in reversed(jacobians)", "in jacobians"), ("g = g @ J", "g = g @ J.T")],
            ),
        ),
        Misconception(
            "Each Jacobian is applied to the original g, and only the last result is kept. Hand the result on.",
            {"equal widths", "any widths"},
            ("g = g @ J\n    return g", "out = g @ J\n    return out"),
        ),
        Misconception(
            "You stop after one layer: only the last Jacobian was used.",
            {"equal widths", "any widths"},
            ("in reversed(jacobians)", "in jacobians[-1:]"),
        ),
        Misconception(
            "One layer is left out: the list has a Jacobian for each layer, and all of them count.",
            {"equal widths", "any widths"},
            ("in reversed(jacobians)", "in jacobians[:0:-1]"),
            forms=(("in reversed(jacobians)", "in jacobians[-2::-1]"),),
        ),
        Misconception(
            "You add up what comes through each layer. The layers stand one behind the other: multiply.",
            {"equal widths", "any widths"},
            ("g = g @ J", "g = g + g @ J"),
        ),
        Misconception(
            "You multiply entry by entry. A Jacobian is a matrix: every input may act on every output.",
            {"equal widths", "any widths"},
            ("g @ J", "(g * J).sum(axis=1)"),
        ),
        Misconception(
            "That is the product of the Jacobians; the gradient g has yet to be multiplied from the left.",
            {"equal widths", "any widths"},
            wrong="""
def pull_back(g, jacobians):
    product = jacobians[-1]
    for J in reversed(jacobians[:-1]):
        product = product @ J
    return product
""",
        ),
    ],
    hints=[
        "Walk through the list from its end. Look at the shapes: g has as many entries as the last J has rows.",
        r"$g\,J_N\,J_{N-1} \cdots J_1$",
        "`for J in reversed(jacobians): g = ...`",
    ],
)
