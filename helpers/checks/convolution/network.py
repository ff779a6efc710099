"""Lesson 05, part 9: LeNet."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.forward import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def letters(rng: Generator, labels: bool = False) -> Iterator[Case]:
    """Small images for a LeNet with few filters and neurons; 13 pixels do not divide, and 16 x 20 are no square."""
    for h, w, m1, m2, d3, d4 in [(12, 12, 3, 3, 8, 7), (13, 13, 4, 2, 7, 9), (16, 20, 3, 2, 9, 7)]:
        left = m2 * ((h // 2 - 4) // 2) * ((w // 2 - 4) // 2)  # numbers that the dense layers read
        shapes = [
            (m1, 1, 5, 5), (m1,), (m2, m1, 5, 5), (m2,), (left, d3), (d3,), (d3, d4), (d4,), (d4, 10), (10,)
        ]  # fmt: skip
        params = [rng.normal(size=s) / (10 if len(s) == 1 else np.sqrt(np.prod(s[1:]))) for s in shapes]
        case = {"X": rng.normal(size=(3, 1, h, w)), "params": params}
        yield Case(case | ({"Y": np.eye(10)[rng.integers(0, 10, 3)]} if labels else {}))


LENET = Task(
    "lenet",
    points=1,
    answers=["lenet"],
    reference=REFERENCE + "lenet",
    parts=[
        Part("scores", letters, probe=PROBES + "lenet_scores"),
        Part("gradients", partial(letters, labels=True), probe=PROBES + "lenet_gradients"),
    ],
    uses=["out_size", "windows", "conv", "fold", "conv_rule", "max_pool"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The first convolution is not padded, or too little: with pad=2 it keeps the image's size.",
            {"scores", "gradients"},
            ("partial(conv_rule, pad=2)", "conv_rule"),
            forms=(("pad=2", "pad=1"),),
        ),
        Misconception(
            "The second convolution is padded too: there the map shrinks.",
            {"scores", "gradients"},
            ("apply(conv_rule, A, K2, b2)", "apply(partial(conv_rule, pad=2), A, K2, b2)"),
        ),
        Misconception(
            "There is no ReLU after the first dense layer: without one, two layers are one.",
            {"scores", "gradients"},
            ("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"),
        ),
        Misconception(
            "There is a ReLU at the end. Scores may be negative.",
            {"scores", "gradients"},
            ("return A @ W5 + b5", "return apply(relu, A @ W5 + b5)"),
        ),
        Misconception(
            "There is no ReLU after the second convolution.",
            {"scores", "gradients"},
            ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)"),
        ),
        Misconception(
            "There is no ReLU after the second dense layer: without one, two layers are one.",
            {"scores", "gradients"},
            ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4"),
        ),
        Misconception(
            "There is no ReLU after either convolution.",
            {"scores", "gradients"},
            edits=(
                (
                    "apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))",
                    "apply(partial(conv_rule, pad=2), X, K1, b1)",
                ),
                ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)"),
            ),
        ),
        Misconception(
            "There is no ReLU between the dense layers: without one, three layers are one.",
            {"scores", "gradients"},
            edits=(
                ("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"),
                ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4"),
            ),
        ),
        Misconception(
            "There is no ReLU anywhere: without one the whole network, but for its pools, is a single linear map.",
            {"scores", "gradients"},
            edits=(
                (
                    "apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))",
                    "apply(partial(conv_rule, pad=2), X, K1, b1)",
                ),
                ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)"),
                ("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"),
                ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4"),
            ),
        ),
        Misconception(
            "Probabilities, or their logarithms, are returned: the last layer's ten numbers are the scores as they are.",
            {"scores"},
            (
                "return A @ W5 + b5",
                "from helpers.reference.backprop import log_softmax\n    return apply(log_softmax, A @ W5 + b5)",
            ),
            forms=(
                (
                    "return A @ W5 + b5",
                    "Z = A @ W5 + b5\n    E = np.exp(Z.data - Z.data.max(axis=1, keepdims=True))\n"
                    "    return Tensor(E / E.sum(axis=1, keepdims=True))",
                ),
            ),
        ),
        Misconception(
            "The first pool keeps every second pixel. It keeps the largest of each window of 2 × 2.",
            {"scores", "gradients"},
            ("    A = apply(max_pool, A)\n", "    A = apply(partial(max_pool, k=1), A)\n"),
        ),
        Misconception(
            "The second pool keeps every second pixel. It keeps the largest of each window of 2 × 2.",
            {"scores", "gradients"},
            ("apply(flatten, apply(max_pool, A))", "apply(flatten, apply(partial(max_pool, k=1), A))"),
        ),
        Misconception(
            "Biases of the dense layers are missing.",
            {"scores", "gradients"},
            edits=(("A @ W3 + b3", "A @ W3"), ("A @ W4 + b4", "A @ W4"), ("A @ W5 + b5", "A @ W5")),
            forms=(
                ("A @ W3 + b3", "A @ W3"),
                ("A @ W4 + b4", "A @ W4"),
                [("A @ W3 + b3", "A @ W3"), ("A @ W4 + b4", "A @ W4")],
            ),
        ),
        Misconception(
            "The bias of the last layer is missing.",
            {"scores", "gradients"},
            ("return A @ W5 + b5", "return A @ W5"),
        ),
        Misconception(
            "There is no ReLU after the first convolution.",
            {"scores", "gradients"},
            (
                "apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))",
                "apply(partial(conv_rule, pad=2), X, K1, b1)",
            ),
        ),
    ],
    hints=[
        "Eleven operations in a row, from the table above. Each is an `apply` of a rule, or `@` and `+`.",
        "conv (pad 2), relu, pool, conv, relu, pool, flatten, dense, relu, dense, relu, dense",
        "`A = apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))`, `A = apply(max_pool, A)`, … `return A @ W5 + b5`",
    ],
)
