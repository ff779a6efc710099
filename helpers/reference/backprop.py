"""Lesson 03: backpropagation by hand, and a reverse-mode autograd engine on arrays.

Rows are samples: X is (n, d), a layer is `X @ W + b`, and losses are means. A *rule* computes an operation
on plain arrays and returns the value with one *pull* for each input: a function that takes the gradient of
the loss with respect to the value, and returns the one with respect to that input.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from helpers.reference.perceptron import sigmoid, softmax

# ---------------------------------------------------------------- by hand


def forward(
    X: Float[ndarray, "n d"],
    W1: Float[ndarray, "d h"],
    b1: Float[ndarray, "h"],
    W2: Float[ndarray, "h k"],
    b2: Float[ndarray, "k"],
) -> tuple[Float[ndarray, "n h"], Float[ndarray, "n k"]]:
    """Return (H, Z2) of a network with one hidden layer: tanh between, nothing after the second layer."""
    H = np.tanh(X @ W1 + b1)
    return H, H @ W2 + b2


def sigmoid_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the derivative of the sigmoid, at most 1/4."""
    s = sigmoid(z)
    return s * (1 - s)


def tanh_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the derivative of tanh, at most 1."""
    return 1 - np.tanh(z) ** 2


def relu_slope(z: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the derivative of max(0, z); at the kink z = 0 it is taken to be 0."""
    return np.where(z > 0, 1.0, 0.0)


def pull_back(g: Float[ndarray, "m"], jacobians: Sequence[Float[ndarray, "_ _"]]) -> Float[ndarray, "d"]:
    """Carry the gradient g of the last layer's output back to the first layer's input: g J_N ... J_1."""
    for J in reversed(jacobians):
        g = g @ J
    return g


def backprop(
    X: Float[ndarray, "n d"],
    Y: Float[ndarray, "n k"],
    W1: Float[ndarray, "d h"],
    b1: Float[ndarray, "h"],
    W2: Float[ndarray, "h k"],
    b2: Float[ndarray, "k"],
) -> tuple[
    Float[ndarray, "d h"], Float[ndarray, "h"], Float[ndarray, "h k"], Float[ndarray, "k"]
]:  # fmt: skip
    """Return (dW1, db1, dW2, db2), the gradients of the mean cross-entropy against one-hot rows Y."""
    H, Z2 = forward(X, W1, b1, W2, b2)
    D2 = (softmax(Z2) - Y) / len(X)
    D1 = (D2 @ W2.T) * (1 - H**2)
    return X.T @ D1, D1.sum(axis=0), H.T @ D2, D2.sum(axis=0)


def train_step(
    X: Float[ndarray, "n d"], Y: Float[ndarray, "n k"], layers: Sequence[tuple[ndarray, ndarray]], eta: float
) -> list[tuple[ndarray, ndarray]]:
    """Return the layers (W, b) after one step of gradient descent; tanh between them, softmax at the end."""
    A = [X]  # what each layer reads
    for W, b in layers[:-1]:
        A.append(np.tanh(A[-1] @ W + b))
    W, b = layers[-1]
    D = (softmax(A[-1] @ W + b) - Y) / len(X)
    stepped = []
    for (W, b), a in zip(reversed(layers), reversed(A), strict=True):
        stepped.append((W - eta * (a.T @ D), b - eta * D.sum(axis=0)))
        D = (D @ W.T) * (1 - a**2)
    return stepped[::-1]


# ---------------------------------------------------------------- the engine


def unbroadcast(
    g: Float[ndarray, "..."] | np.floating, shape: tuple[int, ...]
) -> Float[ndarray, "..."] | np.floating:
    """Sum a gradient over the axes along which an array of this shape was repeated."""
    added = g.ndim - len(shape)
    stretched = [added + i for i, n in enumerate(shape) if n == 1]
    axes = (*range(added), *stretched)
    return g.sum(axis=axes).reshape(shape) if axes else g


def add(A: Any, B: Any) -> tuple[Any, tuple[Callable, ...]]:
    """A + B."""
    return A + B, (lambda g: unbroadcast(g, np.shape(A)), lambda g: unbroadcast(g, np.shape(B)))


def mul(A: Any, B: Any) -> tuple[Any, tuple[Callable, ...]]:
    """A * B, entry by entry."""
    return A * B, (lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)))


def matmul(A: Float[ndarray, "n m"], B: Float[ndarray, "m k"]) -> tuple[Any, tuple[Callable, ...]]:
    """A @ B, of two matrices."""
    return A @ B, (lambda g: g @ B.T, lambda g: A.T @ g)


def relu(A: Float[ndarray, "*shape"]) -> tuple[Any, tuple[Callable, ...]]:
    """max(0, A), entry by entry."""
    return np.maximum(A, 0), (lambda g: g * (A > 0),)


def total(A: Float[ndarray, "..."]) -> tuple[Any, tuple[Callable, ...]]:
    """The sum of all entries."""
    return A.sum(), (lambda g: g * np.ones_like(A),)


