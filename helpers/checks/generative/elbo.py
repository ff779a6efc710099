"""Lesson 10: the two losses of a variational autoencoder."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def batch(rng: Generator, n: int, d: int, k: int, size: float = 1.0) -> dict[str, np.ndarray]:
    """Random scores, pixels and clouds."""
    return {
        "logits": size * rng.normal(size=(n, d)),
        "X": rng.uniform(size=(n, d)),
        "mu": rng.normal(size=(n, k)),
        "logvar": rng.normal(size=(n, k)),
    }


BY_HAND = {
    "logits": np.array([[2.0, -1.0, 0.0], [0.5, 3.0, -2.0]]),
    "X": np.array([[1.0, 0.0, 0.25], [0.0, 1.0, 0.5]]),
    "mu": np.array([[1.0, 0.0, -1.0, 0.5], [0.0, 2.0, 0.0, 1.0]]),
    "logvar": np.array([[0.0, 1.0, -1.0, 0.0], [0.5, 0.0, 0.0, -2.0]]),
}


def copies(rng: Generator) -> Iterator[Case]:
    """The pixels' part alone, as beta is 0."""
    yield Case({**BY_HAND, "beta": 0.0})
    yield Case({**batch(rng, 3, 5, 2), "beta": 0.0})


def both(rng: Generator) -> Iterator[Case]:
    """Both parts, with several weights of the second."""
    for beta in (1.0, 0.5, 3.0):
        yield Case({**BY_HAND, "beta": beta})
    yield Case({**batch(rng, 3, 5, 2), "beta": 2.0})
    yield Case({**batch(rng, 5, 2, 3), "beta": 0.7})


def huge(rng: Generator) -> Iterator[Case]:
    """Scores of which exp overflows, and pixels that are exactly 0 and 1."""
    yield Case(
        {
            "logits": np.array([[1000.0, -1000.0], [-800.0, 900.0]]),
            "X": np.array([[1.0, 0.0], [1.0, 0.25]]),
            "mu": np.array([[0.0], [1.0]]),
            "logvar": np.array([[0.0], [0.0]]),
            "beta": 1.0,
        }
    )
    yield Case({**batch(rng, 2, 3, 2, size=2000.0), "beta": 1.0})


# ---------------------------------------------------------------- task

PIXELS = 'binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1)'
COPYING, BOTH, HUGE, GRADIENT = "copying", "both", "scores of any size", "gradient"
ALL = {COPYING, BOTH, HUGE, GRADIENT}

VAE_LOSS = Task(
    "vae_loss",
    points=2,
    answers=["vae_loss"],
    reference=REFERENCE + "vae_loss",
    probe=PROBES + "tensors",
    uses=["kl"],
    parts=[
        Part(COPYING, copies, weight=0.5),
        Part(BOTH, both, weight=0.5),
        Part(HUGE, huge, weight=0.5),
        Part(GRADIENT, both, probe=PROBES + "gradient", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The pixels' losses are averaged, not summed: against one pixel the divergence counts many times too much.",
            ALL,
            (PIXELS, 'binary_cross_entropy_with_logits(logits, X, reduction="none").mean(dim=1)'),
            forms=((PIXELS, "binary_cross_entropy_with_logits(logits, X)"),),
        ),
        Misconception(
            "The rows are added up. Losses are means over the rows.",
            ALL,
            ("beta * kl(mu, logvar)).mean()", "beta * kl(mu, logvar)).sum()"),
        ),
        Misconception(
            "The divergence is subtracted: clouds would be paid for running away.",
            {BOTH, HUGE, GRADIENT},
            ("+ beta *", "- beta *"),
        ),
        Misconception(
            "β is missing: it says how much the divergence counts.",
            {COPYING, BOTH, GRADIENT},
            ("beta * kl", "kl"),
        ),
        Misconception(
            "β stands before the copying. It weighs the divergence.",
            {COPYING, BOTH, GRADIENT},
            ("(copying + beta * kl(mu, logvar))", "(beta * copying + kl(mu, logvar))"),
        ),
        Misconception(
            "The divergence is missing, or was cut from the graph: nothing pulls at the clouds.",
            {BOTH, HUGE, GRADIENT},
            ("(copying + beta * kl(mu, logvar))", "(copying + 0 * beta * kl(mu, logvar))"),
            forms=(("(copying + beta * kl(mu, logvar))", "copying"), ("kl(mu, logvar)", "kl(mu, logvar).detach()")),
        ),
        Misconception(
            "The scores went through a sigmoid before a loss that has one inside.",
            ALL,
            ("_logits(logits,", "_logits(torch.sigmoid(logits),"),
        ),
        Misconception(
            "Where scores are large there is NaN, infinity or a cut: a sigmoid of them is exactly 0 or 1, and its logarithm is lost. "
            "`binary_cross_entropy_with_logits` takes the scores themselves.",
            {HUGE},
            (
                PIXELS,
                "-(X * torch.log(torch.sigmoid(logits)) + (1 - X) * torch.log(1 - torch.sigmoid(logits))).sum(dim=1)",
            ),
            forms=(
                (PIXELS, 'torch.nn.functional.binary_cross_entropy(torch.sigmoid(logits), X, reduction="none").sum(dim=1)'),
                (PIXELS, "(torch.log(1 + torch.exp(logits)) - X * logits).sum(dim=1)"),
            ),
        ),
        Misconception(
            "You measure squared errors. A pixel is judged by its cross-entropy here.",
            ALL,
            (PIXELS, "((torch.sigmoid(logits) - X) ** 2).sum(dim=1)"),
            forms=((PIXELS, "((logits - X) ** 2).sum(dim=1)"),),
        ),
        Misconception(
            "Scores and pixels are exchanged.",
            ALL,
            ("_logits(logits, X,", "_logits(X, logits,"),
        ),
        Misconception(
            "The divergence is summed over the rows while the copying is averaged: it grows with the batch.",
            {BOTH, HUGE, GRADIENT},
            ("(copying + beta * kl(mu, logvar)).mean()", "copying.mean() + beta * kl(mu, logvar).sum()"),
        ),
        Misconception(
            "Part of the loss was cut from the graph: the scores learn nothing, or the deviations don't.",
            {GRADIENT},
            ("_logits(logits,", "_logits(logits.detach(),"),
            forms=(("kl(mu, logvar)", "kl(mu, logvar.detach())"), ("kl(mu, logvar)", "kl(mu.detach(), logvar)")),
        ),
    ],
    hints=[
        "Two losses for each row, both sums: over the pixels and over the code. Then the mean over rows.",
        "mean over rows of [Σ pixels cross-entropy(score, x) + β · KL].",
        '`binary_cross_entropy_with_logits(logits, X, reduction="none").sum(dim=1)`, plus beta times `kl(...)`, `.mean()`.',
    ],
)  # fmt: skip
