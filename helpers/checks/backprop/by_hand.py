"""Lesson 03, part 4: the gradients of a network with one hidden layer."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE, network, one_hot, small, tenths
from helpers.checks.task import Case, Misconception, Part, Task


def labelled(rng: Generator) -> Iterator[Case]:
    """Rows with one-hot labels: a small network that all can see, then 4-5-3, equal widths, and another."""
    yield Case({"X": tenths(5, 3, 2), "Y": np.eye(2)[[0, 1, 1]], **small(2, 3, 2)})
    for n, d, h, k in [(7, 4, 5, 3), (4, 4, 4, 4), (5, 2, 6, 2)]:
        yield Case({"X": rng.normal(size=(n, d)), "Y": one_hot(rng, n, k), **network(rng, d, h, k)})


BACKPROP = Task(
    "backprop",
    points=3,
    answers=["backprop"],
    reference=REFERENCE + "backprop",
    parts=[
        Part("second layer", labelled, probe=PROBES + "output_layer"),
        Part("first layer", labelled, probe=PROBES + "hidden_layer", weight=2),
    ],
    uses=["forward"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The error at the output points downhill: it is P - Y.",
            {"second layer", "first layer"},
            ("(softmax(Z2) - Y)", "(Y - softmax(Z2))"),
        ),
        Misconception(
            "The loss is a mean over the rows, so the error at the output is divided by n.",
            {"second layer", "first layer"},
            (" / len(X)", ""),
            forms=(
                (" / len(X)", " / X.shape[1]"),
                (" / len(X)", " / Y.shape[1]"),
                (" / len(X)", " / Y.size"),
            ),
        ),
        Misconception(
            "You subtract Y from the scores: the probabilities P = softmax(Z2) are missing.",
            {"second layer", "first layer"},
            ("softmax(Z2) - Y", "Z2 - Y"),
        ),
        Misconception(
            "You use the sigmoid of the scores; the probabilities are their softmax.",
            {"second layer", "first layer"},
            ("softmax(Z2) - Y", "sigmoid(Z2) - Y"),
        ),
        Misconception(
            "The labels are missing in the error: P - Y, prediction minus truth.",
            {"second layer", "first layer"},
            ("softmax(Z2) - Y", "softmax(Z2)"),
        ),
        Misconception(
            "You multiplied P - Y by P(1 - P) or P. For the cross-entropy P - Y is the whole error: the slope of "
            "softmax is in it.",
            {"second layer", "first layer"},
            ("(softmax(Z2) - Y)", "(softmax(Z2) - Y) * softmax(Z2) * (1 - softmax(Z2))"),
            forms=(("(softmax(Z2) - Y)", "(softmax(Z2) - Y) * softmax(Z2)"),),
        ),
        Misconception(
            "You multiplied the error at the output by a slope of tanh. The last layer has none: its scores are raw.",
            {"second layer", "first layer"},
            ("(softmax(Z2) - Y)", "(1 - np.tanh(Z2) ** 2) * (softmax(Z2) - Y)"),
            forms=(("(softmax(Z2) - Y)", "(1 - Z2**2) * (softmax(Z2) - Y)"),),
        ),
        Misconception(
            "The four gradients come in another order: first (dW1, db1), then (dW2, db2).",
            {"second layer", "first layer"},
            (
                "return X.T @ D1, D1.sum(axis=0), H.T @ D2, D2.sum(axis=0)",
                "return H.T @ D2, D2.sum(axis=0), X.T @ D1, D1.sum(axis=0)",
            ),
            alone=True,
        ),
        Misconception(
            "The four gradients come in another order: dW1, db1, dW2, db2.",
            {"second layer", "first layer"},
            (
                "return X.T @ D1, D1.sum(axis=0), H.T @ D2, D2.sum(axis=0)",
                "return X.T @ D1, H.T @ D2, D1.sum(axis=0), D2.sum(axis=0)",
            ),
            alone=True,
        ),
        Misconception(
            "The error came through tanh on its way forward: on its way back it must be multiplied by 1 - H².",
            {"first layer"},
            (" * (1 - H**2)", ""),
        ),
        Misconception(
            "H (1 - H) is the slope of the sigmoid. These neurons have tanh: 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "H * (1 - H)"),
        ),
        Misconception(
            "1 - tanh(H)²: H is already the value of tanh. Its slope is 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "(1 - np.tanh(H) ** 2)"),
        ),
        Misconception(
            "The square is missing in the slope of tanh: 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "(1 - H)"),
        ),
        Misconception(
            "You multiply by H² in place of 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "H**2"),
        ),
        Misconception(
            "1 + H²: the sign is wrong. The slope of tanh is 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "(1 + H**2)"),
        ),
        Misconception(
            "You multiply by the slope of ReLU. These neurons have tanh: 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "(H > 0)"),
        ),
        Misconception(
            "W2 is not transposed on the way back. With equal widths the shapes fit, and it is still wrong.",
            {"second layer", "first layer"},
            ("D2 @ W2.T", "D2 @ W2"),
        ),
        Misconception(
            "W2 Δ2 (1 - H²) as it was written for single numbers: rows are samples, so it is (Δ2 W2ᵀ) ⊙ (1 - H²).",
            {"second layer", "first layer"},
            ("D1 = (D2 @ W2.T) * (1 - H**2)", "D1 = W2 @ D2 * (1 - H**2)"),
            forms=(("D1 = (D2 @ W2.T) * (1 - H**2)", "D1 = W2 @ D2 @ (1 - H**2)"),),
        ),
        Misconception(
            "H Δ2 as it was written for single numbers: the rows must be summed away, Hᵀ Δ2.",
            {"second layer", "first layer"},
            ("H.T @ D2", "H @ D2"),
            forms=(("H.T @ D2", "(H @ D2)"),),
        ),
        Misconception(
            "X Δ1 as it was written for single numbers: the rows must be summed away, Xᵀ Δ1.",
            {"second layer", "first layer"},
            ("X.T @ D1", "X @ D1"),
            forms=(
                [("X.T @ D1", "X @ D1"), ("H.T @ D2", "H @ D2")],
                [
                    ("X.T @ D1", "X @ D1"),
                    ("H.T @ D2", "H @ D2"),
                    ("D1 = (D2 @ W2.T) * (1 - H**2)", "D1 = W2 @ D2 * (1 - H**2)"),
                ],
            ),
        ),
        Misconception(
            "The gradients of the weights are transposed: dW1 has the shape of W1, (d, h).",
            {"second layer", "first layer"},
            edits=(("X.T @ D1", "D1.T @ X"), ("H.T @ D2", "D2.T @ H")),
        ),
        Misconception(
            "The first layer's gradient needs its *input* X, not its output H.",
            {"first layer"},
            ("X.T @ D1", "H.T @ D1"),
        ),
        Misconception(
            "The second layer reads H, not what came into tanh: dW2 is Hᵀ Δ2.",
            {"second layer"},
            ("H.T @ D2", "np.arctanh(H).T @ D2"),
        ),
        Misconception(
            "The error of the first layer was divided by n once more: it is in Δ2 already.",
            {"first layer"},
            ("* (1 - H**2)", "* (1 - H**2) / len(X)"),
            forms=(("X.T @ D1", "X.T @ D1 / len(X)"),),
        ),
        Misconception(
            "The gradients were divided by n twice: once is enough, in the error at the output.",
            {"second layer", "first layer"},
            (" / len(X)", " / len(X) ** 2"),
        ),
        Misconception(
            "The gradient of a bias is a mean in yours, but the errors are divided by n already: sum them.",
            {"second layer", "first layer"},
            edits=(("D1.sum(axis=0)", "D1.mean(axis=0)"), ("D2.sum(axis=0)", "D2.mean(axis=0)")),
            forms=(("D1.sum(axis=0)", "D1.mean(axis=0)"), ("D2.sum(axis=0)", "D2.mean(axis=0)")),
        ),
        Misconception(
            "The gradients of the biases are one number each: sum over the rows only (`axis=0`).",
            {"second layer", "first layer"},
            edits=(("D1.sum(axis=0)", "D1.sum()"), ("D2.sum(axis=0)", "D2.sum()")),
            forms=([("D1.sum(axis=0)", "D1.mean()"), ("D2.sum(axis=0)", "D2.mean()")],),
        ),
        Misconception(
            "The gradients of the biases are summed over the neurons. Each neuron has its own bias: sum over the "
            "rows (`axis=0`).",
            {"second layer", "first layer"},
            edits=(("D1.sum(axis=0)", "D1.sum(axis=1)"), ("D2.sum(axis=0)", "D2.sum(axis=1)")),
        ),
        Misconception(
            "The gradients of the biases have an axis too many: (h,) is asked for, not (1, h).",
            {"second layer", "first layer"},
            edits=(
                ("D1.sum(axis=0)", "D1.sum(axis=0, keepdims=True)"),
                ("D2.sum(axis=0)", "D2.sum(axis=0, keepdims=True)"),
            ),
        ),
        Misconception(
            "The gradients of the biases are the errors of all rows; sum them over the rows.",
            {"second layer", "first layer"},
            edits=(("D1.sum(axis=0)", "D1"), ("D2.sum(axis=0)", "D2")),
        ),
        Misconception(
            "The four results are new weights, after a step; the gradients are asked for.",
            {"second layer", "first layer"},
            (
                "return X.T @ D1, D1.sum(axis=0), H.T @ D2, D2.sum(axis=0)",
                "return W1 - X.T @ D1, b1 - D1.sum(axis=0), W2 - H.T @ D2, b2 - D2.sum(axis=0)",
            ),
            alone=True,
        ),
    ],
    hints=[
        "Write the shape of every array beside it; with n = 7 rows and the 4-5-3 network all sizes differ. "
        "Each gradient has the shape of its weights.",
        r"$\partial_{W_2} L = H^\top \Delta_2$, $\ \Delta_1 = (\Delta_2 W_2^\top) \odot (1 - H \odot H)$, "
        r"$\ \partial_{W_1} L = X^\top \Delta_1$, and the biases' are sums over the rows.",
        "`H, Z2 = forward(...)`, `D2 = (softmax(Z2) - Y) / len(X)`, `D1 = (D2 @ W2.T) * (1 - H**2)`, "
        "then `X.T @ D1, D1.sum(axis=0), ...`",
    ],
)
