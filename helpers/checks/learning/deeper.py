"""What goes deeper: likelihood, and a kernel as a product of features."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.learning.counting import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def noisy(rng: Generator) -> Iterator[Case]:
    """Residuals by hand, then random; deviations other than 1."""
    yield Case({"y": np.array([1.0, 3.0]), "y_hat": np.array([1.0, 1.0]), "sigma": 2.0})
    yield Case({"y": rng.normal(size=5), "y_hat": rng.normal(size=5), "sigma": float(rng.uniform(0.3, 0.8))})


def planes(rng: Generator) -> Iterator[Case]:
    """Points of the plane."""
    yield Case({"X": np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 0.5]])})
    yield Case({"X": rng.normal(size=(5, 2))})


LOG_LIKELIHOOD = Task(
    "log_likelihood",
    points=0,
    answers=["log_likelihood"],
    reference=REFERENCE + "log_likelihood",
    parts=[Part("density", noisy)],
    forbids=["scipy.stats.*", "torch.distributions.*"],
    misconceptions=[
        Misconception(
            "The sign is turned round: the density is largest where y is predicted.",
            {"density"},
            ("-((y - y_hat) ** 2)", "((y - y_hat) ** 2)"),
        ),
        Misconception("The 2 below the square is missing.", {"density"}, ("(2 * sigma**2)", "sigma**2")),
        Misconception(
            "The deviation is squared: below the square stands σ², not σ.",
            {"density"},
            ("2 * sigma**2", "2 * sigma"),
        ),
        Misconception("A sum; here it is the mean over the rows.", {"density"}, ("np.mean(", "np.sum(")),
        Misconception(
            "The factor before the exponential is missing: it does not depend on the prediction, but on σ.",
            {"density"},
            (" - np.log(sigma * np.sqrt(2 * np.pi))", ""),
        ),
        Misconception(
            "That is the negative log-likelihood, the loss. Its opposite is asked for.",
            {"density"},
            ("float(np.mean(", "-float(np.mean("),
        ),
    ],
    hints=[
        "Take the logarithm of the density: a product becomes a sum, and exp goes away.",
        r"$\log p(y_i) = -\frac{(y_i - \hat y_i)^2}{2\sigma^2} - \log(\sigma \sqrt{2\pi})$",
        "`np.mean(-(y - y_hat) ** 2 / (2 * ...) - np.log(...))`",
    ],
)

QUADRATIC = Task(
    "quadratic",
    points=0,
    answers=["quadratic"],
    reference=REFERENCE + "quadratic",
    probe=PROBES + "products",
    parts=[Part("inner products", planes)],
    misconceptions=[
        Misconception(
            "The product x1 x2 needs the factor √2: in the square of a sum it comes twice.",
            {"inner products"},
            ("root * x1 * x2", "x1 * x2"),
        ),
        Misconception(
            "x1 and x2 need the factor √2: in the square of a sum they come twice.",
            {"inner products"},
            edits=(("root * x1, root * x2", "x1, x2"),),
        ),
        Misconception(
            "All factors √2 are missing: what comes twice in the square of a sum needs one.",
            {"inner products"},
            ("np.sqrt(2)", "1.0"),
        ),
        Misconception(
            "The factor is √2 in each of the two points: together they make the 2 of the square of a sum.",
            {"inner products"},
            ("np.sqrt(2)", "2.0"),
        ),
        Misconception(
            "The constant 1 is missing: the square of a sum with a 1 in it has a 1.",
            {"inner products"},
            ("np.ones(len(X))", "np.zeros(len(X))"),
            forms=(("[np.ones(len(X)), ", "["),),
        ),
        Misconception(
            "Rows and columns are exchanged: each point has a row.", {"inner products"}, ("axis=1", "axis=0")
        ),
    ],
    hints=[
        "Multiply out (1 + x1 x1' + x2 x2')²: six terms. Each is a product of something of x and the same of x'.",
        r"$(1 + a + b)^2 = 1 + 2a + 2b + a^2 + 2ab + b^2$ with $a = x_1 x_1'$, $b = x_2 x_2'$",
        "`np.stack([np.ones(n), root * x1, ..., x1**2, ..., x2**2], axis=1)` with `root = np.sqrt(2)`",
    ],
)
