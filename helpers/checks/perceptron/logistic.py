"""Labels with probabilities: the logistic neuron."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE, batch
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def labelled(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and labels; first the probabilities 1/2, 9/10 and 3/4, for both labels."""
    w, X = np.array([0.0, np.log(3.0)]), np.array([[1.0, 0.0], [1.0, 2.0], [1.0, 1.0]])
    for y in ([1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]):
        yield Case({"w": w, "X": X, "y": np.array(y)})
    for n, d in [(4, 2), (7, 3), (2, 4)]:
        X, w, _ = batch(rng, n, d)
        yield Case({"w": w, "X": X, "y": np.resize([1.0, 0.0, 0.0], n)})


def huge(rng: Generator) -> Iterator[Case]:
    """Scores of 1000 and more, half of them on the wrong side."""
    X = np.array([[1000.0, 0.0], [-1000.0, 0.0], [0.0, 1000.0], [0.0, -1000.0]])
    yield Case({"w": np.array([1.0, 1.0]), "X": X, "y": np.array([1.0, 0.0, 0.0, 1.0])})
    X, w, _ = batch(rng, 7, 3)
    z = X @ w
    X = X * (np.sign(z) * np.resize([1.0, -1.0], 7) * 1000 / np.abs(z))[:, None]
    yield Case({"w": w, "X": X, "y": np.resize([1.0, 0.0, 0.0], 7)})


# ---------------------------------------------------------------- task


