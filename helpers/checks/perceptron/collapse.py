"""Two layers without anything between them are one: worth no points."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task


def two_layers(rng: Generator) -> Iterator[Case]:
    """Weights and biases of two layers of different widths, first in whole numbers."""
    W1, W2 = np.array([[1.0, 0.0, 2.0], [-1.0, 3.0, 1.0]]), np.array([[1.0, 2.0], [0.0, 1.0], [4.0, -1.0]])
    yield Case({"W1": W1, "b1": np.array([1.0, 2.0, 3.0]), "W2": W2[:, :1], "b2": np.array([10.0])})
    yield Case({"W1": W1, "b1": np.array([1.0, 2.0, 3.0]), "W2": W2, "b2": np.array([10.0, 20.0])})
    for d, h, k in [(2, 3, 4), (5, 4, 2)]:
        shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
        yield Case({name: rng.normal(size=shape) for name, shape in shapes.items()})


COLLAPSE = Task(
    "collapse",
    points=0,
    answers=["collapse"],
    reference=REFERENCE + "collapse",
    parts=[Part("weights", two_layers, probe=FIRST), Part("bias", two_layers, probe=SECOND)],
    misconceptions=[
        Misconception(
            "With rows as samples, X @ W1 @ W2 is X @ (W1 @ W2): the order stays.",
            {"weights", "bias"},
            ("return W1 @ W2", "return W2 @ W1"),
        ),
        Misconception(
            "The first bias is lost: it goes through the second layer, b1 @ W2 + b2.",
            {"bias"},
            ("b1 @ W2 + b2", "b2"),
        ),
        Misconception(
            "The two biases have different lengths: b1 must go through W2 before it can be added.",
            {"weights", "bias"},
            ("b1 @ W2 + b2", "b1 + b2"),
        ),
        Misconception("The second bias is missing.", {"bias"}, ("b1 @ W2 + b2", "b1 @ W2")),
        Misconception(
            "You add up the first bias. Its numbers go through the second layer's weights, b1 @ W2 + b2.",
            {"bias"},
            ("b1 @ W2 + b2", "b1.sum() + b2"),
        ),
        Misconception(
            "You multiply by the second bias. It is added, b1 @ W2 + b2.",
            {"bias"},
            ("b1 @ W2 + b2", "b1 @ W2 * b2"),
        ),
        Misconception(
            "The second bias stands with the weights. W has no bias in it: b is b1 @ W2 + b2.",
            {"weights", "bias"},
            ("return W1 @ W2, b1 @ W2 + b2", "return W1 @ W2 + b2, b1 @ W2"),
        ),
        Misconception(
            "You return the weights alone. Two things are wanted: W, and b.",
            {"weights", "bias"},
            ("return W1 @ W2, b1 @ W2 + b2", "return W1 @ W2"),
        ),
        Misconception(
            "The two are swapped: the weights come first, then the bias.",
            {"weights", "bias"},
            ("return W1 @ W2, b1 @ W2 + b2", "return b1 @ W2 + b2, W1 @ W2"),
        ),
        Misconception(
            "This is the transpose, as torch stores it. Here W is (d, k).",
            {"weights"},
            ("return W1 @ W2", "return (W1 @ W2).T"),
        ),
    ],
    hints=[
        "Put the first layer's formula into the second's and multiply out.",
        r"$(X W_1 + b_1) W_2 + b_2 = X (W_1 W_2) + (b_1 W_2 + b_2)$",
        "`return W1 @ W2, b1 @ ... + ...`",
    ],
)
