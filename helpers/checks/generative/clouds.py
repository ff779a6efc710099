"""Lesson 10: codes that are clouds, drawn so that a gradient comes through, and kept near the standard one."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def clouds(rng: Generator) -> Iterator[Case]:
    """Means, log variances and noise: by hand, then random ones; more rows than columns, and fewer."""
    yield Case(
        {
            "mu": np.array([[1.0, -2.0], [0.0, 3.0], [0.5, 0.5]]),
            "logvar": np.array([[0.0, 2.0], [-2.0, 1.0], [3.0, -1.0]]),
            "eps": np.array([[1.0, 1.0], [-1.0, 2.0], [0.5, -3.0]]),
        }
    )
    for n, k in [(2, 3), (4, 3)]:
        yield Case({name: rng.normal(size=(n, k)) for name in ("mu", "logvar", "eps")})


def divergences(rng: Generator) -> Iterator[Case]:
    """The standard cloud, one moved, one too narrow, one too wide; then random ones."""
    yield Case(
        {"mu": np.array([[0.0], [2.0], [0.0], [0.0]]), "logvar": np.array([[0.0], [0.0], [-3.0], [2.0]])}
    )
    yield Case({"mu": np.array([[1.0, -2.0, 0.5]]), "logvar": np.array([[1.0, 0.0, -1.0]])})
    for n, k in [(3, 2), (2, 5)]:
        yield Case({"mu": rng.normal(size=(n, k)), "logvar": rng.normal(size=(n, k))})


# ---------------------------------------------------------------- tasks

DRAW = "mu + torch.exp(logvar / 2) * eps"

REPARAMETERISE = Task(
    "reparameterise",
    points=2,
    answers=["reparameterise"],
    reference=REFERENCE + "reparameterise",
    probe=PROBES + "tensors",
    parts=[Part("codes", clouds), Part("gradient", clouds, probe=PROBES + "gradient")],
    misconceptions=[
        Misconception(
            "You multiply the noise by the variance. The deviation is its root, exp(logvar / 2).",
            {"codes", "gradient"},
            ("torch.exp(logvar / 2)", "torch.exp(logvar)"),
        ),
        Misconception(
            "You take logvar for the deviation: it may be negative. exp makes a variance of it.",
            {"codes", "gradient"},
            ("torch.exp(logvar / 2)", "logvar"),
        ),
        Misconception(
            "You take the root of logvar itself, which is NaN where the variance is below 1.",
            {"codes", "gradient"},
            ("torch.exp(logvar / 2)", "torch.sqrt(logvar)"),
        ),
        Misconception(
            "The mean is missing: all clouds stand at 0.",
            {"codes", "gradient"},
            (DRAW, "torch.exp(logvar / 2) * eps + 0 * mu"),
            forms=((DRAW, "torch.exp(logvar / 2) * eps"),),
        ),
        Misconception(
            "The noise is missing: each code is its mean, and nothing is drawn.",
            {"codes", "gradient"},
            (DRAW, "mu + 0 * logvar * eps"),
            forms=((DRAW, "mu + torch.exp(logvar / 2)"),),
        ),
        Misconception(
            "No gradient comes through: the values are right, but they were cut from the graph.",
            {"gradient"},
            (DRAW, "(mu + torch.exp(logvar / 2) * eps).detach().requires_grad_()"),
            forms=(
                (DRAW, "mu + torch.exp(logvar / 2).detach() * eps"),
                (DRAW, "mu.detach() + torch.exp(logvar / 2) * eps"),
            ),
        ),
        Misconception(
            "You draw noise of your own. Use the `eps` that you are given: only then can a draw be repeated.",
            {"codes", "gradient"},
            (
                "* eps",
                "* torch.randn(eps.shape, dtype=eps.dtype, generator=torch.Generator().manual_seed(5))",
            ),
        ),
        Misconception(
            "You divide by the deviation: exp(-logvar / 2) is one over it.",
            {"codes", "gradient"},
            ("torch.exp(logvar / 2)", "torch.exp(-logvar / 2)"),
        ),
        Misconception(
            "The deviation is twice too large in its logarithm: exp(2 logvar).",
            {"codes", "gradient"},
            ("torch.exp(logvar / 2)", "torch.exp(2 * logvar)"),
        ),
        Misconception(
            "You scale the mean, too. Only the noise is scaled.",
            {"codes", "gradient"},
            (DRAW, "(mu + eps) * torch.exp(logvar / 2)"),
        ),
    ],
    hints=[
        "Standard noise has mean 0 and deviation 1. How do you give it another mean and another deviation?",
        "z = μ + σ ε with σ = exp(logvar / 2).",
        "`mu + torch.exp(... ) * eps`",
    ],
)

TERMS = "mu**2 + torch.exp(logvar) - 1 - logvar"
WHOLE = f"({TERMS}).sum(dim=1) / 2"

KL = Task(
    "kl",
    points=2,
    answers=["kl"],
    reference=REFERENCE + "kl",
    probe=PROBES + "tensors",
    parts=[
        Part("values", divergences, tol=1e-6, weight=1.5),
        Part("gradient", divergences, probe=PROBES + "gradient", tol=1e-6, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "Your divergence is negative. It is never below 0, and exactly 0 for the standard cloud: turn the sign.",
            {"values", "gradient"},
            (WHOLE, f"-{WHOLE}"),
        ),
        Misconception(
            "You average over the numbers of a code. Their divergences add up.",
            {"values", "gradient"},
            (WHOLE, f"({TERMS}).mean(dim=1) / 2"),
        ),
        Misconception(
            "You add up the rows, too. Each row has a divergence of its own.",
            {"values", "gradient"},
            (WHOLE, f"({TERMS}).sum() / 2"),
            forms=((WHOLE, f"({TERMS}).sum(dim=1).mean() / 2"),),
        ),
        Misconception(
            "You sum along the rows' axis. A row has one divergence, summed over its code, dim=1.",
            {"values", "gradient"},
            ("sum(dim=1)", "sum(dim=0)"),
        ),
        Misconception("The half is missing.", {"values", "gradient"}, (WHOLE, f"({TERMS}).sum(dim=1)")),
        Misconception(
            "You take logvar for the logarithm of the deviation: its exp was squared once too often.",
            {"values", "gradient"},
            (TERMS, "mu**2 + torch.exp(2 * logvar) - 1 - 2 * logvar"),
            forms=((TERMS, "mu**2 + torch.exp(logvar) ** 2 - 1 - torch.log(torch.exp(logvar) ** 2)"),),
        ),
        Misconception(
            "The 1 is missing: for the standard cloud it is 0.",
            {"values"},
            (" - 1 - logvar", " - logvar"),
        ),
        Misconception(
            "The mean is not squared: a cloud moved to the left would cost less than nothing.",
            {"values", "gradient"},
            ("mu**2", "mu"),
            forms=(("mu**2", "mu.abs()"),),
        ),
        Misconception(
            "The mean is missing: a cloud may stand wherever it likes.",
            {"values", "gradient"},
            (TERMS, "0 * mu + torch.exp(logvar) - 1 - logvar"),
            forms=((TERMS, "torch.exp(logvar) - 1 - logvar"),),
        ),
        Misconception(
            "The variance is missing: a cloud can grow without end.",
            {"values", "gradient"},
            (TERMS, "mu**2 - 1 - logvar"),
        ),
        Misconception(
            "The logarithm of the variance is missing: a cloud can shrink to a point, and then it is a code like any other.",
            {"values", "gradient"},
            (TERMS, "mu**2 + torch.exp(logvar) - 1"),
        ),
        Misconception(
            "logvar has the wrong sign: a narrow cloud would be cheap.",
            {"values", "gradient"},
            ("- 1 - logvar", "- 1 + logvar"),
        ),
        Misconception(
            "You measure the other way round, from N(0, 1) to the cloud.",
            {"values", "gradient"},
            (TERMS, "(1 + mu**2) * torch.exp(-logvar) - 1 + logvar"),
        ),
    ],
    hints=[
        "Four terms for each number of the code. Which value has the standard cloud, μ = 0 and log σ² = 0?",
        "½ Σ_j (μ_j² + σ_j² - 1 - log σ_j²), with σ² = exp(logvar).",
        "`(mu**2 + torch.exp(logvar) - ... - ...).sum(dim=1) / 2`",
    ],
)
