"""Lesson 03: an epoch of the digits' network, by the lesson's engine and by torch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.data import mnist
from helpers.reference.backprop import Tensor, apply, backward, log_softmax, relu, total, weight_std

WHAT = "one epoch of a 784-128-10 network on the 7,000 digits to learn from, batches of 64"
LIMIT = 0.8
ETA = 0.2


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return two epochs over the same batches, of two networks that start from the same weights."""
    import torch

    images, labels = mnist("train")
    X = (images.reshape(-1, 784) / 255).astype(np.float32)
    rng = np.random.default_rng(0)
    batches = np.array_split(rng.permutation(len(X)), -(-len(X) // 64))
    weights = fresh(rng)
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    for theirs, ours in zip(model.parameters(), weights, strict=True):
        theirs.data = torch.tensor(ours.T.copy())  # torch stores (out, in)
    params, Y = [Tensor(w) for w in weights], np.eye(10, dtype=np.float32)[labels]
    optimiser = torch.optim.SGD(model.parameters(), lr=ETA)
    inputs, classes = torch.tensor(X), torch.tensor(labels)
    rows_of = [torch.tensor(rows) for rows in batches]

    def epoch() -> list[Any]:
        for rows in batches:
            backward(loss(X[rows], Y[rows], params))
            for p in params:
                p.data -= ETA * p.grad
        return [p.data for p in params]

    def torch_epoch() -> list[Any]:
        for rows in rows_of:
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs[rows]), classes[rows]).backward()
            optimiser.step()
        return [p.detach().numpy().T for p in model.parameters()]

    return epoch, torch_epoch


def fresh(rng: np.random.Generator) -> list[ndarray]:
    """Return new weights and biases in single precision."""
    sizes = [(784, 128), (128, 10)]
    drawn = [(rng.normal(size=s) * weight_std(*s, "relu"), np.zeros(s[1])) for s in sizes]
    return [a.astype(np.float32) for layer in drawn for a in layer]


def loss(X: ndarray, Y: ndarray, params: list[Tensor]) -> Tensor:
    """Return the mean cross-entropy against one-hot rows."""
    W1, b1, W2, b2 = params
    Z2 = apply(relu, X @ W1 + b1) @ W2 + b2
    return apply(total, apply(log_softmax, Z2) * Y) * (-1 / len(Y))
