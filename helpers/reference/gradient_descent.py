"""Lesson 02: gradient descent, its rate, stochastic gradients, schedules, momentum and Adam.

An optimiser is a function of one step: it takes the weights, what it remembers, and a gradient, and
returns the new ones. Losses are means, η is the learning rate, κ a curvature, β a memory.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator


def descend(
    gradient: Callable[[ndarray], ndarray],
    x: Float[ndarray, "*shape"],
    eta: float | Float[ndarray, "*shape"],
    steps: int,
) -> Float[ndarray, "points *shape"]:
    """Return the path of gradient descent: the start, then the point after each step. Cauchy, 1847.

    With an array of learning rates each entry of x walks at its own.
    """
    path = [x]
    for _ in range(steps):
        x = x - eta * gradient(x)
        path.append(x)
    return np.array(path)


def rate(H: Float[ndarray, "d d"], eta: float) -> float:
    """Return the factor by which a step shrinks the error at worst, on the bowl ½ (x - x*) · H (x - x*).

    H is symmetric. Descent converges from every start exactly if the factor is below 1.
    """
    kappa = np.linalg.eigvalsh(H)
    return float(np.max(np.abs(1 - eta * kappa)))


def slope(x: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the derivative of x² / (1 + log x), for x > 0."""
    return x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2


def landmarks() -> dict[str, float]:
    """Return what decides descent on x² / (1 + log x).

    Its pole, its local minimum, the value there, and the η below which descent converges near it.
    """
    return {
        "pole": float(np.exp(-1.0)),
        "minimum": float(np.exp(-0.5)),
        "value": float(2 / np.e),
        "limit": 2 / 8,
    }


def batches(n: int, b: int, rng: Generator) -> list[Int[ndarray, "_"]]:
    """Return the rows 0 … n-1 in a new random order, cut into batches of b; the last may be smaller."""
    order = rng.permutation(n)
    return [order[i : i + b] for i in range(0, n, b)]


def sgd(
    gradient: Callable[[ndarray, ndarray, ndarray], ndarray],
    w: Float[ndarray, "*shape"],
    X: Float[ndarray, "n d"],
    y: Float[ndarray, "n *k"],
    eta: float,
    b: int,
    epochs: int,
    rng: Generator,
) -> Float[ndarray, "*shape"]:
    """Return w after `epochs` sweeps, a step for each batch; `gradient(w, X, y)` is that of the mean loss."""
    for _ in range(epochs):
        for rows in batches(len(X), b, rng):
            w = w - eta * gradient(w, X[rows], y[rows])
    return w


def noise_ball(eta: float, sigma: float, b: int) -> float:
    """Return the variance at which SGD on ½ (w - x)² comes to rest, for samples x of variance sigma²."""
    return eta * sigma**2 / (b * (2 - eta))


def schedule(t: int, T: int, eta: float, warmup: int) -> float:
    """Return η of step t = 0 … T-1: it climbs evenly to eta in `warmup` steps, then falls like a cosine."""
    if t < warmup:
        return eta * (t + 1) / warmup
    return float(eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2)


def momentum_step(
    w: Float[ndarray, "*shape"],
    v: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    eta: float,
    beta: float,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, v) after a step of the heavy ball; v is zero at the start. Polyak, 1964."""
    v = beta * v + g
    w = w - eta * v
    return w, v


def adam_step(
    w: Float[ndarray, "*shape"],
    m: Float[ndarray, "*shape"],
    v: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    t: int,
    eta: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, m, v) after step t = 1, 2, …; m and v are zero at the start. Kingma & Ba, 2014."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - eta * m_hat / (np.sqrt(v_hat) + eps)
    return w, m, v


def best_step(H: Float[ndarray, "d d"]) -> tuple[float, float]:
    """Return the η with the smallest `rate` on the bowl of H, and that rate; H has positive curvatures."""
    kappa = np.linalg.eigvalsh(H)
    low, high = float(kappa[0]), float(kappa[-1])
    return 2 / (low + high), (high - low) / (high + low)


def nesterov_step(
    w: Float[ndarray, "*shape"],
    v: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    eta: float,
    beta: float,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, v) after a step of Nesterov's momentum, in the form that PyTorch uses."""
    v = beta * v + g
    w = w - eta * (g + beta * v)
    return w, v


def adagrad_step(
    w: Float[ndarray, "*shape"],
    s: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    eta: float,
    eps: float = 1e-10,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, s) after a step of Adagrad: s sums all squared gradients. Duchi, Hazan & Singer, 2011."""
    s = s + g**2
    w = w - eta * g / (np.sqrt(s) + eps)
    return w, s


def rmsprop_step(
    w: Float[ndarray, "*shape"],
    s: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    eta: float,
    beta: float = 0.99,
    eps: float = 1e-8,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, s) after a step of RMSProp: s is a running mean of squared gradients. Hinton, 2012."""
    s = beta * s + (1 - beta) * g**2
    w = w - eta * g / (np.sqrt(s) + eps)
    return w, s


def adamw_step(
    w: Float[ndarray, "*shape"],
    m: Float[ndarray, "*shape"],
    v: Float[ndarray, "*shape"],
    g: Float[ndarray, "*shape"],
    t: int,
    eta: float,
    decay: float,
) -> tuple[Float[ndarray, "*shape"], Float[ndarray, "*shape"], Float[ndarray, "*shape"]]:
    """Return (w, m, v) after step t of Adam with decoupled weight decay. Loshchilov & Hutter, 2017."""
    return adam_step((1 - eta * decay) * w, m, v, g, t, eta)
