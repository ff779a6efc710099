"""Probes of lesson 10: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from helpers.probes.given import watch


def tensors(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function with a tensor for each array."""
    return answer(*given(answer, inputs))


def given(answer: Any, inputs: Sequence[Any]) -> list[Any]:
    """Return the inputs with a tensor for each array, watched under the answer's own names for them."""
    names = getattr(getattr(answer, "__code__", None), "co_varnames", ())
    told = [*names, *(f"input {i}" for i in range(len(names) + 1, len(inputs) + 1))]
    return [
        watch(torch.tensor(one), name) if isinstance(one, ndarray) else one
        for name, one in zip(told, inputs, strict=False)
    ]


def gradient(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradient of the result, weighted unevenly, with respect to all inputs that have one."""
    rows = [torch.tensor(one, requires_grad=True) if _real(one) else one for one in inputs]
    return _gradients(answer(*rows), rows)


def _real(one: Any) -> bool:
    return isinstance(one, ndarray) and one.dtype.kind == "f"


def _gradients(result: Any, rows: list[Any]) -> Any:
    weights = 1 + torch.arange(result.numel(), dtype=result.dtype).reshape(result.shape) / 7
    asked = [one for one in rows if isinstance(one, Tensor) and one.requires_grad]
    found = torch.autograd.grad((weights * result).sum(), asked, allow_unused=True)
    return [torch.zeros_like(one) if g is None else g for one, g in zip(asked, found, strict=True)]


def judge(gan_losses: Callable[..., Any], real: ndarray, fake: ndarray) -> Any:
    """Return the judge's loss."""
    return gan_losses(*given(gan_losses, (real, fake)))[0]


def forger(gan_losses: Callable[..., Any], real: ndarray, fake: ndarray) -> Any:
    """Return the forger's loss."""
    return gan_losses(*given(gan_losses, (real, fake)))[1]


def forger_gradient(gan_losses: Callable[..., Any], real: ndarray, fake: ndarray) -> Any:
    """Return the gradient of the forger's loss with respect to the scores of its rows."""
    scores = torch.tensor(fake, requires_grad=True)
    return torch.autograd.grad(gan_losses(torch.tensor(real), scores)[1], scores)[0]


def corrupted(corrupt: Callable[..., Any], X: ndarray, share: float, seed: int) -> Any:
    """Return two calls with one generator, and one with another of the same seed."""
    rng = np.random.default_rng(seed)
    rows = watch(X, "X")
    return [
        corrupt(rows, share, rng),
        corrupt(rows, share, rng),
        corrupt(rows, share, np.random.default_rng(seed)),
    ]


def predicts(W: Tensor, v: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a model: linear in the rows, with a shift that grows with the time."""
    return lambda X, t: X @ W + t[:, None] * v


def noise_value(
    noise_loss: Callable[..., Any], W: ndarray, v: ndarray, X: ndarray, t: ndarray, eps: ndarray, a: ndarray
) -> Any:
    """Return the loss of a linear model."""
    model = predicts(torch.tensor(W), torch.tensor(v))
    return noise_loss(*given(noise_loss, (model, X, t, eps, a)))


def noise_gradient(
    noise_loss: Callable[..., Any], W: ndarray, v: ndarray, X: ndarray, t: ndarray, eps: ndarray, a: ndarray
) -> Any:
    """Return the gradient of the loss with respect to the model's numbers."""
    numbers = [torch.tensor(W, requires_grad=True), torch.tensor(v, requires_grad=True)]
    loss = noise_loss(predicts(*numbers), *map(torch.tensor, (X, t, eps, a)))
    return torch.autograd.grad(loss, numbers)
