"""Probes of lesson 07: they turn its answers into plain data."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy import ndarray

from helpers.probes.given import watch

Weights = dict[str, ndarray]


def pointed(embed: Callable[[], Any], words: list[str]) -> Any:
    """Return the words' points; whether they grant the wishes is worked out elsewhere."""
    points = {word: [float(x) for x in point] for word, point in embed().items()}
    if missing := [word for word in words if word not in points]:
        raise ValueError(f"there is no point for {missing[0]!r}")
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


def reacts(influence: Callable[..., Any], mix: ndarray, W: ndarray, signs: ndarray, X: ndarray) -> Any:
    """Ask for the influence table of a function in which token t reaches row i where mix[i, t] is not 0.

    A row moves by how far the tokens have, whichever way, so that what is found does not depend on the draw.
    """
    start = X.copy()
    return influence(lambda Z: 10 + mix @ (np.abs((np.asarray(Z) - start) @ W) * signs), X)


def shared(influence: Callable[..., Any], mix: ndarray, X: ndarray) -> Any:
    """Ask for that of a function whose rows show one weight alone, which others share through the sum.

    A token's score grows as it moves, where mix[i, t] is not 0: its own weight rises, those of others fall.
    """
    start = X.copy()

    def f(Z: ndarray) -> ndarray:
        far = np.tanh(np.abs(np.asarray(Z) - start).sum(axis=1))
        E = np.exp(far * (mix != 0))
        return np.diag(E / E.sum(axis=1, keepdims=True))[:, None] * np.ones_like(start)

    return influence(f, X)


def heads(
    MultiHead: Callable[..., Any], weights: Weights, heads: int, X: ndarray, *mask: ndarray | None
) -> Any:
    """Give a new module these weights and run it, with a mask or without."""
    module = _loaded(MultiHead(X.shape[-1], heads), weights)
    MultiHead(X.shape[-1], 1)  # a second one must not change the first
    masks = [None if m is None else watch(torch.tensor(m), "mask") for m in mask]
    with torch.no_grad():
        return module(watch(torch.tensor(X), "X"), *masks)


def head_gradient(MultiHead: Callable[..., Any], weights: Weights, heads: int, X: ndarray) -> Any:
    """Return the gradients of a weighted sum of its output with respect to its weights and its input."""
    module = _loaded(MultiHead(X.shape[-1], heads), weights)
    inputs = watch(torch.tensor(X, requires_grad=True), "X")
    return {**_gradients(module, module(inputs)), "X": _told(inputs)}


def predicts(LanguageModel: Callable[..., Any], weights: Weights, heads: int | None, tokens: ndarray) -> Any:
    """Give a new language model these weights and return its scores."""
    model = _language_model(LanguageModel, weights, heads)
    with torch.no_grad():
        return model(watch(torch.tensor(tokens), "tokens"))


def model_gradient(LanguageModel: Callable[..., Any], weights: Weights, heads: int, tokens: ndarray) -> Any:
    """Return the gradients of a weighted sum of its scores with respect to all its weights."""
    model = _language_model(LanguageModel, weights, heads)
    return _gradients(model, model(watch(torch.tensor(tokens), "tokens")))


def _language_model(LanguageModel: Callable[..., Any], weights: Weights, heads: int | None) -> Any:
    (letters, d), longest = weights["letter.weight"].shape, len(weights["place.weight"])
    sizes = () if heads is None else (d, heads)  # left out: width and heads as they are by default
    return _loaded(LanguageModel(letters, longest, *sizes), weights)


def _loaded(module: Any, weights: Weights) -> Any:
    """Put weights into a module by their names; what it holds besides them stays as it is."""
    if missing := [name for name in weights if name not in module.state_dict()]:
        raise AttributeError(f"the module has no `{missing[0]}`: keep the layers that `__init__` makes")
    module.double().load_state_dict({name: torch.tensor(a) for name, a in weights.items()}, strict=False)
    return module.eval()


def _gradients(module: Any, out: Any) -> dict[str, Any]:
    if out.requires_grad:
        (out * torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)).sum().backward()
    return {name: _told(p) for name, p in module.named_parameters()}


def _told(leaf: Any) -> Any:
    """Return its gradient; words where none arrived."""
    return "no gradient arrives" if leaf.grad is None else leaf.grad


def peak(blockwise: Callable[..., Any], Q: ndarray, K: ndarray, V: ndarray, block: int) -> Any:
    """Return the output and the most memory, in bytes, that it held at a time beyond its inputs."""
    tracemalloc.start()
    try:
        out = blockwise(Q, K, V, block)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return {"out": out, "bytes": most}
