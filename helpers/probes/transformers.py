"""Probes of lesson 08: they turn its answers into plain data."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from helpers.probes.given import watch

Weights = dict[str, ndarray]
Gradients = dict[str, Tensor | None]
ON_THE_WAY = ("word.", "letter.", "place.", "kind.", "0.norm1.", "0.attention.q.", "0.up.", "scores.")


def tensors(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function with its arrays as tensors."""
    return answer(*_given(answer, inputs))


def drawn(next_probabilities: Callable[..., Any], *inputs: Any) -> Any:
    """Return the probabilities to draw from, and whether `torch.multinomial` could."""
    p = next_probabilities(*_given(next_probabilities, inputs))
    return {"p": p, "floats": torch.is_tensor(p) and p.is_floating_point()}


def gradients(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradients of a weighted sum of a function's result with respect to its arrays of floats."""
    given = _given(answer, inputs)
    asked = {
        str(i): a.requires_grad_()
        for i, a in enumerate(given)
        if torch.is_tensor(a) and a.is_floating_point()
    }
    return list(_gradients(answer(*given), asked).values())


def block(Block: Callable[..., Any], weights: Weights, heads: int, pre: bool, X: ndarray, mask: Any) -> Any:
    """Give a new block these weights and run it."""
    with torch.no_grad():
        return _block(Block, weights, heads, pre)(
            _tensor(X, "X"), None if mask is None else _tensor(mask, "mask")
        )


def block_gradient(Block: Callable[..., Any], weights: Weights, heads: int, pre: bool, X: ndarray) -> Any:
    """Return the gradients of a weighted sum of a block's output with respect to its input and weights."""
    module, inputs = _block(Block, weights, heads, pre), _tensor(X, "X")
    leaf = inputs.requires_grad_()
    own = {name: p for name, p in module.named_parameters() if name.endswith("weight")}
    return _gradients(module(inputs), {"X": leaf, **own})


def shifted(
    next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], text: ndarray, starts: ndarray, n: int
) -> Any:
    """Ask for a batch of a causal model."""
    inputs, targets = next_tokens(_tensor(text, "text"), _tensor(starts, "starts"), n)
    return {"inputs": inputs, "targets": targets}


def hidden(next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], *inputs: Any) -> Any:
    """Ask for the inputs of a masked model."""
    return hide_tokens(*_given(hide_tokens, inputs))[0]


def asked(next_tokens: Callable[..., Any], hide_tokens: Callable[..., Any], *inputs: Any) -> Any:
    """Ask for the targets of a masked model."""
    return hide_tokens(*_given(hide_tokens, inputs))[1]


def gpt(GPT: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray) -> Any:
    """Give a new GPT these weights and return its scores."""
    with torch.no_grad():
        return _gpt(GPT, weights, heads, layers)(_tensor(tokens, "tokens"))


def gpt_gradient(GPT: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray) -> Any:
    """Return the gradients of a weighted sum of a GPT's scores with respect to weights of its."""
    model = _gpt(GPT, weights, heads, layers)
    return _gradients(model(_tensor(tokens, "tokens")), _some_weights(model))


def encoder(
    Encoder: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray, real: ndarray
) -> Any:
    """Give a new encoder these weights and return its rows where there is a token."""
    with torch.no_grad():
        return _rows(_encoder(Encoder, weights, heads, layers), tokens, real)


def encoder_gradient(
    Encoder: Callable[..., Any], weights: Weights, heads: int, layers: int, tokens: ndarray, real: ndarray
) -> Any:
    """Return the gradients of a weighted sum of its rows with respect to weights of its."""
    model = _encoder(Encoder, weights, heads, layers)
    return _gradients(_rows(model, tokens, real), _some_weights(model))


def crossed(cross_attention: Callable[..., Any], weights: Weights, heads: int, X: ndarray, Y: ndarray) -> Any:
    """Let the tokens of X ask those of Y."""
    with torch.no_grad():
        return cross_attention(_heads(weights, heads), _tensor(X, "X"), _tensor(Y, "Y"))


