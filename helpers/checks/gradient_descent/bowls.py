"""Lesson 02: the rate of descent on a bowl, and its best η."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def bowl(rng: Generator, low: float, high: float, d: int = 3) -> ndarray:
    """Draw a symmetric matrix (d, d) with the given smallest and largest curvature, turned at random."""
    kappa = np.concatenate([[low, high], rng.uniform(low, high, d - 2)])
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    H = Q * kappa @ Q.T
    return (H + H.T) / 2


def bowls(rng: Generator, large: bool) -> Iterator[Case]:
    """Bowls with a step at which the flattest direction is the slowest, or (large) the steepest; a saddle."""
    yield Case({"H": np.array([[2.0, 1.0], [1.0, 2.0]]), "eta": 0.6 if large else 0.2})  # κ = 1, 3
    yield Case({"H": np.diag([4.0, 1.0, 2.0]), "eta": 0.475 if large else 0.1})
    yield Case({"H": np.array([[0.0, 2.0], [2.0, 0.0]]), "eta": 1.5 if large else 0.1})  # κ = -2, 2
    for d in (2, 3, 4):
        low, high = float(rng.uniform(0.2, 0.6)), float(rng.uniform(3, 6))
        share = float(rng.uniform(1.2, 2.5) if large else rng.uniform(0.2, 0.7))  # of the best step
        yield Case({"H": bowl(rng, low, high, d), "eta": share * 2 / (low + high)})


def positive_bowls(rng: Generator) -> Iterator[Case]:
    """Bowls, the first with curvatures 1 and 3, the second with 1, 2 and 6."""
    yield Case({"H": np.array([[2.0, 1.0], [1.0, 2.0]])})
    yield Case({"H": np.array([[2.0, 0.0, 0.0], [0.0, 3.5, 2.5], [0.0, 2.5, 3.5]])})
    for d in (2, 3, 5):
        yield Case({"H": bowl(rng, float(rng.uniform(0.2, 0.6)), float(rng.uniform(2, 9)), d)})


# ---------------------------------------------------------------- tasks

LARGEST = "float(np.max(np.abs(1 - eta * kappa)))"

RATE = Task(
    "rate",
    points=2,
    answers=["rate"],
    reference=REFERENCE + "rate",
    parts=[
        Part("small steps", partial(bowls, large=False)),
        Part("large steps", partial(bowls, large=True)),
    ],
    misconceptions=[
        Misconception(
            "The flattest direction has the largest factor, but not always the largest in *size*: where η is large the "
            "steepest has -1.5, say, and the error grows, on alternating sides.",
            {"large steps"},
            ("np.abs(1 - eta * kappa)", "1 - eta * kappa"),
            forms=(
                ("np.max(np.abs(1 - eta * kappa))", "np.abs(np.max(1 - eta * kappa))"),
                ("np.abs(1 - eta * kappa)", "np.abs(1 - eta * kappa[0])"),
            ),
            alone=True,
        ),
        Misconception(
            "You looked at the steepest direction only. While η is small the *flattest* is the slowest.",
            {"small steps", "large steps"},
            ("np.abs(1 - eta * kappa)", "np.abs(1 - eta * kappa[-1])"),
            forms=((LARGEST, "float(1 - eta * kappa[-1])"),),
            alone=True,
        ),
        Misconception(
            "You took the best direction. The error shrinks as slowly as in the *worst* one: the largest factor.",
            {"small steps", "large steps"},
            ("np.max(", "np.min("),
            alone=True,
        ),
        Misconception(
            "You took the mean over the directions. In the long run only the slowest one is left.",
            {"small steps", "large steps"},
            ("np.max(", "np.mean("),
            alone=True,
        ),
        Misconception(
            "You added the factors of all directions up. The worst one alone counts.",
            {"small steps", "large steps"},
            ("np.max(", "np.sum("),
            alone=True,
        ),
        Misconception(
            "You took the mean curvature for all of them. Each direction has its own.",
            {"small steps", "large steps"},
            ("np.linalg.eigvalsh(H)", "np.trace(H) / len(H)"),
            alone=True,
        ),
        Misconception(
            "The largest entry of 1 - ηH is no eigenvalue of it: the bowl may be turned.",
            {"small steps", "large steps"},
            (LARGEST, "float(np.abs(np.eye(len(H)) - eta * H).max())"),
            alone=True,
        ),
        Misconception(
            "That is the condition number. Asked for is the factor of a step with this η.",
            {"small steps", "large steps"},
            (LARGEST, "float(kappa[-1] / kappa[0])"),
            alone=True,
        ),
        Misconception(
            "That is the limit of η, 2/κ_max. Asked for is the factor of a step with this η.",
            {"small steps", "large steps"},
            (LARGEST, "float(2 / kappa[-1])"),
            alone=True,
        ),
        Misconception(
            "You multiplied the factors of all directions. Each direction has its own; the slowest decides.",
            {"small steps", "large steps"},
            ("np.max(", "np.prod("),
            forms=((LARGEST, "float(np.abs(np.linalg.det(np.eye(len(H)) - eta * H)))"),),
        ),
        Misconception(
            "The diagonal of H holds its curvatures only if the bowl is not turned: take its eigenvalues.",
            {"small steps", "large steps"},
            ("np.linalg.eigvalsh(H)", "np.diag(H)"),
        ),
        Misconception(
            "Singular values have no sign. On a saddle a curvature is negative, and there the error grows.",
            {"small steps", "large steps"},
            ("np.linalg.eigvalsh(H)", "np.linalg.svd(H, compute_uv=False)"),
        ),
        Misconception(
            "That is the Frobenius norm of the step's matrix, which adds all directions up. The worst one alone counts: "
            "`np.linalg.norm(…, 2)`, or the eigenvalues.",
            {"small steps", "large steps"},
            (LARGEST, "float(np.linalg.norm(np.eye(len(H)) - eta * H))"),
        ),
        Misconception(
            "You subtract κ itself: the learning rate is missing.",
            {"small steps", "large steps"},
            ("eta * kappa", "kappa"),
        ),
        Misconception(
            "The curvature counts half or double: the gradient of ½ e·He is He, so the factor is 1 - ηκ.",
            {"small steps", "large steps"},
            ("eta * kappa", "eta * kappa / 2"),
            forms=(("eta * kappa", "2 * eta * kappa"),),
        ),
        Misconception(
            "That is the factor of the loss, the square of the error's.",
            {"small steps", "large steps"},
            (LARGEST, "float(np.max((1 - eta * kappa) ** 2))"),
        ),
        Misconception(
            "That is 1 + ηκ: a step down subtracts.", {"small steps", "large steps"}, ("1 - eta", "1 + eta")
        ),
        Misconception(
            "That is the rate of the best η, (c - 1)/(c + 1). Here η is given.",
            {"small steps", "large steps"},
            (LARGEST, "float((kappa[-1] - kappa[0]) / (kappa[-1] + kappa[0]))"),
        ),
        Misconception(
            "You return the factors of all directions. Return the worst of them, one number.",
            {"small steps", "large steps"},
            (LARGEST, "np.abs(1 - eta * kappa)"),
        ),
        Misconception(
            "That is the exponent of a decay, or its logarithm: return the factor ρ itself.",
            {"small steps", "large steps"},
            (LARGEST, "float(np.log(np.max(np.abs(1 - eta * kappa))))"),
            forms=(
                (LARGEST, "float(np.exp(-eta * kappa[0]))"),
                (LARGEST, "float(-np.log(np.max(np.abs(1 - eta * kappa))))"),
            ),
        ),
    ],
    hints=[
        "In the direction of one eigenvector the bowl is a parabola. What does a step do to the error there?",
        r"$\rho = \max_i |1 - \eta \kappa_i|$, with $\kappa_i$ the eigenvalues of $H$",
        "`kappa = np.linalg.eigvalsh(H)`, then the `np.max` of an `np.abs`.",
    ],
)

BALANCED, RATE_OF_IT = "2 / (low + high)", "(high - low) / (high + low)"

BEST_STEP = Task(
    "best_step",
    points=0,
    answers=["best_step"],
    reference=REFERENCE + "best_step",
    parts=[
        Part("learning rate", positive_bowls, probe=FIRST),
        Part("rate", positive_bowls, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "With η = 1/κ_max the steepest direction is solved at once and the flattest crawls. Balance the two.",
            {"learning rate"},
            (BALANCED, "1 / high"),
        ),
        Misconception(
            "That is the limit, where the steepest direction no longer shrinks at all.",
            {"learning rate"},
            (BALANCED, "2 / high"),
        ),
        Misconception(
            "η = 1/(κ_min + κ_max) is half of the best: set 1 - ηκ_min equal to -(1 - ηκ_max).",
            {"learning rate"},
            (BALANCED, "1 / (low + high)"),
        ),
        Misconception(
            "That is 1 divided by the mean of all curvatures. Only the flattest and the steepest count.",
            {"learning rate"},
            (BALANCED, "1 / float(kappa.mean())"),
            forms=(
                [
                    (BALANCED, "1 / float(kappa.mean())"),
                    (RATE_OF_IT, "float(np.max(np.abs(1 - kappa / kappa.mean())))"),
                ],
                [
                    (BALANCED, "2 / float(kappa.sum())"),
                    (RATE_OF_IT, "float(np.max(np.abs(1 - 2 * kappa / kappa.sum())))"),
                ],
            ),
        ),
        Misconception(
            "η = 1/√(κ_min κ_max) lies between the two, but does not balance them.",
            {"learning rate"},
            (BALANCED, "1 / float(np.sqrt(low * high))"),
        ),
        Misconception(
            "That is the best η of momentum, a ball. Here descent has no memory.",
            {"learning rate"},
            (BALANCED, "float((2 / (np.sqrt(low) + np.sqrt(high))) ** 2)"),
        ),
        Misconception(
            "That is the condition number's inverse. The rate is (c - 1)/(c + 1).",
            {"rate"},
            (RATE_OF_IT, "low / high"),
        ),
        Misconception(
            "That is 1 - 1/c, the rate at η = 1/κ_max. At the best η it is (c - 1)/(c + 1).",
            {"rate"},
            (RATE_OF_IT, "(high - low) / high"),
        ),
        Misconception(
            "That is the best rate of momentum, with the roots of the curvatures. Descent has them without.",
            {"rate"},
            (RATE_OF_IT, "float((np.sqrt(high) - np.sqrt(low)) / (np.sqrt(high) + np.sqrt(low)))"),
        ),
        Misconception(
            "The rate has the wrong sign: (κ_max - κ_min)/(κ_max + κ_min) is positive.",
            {"rate"},
            (RATE_OF_IT, "(low - high) / (high + low)"),
        ),
        Misconception(
            "The diagonal of H holds its curvatures only if the bowl is not turned: take its eigenvalues.",
            {"learning rate", "rate"},
            ("np.linalg.eigvalsh(H)", "np.sort(np.diag(H))"),
        ),
        Misconception(
            "The two results are in the other order: first η, then the rate.",
            {"learning rate", "rate"},
            (f"{BALANCED}, {RATE_OF_IT}", f"{RATE_OF_IT}, {BALANCED}"),
        ),
        Misconception(
            "Only one number comes back. Return two, η and the rate.",
            {"learning rate", "rate"},
            (f"{BALANCED}, {RATE_OF_IT}", BALANCED),
            forms=((f"{BALANCED}, {RATE_OF_IT}", RATE_OF_IT),),
        ),
    ],
    hints=[
        "Draw |1 - ηκ| against η for the flattest and the steepest direction. Where is the higher of the two lowest?",
        r"$1 - \eta\kappa_{\min} = -(1 - \eta\kappa_{\max})$",
        "`return 2 / (low + high), (high - ...) / (high + ...)`",
    ],
)
