"""Probes of lesson 13: they turn its answers into plain data."""

from collections.abc import Callable
from typing import Any

import torch
from numpy import ndarray

from helpers.probes.given import watch


def cut(bpe_encode: Callable[..., Any], word: str, merges: list[list[str]]) -> Any:
    """Cut a word by pairs of pieces."""
    return bpe_encode(word, watch([tuple(pair) for pair in merges], "merges"))


def cut_out(bpe_encode: Callable[..., Any], words: list[str], merges: list[list[str]]) -> Any:
    """Cut many words."""
    pairs = [tuple(pair) for pair in merges]
    return [bpe_encode(word, pairs) for word in words]


def products(rope: Callable[..., Any], q: ndarray, k: ndarray, places: ndarray) -> Any:
    """Return all products of a query turned to each place with a key turned to each place."""
    at = torch.tensor(places)
    Q, K = (rope(watch(torch.tensor(a).repeat(len(at), 1), "X"), at) for a in (q, k))
    return Q @ K.T


def summed(answer_logp: Callable[..., Any], answer_loss: Any, *inputs: ndarray) -> Any:
    """Return the log-probability of each answer."""
    return answer_logp(*_watched(inputs))


def meant(answer_logp: Any, answer_loss: Callable[..., Any], *inputs: ndarray) -> Any:
    """Return the loss."""
    return answer_loss(*_watched(inputs))


def pulled(answer_logp: Any, answer_loss: Callable[..., Any], *inputs: ndarray) -> Any:
    """Return the gradient of the loss with respect to the scores."""
    scores, *others = _watched(inputs)
    return torch.autograd.grad(answer_loss(scores.requires_grad_(), *others), scores)[0]


def learned(dpo_loss: Callable[..., Any], *inputs: Any) -> Any:
    """Return the gradients with respect to both kinds of log-probabilities; 0 where nothing comes back."""
    *logs, beta = inputs
    given = [torch.tensor(a, requires_grad=True) for a in logs]
    found = torch.autograd.grad(dpo_loss(*given, beta), given, allow_unused=True)
    return [torch.zeros_like(a) if g is None else g for a, g in zip(given, found, strict=True)]


def weights(route: Callable[..., Any], X: ndarray, R: ndarray, k: int) -> Any:
    """Return how much each token asks of each expert."""
    return route(watch(torch.tensor(X), "X"), watch(torch.tensor(R), "R"), k)[0]


def balance(route: Callable[..., Any], X: ndarray, R: ndarray, k: int) -> Any:
    """Return how uneven the experts are asked."""
    return route(watch(torch.tensor(X), "X"), watch(torch.tensor(R), "R"), k)[1]


def _watched(inputs: tuple[ndarray, ...]) -> list[Any]:
    names = ("scores", "tokens", "prompts", "lengths")
    return [watch(torch.tensor(a), name) for a, name in zip(inputs, names, strict=True)]
