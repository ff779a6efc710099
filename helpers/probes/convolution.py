"""Probes of lesson 05: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray


def cross_correlates(
    correlate: Callable[..., Any], convolve: Callable[..., Any], X: ndarray, K: ndarray
) -> Any:
    """Slide the kernel as it is."""
    return correlate(X, K)


def convolves(correlate: Callable[..., Any], convolve: Callable[..., Any], X: ndarray, K: ndarray) -> Any:
    """Slide the kernel turned round."""
    return convolve(X, K)


def layer(
    conv_layer: Callable[..., Any],
    pool_layer: Callable[..., Any],
    dense_layer: Callable[..., Any],
    kind: str,
    shape: Sequence[int],
    sizes: Sequence[int],
) -> Any:
    """Ask for the shape and the count of one layer."""
    made, count = {"conv": conv_layer, "pool": pool_layer, "dense": dense_layer}[kind](tuple(shape), *sizes)
    return {"shape": made, "count": count}


def seen(windows: Callable[..., Any], conv: Callable[..., Any], *inputs: Any) -> Any:
    """Ask for the windows."""
    return windows(*inputs)


def convolved(windows: Callable[..., Any], conv: Callable[..., Any], *inputs: Any) -> Any:
    """Ask for what the layer makes."""
    return conv(*inputs)


def folded(
    fold: Callable[..., Any], conv_rule: Callable[..., Any], V: ndarray, shape: list[int], *settings: int
) -> Any:
    """Give the shape as a tuple."""
    return fold(V, tuple(shape), *settings)


def conv_value(fold: Callable[..., Any], conv_rule: Callable[..., Any], *inputs: Any) -> Any:
    """Return the rule's value; the gradient is not needed."""
    return conv_rule(*inputs[:-1])[0]


def conv_pull(which: int, fold: Callable[..., Any], conv_rule: Callable[..., Any], *inputs: Any) -> Any:
    """Pull a gradient back to one of the three inputs; what another one left must not count."""
    pull, G = conv_rule(*inputs[:-1])[1][which], inputs[-1]
    pull(2 * G)
    return pull(G)


def by_image(fold: Callable[..., Any], conv_rule: Callable[..., Any], *inputs: Any) -> Any:
    """Pull a gradient back to the image."""
    return conv_pull(0, fold, conv_rule, *inputs)


def by_kernels(fold: Callable[..., Any], conv_rule: Callable[..., Any], *inputs: Any) -> Any:
    """Pull a gradient back to the kernels."""
    return conv_pull(1, fold, conv_rule, *inputs)


def by_biases(fold: Callable[..., Any], conv_rule: Callable[..., Any], *inputs: Any) -> Any:
    """Pull a gradient back to the biases."""
    return conv_pull(2, fold, conv_rule, *inputs)


def pooled(pool: Callable[..., Any], X: ndarray, *settings: int) -> Any:
    """Return a pool's value."""
    return pool(X, *settings)[0]


def pool_gradient(pool: Callable[..., Any], X: ndarray, *inputs: Any) -> Any:
    """Pull a gradient, the last of the inputs, back through a pool; what another one left must not count."""
    *settings, G = inputs
    _, (pull,) = pool(X, *settings)
    pull(2 * G)
    return pull(G)


def gap(
    equivariance_gap: Callable[..., Any],
    invariance_gap: Callable[..., Any],
    which: str,
    name: str,
    w: ndarray,
    X: ndarray,
    d: int,
) -> Any:
    """Ask for a gap of one of these functions, made with the weights w."""
    return {"equivariance": equivariance_gap, "invariance": invariance_gap}[which](_functions(w)[name], X, d)


def _functions(w: ndarray) -> dict[str, Callable[[ndarray], ndarray]]:
    def circular(X: ndarray) -> ndarray:
        return sum((w[i] * np.roll(X, i, axis=-1) for i in range(len(w))), start=np.zeros(X.shape))

    return {
        "circular": circular,
        "every other": lambda X: circular(X)[..., ::2],
        "weighted": lambda X: X * np.resize(w, X.shape[-1]),
        "mean": lambda X: circular(X).mean(axis=-1, keepdims=True),
        "dense": lambda X: X @ np.resize(w, (X.shape[-1], X.shape[-1])),
    }


def lenet_scores(lenet: Callable[..., Any], X: ndarray, params: list[ndarray]) -> Any:
    """Return the scores."""
    from helpers.reference.backprop import Tensor  # of an earlier lesson, which the sandbox has

    return lenet(X, [Tensor(p) for p in params]).data


def lenet_gradients(lenet: Callable[..., Any], X: ndarray, params: list[ndarray], Y: ndarray) -> Any:
    """Return the gradients of the mean cross-entropy by all weights."""
    from helpers.reference.backprop import Tensor, apply, backward, log_softmax, total

    tensors = [Tensor(p) for p in params]
    backward(apply(total, apply(log_softmax, lenet(X, tensors)) * Y) * (-1 / len(Y)))
    return [tensor.grad for tensor in tensors]


def receptive(receptive_field: Callable[..., Any], layers: list[list[int]]) -> Any:
    """Give the layers as pairs."""
    return receptive_field([(k, stride) for k, stride in layers])


def stacked(
    inception: Callable[..., Any], residual: Callable[..., Any], X: ndarray, branches: list[list[ndarray]]
) -> Any:
    """Run the branches, given as pairs."""
    return inception(X, [(K, b) for K, b in branches])


def added(inception: Callable[..., Any], residual: Callable[..., Any], *inputs: Any) -> Any:
    """Run the residual block."""
    return residual(*inputs)
