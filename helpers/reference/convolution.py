"""Lesson 05: convolution, pooling and their backward passes, and a LeNet made of them.

Images come first by sample, then by channel: X is (n, c, h, w), a layer's kernels K are (m, c, k, k), its
biases b are (m,), and what it makes is (n, m, p, q). "Convolution" is cross-correlation, as in PyTorch.
A *rule* is what it was in lesson 03: it returns the value, and for each input a pull.
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from helpers.reference.backprop import Tensor, apply, relu

# ---------------------------------------------------------------- one image, one kernel


def correlate(X: Float[ndarray, "h w"], K: Float[ndarray, "k k"]) -> Float[ndarray, "p q"]:
    """Slide the kernel over the image: at each place multiply entry by entry and add up."""
    k = len(K)
    p, q = X.shape[0] - k + 1, X.shape[1] - k + 1
    Z = np.zeros((p, q))
    for i in range(p):
        for j in range(q):
            Z[i, j] = np.sum(X[i : i + k, j : j + k] * K)
    return Z


def convolve(X: Float[ndarray, "h w"], K: Float[ndarray, "k k"]) -> Float[ndarray, "p q"]:
    """The mathematician's convolution: the kernel is turned by 180 degrees first."""
    return correlate(X, K[::-1, ::-1])


def out_size(n: int, k: int, stride: int = 1, pad: int = 0) -> int:
    """Return at how many places a kernel of length k fits on n pixels with `pad` zeros on either side."""
    return (n + 2 * pad - k) // stride + 1


# ---------------------------------------------------------------- a layer


def conv_loops(
    X: Float[ndarray, "c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
) -> Float[ndarray, "m p q"]:
    """The specification of a layer, for one image: slow and plain."""
    m, _, k, _ = K.shape
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    p, q = out_size(X.shape[1], k, stride), out_size(X.shape[2], k, stride)
    Z = np.zeros((m, p, q))
    for f in range(m):
        for i in range(p):
            for j in range(q):
                window = X[:, i * stride : i * stride + k, j * stride : j * stride + k]
                Z[f, i, j] = np.sum(window * K[f]) + b[f]
    return Z


def conv_layer(
    shape: tuple[int, int, int], m: int, k: int, stride: int = 1, pad: int = 0
) -> tuple[tuple[int, int, int], int]:
    """Return the shape (m, p, q) that a convolution makes of (c, h, w), and how many numbers it learns."""
    c, h, w = shape
    return (m, out_size(h, k, stride, pad), out_size(w, k, stride, pad)), m * (c * k * k + 1)


def pool_layer(shape: tuple[int, int, int], k: int, stride: int) -> tuple[tuple[int, int, int], int]:
    """Return the shape that pooling makes of (c, h, w), and how many numbers it learns: none."""
    c, h, w = shape
    return (c, out_size(h, k, stride), out_size(w, k, stride)), 0


def dense_layer(shape: tuple[int, ...], d: int) -> tuple[tuple[int], int]:
    """Return the shape (d,) that a dense layer makes of any shape, and how many numbers it learns."""
    return (d,), d * (prod(shape) + 1)


def windows(
    X: Float[ndarray, "n c h w"], k: int, stride: int = 1, pad: int = 0, dilation: int = 1
) -> Float[ndarray, "n c k k p q"]:
    """Return V with V[:, :, i, j] the image as the kernel's weight (i, j) sees it from each place."""
    span = dilation * (k - 1) + 1
    p, q = (out_size(side, span, stride, pad) for side in X.shape[2:])
    if pad:
        X = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    V = np.empty((*X.shape[:2], k, k, p, q), X.dtype)
    for i in range(k):
        for j in range(k):
            y, x = i * dilation, j * dilation
            V[:, :, i, j] = X[:, :, y : y + stride * p : stride, x : x + stride * q : stride]
    return V


def conv(
    X: Float[ndarray, "n c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
) -> Float[ndarray, "n m p q"]:
    """Convolve a batch: one matrix product of the kernels, laid flat, with all windows."""
    m, _, k, _ = K.shape
    V = windows(X, k, stride, pad)
    n, p, q = len(X), *V.shape[4:]
    Z = K.reshape(m, -1) @ V.reshape(n, -1, p * q) + b[:, None]
    return Z.reshape(n, m, p, q)


def fold(
    V: Float[ndarray, "n c k k p q"], shape: tuple[int, ...], stride: int = 1, pad: int = 0, dilation: int = 1
) -> Float[ndarray, "n c h w"]:
    """Add every window back to where `windows` took it from, in an image of that shape."""
    n, c, k, _, p, q = V.shape
    _, _, h, w = shape
    X = np.zeros((n, c, h + 2 * pad, w + 2 * pad), V.dtype)
    for i in range(k):
        for j in range(k):
            y, x = i * dilation, j * dilation
            X[:, :, y : y + stride * p : stride, x : x + stride * q : stride] += V[:, :, i, j]
    return X[:, :, pad : pad + h, pad : pad + w]


def conv_rule(
    X: Float[ndarray, "n c h w"],
    K: Float[ndarray, "m c k k"],
    b: Float[ndarray, "m"],
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
) -> tuple[Any, tuple[Callable, ...]]:
    """Convolve, and return one pull each for the image, the kernels and the biases."""
    m, _, k, _ = K.shape
    V = windows(X, k, stride, pad, dilation)
    n, p, q = len(X), *V.shape[4:]
    flat, weights = V.reshape(n, -1, p * q), K.reshape(m, -1)

    def pull_image(G: ndarray) -> ndarray:
        D = (weights.T @ G.reshape(n, m, -1)).reshape(V.shape)
        return fold(D, X.shape, stride, pad, dilation)

    def pull_kernels(G: ndarray) -> ndarray:
        return (G.reshape(n, m, -1) @ flat.transpose(0, 2, 1)).sum(axis=0).reshape(K.shape)

    Z = (weights @ flat).reshape(n, m, p, q)
    Z += b[:, None, None]  # in place: to write so much once more takes as long as the product
    return Z, (pull_image, pull_kernels, lambda G: G.sum(axis=(0, 2, 3)))


# ---------------------------------------------------------------- pooling, shifts, LeNet


def max_pool(X: Float[ndarray, "n c h w"], k: int = 2, stride: int = 2) -> tuple[Any, tuple[Callable, ...]]:
    """Keep the largest of each window; the gradient goes to it alone, to the first where several tie."""
    V = windows(X, k, stride)
    n, c, _, _, p, q = V.shape
    flat = V.reshape(n, c, k * k, p, q)
    winner = flat.argmax(axis=2)[:, :, None]

    def pull(G: ndarray) -> ndarray:
        won = np.arange(k * k)[:, None, None] == winner
        return fold((won * G[:, :, None]).reshape(V.shape), X.shape, stride)

    return flat.max(axis=2), (pull,)


def shift(X: Float[ndarray, "... h w"], d: int) -> Float[ndarray, "... h w"]:
    """Move images d pixels to the right; what leaves on the right comes back on the left."""
    return np.roll(X, d, axis=-1)


def equivariance_gap(f: Callable[[ndarray], ndarray], X: Float[ndarray, "..."], d: int) -> float:
    """Return how far f(shifted X) is from shifted f(X), at most."""
    return float(np.abs(f(shift(X, d)) - shift(f(X), d)).max())


def invariance_gap(f: Callable[[ndarray], ndarray], X: Float[ndarray, "..."], d: int) -> float:
    """Return how far f(shifted X) is from f(X), at most."""
    return float(np.abs(f(shift(X, d)) - f(X)).max())


def flatten(A: Float[ndarray, "n ..."]) -> tuple[Any, tuple[Callable, ...]]:
    """Lay each sample flat."""
    return A.reshape(len(A), -1), (lambda G: G.reshape(A.shape),)


def lenet(X: Any, params: Sequence[Any]) -> Tensor:
    """Return the scores of LeCun's network: two convolutions with ReLU and pooling, three layers."""
    K1, b1, K2, b2, W3, b3, W4, b4, W5, b5 = params
    A = apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))
    A = apply(max_pool, A)
    A = apply(relu, apply(conv_rule, A, K2, b2))
    A = apply(flatten, apply(max_pool, A))
    A = apply(relu, A @ W3 + b3)
    A = apply(relu, A @ W4 + b4)
    return A @ W5 + b5