def crossed_gradient(
    cross_attention: Callable[..., Any], weights: Weights, heads: int, X: ndarray, Y: ndarray
) -> Any:
    """Return the gradients of a weighted sum of what X finds in Y with respect to both."""
    both = {"X": _tensor(X, "X").requires_grad_(), "Y": _tensor(Y, "Y").requires_grad_()}
    return _gradients(cross_attention(_heads(weights, heads), both["X"], both["Y"]), both)


def one_by_one(cached: Callable[..., Any], weights: Weights, heads: int, X: ndarray) -> Any:
    """Feed tokens one by one, each with the keys and values of those before; return all rows and both."""
    K = V = torch.zeros((len(X), 0, X.shape[-1]), dtype=torch.float64)
    rows = []
    with torch.no_grad():
        for t in range(X.shape[1]):
            x = _tensor(X[:, t : t + 1], "x")
            row, K, V = cached(_heads(weights, heads), x, watch(K, "K"), watch(V, "V"))
            rows.append(row)
    return {"rows": torch.cat(rows, dim=1), "K": K, "V": V}


def _given(answer: Callable[..., Any], inputs: tuple[Any, ...]) -> list[Any]:
    names = [*inspect.signature(answer).parameters, *(f"input {i}" for i, _ in enumerate(inputs, 1))]
    return [_tensor(a, name) if isinstance(a, ndarray) else a for a, name in zip(inputs, names, strict=False)]


def _tensor(a: ndarray, name: str) -> Tensor:
    return watch(torch.tensor(a), name)


def _gradients(out: Any, inputs: Mapping[str, Tensor]) -> Gradients:
    """Return what comes back to each input from a weighted sum of a result; None where nothing does."""
    if not out.requires_grad:
        return dict.fromkeys(inputs)
    weights = torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)
    found = torch.autograd.grad((out * weights).sum(), list(inputs.values()), allow_unused=True)
    return dict(zip(inputs, found, strict=True))


def _some_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return weights from all along the way through a model: enough to see where it is cut."""
    own = dict(model.named_parameters())
    return {n: own[n] for n in own if n.endswith("weight") and any(piece in n for piece in ON_THE_WAY)}


def _block(Block: Callable[..., Any], weights: Weights, heads: int, pre: bool) -> Any:
    sizes = len(weights["norm1.bias"]), heads, len(weights["up.weight"])
    return _loaded(Block(*sizes) if pre else Block(*sizes, False, 0.01), weights)  # the defaults, and others


def _gpt(GPT: Callable[..., Any], weights: Weights, heads: int, layers: int) -> Any:
    letters, d = weights["letter.weight"].shape
    sizes = () if (d, heads, layers) == (64, 4, 2) else (d, heads, layers)  # those are the defaults
    return _loaded(GPT(letters, len(weights["place.weight"]), *sizes), weights)


def _encoder(Encoder: Callable[..., Any], weights: Weights, heads: int, layers: int) -> Any:
    (words, d), hidden = weights["word.weight"].shape, len(weights["blocks.0.up.weight"])
    return _loaded(Encoder(words, len(weights["place.weight"]), d, heads, hidden, layers), weights)


def _rows(model: nn.Module, tokens: ndarray, real: ndarray) -> Any:
    rows = model(_tensor(tokens, "tokens"), _tensor(real, "real"))
    return torch.where(torch.tensor(real)[:, :, None], rows, 0.0) if rows.ndim == 3 else rows


def _heads(weights: Weights, heads: int) -> Any:
    from helpers.reference.attention import MultiHead  # of an earlier lesson, which the sandbox has

    return _loaded(MultiHead(len(weights["q.bias"]), heads), weights)


def _loaded(module: nn.Module, weights: Weights) -> nn.Module:
    """Give a module these weights by name; buffers of its own (a mask, numbers of places) stay."""
    given = {name: torch.tensor(np.asarray(a)) for name, a in weights.items()}
    lacking = set(module.double().state_dict()) - set(given)
    own = {name for name, _ in module.named_buffers()}
    module.load_state_dict(given, strict=bool(lacking - own))
    if strange := set(given) - set(module.state_dict()):
        raise ValueError(f"the module has no weights {', '.join(sorted(strange))}")
    return module.eval()
