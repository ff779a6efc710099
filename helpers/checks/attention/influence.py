"""Lesson 07, part 7: who sees whom."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, REFERENCE, floats, some_seen
from helpers.checks.task import Case, Misconception, Part, Task

PLAIN, FAINT, SHARED = "who reacts to whom", "faint reactions", "where no weight shows it"
ALL = {PLAIN, FAINT, SHARED}
READS = {  # what a function reads of a token, and which entries of a row it moves
    "all": np.eye(2),
    "the first entry alone": floats([[1, 1], [0, 0]]),
    "the last entry alone": floats([[0, 0], [1, 1]]),
    "all, and moves the first entry alone": floats([[1, 0], [2, 0]]),
    "all, and moves the last entry alone": floats([[0, 1], [0, 2]]),
    "differences: what is added to all entries is not noticed": floats([[1, -1], [-1, 1]]),
}
OPPOSITE = floats([[1, 1], [2, 2]])  # moves two entries as far, with `signs` up and down


def mixes(rng: Generator, n: int) -> ndarray:
    """Draw which token reaches which row, and how strongly; neither symmetric nor full."""
    return np.where(some_seen(rng, n, n), rng.uniform(0.3, 1, (n, n)) * rng.choice([-1, 1], (n, n)), 0.0)


def reactions(rng: Generator) -> Iterator[Case]:
    """Functions whose rows react to some tokens, up or down; one token is zero."""
    X, mix = floats([[0, 0], [1, 2], [-1, 1]]), floats([[1, 0, 0], [-1, 0, 1], [0, 0, 0]])
    for W in READS.values():
        yield Case({"mix": mix, "W": W, "signs": floats([1, 1]), "X": X})
    yield Case({"mix": mix, "W": OPPOSITE, "signs": floats([1, -1]), "X": X})
    for n, d in [(4, 3), (6, 2)]:
        W = rng.normal(size=(d, d)) / d + np.eye(d)
        yield Case({"mix": mixes(rng, n), "W": W, "signs": np.ones(d), "X": rng.normal(size=(n, d))})


def faint_reactions(rng: Generator) -> Iterator[Case]:
    """Functions that react faintly to some tokens, or no more than by rounding."""
    X, W, signs = floats([[0, 1], [1, 2]]), np.eye(2), np.ones(2)
    yield Case({"mix": floats([[1, -1e-5], [-1, 0]]), "W": W, "signs": signs, "X": X})
    yield Case({"mix": floats([[1, 1e-12], [-1, 0]]), "W": W, "signs": signs, "X": X})
    for n, d in [(4, 3), (5, 2)]:
        mix = mixes(rng, n) * np.where(rng.random((n, n)) < 0.5, 1.0, 1e-5)
        yield Case({"mix": mix, "W": np.eye(d), "signs": np.ones(d), "X": rng.normal(size=(n, d))})


def hidden_reactions(rng: Generator) -> Iterator[Case]:
    """Weights that are normalised over more tokens than they show."""
    yield Case({"mix": floats([[1, 1, 0], [0, 1, 0], [0, 1, 1]]), "X": floats([[2, 1], [1, 2], [2, 2]]) / 2})
    for n, d in [(4, 2), (5, 3)]:
        yield Case({"mix": mixes(rng, n), "X": rng.normal(size=(n, d))})


NEW = "other[t] = np.random.default_rng().normal(size=X.shape[1])"
MOVED = "np.abs(f(other) - before).max(axis=1) > 1e-9"
# changes that are never so small by chance that one entry shows nothing of a faint reaction
FAR = (NEW, "other[t] = X[t] + np.random.default_rng().uniform(1, 2, X.shape[1])")
FIRST, LAST = ((NEW, f"other[t, {k}] = X[t, {k}] + np.random.default_rng().uniform(1, 2)") for k in (0, -1))

INFLUENCE = Task(
    "influence",
    points=2,
    answers=["influence"],
    reference=REFERENCE + "influence",
    parts=[
        Part(PLAIN, reactions, probe=PROBES + "reacts"),
        Part(FAINT, faint_reactions, probe=PROBES + "reacts"),
        Part(SHARED, hidden_reactions, probe=PROBES + "shared"),
    ],
    misconceptions=[
        Misconception(
            "Rows and columns are exchanged: [i, t] asks whether *row i of the output* reacts to token t.",
            ALL,
            ("table[:, t]", "table[t, :]"),
        ),
        Misconception(
            "The changes pile up: each token must be changed alone, in a fresh copy of X.",
            ALL,
            ("other = X.copy()", "other = X"),
            forms=(
                [
                    ("table = np.zeros(", "other = X.copy()\n    table = np.zeros("),
                    ("        other = X.copy()\n", ""),
                ],
                ("other = X.copy()", "X = other = X.copy()"),
            ),
        ),
        Misconception(
            "Your table says where nothing happened: True where a row reacts.",
            ALL,
            (".max(axis=1) > 1e-9", ".max(axis=1) <= 1e-9"),
        ),
        Misconception(
            "A faint reaction is one, too: what counts is any change beyond rounding, about 1e-9.",
            {FAINT},
            ("> 1e-9", "> 1e-4"),
            forms=(("> 1e-9", "> 1e-2"), (MOVED, "~np.isclose(f(other), before).all(axis=1)")),
        ),
        Misconception(
            "You count what is rounding. A row has moved if it changed by more than 1e-9.",
            {FAINT},
            ("> 1e-9", "> 0"),
            forms=((MOVED, "(f(other) != before).any(axis=1)"), ("> 1e-9", "> 1e-15")),
        ),
        Misconception(
            "You compare with the changed input. What counts is how f(X) changes.",
            ALL,
            ("before = f(X)", "before = X"),
            forms=((MOVED, "np.abs(f(other) - other).max(axis=1) > 1e-9"),),
        ),
        Misconception(
            "A row has moved if *any* of its entries did, not only if all of them did.",
            {PLAIN},
            edits=((MOVED, "(np.abs(f(other) - before) > 1e-9).all(axis=1)"), FAR),
            forms=([(".max(axis=1)", ".min(axis=1)"), FAR],),
        ),
        Misconception(
            "Not all entries of a row are compared: it has moved if *any* of them did.",
            {PLAIN},
            edits=((".max(axis=1)", "[:, -1]"), FAR),
            forms=([(".max(axis=1)", "[:, 0]"), FAR],),
        ),
        Misconception(
            "A row that falls has moved as well: take the absolute value of the change.",
            ALL,
            (MOVED, "(f(other) - before > 1e-9).any(axis=1)"),
            forms=(
                (MOVED, "(f(other) - before).max(axis=1) > 1e-9"),
                (MOVED, "(before - f(other) > 1e-9).any(axis=1)"),
                (MOVED, "(f(other) - before).sum(axis=1) > 1e-9"),
            ),
        ),
        Misconception(
            "Changes of opposite signs cancel: take absolute values before you add them up.",
            {PLAIN},
            (MOVED, "np.abs((f(other) - before).sum(axis=1)) > 1e-9"),
            forms=((MOVED, "np.abs((f(other) - before).mean(axis=1)) > 1e-9"),),
        ),
        Misconception(
            "The change that you make can go unnoticed: a function may not care for it, as one that centres each token "
            "does not see a 1 that is added to all its entries. Replace the whole row by a random vector.",
            {PLAIN},
            (NEW, "other[t] += 1"),
            forms=(
                (NEW, "other[t] -= 1"),
                (NEW, "other[t] = other[t] + np.random.default_rng().uniform(1, 2)"),
            ),
        ),
        Misconception(
            "Only one entry of the token changes. A function may read the others alone: replace the whole row.",
            {PLAIN},
            FIRST,
            forms=(LAST, (NEW, "other[t, 0] += 1")),
        ),
        Misconception(
            "A token that is zero stays as it was: replace the row by a random vector.",
            {PLAIN},
            (NEW, "other[t] = 0"),
            forms=((NEW, "other[t] *= 2"), (NEW, "other[t] = -other[t]")),
        ),
        Misconception(
            "You change all tokens *but* t.",
            ALL,
            (NEW, "other[np.arange(len(X)) != t] = np.random.default_rng().normal(size=X.shape[1])"),
            forms=((NEW, "other = np.random.default_rng().normal(size=X.shape)\n        other[t] = X[t]"),),
        ),
        Misconception(
            "You change all tokens at once, so that nobody knows to whom a row reacts.",
            ALL,
            (NEW, "other = np.random.default_rng().normal(size=X.shape)"),
        ),
        Misconception(
            "The rows of the table are in another order than those of the output: entry [i, t] is about row i.",
            ALL,
            (MOVED, f"({MOVED})[::-1]"),
            forms=(
                (MOVED, "np.roll(np.abs(f(other) - before).max(axis=1) > 1e-9, 1)"),
                (
                    MOVED,
                    "np.any(np.abs(f(other) - before) > 1e-9, axis=0)[: len(X)] if X.shape[1] >= len(X) else "
                    f"({MOVED})[::-1]",
                ),
            ),
        ),
        Misconception(
            "A token's own row counts like the others: the diagonal is not filled in by hand.",
            ALL,
            ("    return table", "    np.fill_diagonal(table, False)\n    return table"),
            forms=(("    return table", "    np.fill_diagonal(table, True)\n    return table"),),
        ),
        Misconception(
            "Only the changed token's own row is looked at. Any row may react.",
            ALL,
            (f"table[:, t] = {MOVED}", f"table[t, t] = ({MOVED})[t]"),
        ),
        Misconception(
            "The whole output is looked at at once. Each *row* has moved or not.",
            ALL,
            (".max(axis=1)", ".max()"),
        ),
    ],
    hints=[
        "An experiment for each token t: change it alone, run f again, and see which rows are no longer what they were.",
        r"$[i, t]$ is True where $\max_k |f(X')_{ik} - f(X)_{ik}| > 10^{-9}$, and $X'$ is $X$ with another row $t$.",
        "`before = f(X)`; for each t: `other = X.copy()`, `other[t] = np.random.default_rng().normal(size=X.shape[1])`, "
        "`table[:, t] = np.abs(f(other) - before).max(axis=1) > 1e-9`",
    ],
)
