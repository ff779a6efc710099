"""Lesson 11: where centres begin."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.classical.groups import PROBES, REFERENCE, SQUARES
from helpers.checks.evidence import show
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def starts(rng: Generator) -> Iterator[Case]:
    """Rows of which two are alike, and clusters of which one is far away."""
    yield Case({"X": np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [9.0, 9.0]]), "K": 3, "seed": 1})
    yield Case({"X": np.array([[1.0], [2.0], [4.0]]), "K": 3, "seed": 2})
    yield Case({"X": np.array([[1.0], [2.0], [4.0]]), "K": 1, "seed": 2})
    yield Case({"X": rng.normal(size=(12, 2)), "K": 4, "seed": int(rng.integers(2**31))})


def uneven(rng: Generator) -> Iterator[Case]:
    """Places on a line at which the squared distance can be told from the distance, drawn from often.

    The first case takes no time, and most wrong answers are told apart by it already.
    """
    yield Case({"X": np.array([[0.0], [1.0], [3.0]]), "K": 2, "runs": 60, "seed": 1})
    yield Case({"X": np.array([[0.0], [1.0], [3.0]]), "K": 2, "runs": 1200, "seed": 1})
    yield Case({"X": np.array([[0.0], [1.0], [3.0], [8.0]]), "K": 3, "runs": 1200, "seed": 2})
    seed = int(rng.integers(2**31))
    yield Case({"X": np.array([[0.0], [2.0], [3.0], [7.0]]), "K": 2, "runs": 1200, "seed": seed})


# ---------------------------------------------------------------- judges


def rows_of_x(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for K different rows of X, the same with the same generator, others with others."""
    X, K = np.asarray(case.inputs["X"]), int(case.inputs["K"])
    first, again = (np.asarray(C, dtype=float) for C in got)
    if first.shape != (K, X.shape[1]):
        return f"expected {K} centres, shape {(K, X.shape[1])}; got shape {first.shape}."
    found = [
        int(np.flatnonzero((c == X).all(axis=1))[0]) if (c == X).all(axis=1).any() else -1 for c in first
    ]
    if -1 in found:
        return f"each centre is a row of X; {show(first[found.index(-1)])} is none."
    if len(set(found)) < K:
        return f"row {found[0]} is taken twice. A row that is a centre already has the distance 0, and no chance."
    if not np.array_equal(first, again):
        return "a generator with the same seed brings other centres: draw from `rng` alone."
    return None


def by_squares(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for a first centre that is any row, and for others in proportion to squared distances."""
    rows, K, runs = np.asarray(case.inputs["X"])[:, 0], int(case.inputs["K"]), int(case.inputs["runs"])
    drawn = np.asarray(got, dtype=float)
    if drawn.shape != (runs, K):
        return f"expected {K} centres in each of {runs} runs."
    first = [float(np.mean(drawn[:, 0] == x)) for x in rows]
    if _apart(np.array(first), np.full(len(rows), 1 / len(rows)), runs):
        return f"the first centre is any row, each with the chance 1/{len(rows)}; the shares are {show(np.array(first))}."
    begun = drawn[drawn[:, 0] == rows[0]]
    wrong = _next(rows, begun[:, 1], (rows - rows[0]) ** 2, f"after the centre {show(rows[0])}")
    if wrong or K == 2:
        return wrong
    pair = begun[begun[:, 1] == rows[-1]]
    nearest = np.minimum((rows - rows[0]) ** 2, (rows - rows[-1]) ** 2)
    return _next(rows, pair[:, 2], nearest, f"with centres at {show(rows[0])} and {show(rows[-1])}")


def _next(rows: ndarray, drawn: ndarray, squares: ndarray, when: str) -> str | None:
    """Say where the next centre is not drawn in proportion to squared distances to the nearest so far."""
    chance, shares = squares / squares.sum(), np.array([np.mean(drawn == x) for x in rows])
    if not _apart(shares, chance, len(drawn)):
        return None
    return (
        f"{when} the chances of the rows {show(rows)} are {show(chance)}, as their squared distances to the "
        f"*nearest* centre; among {len(drawn)} draws they had the shares {show(shares)}."
    )


def _apart(shares: ndarray, chance: ndarray, n: int) -> bool:
    """Whether shares among n draws are farther from their chances than chance goes, one time in 100,000."""
    return bool((np.abs(shares - chance) > 4.5 * (chance * (1 - chance) / max(1, n)) ** 0.5 + 1e-9).any())


# ---------------------------------------------------------------- task

CHOSEN = "X[rng.choice(len(X), p=squares / squares.sum())]"

KMEANS_PP = Task(
    "kmeans_pp",
    points=2,
    answers=["kmeans_pp"],
    reference=REFERENCE + "kmeans_pp",
    parts=[
        Part("rows of X", starts, probe=PROBES + "started", judge=rows_of_x),
        Part("by squared distance", uneven, probe=PROBES + "often", judge=by_squares),
    ],
    misconceptions=[
        Misconception(
            "You draw in proportion to the distance. It is the *square* of it.",
            {"by squared distance"},
            ("p=squares / squares.sum()", "p=squares**0.5 / (squares**0.5).sum()"),
        ),
        Misconception(
            "You take the farthest row, without a draw. An outlier would be a centre each time.",
            {"by squared distance"},
            (CHOSEN, "X[squares.argmax()]"),
        ),
        Misconception(
            "You draw rows without looking at distances.",
            {"by squared distance"},
            (CHOSEN, "X[rng.choice(np.flatnonzero(squares > 0))]"),
        ),
        Misconception(
            "All centres are drawn at once, and distances never asked for.",
            {"by squared distance"},
            wrong="def kmeans_pp(X, K, rng):\n    return X[rng.choice(len(X), K, replace=False)]\n",
        ),
        Misconception(
            "You measure to the last centre only. The nearest of all centres so far counts.",
            {"rows of X", "by squared distance"},
            (SQUARES + ".min(axis=1)", "((X - C[-1]) ** 2).sum(axis=1)"),
        ),
        Misconception(
            "You measure to the farthest of the centres so far. The nearest counts.",
            {"rows of X", "by squared distance"},
            (".min(axis=1)", ".max(axis=1)"),
        ),
        Misconception(
            "The first centre is always the first row. It is drawn, too.",
            {"by squared distance"},
            ("X[[rng.integers(len(X))]]", "X[[0]]"),
        ),
        Misconception(
            "The first centre is the mean of all rows. It is a row, drawn by chance.",
            {"rows of X", "by squared distance"},
            ("X[[rng.integers(len(X))]]", "X.mean(axis=0, keepdims=True)"),
        ),
        Misconception(
            "There is one centre too few.",
            {"rows of X", "by squared distance"},
            ("while len(C) < K:", "while len(C) < max(1, K - 1):"),
        ),
        Misconception(
            "You draw from a generator of your own: use the `rng` you are given.",
            {"by squared distance"},
            wrong="def kmeans_pp(X, K, rng):\n"
            "    rng = np.random.default_rng(0)\n"
            "    C = X[[rng.integers(len(X))]]\n"
            "    while len(C) < K:\n"
            "        squares = ((X[:, None] - C) ** 2).sum(axis=2).min(axis=1)\n"
            "        C = np.vstack([C, X[rng.choice(len(X), p=squares / squares.sum())]])\n"
            "    return C\n",
        ),
    ],
    hints=[
        "Begin with one row. Which rows are still far from every centre?",
        "P(row) = its squared distance to the nearest centre so far, divided by the sum of these.",
        "`rng.choice(len(X), p=squares / squares.sum())` in a loop, with `squares` anew each time.",
    ],
)
