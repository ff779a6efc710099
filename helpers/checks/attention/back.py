"""Lesson 07, deeper: the way back through a softmax."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import REFERENCE, floats
from helpers.checks.task import Case, Misconception, Part, Task

PART = "gradients"


def rows(rng: Generator) -> Iterator[Case]:
    """Weights and the gradients that arrive: a table that is the same for all, then tables and a batch."""
    yield Case({"A": floats([[0.5, 0.25, 0.25], [0, 0.9, 0.1]]), "G": floats([[4, 0, 2], [1, -1, 3]])})
    for shape in [(3, 4), (4, 4), (2, 3, 5)]:
        E = np.exp(rng.normal(size=shape))
        yield Case({"A": E / E.sum(axis=-1, keepdims=True), "G": rng.normal(size=shape)})


SUM = "(A * G).sum(axis=-1, keepdims=True)"

SOFTMAX_BACK = Task(
    "softmax_back",
    points=0,
    answers=["softmax_back"],
    reference=REFERENCE + "softmax_back",
    parts=[Part(PART, rows)],
    misconceptions=[
        Misconception(
            "Only a weight's own score counts, by a(1 − a). But raising a score lowers all other weights of its row.",
            {PART},
            (f"A * (G - {SUM})", "A * (1 - A) * G"),
        ),
        Misconception(
            "The weighted mean is missing: a score is raised where its value helps more than the mean does.",
            {PART},
            (f"A * (G - {SUM})", "A * G"),
        ),
        Misconception(
            "The mean is taken without the weights.",
            {PART},
            (SUM, "G.mean(axis=-1, keepdims=True)"),
            forms=((SUM, "G.sum(axis=-1, keepdims=True)"), (SUM, "(A * G).mean(axis=-1, keepdims=True)")),
        ),
        Misconception(
            "The mean is taken down the columns. A softmax belongs to its row.",
            {PART},
            (SUM, SUM.replace("-1", "-2")),
            forms=((SUM, SUM.replace("-1", "0")), (SUM, "(A * G).sum()")),
        ),
        Misconception(
            "The bracket is not multiplied by the weights.",
            {PART},
            (f"A * (G - {SUM})", f"G - {SUM}"),
        ),
        Misconception(
            "The mean is added. It is subtracted from what arrives.",
            {PART},
            (f"G - {SUM}", f"G + {SUM}"),
        ),
        Misconception(
            "That is the rule for softmax and cross-entropy together, A − Y. Here any gradient may arrive.",
            {PART},
            (f"A * (G - {SUM})", "A - G"),
        ),
    ],
    hints=[
        "Work out one row first: which scores does a weight depend on? All of its row, each with a derivative.",
        r"$\partial L / \partial s_j = a_j \big( g_j - \sum_i a_i g_i \big)$, row by row.",
        "`(A * G).sum(axis=-1, keepdims=True)` is the mean of each row; subtract it from G, and multiply by A.",
    ],
)