# ---------------------------------------------------------------- deeper


def toeplitz(w: Float[ndarray, "k"], n: int, stride: int = 1, pad: int = 0) -> Float[ndarray, "p n"]:
    """Return T such that T @ x slides w over x: each row is the row above, moved by the stride."""
    T = np.zeros((out_size(n, len(w), stride, pad), n + 2 * pad))
    for i in range(len(T)):
        T[i, i * stride : i * stride + len(w)] = w
    return T[:, pad : pad + n]


def dilate(K: Float[ndarray, "m c k k"], d: int) -> Float[ndarray, "m c s s"]:
    """Return the kernels with d - 1 zeros between neighbouring weights."""
    m, c, k, _ = K.shape
    span = d * (k - 1) + 1
    spread = np.zeros((m, c, span, span), K.dtype)
    spread[:, :, ::d, ::d] = K
    return spread


def average_pool(
    X: Float[ndarray, "n c h w"], k: int = 2, stride: int = 2
) -> tuple[Any, tuple[Callable, ...]]:
    """Keep the mean of each window; the gradient is shared by all of it."""
    V = windows(X, k, stride)

    def pull(G: ndarray) -> ndarray:
        share = G[:, :, None, None] / (k * k)
        return fold(np.broadcast_to(share, V.shape), X.shape, stride)

    return V.mean(axis=(2, 3)), (pull,)


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return how many pixels of the image, side to side, one output sees; layers are (k, stride)."""
    field, step = 1, 1
    for k, stride in layers:
        field += (k - 1) * step
        step *= stride
    return field


def inception(
    X: Float[ndarray, "n c h w"], branches: Sequence[tuple[ndarray, ndarray]]
) -> Float[ndarray, "n m h w"]:
    """Run several convolutions (K, b) beside each other and stack what they make, channel by channel."""
    return np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)


def residual(
    X: Float[ndarray, "n c h w"],
    K1: Float[ndarray, "m c 3 3"],
    b1: Float[ndarray, "m"],
    K2: Float[ndarray, "c m 3 3"],
    b2: Float[ndarray, "c"],
) -> Float[ndarray, "n c h w"]:
    """Two convolutions with ReLU between; the input is added before the last ReLU."""
    H = np.maximum(conv(X, K1, b1, pad=1), 0)
    return np.maximum(X + conv(H, K2, b2, pad=1), 0)


def apart(ours: Float[ndarray, "..."], theirs: Float[ndarray, "..."]) -> float:
    """Return the largest difference between two arrays, as a part of the largest entry of theirs."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())
