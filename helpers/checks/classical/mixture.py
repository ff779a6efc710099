"""Lesson 11: a mixture of Gaussians, both halves of EM."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.classical.groups import PROBES, REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

CLOSE = 1e-6

# ---------------------------------------------------------------- cases


def mixtures(rng: Generator) -> Iterator[Case]:
    """Two Gaussians on a line; unequal shares, widths and slants in the plane; three in space."""
    X = np.array([[0.0], [1.0], [2.0]])
    one = np.ones((2, 1, 1))
    yield Case({"X": X, "alpha": np.array([0.5, 0.5]), "mu": np.array([[0.0], [2.0]]), "cov": one})
    yield Case({"X": X, "alpha": np.array([0.8, 0.2]), "mu": np.array([[0.0], [2.0]]), "cov": one})
    wide = np.array([[[1.0]], [[9.0]]])
    yield Case({"X": X, "alpha": np.array([0.5, 0.5]), "mu": np.array([[1.0], [1.0]]), "cov": wide})
    slant = np.array([[[1.0, 0.8], [0.8, 1.0]], [[1.0, -0.8], [-0.8, 1.0]]])
    flat = np.array([[1.0, 1.0], [1.0, -1.0], [0.0, 0.5]])
    yield Case({"X": flat, "alpha": np.array([0.5, 0.5]), "mu": np.zeros((2, 2)), "cov": slant})
    L = rng.normal(size=(3, 2, 2))
    alpha = rng.dirichlet(np.ones(3))
    cov = L @ L.transpose(0, 2, 1) + 0.3 * np.eye(2)
    yield Case({"X": rng.normal(size=(5, 2)), "alpha": alpha, "mu": rng.normal(size=(3, 2)), "cov": cov})


def far(rng: Generator) -> Iterator[Case]:
    """Rows so far away that every density is 0 in a computer."""
    one = np.ones((2, 1, 1))
    yield Case(
        {
            "X": np.array([[100.0], [-100.0]]),
            "alpha": np.array([0.5, 0.5]),
            "mu": np.array([[0.0], [1.0]]),
            "cov": one,
        }
    )
    near = {
        "X": np.array([[0.3], [100.0]]),
        "alpha": np.array([0.5, 0.5]),
    }  # each row has a largest of its own
    yield Case(near | {"mu": np.array([[0.0], [1.0]]), "cov": one})
    mu = rng.normal(size=(2, 2))
    yield Case(
        {
            "X": np.array([[300.0, 0.0]]),
            "alpha": np.array([0.3, 0.7]),
            "mu": mu,
            "cov": np.stack([np.eye(2)] * 2),
        }
    )


def shares(rng: Generator) -> Iterator[Case]:
    """Rows that belong to one group, and rows that are shared."""
    X = np.array([[0.0], [2.0], [6.0]])
    yield Case({"X": X, "R": np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])})
    yield Case({"X": X, "R": np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])})
    yield Case({"X": np.array([[0.0, 0.0], [2.0, 1.0], [4.0, 0.0]]), "R": np.ones((3, 1))})
    yield Case({"X": rng.normal(size=(8, 3)), "R": rng.dirichlet(np.ones(2), size=8)})


# ---------------------------------------------------------------- tasks

LOG = "np.log(alpha[k]) - (distance + np.linalg.slogdet(cov[k])[1]) / 2"
NEAR, FAR = "shares", "far away"

E_STEP = Task(
    "e_step",
    points=2,
    answers=["e_step"],
    reference=REFERENCE + "e_step",
    parts=[Part(NEAR, mixtures, tol=CLOSE), Part(FAR, far, weight=0.5, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "The shares α of the groups are missing: a large group claims more.",
            {NEAR},
            ("np.log(alpha[k]) - ", "-"),
        ),
        Misconception(
            "α stands outside of the logarithm: its logarithm is what is added to one.",
            {NEAR},
            ("np.log(alpha[k])", "alpha[k]"),
        ),
        Misconception(
            "The determinant is missing: a wide Gaussian is low everywhere.",
            {NEAR},
            ("(distance + np.linalg.slogdet(cov[k])[1]) / 2", "distance / 2"),
        ),
        Misconception(
            "The half is missing before the squared distance: exp(-½ …).",
            {NEAR, FAR},
            (
                "(distance + np.linalg.slogdet(cov[k])[1]) / 2",
                "(distance + np.linalg.slogdet(cov[k])[1] / 2)",
            ),
        ),
        Misconception(
            "The half is missing before the logarithm of the determinant: its root stands below the Gaussian.",
            {NEAR},
            (
                "(distance + np.linalg.slogdet(cov[k])[1]) / 2",
                "(distance / 2 + np.linalg.slogdet(cov[k])[1])",
            ),
        ),
        Misconception(
            "You measure plain distances. A wide or slanted group measures with its own covariance.",
            {NEAR},
            ("(D * np.linalg.solve(cov[k], D.T).T).sum(axis=1)", "(D * D).sum(axis=1)"),
        ),
        Misconception(
            "You use the covariance as if it were its inverse.",
            {NEAR},
            ("np.linalg.solve(cov[k], D.T).T", "(D @ cov[k])"),
        ),
        Misconception(
            "Only the variances count with you. A slanted group has covariances beside them.",
            {NEAR},
            ("np.linalg.solve(cov[k], D.T).T", "(D / np.diagonal(cov[k]))"),
        ),
        Misconception(
            "Far away every density is 0, and 0/0 is NaN. Take off each row's largest logarithm before exp.",
            {FAR},
            (
                "R = np.exp(logs - logs.max(axis=1, keepdims=True))\n    return R / R.sum(axis=1, keepdims=True)",
                "R = np.exp(logs)\n    with np.errstate(all='ignore'):\n        return R / R.sum(axis=1, keepdims=True)",
            ),
        ),
        Misconception(
            "You keep a small number from 0, so that rows far away get zeros, or equal shares. Work in logarithms.",
            {FAR},
            (
                "R = np.exp(logs - logs.max(axis=1, keepdims=True))\n    return R / R.sum(axis=1, keepdims=True)",
                "R = np.exp(logs)\n    return R / (R.sum(axis=1, keepdims=True) + 1e-300)",
            ),
            forms=(
                (
                    "R = np.exp(logs - logs.max(axis=1, keepdims=True))\n    return R / R.sum(axis=1, keepdims=True)",
                    "R = np.exp(logs) + 1e-300\n    return R / R.sum(axis=1, keepdims=True)",
                ),
            ),
        ),
        Misconception(
            "Each column sums to 1. It is each *row* that is shared out among the groups.",
            {NEAR, FAR},
            ("R.sum(axis=1, keepdims=True)", "R.sum(axis=0, keepdims=True)"),
        ),
        Misconception(
            "The rows are not shared out: divide each by its sum.",
            {NEAR, FAR},
            ("return R / R.sum(axis=1, keepdims=True)", "return R"),
        ),
        Misconception(
            "You give each row to one group. EM shares it out; all or nothing is K-means.",
            {NEAR, FAR},
            ("return R / R.sum(axis=1, keepdims=True)", "return (R == R.max(axis=1, keepdims=True)) * 1.0"),
        ),
    ],
    hints=[
        "Which group could have drawn this row, and how readily? Work with logarithms, as in `softmax`.",
        "log R = log α - ½ (x - μ) Σ⁻¹ (x - μ) - ½ log det Σ, up to a constant of each row; then a softmax over the groups.",
        "For each k: `D = X - mu[k]`, `np.linalg.solve(cov[k], D.T).T`, `np.linalg.slogdet(cov[k])[1]`; then take off the "
        "row's largest, exp, and divide by the row's sum.",
    ],
)

SCATTER = 'np.einsum("nk,nki,nkj->kij", R, D, D) / N[:, None, None]'

M_STEP = Task(
    "m_step",
    points=2,
    answers=["m_step"],
    reference=REFERENCE + "m_step",
    parts=[
        Part("alpha", shares, weight=0.5, probe=FIRST),
        Part("mu", shares, weight=0.5, probe=SECOND),
        Part("cov", shares, probe=PROBES + "third", tol=CLOSE),
    ],
    misconceptions=[
        Misconception(
            "You divide the means by n. A group has N = the sum of its shares.",
            {"mu", "cov"},
            ("R.T @ X / N[:, None]", "R.T @ X / len(X)"),
        ),
        Misconception(
            "You divide the covariances by n. A group has N = the sum of its shares.",
            {"cov"},
            ("/ N[:, None, None]", "/ len(X)"),
        ),
        Misconception(
            "α is a share: divide N by the number of rows.",
            {"alpha"},
            ("return N / len(X), mu", "return N, mu"),
        ),
        Misconception(
            "All groups get the same α. It is the mean of R.",
            {"alpha"},
            ("return N / len(X), mu", "return np.full(len(N), 1 / len(N)), mu"),
        ),
        Misconception(
            "The covariances are those around 0. Take off the group's *new* mean first.",
            {"cov"},
            ("D = X[:, None] - mu", "D = X[:, None] - 0 * mu"),
        ),
        Misconception(
            "The covariances are around the mean of all rows. Take off the group's own.",
            {"cov"},
            ("D = X[:, None] - mu", "D = X[:, None] - X.mean(axis=0) + 0 * mu"),
        ),
        Misconception(
            "The covariances do not look at R: each row counts by its share.",
            {"cov"},
            (SCATTER, 'np.einsum("nki,nkj->kij", D, D) / len(X)'),
        ),
        Misconception(
            "Only variances: the covariances beside the diagonal are missing.",
            {"cov"},
            (SCATTER, SCATTER + " * np.eye(X.shape[1])"),
        ),
        Misconception(
            "You divide by N - 1. Most likely is the covariance that divides by N.",
            {"cov"},
            ("/ N[:, None, None]", "/ np.maximum(N - 1, 1e-9)[:, None, None]"),
        ),
        Misconception(
            "The shares are squared in your covariances.",
            {"cov"},
            ('"nk,nki,nkj->kij", R, D', '"nk,nki,nkj->kij", R * R, D'),
        ),
        Misconception(
            "You return standard deviations. A covariance has the squares.",
            {"cov"},
            (SCATTER, f"np.sqrt(np.abs({SCATTER}))"),
        ),
    ],
    hints=[
        "Means and covariances as you know them, but each row counts by its share.",
        "N = column sums of R; α = N/n, μ = RᵀX/N, Σ = the sum of R (x - μ)(x - μ)ᵀ, over N.",
        '`D = X[:, None] - mu`, then `np.einsum("nk,nki,nkj->kij", R, D, D)`, divided by N.',
    ],
)
