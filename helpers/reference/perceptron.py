"""Lesson 01: one neuron, the perceptron, and the logistic and softmax neurons.

Rows are samples: X is (n, d), weights are (d,) or (d, K), and a layer is `X @ W + b`. Losses are means.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray


def heaviside(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Fire (1.0) where z > 0, else stay silent (0.0); z = 0 is silent. McCulloch & Pitts, 1943."""
    return np.where(z > 0, 1.0, 0.0)


def neuron(
    X: Float[ndarray, "n d"], w: Float[ndarray, "d"], b: float, f: Callable[[ndarray], ndarray]
) -> Float[ndarray, "n"]:
    """One neuron on every row of X: the activation f of the weighted sum plus the bias."""
    return f(X @ w + b)


def absorb_bias(
    X: Float[ndarray, "n d"], w: Float[ndarray, "d"], b: float
) -> tuple[Float[ndarray, "n d+1"], Float[ndarray, "d+1"]]:
    """Write the bias as the weight of a constant input x_0 = 1, put first."""
    ones = np.ones((len(X), 1))
    return np.hstack([ones, X]), np.concatenate([[b], w])


def gates() -> dict[str, tuple[list[float], float]]:
    """Weights and bias (w, b) of one Heaviside neuron for each gate on inputs in {0, 1}."""
    return {
        "AND": ([1.0, 1.0], -1.5),
        "OR": ([1.0, 1.0], -0.5),
        "NAND": ([-1.0, -1.0], 1.5),
    }


class Perceptron:
    """Rosenblatt's perceptron (1958) on inputs whose column 0 is the constant 1; labels are 0 and 1.

    Attributes:
        w: weights, shape (d,), zero at the start.
        mistakes: how many times `update` has met a sample that it got wrong.
    """

    def __init__(self, d: int):
        self.w = np.zeros(d)
        self.mistakes = 0

    def predict(self, X: Float[ndarray, "n d"]) -> Float[ndarray, "n"]:
        """Return ŷ in {0, 1} for each row."""
        return heaviside(X @ self.w)

    def update(self, x: Float[ndarray, "d"], y: float) -> None:
        """Learn from one sample: w moves by (y - ŷ) x, so only a mistake moves it."""
        y_hat = self.predict(x[None, :])[0]
        self.w = self.w + (y - y_hat) * x
        self.mistakes += int(y != y_hat)

    def fit(self, X: Float[ndarray, "n d"], y: Float[ndarray, "n"], epochs: int = 100) -> None:
        """Sweep over the rows in their order until a sweep is free of mistakes, `epochs` times at most."""
        for _ in range(epochs):
            before = self.mistakes
            for i in range(len(X)):
                self.update(X[i], y[i])
            if self.mistakes == before:
                break


def novikoff_bound(X: Float[ndarray, "n d"], y: Float[ndarray, "n"], w: Float[ndarray, "d"]) -> float:
    """Bound the perceptron's mistakes by (R / γ)², for any w that separates the rows. Novikoff, 1962.

    R is the largest norm of a row (the constant 1 included), γ the smallest signed distance of a row to
    the hyperplane of w; where w does not separate, there is no bound: infinity.
    """
    sign = 2 * y - 1
    gamma = np.min(sign * (X @ w)) / np.linalg.norm(w)
    R = np.linalg.norm(X, axis=1).max()
    return float((R / gamma) ** 2) if gamma > 0 else np.inf


def xor_network() -> tuple[list[list[float]], list[float], list[float], float]:
    """Weights (W1, b1, w2, b2) of two layers of Heaviside neurons that compute XOR.

    W1 is (2 inputs, 2 hidden), b1 and w2 are (2,): the output is g(g(X @ W1 + b1) @ w2 + b2).
    """
    W1 = [[1.0, 1.0], [1.0, 1.0]]  # both hidden neurons add the inputs
    b1 = [-0.5, -1.5]  # OR, AND
    w2 = [1.0, -1.0]  # OR and not AND
    b2 = -0.5
    return W1, b1, w2, b2


def sigmoid(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return 1 / (1 + e^-z), from tanh so that no z overflows."""
    return 0.5 * (1 + np.tanh(z / 2))


def logistic(
    w: Float[ndarray, "d"], X: Float[ndarray, "n d"], y: Float[ndarray, "n"]
) -> tuple[float, Float[ndarray, "d"]]:
    """Return the mean cross-entropy of the logistic neuron and its gradient; labels are 0 and 1.

    With scores z and p = sigmoid(z) the loss of a row is log(1 + e^z) - y z.
    """
    z = X @ w
    loss = np.mean(np.logaddexp(0, z) - y * z)
    gradient = X.T @ (sigmoid(z) - y) / len(X)
    return float(loss), gradient


def softmax(Z: Float[ndarray, "*n K"]) -> Float[ndarray, "*n K"]:
    """Turn each row of scores into probabilities; no score is too large."""
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def softmax_gradient(
    W: Float[ndarray, "d K"], X: Float[ndarray, "n d"], Y: Float[ndarray, "n K"]
) -> Float[ndarray, "d K"]:
    """Return the gradient of the mean cross-entropy of softmax(X @ W) against one-hot rows Y."""
    P = softmax(X @ W)
    return X.T @ (P - Y) / len(X)


def normal_equations(X: Float[ndarray, "n d"], y: Float[ndarray, "n"]) -> Float[ndarray, "d"]:
    """Return the w that minimises the mean of (y - X w)²; the shortest such w where there are several."""
    return np.linalg.pinv(X.T @ X) @ (X.T @ y)


def hinge(w: Float[ndarray, "d"], X: Float[ndarray, "n d"], s: Float[ndarray, "n"]) -> float:
    """Return the mean hinge loss max(0, 1 - s z) of scores z = X w against signs s in {-1, 1}."""
    return float(np.mean(np.maximum(0, 1 - s * (X @ w))))


def collapse(
    W1: Float[ndarray, "d h"], b1: Float[ndarray, "h"], W2: Float[ndarray, "h k"], b2: Float[ndarray, "k"]
) -> tuple[Float[ndarray, "d k"], Float[ndarray, "k"]]:
    """Return the one layer (W, b) that equals two layers with nothing between them."""
    return W1 @ W2, b1 @ W2 + b2


def half_adder(nand: Callable[[object, object], object], a: object, b: object) -> tuple[object, object]:
    """Return the digit and the carry of a + b, made of NAND gates only: five of them."""
    c = nand(a, b)
    return nand(nand(a, c), nand(b, c)), nand(c, c)