def log_softmax(Z: Float[ndarray, "n k"]) -> tuple[Any, tuple[Callable, ...]]:
    """The logarithm of softmax along each row, for scores of any size."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p, (lambda g: g - np.exp(log_p) * g.sum(axis=1, keepdims=True),)


class Tensor:
    """An array that remembers what it was computed from.

    Attributes:
        data: the array.
        edges: pairs (parent, pull); empty for a leaf.
        grad: the gradient of the loss with respect to this array, once `backward` has run.
    """

    __array_ufunc__ = None  # so that `ndarray @ Tensor` asks the Tensor

    def __init__(self, data: Any, edges: "Sequence[tuple[Tensor, Callable]]" = ()):
        self.data = np.asarray(data)
        self.edges = edges
        self.grad: Any = None

    def __add__(self, other: Any) -> "Tensor":
        return apply(add, self, other)

    def __mul__(self, other: Any) -> "Tensor":
        return apply(mul, self, other)

    def __matmul__(self, other: Any) -> "Tensor":
        return apply(matmul, self, other)

    def __rmatmul__(self, other: Any) -> "Tensor":
        return apply(matmul, other, self)

    def __neg__(self) -> "Tensor":
        return self * -1.0

    def __sub__(self, other: Any) -> "Tensor":
        return self + -other

    __radd__, __rmul__ = __add__, __mul__


def apply(rule: Callable, *inputs: Any) -> Tensor:
    """Return rule(*inputs) as a Tensor with an edge to each input that is a Tensor; others are constants."""
    value, pulls = rule(*(x.data if isinstance(x, Tensor) else x for x in inputs))
    return Tensor(value, [(x, pull) for x, pull in zip(inputs, pulls, strict=True) if isinstance(x, Tensor)])


def topological_order(node: Any) -> list[Any]:
    """Return all nodes that this one was computed from, each once and after its parents; itself is last."""
    order: list[Any] = []
    seen = set()

    def visit(node: Any) -> None:
        if node not in seen:
            seen.add(node)
            for parent, _ in node.edges:
                visit(parent)
            order.append(node)

    visit(node)
    return order


def backward(loss: Any) -> None:
    """Give every node that the loss depends on its gradient, as `grad`."""
    order = topological_order(loss)
    for node in order:
        node.grad = None
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.edges:
            g = pull(node.grad)
            parent.grad = g if parent.grad is None else parent.grad + g


# ---------------------------------------------------------------- deeper


def numeric_gradient(
    f: Callable[[ndarray], float], w: Float[ndarray, "P"], eps: float = 1e-5
) -> Float[ndarray, "P"]:
    """Return the gradient of f at w by central differences: 2 evaluations of f for each entry."""
    gradient = np.zeros_like(w)
    for i in range(len(w)):
        step = np.zeros_like(w)
        step[i] = eps
        gradient[i] = (f(w + step) - f(w - step)) / (2 * eps)
    return gradient


def weight_std(d_in: int, d_out: int, activation: str) -> float:
    """Return the standard deviation of new weights: Glorot & Bengio for "tanh", He et al. for "relu"."""
    if activation == "tanh":
        return float(np.sqrt(2 / (d_in + d_out)))
    return float(np.sqrt(2 / d_in))


class BatchNorm:
    """Batch normalisation of rows (n, d): batch statistics in training, running ones after it.

    Attributes:
        gamma, beta: the learnable scale and shift, (d,).
        mean, var: the running statistics, (d,).
        training: whether to normalise with the batch's own statistics, and to update the running ones.
    """

    def __init__(self, d: int, momentum: float = 0.1, eps: float = 1e-5):
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X: Float[ndarray, "n d"]) -> Float[ndarray, "n d"]:
        """Normalise each column, then scale and shift it."""
        mean, var = self.mean, self.var
        if self.training:
            mean, var = X.mean(axis=0), X.var(axis=0)
            unbiased = X.var(axis=0, ddof=1)
            self.mean = self.mean + self.momentum * (mean - self.mean)
            self.var = self.var + self.momentum * (unbiased - self.var)
        return self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta


def interpolate(
    x: Float[ndarray, "m"], y: Float[ndarray, "m"]
) -> tuple[Float[ndarray, "1 h"], Float[ndarray, "h"], Float[ndarray, "h"], float]:
    """Return (W1, b1, w2, b2) of a ReLU network whose graph joins the points (x, y) by straight lines.

    x is increasing. There is one hidden neuron for each piece: it adds what the slope changes there.
    """
    slopes = np.diff(y) / np.diff(x)
    w2 = np.diff(slopes, prepend=0)
    return np.ones((1, len(w2))), -x[:-1], w2, float(y[0])


def permute_hidden(
    order: Int[ndarray, "h"],
    W1: Float[ndarray, "d h"],
    b1: Float[ndarray, "h"],
    W2: Float[ndarray, "h k"],
) -> tuple[Float[ndarray, "d h"], Float[ndarray, "h"], Float[ndarray, "h k"]]:
    """Return the weights with the hidden neurons in another order; the network computes the same."""
    return W1[:, order], b1[order], W2[order]
