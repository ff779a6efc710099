"""Probes of lesson 08: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy import ndarray

Weights = dict[str, ndarray]


def tensors(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function with its arrays as tensors."""
    return answer(*(torch.tensor(a) if isinstance(a, ndarray) else a for a in inputs))


def block(
    Block: Callable[..., Any], weights: Weights, heads: int, pre: bool, eps: float, X: ndarray, mask: Any
) -> Any:
    """Give a new block these weights and run it."""
    module = _loaded(Block(X.shape[-1], heads, len(weights["up.weight"]), pre, eps), weights)
    with torch.no_grad():
        return module(torch.tensor(X), None if mask is None else torch.tensor(mask))


def block_gradient(
    Block: Callable[..., Any], weights: Weights, heads: int, pre: bool, eps: float, X: ndarray
) -> Any:
    """Return the gradient by its input of a weighted sum of a block's output."""
    module = _loaded(Block(X.shape[-1], heads, len(weights["up.weight"]), pre, eps), weights)
    inputs = torch.tensor(X, requires_grad=True)
    out = module(inputs, None)
    (out * torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)).sum().backward()
    return inputs.grad


def shifted(
    next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], text: ndarray, starts: ndarray, n: int
) -> Any:
    """Ask for a batch of a causal model."""
    inputs, targets = next_tokens(torch.tensor(text), torch.tensor(starts), n)
    return {"inputs": inputs, "targets": targets}


def hidden(
    next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], tokens: ndarray, real: ndarray,
    darts: ndarray, others: ndarray, mask_token: int,
) -> Any:  # fmt: skip
    """Ask for the inputs of a masked model."""
    arrays = (torch.tensor(a) for a in (tokens, real, darts, others))
    return hide_tokens(*arrays, mask_token)[0]


def asked(
    next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], tokens: ndarray, real: ndarray,
    darts: ndarray, others: ndarray, mask_token: int,
) -> Any:  # fmt: skip
    """Ask for the targets of a masked model."""
    arrays = (torch.tensor(a) for a in (tokens, real, darts, others))
    return hide_tokens(*arrays, mask_token)[1]


def gpt(GPT: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray) -> Any:
    """Give a new GPT these weights and return its scores."""
    letters, d = weights["letter.weight"].shape
    model = _loaded(GPT(letters, len(weights["place.weight"]), d, heads, layers), weights)
    with torch.no_grad():
        return model(torch.tensor(tokens))


def encoder(
    Encoder: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray, real: ndarray
) -> Any:
    """Give a new encoder these weights and return its rows where there is a token."""
    words, d = weights["word.weight"].shape
    hidden = len(weights["blocks.0.up.weight"])
    model = _loaded(Encoder(words, len(weights["place.weight"]), d, heads, hidden, layers), weights)
    with torch.no_grad():
        rows = model(torch.tensor(tokens), torch.tensor(real))
    return torch.where(torch.tensor(real)[:, :, None], rows, 0.0)


def crossed(cross_attention: Callable[..., Any], weights: Weights, heads: int, X: ndarray, Y: ndarray) -> Any:
    """Let the tokens of X ask those of Y."""
    with torch.no_grad():
        return cross_attention(_heads(weights, heads), torch.tensor(X), torch.tensor(Y))


def one_by_one(cached: Callable[..., Any], weights: Weights, heads: int, X: ndarray) -> Any:
    """Feed tokens one by one, each with the keys and values of those before; return all rows and both."""
    K = V = torch.zeros((len(X), 0, X.shape[-1]), dtype=torch.float64)
    rows = []
    with torch.no_grad():
        for t in range(X.shape[1]):
            row, K, V = cached(_heads(weights, heads), torch.tensor(X[:, t : t + 1]), K, V)
            rows.append(row)
    return {"rows": torch.cat(rows, dim=1), "K": K, "V": V}


def _heads(weights: Weights, heads: int) -> Any:
    from helpers.reference.attention import MultiHead  # of an earlier lesson, which the sandbox has

    return _loaded(MultiHead(len(weights["q.bias"]), heads), weights)


def _loaded(module: Any, weights: Weights) -> Any:
    module.double().load_state_dict({name: torch.tensor(np.asarray(a)) for name, a in weights.items()})
    return module.eval()
