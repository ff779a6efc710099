"""Lesson 04: what a large weight costs."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generalisation.curves import REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

CLOSE = 1e-6  # relative; how the equations are solved is one's own choice

# ---------------------------------------------------------------- cases


def regressions(rng: Generator) -> Iterator[Case]:
    """Rows far from zero, labels far from zero, few rows, more columns than rows, weak and strong penalties."""
    yield Case({"X": np.array([[1.0], [2.0], [3.0]]), "y": np.array([2.0, 3.0, 7.0]), "lam": 1.0})
    yield Case(
        {
            "X": np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [4.0, 0.0]]),
            "y": np.array([1.0, 2.0, 4.0, 8.0]),
            "lam": 0.5,
        }
    )
    for n, d, lam in [(9, 2, 0.03), (30, 4, 2.0), (5, 7, 0.1)]:
        X, y = rng.normal(size=(n, d)) + rng.normal(size=d), 3 + rng.normal(size=n)
        yield Case({"X": X, "y": y, "lam": lam})


def weights(rng: Generator) -> Iterator[Case]:
    """Weights on both sides of zero, some within t of it, some exactly at t; one row, a table, and t = 0."""
    yield Case({"w": np.array([3.0, -3.0, 0.5, -0.5, 0.0, 1.0, -1.0]), "t": 1.0})
    yield Case({"w": np.array([[0.25, -2.0], [4.0, -0.125]]), "t": 0.25})
    yield Case({"w": np.array([1.5, -0.5]), "t": 0.0})
    for shape in [(9,), (3, 4)]:
        yield Case({"w": 2 * rng.normal(size=shape), "t": float(rng.uniform(0.3, 1.5))})


# ---------------------------------------------------------------- tasks

CENTRED = "Xc, yc = X - mean, y - level"
PENALTY = "n * lam * np.eye(d)"
SOLVED = "np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(d), Xc.T @ yc)"
ONES = "np.column_stack([X, np.ones(n)])"

RIDGE = Task(
    "ridge",
    points=2,
    answers=["ridge"],
    reference=REFERENCE + "ridge",
    parts=[
        Part("weights", regressions, tol=CLOSE, probe=FIRST),
        Part("bias", regressions, tol=CLOSE, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "The n is missing: the loss is a *mean* of squares, so its penalty is nλ beside the sums in XᵀX.",
            {"weights", "bias"},
            (PENALTY, "lam * np.eye(d)"),
        ),
        Misconception(
            "You multiply by n on the wrong side: λ beside XᵀX/n is nλ beside XᵀX, not λ/n.",
            {"weights", "bias"},
            (PENALTY, "lam / n * np.eye(d)"),
        ),
        Misconception(
            "You penalise the bias, too: labels far from 0 are drawn towards it. Centre X and y, solve for w, then find b.",
            {"weights", "bias"},
            wrong="def ridge(X, y, lam):\n"
            "    n, d = X.shape\n"
            f"    Z = {ONES}\n"
            "    v = np.linalg.solve(Z.T @ Z + n * lam * np.eye(d + 1), Z.T @ y)\n"
            "    return v[:-1], float(v[-1])\n",
        ),
        Misconception(
            "There is no bias in your fit: w has to do the work of b. Centre X and y first.",
            {"weights", "bias"},
            edits=((CENTRED, "Xc, yc = X, y"), ("float(level - mean @ w)", "0.0")),
            forms=([(CENTRED, "Xc, yc = X, y")],),
        ),
        Misconception(
            "You centre X, but not y. That does no harm to w, and leaves the bias without its level.",
            {"bias"},
            ("float(level - mean @ w)", "float(-mean @ w)"),
        ),
        Misconception(
            "Your bias is that of centred rows. For rows as they are, mean·w has yet to be taken off.",
            {"bias"},
            ("float(level - mean @ w)", "float(level)"),
        ),
        Misconception(
            "Your bias has the wrong sign before mean·w: b = ȳ - x̄·w.",
            {"bias"},
            ("level - mean @ w", "level + mean @ w"),
        ),
        Misconception(
            "There is no penalty: these are the weights of least squares.",
            {"weights", "bias"},
            (SOLVED, "np.linalg.lstsq(Xc, yc, rcond=None)[0]"),
        ),
        Misconception(
            "Your penalty is twice as strong. Both terms bring a 2 when they are differentiated, and it cancels.",
            {"weights", "bias"},
            (PENALTY, "2 * n * lam * np.eye(d)"),
        ),
        Misconception(
            "Your penalty is half as strong. Both terms bring a 2 when they are differentiated, and it cancels.",
            {"weights", "bias"},
            (PENALTY, "n * lam / 2 * np.eye(d)"),
        ),
        Misconception(
            "You penalise with λ². It is λ.",
            {"weights", "bias"},
            (PENALTY, "n * lam**2 * np.eye(d)"),
            alone=True,
        ),
        Misconception(
            "You add λ to every entry of XᵀX. It belongs on the diagonal alone.",
            {"weights", "bias"},
            (PENALTY, "n * lam"),
        ),
        Misconception(
            "You take the penalty off. It is added to XᵀX.",
            {"weights", "bias"},
            ("Xc.T @ Xc + n", "Xc.T @ Xc - n"),
        ),
        Misconception(
            "You divide each column by its deviation and return the weights of the scaled columns.",
            {"weights", "bias"},
            (CENTRED, "Xc, yc = (X - mean) / X.std(axis=0), y - level"),
        ),
        Misconception(
            "The mean is that of all of X. Each column has its own.",
            {"weights", "bias"},
            ("X.mean(axis=0)", "np.full(d, X.mean())"),
        ),
        Misconception(
            "Weights and bias are exchanged: return (w, b).",
            {"weights", "bias"},
            ("return w, float(level - mean @ w)", "return float(level - mean @ w), w"),
        ),
    ],
    hints=[
        "Centre X and y: then b has nothing left to do, and only w is to be found. What is b for rows as they are?",
        "(XcᵀXc + nλI) w = Xcᵀyc, and b = ȳ - x̄·w.",
        "`mean, level = X.mean(axis=0), y.mean()`, then `np.linalg.solve(Xc.T @ Xc + ..., Xc.T @ yc)`.",
    ],
)

SHRUNK = "np.sign(w) * np.maximum(np.abs(w) - t, 0.0)"

SOFT_THRESHOLD = Task(
    "soft_threshold",
    points=1,
    answers=["soft_threshold"],
    reference=REFERENCE + "soft_threshold",
    parts=[Part("towards zero, and to zero", weights)],
    misconceptions=[
        Misconception(
            "That is hard thresholding: what is left keeps its size. Here it shrinks by t, too.",
            {"towards zero, and to zero"},
            (SHRUNK, "np.where(np.abs(w) > t, w, 0.0)"),
            forms=((SHRUNK, "np.where(np.abs(w) >= t, w, 0.0)"),),
        ),
        Misconception(
            "You clip: large weights are cut to t. They should be drawn in by t, and the small ones become 0.",
            {"towards zero, and to zero"},
            (SHRUNK, "np.clip(w, -t, t)"),
        ),
        Misconception(
            "The signs are lost: negative weights are drawn up, towards 0, and stay negative.",
            {"towards zero, and to zero"},
            (SHRUNK, "np.maximum(np.abs(w) - t, 0.0)"),
        ),
        Misconception(
            "You draw in only the positive weights. Negative ones are drawn up by t.",
            {"towards zero, and to zero"},
            (SHRUNK, "np.maximum(w - t, 0.0)"),
            forms=((SHRUNK, "np.where(w > t, w - t, np.where(w < -t, w, 0.0))"),),
        ),
        Misconception(
            "Small weights overshoot to the other side. What is within t of 0 becomes exactly 0.",
            {"towards zero, and to zero"},
            (SHRUNK, "w - t * np.sign(w)"),
        ),
        Misconception(
            "You take t off every weight, so that negative ones move away from 0.",
            {"towards zero, and to zero"},
            (SHRUNK, "w - t"),
            forms=((SHRUNK, "np.where(np.abs(w) > t, w - t, 0.0)"),),
        ),
        Misconception(
            "All weights shrink by the same *factor*, as ridge does it. Here each moves by the same amount.",
            {"towards zero, and to zero"},
            (SHRUNK, "w / (1 + t)"),
            forms=((SHRUNK, "w * (1 - t)"),),
        ),
        Misconception(
            "Weights move away from 0: t is taken off their size, not added.",
            {"towards zero, and to zero"},
            (SHRUNK, "np.sign(w) * (np.abs(w) + t)"),
        ),
    ],
    hints=[
        "Handle size and sign apart: the size becomes smaller by t, but never less than 0.",
        "sign(w) · max(|w| - t, 0)",
        "`np.sign(w) * np.maximum(..., 0.0)`",
    ],
)