LOSS = "np.mean(np.logaddexp(0, z) - y * z)"
LOGISTIC = Task(
    "logistic",
    points=2,
    answers=["logistic"],
    reference=REFERENCE + "logistic",
    parts=[
        Part("loss", labelled, probe=FIRST, weight=0.5),
        Part("gradient", labelled, probe=SECOND),
        Part("huge scores", huge, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The label's term has the wrong sign: the loss of a row is log(1 + e^z) - y z.",
            {"loss", "huge scores"},
            ("- y * z", "+ y * z"),
        ),
        Misconception(
            "The loss is a sum over the rows; here losses are means.",
            {"loss", "huge scores"},
            ("np.mean(", "np.sum("),
        ),
        Misconception(
            "The loss has the wrong sign: it is -log of the probability, never below 0.",
            {"loss", "huge scores"},
            (LOSS, "-" + LOSS),
        ),
        Misconception(
            "The rows of label 0 cost nothing in your loss: they cost -log(1 - p).",
            {"loss", "huge scores"},
            (LOSS, "np.mean(y * np.logaddexp(0, -z))"),
        ),
        Misconception(
            "The rows of label 1 cost nothing in your loss: they cost -log p.",
            {"loss", "huge scores"},
            (LOSS, "np.mean((1 - y) * np.logaddexp(0, z))"),
        ),
        Misconception(
            "The labels have no say in your loss: the term - y z is missing.",
            {"loss", "huge scores"},
            ("- y * z", ""),
        ),
        Misconception(
            "You subtract y itself. The label's term is y times the score, y z.",
            {"loss", "huge scores"},
            ("- y * z", "- y"),
        ),
        Misconception(
            "Your loss is that of labels -1 and 1, log(1 + e^(-y z)). Here they are 0 and 1.",
            {"loss", "huge scores"},
            ("np.logaddexp(0, z) - y * z", "np.logaddexp(0, -y * z)"),
        ),
        Misconception(
            "All scores have the wrong sign: z = X w, and a high score speaks for label 1.",
            {"loss", "gradient", "huge scores"},
            ("z = X @ w", "z = -X @ w"),
        ),
        Misconception(
            "The labels are exchanged in your loss: label 1 costs -log p, label 0 costs -log(1 - p).",
            {"loss", "huge scores"},
            (LOSS, "np.mean(np.logaddexp(0, z) - (1 - y) * z)"),
        ),
        Misconception(
            "Your loss is the squared error. The cross-entropy charges -log of the probability.",
            {"loss", "huge scores"},
            (LOSS, "np.mean((sigmoid(z) - y) ** 2)"),
            forms=((LOSS, "0.5 * np.mean((sigmoid(z) - y) ** 2)"),),
        ),
        Misconception(
            "Your logarithm has the base 2. Here it is the natural one, `np.log`.",
            {"loss", "huge scores"},
            (LOSS, LOSS + " / np.log(2)"),
        ),
        Misconception(
            "Your logarithm has the base 10. Here it is the natural one, `np.log`.",
            {"loss", "huge scores"},
            (LOSS, LOSS + " / np.log(10)"),
        ),
        Misconception(
            "The gradient points downhill: it is p - y, and gradient *descent* then subtracts it.",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(y - sigmoid(z))"),
        ),
        Misconception(
            "The loss is a mean but the gradient a sum: divide it by n as well.",
            {"gradient", "huge scores"},
            (" / len(X)", ""),
        ),
        Misconception(
            "You divide the gradient by the number of weights. The mean is over the n rows.",
            {"gradient", "huge scores"},
            (" / len(X)", " / len(w)"),
        ),
        Misconception(
            "You subtract y from the score. The gradient needs the probability p = sigmoid(z).",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(z - y)"),
        ),
        Misconception(
            "You subtract y from the prediction 0 or 1. The gradient needs the probability p = sigmoid(z).",
            {"gradient"},
            ("(sigmoid(z) - y)", "((z > 0) - y)"),
        ),
        Misconception(
            "Your gradient has the factor p(1 - p): that is the slope of the squared error. In the cross-entropy's it "
            "cancels, and p - y is left.",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "((sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)))"),
            forms=(("(sigmoid(z) - y)", "(2 * (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)))"),),
        ),
        Misconception(
            "Your gradient is one of 2 (p - y), as for the squared error. Here it is p - y.",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(2 * (sigmoid(z) - y))"),
        ),
        Misconception(
            "Your gradient is the mean of p - y, without the inputs: z depends on w through the rows of X.",
            {"gradient", "huge scores"},
            ("X.T @ (sigmoid(z) - y) / len(X)", "np.mean(sigmoid(z) - y)"),
        ),
        Misconception(
            "You return a gradient for each row. The loss is a mean, and so is its gradient: over the rows.",
            {"gradient", "huge scores"},
            ("X.T @ (sigmoid(z) - y) / len(X)", "X * (sigmoid(z) - y)[:, None]"),
            forms=(("X.T @ (sigmoid(z) - y) / len(X)", "X * (sigmoid(z) - y)[:, None] / len(X)"),),
        ),
        Misconception(
            "You return the loss of each row. It is to be their mean, one number.",
            {"loss", "huge scores"},
            wrong="def logistic(w, X, y):\n"
            "    z = X @ w\n"
            "    return np.logaddexp(0, z) - y * z, X.T @ (sigmoid(z) - y) / len(X)\n",
        ),
        Misconception(
            "The two are swapped: the loss comes first, then the gradient.",
            {"loss", "gradient", "huge scores"},
            ("return float(loss), gradient", "return gradient, float(loss)"),
        ),
        Misconception(
            "You return the gradient alone. Two things are wanted: the loss, and its gradient.",
            {"loss", "gradient", "huge scores"},
            ("return float(loss), gradient", "return gradient"),
        ),
        Misconception(
            "For large scores your loss is infinite. Compute it from the score, with `np.logaddexp(0, z)`: that is "
            "log(1 + e^z) without an overflow.",
            {"huge scores"},
            ("np.logaddexp(0, z)", "np.log(1 + np.exp(z))"),
            forms=(
                ("np.logaddexp(0, z)", "np.log1p(np.exp(z))"),
                (LOSS, "-np.mean(np.log(np.where(y == 1, sigmoid(z), 1 - sigmoid(z))))"),
            ),
            alone=True,
        ),
        Misconception(
            "For large scores your loss is not a number: 0 times infinity. Compute it from the score, with "
            "`np.logaddexp(0, z)`: that is log(1 + e^z) without an overflow.",
            {"huge scores"},
            (LOSS, "-np.mean(y * np.log(sigmoid(z)) + (1 - y) * np.log(1 - sigmoid(z)))"),
            forms=((LOSS, "np.mean(y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z)))"),),
            alone=True,
        ),
        Misconception(
            "You keep p away from 0 by a small number: then a sure and wrong row costs too little. Compute the loss from "
            "the score z, not from p.",
            {"huge scores"},
            (LOSS, "-np.mean(y * np.log(sigmoid(z) + 1e-12) + (1 - y) * np.log(1 - sigmoid(z) + 1e-12))"),
            forms=(
                (LOSS, "-np.mean(np.log(np.clip(np.where(y == 1, sigmoid(z), 1 - sigmoid(z)), 1e-12, 1)))"),
                (LOSS, "-np.mean(np.log(np.clip(np.where(y == 1, sigmoid(z), 1 - sigmoid(z)), 1e-15, 1)))"),
                (LOSS, "-np.mean(y * np.log(sigmoid(z) + 1e-15) + (1 - y) * np.log(1 - sigmoid(z) + 1e-15))"),
            ),
        ),
    ],
    hints=[
        "Start from the scores `z = X @ w`. Both results are a mean over the rows.",
        r"$J = \frac1n\sum_i \log(1 + e^{z_i}) - y_i z_i$ and $\nabla J = \frac1n X^\top (p - y)$, $p = \sigma(z)$.",
        "`loss = np.mean(np.logaddexp(0, z) - ...)` and `gradient = X.T @ (sigmoid(z) - ...) / len(X)`",
    ],
)
