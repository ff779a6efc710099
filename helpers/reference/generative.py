"""Lesson 10: copying through a narrow place, codes that are clouds, two players, and noise taken away.

Rows are samples, losses are means over them. A code's cloud has the mean μ and the variance exp(logvar); of a
picture at time t the share a[t] of the variance is left, with a[0] = 1, and the rest is noise.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

# ---------------------------------------------------------------- copying


def autoencode(
    X: Float[ndarray, "n d"],
    We: Float[ndarray, "d k"],
    be: Float[ndarray, "k"],
    Wd: Float[ndarray, "k d"],
    bd: Float[ndarray, "d"],
) -> tuple[Float[ndarray, "n k"], Float[ndarray, "n d"]]:
    """Return (code, copy): a linear code, a copy behind a sigmoid. Rumelhart, Hinton & Williams, 1986."""
    code = X @ We + be
    return code, 1 / (1 + np.exp(-(code @ Wd + bd)))


def corrupt(X: Float[ndarray, "n d"], share: float, rng: Generator) -> Float[ndarray, "n d"]:
    """Return X with each entry put out, set to 0, with the probability share. Vincent et al., 2008."""
    return X * (rng.random(X.shape) >= share)


# ---------------------------------------------------------------- codes that are clouds


def reparameterise(
    mu: Float[Tensor, "n k"], logvar: Float[Tensor, "n k"], eps: Float[Tensor, "n k"]
) -> Float[Tensor, "n k"]:
    """Return codes drawn from N(μ, exp(logvar)) by way of standard noise. Kingma & Welling, 2014."""
    return mu + torch.exp(logvar / 2) * eps


def kl(mu: Float[Tensor, "n k"], logvar: Float[Tensor, "n k"]) -> Float[Tensor, "n"]:
    """Return for each row the divergence of N(μ, exp(logvar)) from N(0, 1), in nats, summed over the code."""
    return (mu**2 + torch.exp(logvar) - 1 - logvar).sum(dim=1) / 2


def vae_loss(
    logits: Float[Tensor, "n d"],
    X: Float[Tensor, "n d"],
    mu: Float[Tensor, "n k"],
    logvar: Float[Tensor, "n k"],
    beta: float,
) -> Float[Tensor, ""]:
    """Return the mean over rows of the pixels' cross-entropies, summed, plus β times the divergence.

    With β = 1 it is minus the evidence lower bound (ELBO). β: Higgins et al., 2017.
    """
    copying = binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1)
    return (copying + beta * kl(mu, logvar)).mean()


# ---------------------------------------------------------------- two players


def gan_losses(
    real: Float[Tensor, "n"], fake: Float[Tensor, "m"]
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return (loss of the judge, loss of the forger) from the judge's scores. Goodfellow et al., 2014.

    The judge pays -log D for real rows and -log(1 - D) for forged ones, the forger -log D for its own.
    """
    return softplus(-real).mean() + softplus(fake).mean(), softplus(-fake).mean()


def best_judge(p: Float[ndarray, "*shape"], q: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Return the best judge's probability of "real", with the densities p of real and q of forged rows.

    Where neither ever comes it is ½.
    """
    total = p + q
    return np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)


# ---------------------------------------------------------------- noise


def noised(
    X: Float[Tensor, "n d"], t: Int[Tensor, "n"], eps: Float[Tensor, "n d"], a: Float[Tensor, "T1"]
) -> Float[Tensor, "n d"]:
    """Return each row at its own time: √a of the row and √(1 - a) of the noise. Ho, Jain & Abbeel, 2020."""
    left = a[t][:, None]
    return left.sqrt() * X + (1 - left).sqrt() * eps


def noise_loss(
    model: Callable[[Tensor, Tensor], Tensor],
    X: Float[Tensor, "n d"],
    t: Int[Tensor, "n"],
    eps: Float[Tensor, "n d"],
    a: Float[Tensor, "T1"],
) -> Float[Tensor, ""]:
    """Return the mean squared error of the noise that model(noised rows, t) predicts."""
    return ((model(noised(X, t, eps, a), t) - eps) ** 2).mean()


def denoise_step(
    X: Float[Tensor, "n d"],
    eps_hat: Float[Tensor, "n d"],
    t: int,
    a: Float[Tensor, "T1"],
    z: Float[Tensor, "n d"],
) -> Float[Tensor, "n d"]:
    """Return rows at time t - 1, given those at time t, the noise predicted in them, and fresh noise z."""
    keep = a[t] / a[t - 1]
    mean = (X - (1 - keep) / (1 - a[t]).sqrt() * eps_hat) / keep.sqrt()
    variance = (1 - keep) * (1 - a[t - 1]) / (1 - a[t])
    return mean + variance.sqrt() * z


# ---------------------------------------------------------------- deeper


def draw(
    mean: Float[ndarray, "d"], cov: Float[ndarray, "d d"], eps: Float[ndarray, "n d"]
) -> Float[ndarray, "n d"]:
    """Return n rows drawn from a Gaussian, by the lower triangular root of its covariance (Cholesky)."""
    return mean + eps @ np.linalg.cholesky(cov).T


def impute(
    x: Float[ndarray, "d"], known: ndarray, mean: Float[ndarray, "d"], cov: Float[ndarray, "d d"]
) -> Float[ndarray, "d"]:
    """Return x with its unknown entries replaced by their mean given the known ones, under a Gaussian.

    known is True where x is to be believed.
    """
    filled = x.copy()
    between = cov[np.ix_(~known, known)]
    pull = np.linalg.solve(cov[np.ix_(known, known)], x[known] - mean[known])
    filled[~known] = mean[~known] + between @ pull
    return filled


def guided(with_class: Float[Tensor, "n d"], without: Float[Tensor, "n d"], w: float) -> Float[Tensor, "n d"]:
    """Return the noise predicted with a class, w times as far from the one without. Ho & Salimans, 2021.

    With w = 0 the class is ignored, with w = 1 it is as it was learned.
    """
    return without + w * (with_class - without)
