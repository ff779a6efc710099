"""Probes of lesson 00: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import nn

from helpers.probes.given import watch


def third(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function and return the third of what it returns."""
    return answer(*inputs)[2]


def with_dtype(to_batch: Callable[..., Any], images: ndarray) -> Any:
    """Return a batch, and the name of its type."""
    batch = to_batch(images)
    return {
        "batch": batch,
        "dtype": str(getattr(batch, "dtype", type(batch).__name__)).removeprefix("torch."),
    }


def products(quadratic: Callable[..., Any], X: ndarray) -> Any:
    """Return the shape of the features, and the inner products of all pairs of rows."""
    F = np.asarray(quadratic(X))
    return {"shape": list(F.shape), "products": F @ F.T}


def splits(split: Callable[..., Any], y: ndarray, shares: Sequence[float], seed: int) -> Any:
    """Split twice with one seed and once with another; return all the parts."""
    rng = np.random.default_rng(seed)
    return {
        "parts": split(y, shares, rng),
        "later": split(y, shares, rng),
        "again": split(y, shares, np.random.default_rng(seed)),
    }


def steps(
    train_step: Callable[..., Any], W: ndarray, b: ndarray, X: ndarray, y: ndarray, optimiser: str, n: int
) -> Any:
    """Take n steps on a linear model with these numbers; return the losses and the numbers after each."""
    model = nn.Linear(*W.shape).double()
    model.weight.data, model.bias.data = torch.tensor(W.T.copy()), torch.tensor(b)
    kinds: dict[str, Any] = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}
    stepper = kinds[optimiser](model.parameters(), lr=0.5)
    rows, labels = watch(torch.tensor(X), "X"), watch(torch.tensor(y), "y")
    losses, numbers = [], []
    for _ in range(n):
        losses.append(train_step(model, stepper, rows, labels))
        numbers.append(model.weight.detach().T.clone())
        numbers.append(model.bias.detach().clone())
    return {"losses": losses, "W and b": numbers}


def losses(train_step: Callable[..., Any], *inputs: Any) -> Any:
    """Return what `train_step` returns, and whether that is a tensor."""
    found = steps(train_step, *inputs)["losses"]
    return [{"loss": loss, "a tensor": isinstance(loss, torch.Tensor)} for loss in found]


def numbers(train_step: Callable[..., Any], *inputs: Any) -> Any:
    """Return the model's numbers after each step."""
    return steps(train_step, *inputs)["W and b"]
