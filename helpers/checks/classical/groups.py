"""Lesson 11: centres that move to their rows, where they begin, and one row at a time."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

REFERENCE = "helpers.reference.classical."
PROBES = "helpers.probes.classical."

# ---------------------------------------------------------------- cases


def rows_and_centres(rng: Generator) -> Iterator[Case]:
    """Rows and centres: in the plane, on a line, one that nobody joins, one alone, more columns."""
    square = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [6.0, 3.0]])
    yield Case({"X": square, "C": np.array([[0.0, 1.0], [5.0, 1.0]])})
    yield Case({"X": square, "C": np.array([[1.0, 1.0], [9.0, -9.0], [5.0, 2.0]])})
    yield Case({"X": square, "C": np.array([[3.0, 3.0]])})
    yield Case(
        {"X": np.array([[0.0, 0.0]]), "C": np.array([[3.0, 0.0], [2.0, 2.0]])}
    )  # the shorter way is slanted
    yield Case({"X": np.array([[0.0], [1.0], [5.0]]), "C": np.array([[4.0], [0.0]])})
    yield Case({"X": square, "C": np.array([[2.0, 0.0], [2.0, 0.0], [6.0, 3.0]])})  # of two alike the first
    for n, d, K in [(12, 3, 4), (9, 2, 3)]:
        yield Case({"X": 3 * rng.normal(size=(n, d)), "C": 3 * rng.normal(size=(K, d))})


def starts(rng: Generator) -> Iterator[Case]:
    """Rows of which two are alike, and clusters of which one is far away."""
    yield Case({"X": np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [9.0, 9.0]]), "K": 3, "seed": 1})
    yield Case({"X": np.array([[1.0], [2.0], [4.0]]), "K": 3, "seed": 2})
    yield Case({"X": np.array([[1.0], [2.0], [4.0]]), "K": 1, "seed": 2})
    yield Case({"X": rng.normal(size=(12, 2)), "K": 4, "seed": int(rng.integers(2**31))})


def uneven(rng: Generator) -> Iterator[Case]:
    """Places on a line at which the squared distance can be told from the distance, drawn from often."""
    yield Case({"X": np.array([[0.0], [1.0], [3.0]]), "K": 2, "runs": 1200, "seed": 1})
    yield Case({"X": np.array([[0.0], [1.0], [3.0], [8.0]]), "K": 3, "runs": 1200, "seed": 2})
    seed = int(rng.integers(2**31))
    yield Case({"X": np.array([[0.0], [2.0], [3.0], [7.0]]), "K": 2, "runs": 1200, "seed": seed})


def means(rng: Generator) -> Iterator[Case]:
    """A mean of none, one and several rows, and another one."""
    yield Case({"c": np.array([0.0, 0.0]), "n": 0, "x": np.array([3.0, -1.0])})
    yield Case({"c": np.array([2.0]), "n": 1, "x": np.array([4.0])})
    yield Case({"c": np.array([1.0, 5.0]), "n": 3, "x": np.array([5.0, 1.0])})
    yield Case({"c": rng.normal(size=3), "n": int(rng.integers(5, 50)), "x": rng.normal(size=3)})


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
    start = drawn[drawn[:, 0] == rows[0]]
    chance = (rows - rows[0]) ** 2 / np.sum((rows - rows[0]) ** 2)
    shares = np.array([np.mean(start[:, 1] == x) for x in rows])
    if _apart(shares, chance, len(start)):
        return (
            f"after the centre {show(rows[0])} the chances of the rows {show(rows)} are {show(chance)}, as their squared "
            f"distances; among {len(start)} draws they had the shares {show(shares)}."
        )
    if K == 2:
        return None
    pair = drawn[(drawn[:, 0] == rows[0]) & (drawn[:, 1] == rows[-1])]
    squares = np.minimum((rows - rows[0]) ** 2, (rows - rows[-1]) ** 2)
    chance = squares / squares.sum()
    shares = np.array([np.mean(pair[:, 2] == x) for x in rows])
    if _apart(shares, chance, len(pair)):
        return (
            f"with centres at {show(rows[0])} and {show(rows[-1])} the chances of {show(rows)} are {show(chance)}, as the squared "
            f"distances to the *nearest* centre; among {len(pair)} draws they had the shares {show(shares)}."
        )
    return None


def _apart(shares: ndarray, chance: ndarray, n: int) -> bool:
    """Whether shares among n draws are farther from their chances than chance goes, one time in 100,000."""
    return bool((np.abs(shares - chance) > 4.5 * (chance * (1 - chance) / max(1, n)) ** 0.5 + 1e-9).any())


# ---------------------------------------------------------------- tasks

SQUARES = "((X[:, None] - C) ** 2).sum(axis=2)"
MOVE = "moved[k] = X[labels == k].mean(axis=0)"
INERTIA = "float(squares.min(axis=1).mean())"

KMEANS_STEP = Task(
    "kmeans_step",
    points=2,
    answers=["kmeans_step"],
    reference=REFERENCE + "kmeans_step",
    parts=[
        Part("who joins whom", rows_and_centres, weight=0.5, probe=SECOND),
        Part("where centres go", rows_and_centres, probe=FIRST),
        Part("inertia", rows_and_centres, weight=0.5, probe=PROBES + "third"),
    ],
    misconceptions=[
        Misconception(
            "Each centre moves to the mean of *all* rows. Only its own count.",
            {"where centres go"},
            (MOVE, "moved[k] = X.mean(axis=0)"),
        ),
        Misconception(
            "A centre that nobody joined becomes NaN, the mean of no rows. It stays where it is.",
            {"where centres go"},
            (
                "for k in np.unique(labels):\n        " + MOVE,
                "for k in range(len(C)):\n        with np.errstate(all='ignore'):\n            moved[k] = X[labels == k].sum(axis=0) / np.float64((labels == k).sum())",
            ),
        ),
        Misconception(
            "A centre that nobody joined goes to 0. It stays where it is.",
            {"where centres go"},
            ("moved = C.copy()", "moved = np.zeros_like(C)"),
        ),
        Misconception(
            "You drop centres that nobody joined. They stay where they are, as K does.",
            {"where centres go"},
            ("return moved, labels", "return moved[np.unique(labels)], labels"),
        ),
        Misconception(
            "Your centres go to the sum of their rows, not to the mean.",
            {"where centres go"},
            (MOVE, "moved[k] = X[labels == k].sum(axis=0)"),
        ),
        Misconception(
            "Your centres go to the median. That is K-medians; here it is the mean.",
            {"where centres go"},
            (MOVE, "moved[k] = np.median(X[labels == k], axis=0)"),
        ),
        Misconception(
            "Your centres go half of the way. They go to the mean of their rows.",
            {"where centres go"},
            (MOVE, "moved[k] = (C[k] + X[labels == k].mean(axis=0)) / 2"),
        ),
        Misconception(
            "Rows join the centre that is farthest away.",
            {"who joins whom", "where centres go"},
            ("squares.argmin(axis=1)", "squares.argmax(axis=1)"),
        ),
        Misconception(
            "You ask for each centre which row is nearest. Each *row* joins a centre, so there are as many labels as rows.",
            {"who joins whom", "where centres go"},
            wrong="def kmeans_step(X, C):\n"
            "    squares = ((X[:, None] - C) ** 2).sum(axis=2)\n"
            "    labels = squares.argmin(axis=0)\n"
            "    return X[labels], labels, float(squares.min(axis=1).mean())\n",
        ),
        Misconception(
            "You measure along the axes, by absolute differences. The distance is Euclid's.",
            {"who joins whom", "where centres go", "inertia"},
            (SQUARES, "np.abs(X[:, None] - C).sum(axis=2)"),
        ),
        Misconception(
            "The inertia is a mean of *squared* distances: you took the root.",
            {"inertia"},
            (INERTIA, "float(np.sqrt(squares.min(axis=1)).mean())"),
            forms=((INERTIA, "float(np.sqrt(squares.min(axis=1).mean()))"),),
        ),
        Misconception(
            "The inertia is a mean over the rows. Yours is the sum, as in scikit-learn.",
            {"inertia"},
            (INERTIA, "float(squares.min(axis=1).sum())"),
        ),
        Misconception(
            "Your inertia measures to the centres *after* they moved. Asked for are those that the rows joined.",
            {"inertia"},
            (INERTIA, "float(((X - moved[labels]) ** 2).sum(axis=1).mean())"),
        ),
        Misconception(
            "Your inertia counts the distances to all centres. Only the nearest counts.",
            {"inertia"},
            (INERTIA, "float(squares.mean())"),
            forms=((INERTIA, "float(squares.sum(axis=1).mean())"),),
        ),
        Misconception(
            "You average over the columns, too: a squared distance is a sum over them.",
            {"inertia"},
            (INERTIA, "float(squares.min(axis=1).mean() / X.shape[1])"),
        ),
    ],
    hints=[
        "Two halves: who is nearest to whom, and then the mean of each group. What if a group is empty?",
        "squares (n, K): the sum over columns of (x - c)². Labels: argmin along the centres. Inertia: the mean of the minima.",
        "`squares = ((X[:, None] - C) ** 2).sum(axis=2)`, `labels = squares.argmin(axis=1)`; start from `C.copy()` and "
        "overwrite row k by `X[labels == k].mean(axis=0)` where there are rows.",
    ],
)

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

ONLINE = Task(
    "online",
    points=1,
    answers=["online"],
    reference=REFERENCE + "online",
    parts=[
        Part("the mean", means, probe=FIRST),
        Part("the count", means, weight=0.25, probe=SECOND),
    ],
    misconceptions=[
        Misconception(
            "You divide by the number *before* this row: the new one counts, too.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / max(1, n - 1)"),
        ),
        Misconception(
            "You divide by one row too many.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / (n + 1)"),
        ),
        Misconception(
            "You count the row, but not for the next call: return n + 1.",
            {"the count"},
            ("(x - c) / n, n", "(x - c) / n, n - 1"),
        ),
        Misconception(
            "You move by a fixed share, one half: late rows would count more than early ones.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / 2"),
        ),
        Misconception(
            "You move by a tenth, however many rows there were.",
            {"the mean"},
            ("(x - c) / n", "(x - c) / 10"),
        ),
        Misconception(
            "You move *away* from the row.",
            {"the mean"},
            ("c + (x - c)", "c - (x - c)"),
        ),
        Misconception(
            "You add x / n, but never shrink the old mean: c + (x - c)/n.",
            {"the mean"},
            ("c + (x - c) / n", "c + x / n"),
        ),
        Misconception(
            "You return the sum of all rows. Divide by their number.",
            {"the mean"},
            ("c + (x - c) / n", "c * (n - 1) + x"),
        ),
        Misconception(
            "You take the new row for the mean.",
            {"the mean"},
            ("c + (x - c) / n", "x"),
        ),
    ],
    hints=[
        "The sum of the old rows is n times c. What is the new mean?",
        "c + (x - c) / (n + 1), and n + 1.",
        "`n = n + 1`, then `return c + ..., n`",
    ],
)
