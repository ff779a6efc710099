"""Ratings: a Bradley-Terry model fitted to all games at once, with error bars."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

MIDDLE, SCALE = 1000.0, 400 / np.log(10)  # points for the mean of all; for a factor e of the odds
SPREAD = 2.0  # of the strengths beforehand, in factors of e: it keeps who won all games finite
STEPS, SMALL = 100, 1e-10


@dataclass(frozen=True)
class Ratings:
    """What games say about players: 100 points more are expected to win 64 % of the games.

    Attributes:
        points: of each player; the mean is 1000.
        errors: one standard error of each.
    """

    points: Float[np.ndarray, " n"]
    errors: Float[np.ndarray, " n"]


def fit(scored: Float[np.ndarray, "n n"]) -> Ratings:
    """Fit strengths s so that i scores against j a share of 1 / (1 + exp(s_j - s_i)).

    The strengths are the mode of their posterior density: before any game they are Gaussian around 0. The
    errors come from its curvature there, about the mean of all players (Bradley & Terry 1952; Hunter 2004).

    Args:
        scored: what each has scored against each: 1 for a game won, 1/2 for one drawn.
    """
    n = len(scored)
    games, strengths = scored + scored.T, np.zeros(n)
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
        slope = (scored - games * share).sum(axis=1) - strengths / SPREAD**2
        step = np.linalg.solve(_curvature(games, share), slope)
        strengths = strengths + step / max(1.0, float(np.abs(step).max(initial=0.0)))
        if np.abs(step).max(initial=0.0) < SMALL:
            break
    share = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    centred = np.eye(n) - 1 / max(n, 1)
    spread = centred @ np.linalg.inv(_curvature(games, share)) @ centred
    return Ratings(
        MIDDLE + SCALE * (strengths - strengths.mean() if n else strengths),
        SCALE * np.sqrt(np.maximum(np.diag(spread), 0.0)),
    )


def _curvature(games: Float[np.ndarray, "n n"], share: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    """Minus the second derivative of the log posterior density."""
    weights = games * share * (1 - share)
    return np.diag(weights.sum(axis=1)) - weights + np.eye(len(games)) / SPREAD**2
