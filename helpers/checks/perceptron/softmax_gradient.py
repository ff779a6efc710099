"""The gradient of the cross-entropy of several classes."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def one_hot(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and one-hot labels; first with scores of which a half and a third come."""
    X = np.array([[1.0, 0.0], [1.0, 1.0], [2.0, 1.0], [0.0, 1.0]])
    W = np.log(2) * np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    yield Case({"W": W, "X": X, "Y": np.eye(3)[[0, 2, 1, 1]]})
    for n, d, K in [(3, 2, 3), (6, 4, 3), (5, 3, 2)]:
        Y = np.eye(K)[rng.integers(0, K, n)]
        yield Case({"W": rng.normal(size=(d, K)), "X": rng.normal(size=(n, d)), "Y": Y})


# ---------------------------------------------------------------- task


SOFTMAX_GRADIENT = Task(
    "softmax_gradient",
    points=1,
    answers=["softmax_gradient"],
    reference=REFERENCE + "softmax_gradient",
    parts=[Part("gradient", one_hot)],
    uses=["softmax"],
    misconceptions=[
        Misconception(
            "The gradient points downhill: it is P - Y, not Y - P.", {"gradient"}, ("(P - Y)", "(Y - P)")
        ),
        Misconception(
            "The loss is a mean over the rows, so the gradient is divided by n.",
            {"gradient"},
            (" / len(X)", ""),
        ),
        Misconception(
            "This is the transpose, as torch stores it. Here W is (d, K), and so is its gradient.",
            {"gradient"},
            ("X.T @ (P - Y)", "(P - Y).T @ X"),
        ),
        Misconception(
            "You subtract Y from the scores: P = softmax(X @ W) is missing.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = X @ W"),
        ),
        Misconception(
            "You divided by the number of all entries of Y. The mean is over the n rows only.",
            {"gradient"},
            ("/ len(X)", "/ Y.size"),
        ),
        Misconception(
            "You divided by the number of inputs. The mean is over the n rows.",
            {"gradient"},
            ("/ len(X)", "/ X.shape[1]"),
        ),
        Misconception(
            "You divided by the number of classes. The mean is over the n rows.",
            {"gradient"},
            ("/ len(X)", "/ Y.shape[1]"),
        ),
        Misconception(
            "Your gradient is one of 2 (P - Y), as for the squared error. Here it is P - Y.",
            {"gradient"},
            ("(P - Y)", "(2 * (P - Y))"),
        ),
        Misconception(
            "P comes from a sigmoid of each score. The classes share a probability of 1: it is softmax(X @ W).",
            {"gradient"},
            ("P = softmax(X @ W)", "P = sigmoid(X @ W)"),
        ),
        Misconception(
            "P is normalised over the samples, in columns. Each *row* of P must sum to 1.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = softmax((X @ W).T).T"),
        ),
        Misconception(
            "-Y / P is the slope with respect to the probabilities. With respect to the scores it is P - Y.",
            {"gradient"},
            ("(P - Y)", "(-Y / P)"),
            forms=(("(P - Y)", "(P - Y / P)"),),
        ),
        Misconception(
            "Only the right class has a say in your gradient. The scores of the others are too high by their P.",
            {"gradient"},
            ("(P - Y)", "((P - Y) * Y)"),
        ),
        Misconception(
            "The labels have no say in your gradient: it is P - Y that is carried back.",
            {"gradient"},
            ("(P - Y)", "P"),
        ),
        Misconception(
            "You return a matrix for each row. The loss is a mean, and so is its gradient: over the rows.",
            {"gradient"},
            ("X.T @ (P - Y) / len(X)", "X[:, :, None] * (P - Y)[:, None, :]"),
            forms=(("X.T @ (P - Y) / len(X)", "X[:, :, None] * (P - Y)[:, None, :] / len(X)"),),
        ),
        Misconception(
            "Your gradient is the mean of P - Y, without the inputs: the scores depend on W through the rows of X.",
            {"gradient"},
            ("X.T @ (P - Y) / len(X)", "np.mean(P - Y, axis=0)"),
        ),
        Misconception(
            "The prediction has no say in your gradient: it is P - Y that is carried back.",
            {"gradient"},
            ("(P - Y)", "Y"),
            forms=(("(P - Y)", "(-Y)"),),
        ),
        Misconception(
            "You took the softmax of the weights. It turns *scores* into probabilities, X @ W.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = X @ softmax(W)"),
            forms=(("P = softmax(X @ W)", "P = softmax(W)[: len(X)]"),),
        ),
        Misconception(
            "There is a logarithm in your gradient. It belongs to the loss; its slope with respect to the scores is P - Y.",
            {"gradient"},
            ("(P - Y)", "(-Y * np.log(P))"),
            forms=(
                ("(P - Y)", "(Y * np.log(P))"),
                ("(P - Y)", "(np.log(P) - Y)"),
            ),
        ),
        Misconception(
            "Your gradient has the factor P (1 - P): that is the slope of a squared error. In the cross-entropy's it "
            "cancels, and P - Y is left.",
            {"gradient"},
            ("(P - Y)", "((P - Y) * P * (1 - P))"),
        ),
        Misconception(
            "You used P of the largest score only, 0 and 1. The gradient needs the probabilities.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = np.eye(W.shape[1])[(X @ W).argmax(axis=1)]"),
        ),
    ],
    hints=[
        "It has the same form as the logistic neuron's gradient, with one column for each class.",
        r"$\nabla_W J = \frac1n X^\top (P - Y)$ with $P = \mathrm{softmax}(XW)$",
        "`P = softmax(X @ W)`, then `X.T @ (...) / len(X)`",
    ],
)
