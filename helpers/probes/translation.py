"""Probes of the translation in lesson 08: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy import ndarray

from helpers.probes.given import watch

Weights = dict[str, ndarray]


def decoded(DecoderBlock: Callable[..., Any], weights: Weights, heads: int, X: ndarray, Y: ndarray) -> Any:
    """Give a new block these weights and run it."""
    with torch.no_grad():
        return _block(DecoderBlock, weights, heads)(watch(torch.tensor(X), "X"), watch(torch.tensor(Y), "Y"))


def decoder_gradients(
    DecoderBlock: Callable[..., Any], weights: Weights, heads: int, X: ndarray, Y: ndarray
) -> Any:
    """Return the gradients of a weighted sum of the output with respect to both texts."""
    inputs = [torch.tensor(a, requires_grad=True) for a in (X, Y)]
    out = _block(DecoderBlock, weights, heads)(*inputs)
    (out * torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)).sum().backward()
    return {"X": inputs[0].grad, "Y": inputs[1].grad}


def searched(search: Callable[..., Any], p: ndarray, longest: int, *beams: int) -> Any:
    """Let an answer search in a table: p[t, last] is what follows a token that has t before it."""

    def scores(tokens: Any) -> Any:
        if not isinstance(tokens, torch.Tensor) or tokens.ndim != 2:
            raise ValueError(
                "scores wants a tensor of shape (k, t), a beginning in each row: `torch.tensor([tokens])`"
            )
        step = min(tokens.shape[1], len(p)) - 1
        return torch.tensor(np.log(p[step]))[tokens[:, -1]]

    return search(scores, longest, *beams)


def likeliest(beam_search: Callable[..., Any], p: ndarray, longest: int, beams: int) -> Any:
    """Return the text and the log-probability by name."""
    tokens, total = searched(beam_search, p, longest, beams)
    return {"tokens": tokens, "log-probability": total}


def _block(DecoderBlock: Callable[..., Any], weights: Weights, heads: int) -> Any:
    block = DecoderBlock(len(weights["norm1.weight"]), heads, len(weights["up.weight"])).double()
    block.load_state_dict({name: torch.tensor(np.asarray(a)) for name, a in weights.items()})
    return block.eval()
