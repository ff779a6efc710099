"""Probes of lesson 07: they turn its answers into plain data."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy import ndarray


def pointed(embed: Callable[[], Any], words: list[str]) -> Any:
    """Return the words' points; whether they grant the wishes is worked out elsewhere."""
    points = {word: [float(x) for x in point] for word, point in embed().items()}
    if odd := [word for word, point in points.items() if len(point) != 2]:
        raise ValueError(f"a point in the plane is two numbers, and {odd[0]!r} has {len(points[odd[0]])}")
    return [points[word] for word in words]


def causal(causal_mask: Callable[[int], Any], padding_mask: Callable[..., Any], n: int) -> Any:
    """Ask for the causal mask."""
    return causal_mask(n)


def padding(
    causal_mask: Callable[[int], Any], padding_mask: Callable[..., Any], lengths: ndarray, n: int
) -> Any:
    """Ask for the padding mask."""
    return padding_mask(lengths, n)


def reacts(influence: Callable[..., Any], mix: ndarray, W: ndarray, X: ndarray) -> Any:
    """Ask for the influence table of a function in which token t reaches row i where mix[i, t] is not 0."""
    return influence(lambda Z: 10 * np.tanh(mix @ np.asarray(Z) @ W), X)


def shared(influence: Callable[..., Any], mix: ndarray, X: ndarray) -> Any:
    """Ask for that of a function whose rows show one weight alone, which others share through the sum."""

    def f(Z: ndarray) -> ndarray:
        Z = np.asarray(Z)
        E = np.exp(Z @ Z.T / 2 * (mix != 0))
        return 1e5 * (E / E.sum(axis=1, keepdims=True) * np.eye(len(Z))) @ np.ones_like(Z)

    return influence(f, X)


def heads(
    MultiHead: Callable[..., Any], weights: dict[str, ndarray], heads: int, X: ndarray, mask: ndarray | None
) -> Any:
    """Give a new module these weights and run it."""
    module = MultiHead(X.shape[-1], heads)
    _load(module, weights)
    with torch.no_grad():
        return module(torch.tensor(X), None if mask is None else torch.tensor(mask))


def head_gradient(MultiHead: Callable[..., Any], weights: dict[str, ndarray], heads: int, X: ndarray) -> Any:
    """Return the gradient by the weights of its first layer of a weighted sum of its output."""
    module = MultiHead(X.shape[-1], heads)
    _load(module, weights)
    out = module(torch.tensor(X))
    (out * torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)).sum().backward()
    return module.q.weight.grad


def predicts(
    LanguageModel: Callable[..., Any], weights: dict[str, ndarray], heads: int, tokens: ndarray
) -> Any:
    """Give a new language model these weights and return its scores."""
    letters, d = weights["letter.weight"].shape
    model = LanguageModel(letters, len(weights["place.weight"]), d, heads)
    _load(model, weights)
    with torch.no_grad():
        return model(torch.tensor(tokens))


def _load(module: Any, weights: dict[str, ndarray]) -> None:
    module.double().load_state_dict({name: torch.tensor(a) for name, a in weights.items()})


def peak(blockwise: Callable[..., Any], Q: ndarray, K: ndarray, V: ndarray, block: int) -> Any:
    """Return the output and the most memory, in bytes, that it held at a time beyond its inputs."""
    tracemalloc.start()
    try:
        out = blockwise(Q, K, V, block)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return {"out": out, "bytes": most}
