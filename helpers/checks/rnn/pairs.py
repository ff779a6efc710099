"""Lesson 06, part 2: counting pairs."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE, lengths_mask
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def texts(rng: Generator, padded: bool) -> Iterator[Case]:
    """Letters and their followers, few different ones, so that pairs repeat; the fixed ones are names."""
    X, Y = np.array([[0, 1, 2, 2, 1], [0, 2, 3, 0, 0]]), np.array([[1, 2, 2, 1, 0], [2, 3, 0, 0, 0]])
    mask = np.array([[True] * 5, [True] * 3 + [False] * 2])
    rows = (
        [(X, Y, mask, 0.5)]
        if padded
        else [(X[:1], Y[:1], mask[:1], 0.25), (X[:, :3], Y[:, :3], mask[:, :3], 0.5)]
    )
    for n, T, alpha in [(6, 7, 2.0), (5, 9, 0.1)]:
        real = lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool)
        rows.append((rng.integers(0, 4, (n, T)), rng.integers(0, 6, (n, T)), real, alpha))
    for X, Y, mask, alpha in rows:
        yield Case({"X": X, "Y": Y, "mask": mask, "alpha": alpha})


# ---------------------------------------------------------------- task

BOTH = {"no padding", "padding"}
ROWS = "counts / counts.sum(axis=1, keepdims=True)"
BIGRAM = Task(
    "bigram",
    points=2,
    answers=["bigram"],
    reference=REFERENCE + "bigram",
    parts=[Part("no padding", partial(texts, padded=False)), Part("padding", partial(texts, padded=True))],
    misconceptions=[
        Misconception(
            "`counts[X, Y] += 1` counts a pair once, however often it occurs: NumPy adds to each place only once. "
            "`np.add.at` does it every time, and so does a loop.",
            BOTH,
            ("np.add.at(counts, (X[mask], Y[mask]), 1)", "counts[X[mask], Y[mask]] += 1"),
        ),
        Misconception(
            "Padding was counted as if names were full of stops: use only the places that the mask keeps.",
            {"padding"},
            ("(X[mask], Y[mask])", "(X, Y)"),
        ),
        Misconception(
            "You normalised the columns. Each *row* holds what may follow one letter, and sums to 1.",
            BOTH,
            ("axis=1", "axis=0"),
        ),
        Misconception(
            "The 27 sums of the rows lie along the *columns* here: keep the axis that you sum over, keepdims=True.",
            BOTH,
            (ROWS, "counts / counts.sum(axis=1)"),
        ),
        Misconception(
            "The pair is turned round: the row is the letter that was read, the column the one that follows.",
            BOTH,
            ("(X[mask], Y[mask])", "(Y[mask], X[mask])"),
        ),
        Misconception(
            "That is the probability of the *pair*: divide each row by its own sum, not all by the sum of all.",
            BOTH,
            ("counts.sum(axis=1, keepdims=True)", "counts.sum()"),
        ),
        Misconception(
            "Without alpha a letter that was never read has a row of 0 / 0: every count starts at alpha.",
            BOTH,
            ("alpha, dtype=float", "0.0, dtype=float"),
            forms=([("alpha, dtype=float", "0.0, dtype=float"), (ROWS, "counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)")],
                   [("alpha, dtype=float", "0.0, dtype=float"), (ROWS, "np.nan_to_num(counts / counts.sum(axis=1, keepdims=True))")]),
        ),
        Misconception(
            "Every count begins at the alpha that is handed in, and at no other number.",
            BOTH,
            ("alpha, dtype=float", "1.0, dtype=float"),
            forms=(("alpha, dtype=float", "0.1, dtype=float"),),
        ),
        Misconception(
            "The rows don't sum to 1: alpha is in the counts, but not, 27 times, in what you divide by.",
            BOTH,
            (ROWS, "counts / np.maximum((counts - alpha).sum(axis=1, keepdims=True), 1)"),
            forms=((ROWS, "counts / (counts - alpha).sum(axis=1, keepdims=True)"),
                   (ROWS, "counts / ((counts - alpha).sum(axis=1, keepdims=True) + alpha)")),
        ),
        Misconception(
            "Alpha is added to the probabilities. It is each *count* that begins with it.",
            BOTH,
            edits=(("alpha, dtype=float", "0.0, dtype=float"),
                   (ROWS, "counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) + alpha")),
        ),
        Misconception(
            "Those are counts: to be probabilities, each row has to be divided by its sum.",
            BOTH,
            ("return " + ROWS, "return counts"),
            forms=([("alpha, dtype=float", "0.0, dtype=float"), ("return " + ROWS, "return counts")],),
        ),
        Misconception(
            "Your pairs are neighbours within X, so that nothing is ever followed by STOP. What follows stands in Y.",
            BOTH,
            ("(X[mask], Y[mask])", "(X[:, :-1][mask[:, 1:]], X[:, 1:][mask[:, 1:]])"),
        ),
        Misconception(
            "Only the first name was counted.",
            BOTH,
            ("(X[mask], Y[mask])", "(X[0][mask[0]], Y[0][mask[0]])"),
        ),
        Misconception(
            "Your mask is used the other way round: True is where there is a name.",
            BOTH,
            ("(X[mask], Y[mask])", "(X[~mask], Y[~mask])"),
        ),
    ],
    hints=[
        "A table with a row for each letter that was read and a column for each that may follow. Start it with "
        "alpha everywhere.",
        r"$P_{ij} = \dfrac{\alpha + \#(i \to j)}{\sum_k \big(\alpha + \#(i \to k)\big)}$",
        "`counts = np.full((27, 27), alpha)`, `np.add.at(counts, (X[mask], Y[mask]), 1)`, then divide by "
        "`counts.sum(axis=1, keepdims=True)`",
    ],
)  # fmt: skip
