"""Lesson 10, deeper: what one Gaussian can do, and a wish that is listened to more closely."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

SLANT = np.array([[4.0, 2.0], [2.0, 5.0]])
THREE = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 4.0]])

# ---------------------------------------------------------------- cases


def gaussians(rng: Generator) -> Iterator[Case]:
    """A slanted Gaussian by hand, one of three columns, a random one."""
    eps = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 2.0]])
    yield Case({"mean": np.array([10.0, -3.0]), "cov": SLANT, "eps": eps})
    yield Case(
        {
            "mean": np.array([1.0, 2.0, 3.0]),
            "cov": THREE,
            "eps": np.array([[1.0, -1.0, 2.0], [0.0, 0.5, 1.0]]),
        }
    )
    L = rng.normal(size=(3, 3))
    yield Case({"mean": rng.normal(size=3), "cov": L @ L.T + np.eye(3), "eps": rng.normal(size=(4, 3))})


def gaps(rng: Generator) -> Iterator[Case]:
    """One of two known, two of three, one of three, all, none; random ones."""
    two, mean = np.array([6.0, 99.0]), np.array([10.0, -3.0])
    yield Case({"x": two, "known": np.array([True, False]), "mean": mean, "cov": SLANT})
    x, mean = np.array([3.0, -1.0, 2.0]), np.array([1.0, 2.0, 0.5])
    for told in ([True, False, True], [False, True, False], [True, True, True], [False, False, False]):
        yield Case({"x": x, "known": np.array(told), "mean": mean, "cov": THREE})
    L, known = rng.normal(size=(5, 5)), np.array([True, False, True, True, False])
    yield Case(
        {"x": rng.normal(size=5), "known": known, "mean": rng.normal(size=5), "cov": L @ L.T + np.eye(5)}
    )


def wishes(rng: Generator) -> Iterator[Case]:
    """Not at all, as learned, half, and more."""
    with_class, without = np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([[0.5, 1.0], [2.0, -1.0]])
    for w in (0.0, 1.0, 0.5, 3.0):
        yield Case({"with_class": with_class, "without": without, "w": w})
    yield Case({"with_class": rng.normal(size=(2, 3)), "without": rng.normal(size=(2, 3)), "w": 2.5})


# ---------------------------------------------------------------- tasks

DRAWN = "mean + eps @ np.linalg.cholesky(cov).T"

DRAW = Task(
    "draw",
    points=0,
    answers=["draw"],
    reference=REFERENCE + "draw",
    parts=[Part("rows", gaussians)],
    misconceptions=[
        Misconception("The mean is missing.", {"rows"}, (DRAWN, "eps @ np.linalg.cholesky(cov).T")),
        Misconception(
            "You multiply by the covariance itself. Its root is meant, as a deviation is the root of a variance.",
            {"rows"},
            (DRAWN, "mean + eps @ cov"),
        ),
        Misconception(
            "The root is not transposed: rows are samples, so that it is eps @ L.T.",
            {"rows"},
            (DRAWN, "mean + eps @ np.linalg.cholesky(cov)"),
        ),
        Misconception(
            "Each column is scaled by its own deviation: how columns go together is lost.",
            {"rows"},
            (DRAWN, "mean + eps * np.sqrt(np.diag(cov))"),
        ),
        Misconception(
            "You take roots entry by entry. That is no root of the matrix.",
            {"rows"},
            (DRAWN, "mean + eps @ np.sqrt(np.abs(cov))"),
        ),
    ],
    hints=[
        "In one dimension: mean + deviation times noise. What is the deviation of a whole covariance?",
        "mean + ε Lᵀ with L Lᵀ = cov, L lower triangular (Cholesky).",
        "`mean + eps @ np.linalg.cholesky(cov).T`",
    ],
)  # fmt: skip

FILL = "filled[~known] = mean[~known] + between @ pull"

IMPUTE = Task(
    "impute",
    points=0,
    answers=["impute"],
    reference=REFERENCE + "impute",
    parts=[Part("filled in", gaps, tol=1e-6)],
    misconceptions=[
        Misconception(
            "You fill in the mean, whatever is known. What is known says more.",
            {"filled in"},
            (FILL, "filled[~known] = mean[~known]"),
        ),
        Misconception(
            "The mean of the known entries is not taken off.",
            {"filled in"},
            ("x[known] - mean[known]", "x[known]"),
        ),
        Misconception(
            "The mean of the unknown entries is missing.",
            {"filled in"},
            (FILL, "filled[~known] = between @ pull"),
        ),
        Misconception(
            "You divide by nothing: the known entries' own covariance is missing.",
            {"filled in"},
            ("np.linalg.solve(cov[np.ix_(known, known)], x[known] - mean[known])", "x[known] - mean[known]"),
        ),
        Misconception(
            "You invert the whole covariance and take its block. The block comes first, then the inverse.",
            {"filled in"},
            (
                "np.linalg.solve(cov[np.ix_(known, known)], x[known] - mean[known])",
                "np.linalg.inv(cov)[np.ix_(known, known)] @ (x[known] - mean[known])",
            ),
        ),
        Misconception(
            "The known entries are changed, too. They are to be believed.",
            {"filled in"},
            ("filled = x.copy()", "filled = mean.copy()"),
        ),
    ],
    hints=[
        "Least squares: the unknown entries as a linear function of the known ones.",
        "μ_u + Σ_uk Σ_kk⁻¹ (x_k - μ_k).",
        "`cov[np.ix_(~known, known)] @ np.linalg.solve(cov[np.ix_(known, known)], x[known] - mean[known])`",
    ],
)

GUIDE = "without + w * (with_class - without)"

GUIDED = Task(
    "guided",
    points=0,
    answers=["guided"],
    reference=REFERENCE + "guided",
    probe=PROBES + "tensors",
    parts=[Part("noise", wishes)],
    misconceptions=[
        Misconception(
            "You start at the prediction with the class: your w = 0 is what w = 1 should be.",
            {"noise"},
            (GUIDE, "with_class + w * (with_class - without)"),
        ),
        Misconception(
            "The difference is turned round: a larger w leads away from the class.",
            {"noise"},
            ("(with_class - without)", "(without - with_class)"),
        ),
        Misconception(
            "With and without are exchanged: at w = 0 the class is ignored.",
            {"noise"},
            (GUIDE, "with_class + w * (without - with_class)"),
        ),
        Misconception(
            "You add w times the prediction. It is the *difference* that is stretched.",
            {"noise"},
            (GUIDE, "without + w * with_class"),
        ),
        Misconception(
            "You stretch the difference, but start from 0.", {"noise"}, (GUIDE, "w * (with_class - without)")
        ),
    ],
    hints=[
        "A straight line through two predictions.",
        "ε_without + w (ε_with - ε_without).",
        "`without + w * (...)`",
    ],
)

DEEPER = [DRAW, IMPUTE, GUIDED]
