"""Several classes: the softmax."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def scores(rng: Generator) -> Iterator[Case]:
    """Scores of n rows and K classes, n = K included; first those whose probabilities are tenths and eighths."""
    logs = np.log(np.array([[1.0, 2.0, 5.0], [4.0, 3.0, 1.0]]))
    yield Case({"Z": logs})
    yield Case({"Z": logs[:, 1:]})
    for n, K in [(2, 3), (3, 3), (5, 2)]:
        yield Case({"Z": rng.normal(size=(n, K)) * 2})


def huge_scores(rng: Generator) -> Iterator[Case]:
    """Scores that overflow exp; of very different size in one row, and in rows side by side."""
    yield Case({"Z": np.array([[1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1000.0]])})
    yield Case({"Z": np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, -2000.0]])})
    yield Case({"Z": rng.normal(size=(4, 3)) + np.array([[2000.0], [0.0], [-2000.0], [800.0]])})


def single_row(rng: Generator) -> Iterator[Case]:
    """One row of scores, as a one-dimensional array."""
    yield Case({"Z": np.log(np.array([1.0, 2.0, 5.0]))})
    yield Case({"Z": rng.normal(size=4)})


# ---------------------------------------------------------------- task


EXP, MAX, SUM = (
    "np.exp(Z - Z.max(axis=-1, keepdims=True))",
    "Z.max(axis=-1, keepdims=True)",
    "E.sum(axis=-1, keepdims=True)",
)
UNSHIFTED = (EXP, "np.exp(Z)")
SOFTMAX = Task(
    "softmax",
    points=2,
    answers=["softmax"],
    reference=REFERENCE + "softmax",
    parts=[
        Part("values", scores),
        Part("huge scores", huge_scores, weight=0.5),
        Part("a single row", single_row, weight=0.5),
    ],
    forbids=["torch.*softmax", "scipy.special.*softmax", "*.softmax"],
    misconceptions=[
        Misconception(
            "The denominator has no exp: the values need not sum to 1, nor be positive.",
            {"values", "huge scores", "a single row"},
            ("E / E.sum(", "E / Z.sum("),
            forms=(
                [UNSHIFTED, (SUM, "Z.sum(axis=-1, keepdims=True)")],
                [UNSHIFTED, (SUM, "Z.sum()")],
                "def softmax(Z):\n"
                "    Z = Z - Z.max(axis=-1, keepdims=True)\n"
                "    return np.exp(Z) / Z.sum(axis=-1, keepdims=True)\n",
            ),
        ),
        Misconception(
            "There is no exp at all: the values need not be positive.",
            {"values", "huge scores", "a single row"},
            wrong="def softmax(Z):\n    return Z / Z.sum(axis=-1, keepdims=True)\n",
        ),
        Misconception(
            "You normalised over axis 0. Each *row* must sum to 1.",
            {"values", "huge scores"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=0"),
            forms=(
                [(MAX, "Z.max(axis=0, keepdims=True)"), (SUM, "E.sum(axis=0, keepdims=True)")],
                [(MAX, "Z.max()"), (SUM, "E.sum(axis=0, keepdims=True)")],
                [UNSHIFTED, (SUM, "E.sum(axis=0, keepdims=True)")],
            ),
        ),
        Misconception(
            "You divided by the sum of all rows together. Each *row* must sum to 1 on its own.",
            {"values", "huge scores"},
            (SUM, "E.sum()"),
            forms=(
                [(MAX, "Z.max()"), (SUM, "E.sum()")],
                [UNSHIFTED, (SUM, "E.sum()")],
            ),
        ),
        Misconception(
            "The sum has lost its axis: with `keepdims=True` it stays (n, 1) and divides row by row.",
            {"values", "huge scores"},
            (SUM, "E.sum(axis=-1)"),
            forms=(
                [(MAX, "Z.max()"), (SUM, "E.sum(axis=-1)")],
                [UNSHIFTED, (SUM, "E.sum(axis=-1)")],
            ),
        ),
        Misconception(
            "The values of a row do not sum to 1: divide them by their sum.",
            {"values", "huge scores", "a single row"},
            ("E / E.sum(axis=-1, keepdims=True)", "E"),
            forms=(
                (SUM, "E.max(axis=-1, keepdims=True)"),
                [UNSHIFTED, ("E / E.sum(axis=-1, keepdims=True)", "E")],
                [UNSHIFTED, (SUM, "E.max(axis=-1, keepdims=True)")],
            ),
        ),
        Misconception(
            "You took the sigmoid of each score on its own. The classes share a probability of 1: each row must sum to 1.",
            {"values", "huge scores", "a single row"},
            wrong="def softmax(Z):\n    return sigmoid(Z)\n",
        ),
        Misconception(
            "You divided by the length of each row of exponentials: their squares sum to 1. They themselves must.",
            {"values", "huge scores", "a single row"},
            (SUM, "np.linalg.norm(E, axis=-1, keepdims=True)"),
        ),
        Misconception(
            "You divide the scores by the largest before the exp. *Subtracting* it is what changes nothing.",
            {"values", "huge scores", "a single row"},
            (EXP, "np.exp(Z / Z.max(axis=-1, keepdims=True))"),
            forms=(
                (EXP, "np.exp(Z / Z.max())"),
                (EXP, "np.exp(Z / np.abs(Z).max())"),
            ),
        ),
        Misconception(
            "You scaled each row to run from 0 to 1 before the exp: only a shift changes nothing.",
            {"values", "huge scores", "a single row"},
            (EXP, "np.exp((Z - Z.min(axis=-1, keepdims=True)) / np.ptp(Z, axis=-1, keepdims=True))"),
        ),
        Misconception(
            "Something is added to the denominator, so a row sums to less than 1. With the largest score subtracted the "
            "sum is at least 1: nothing need be added.",
            {"values", "huge scores", "a single row"},
            (SUM, "(" + SUM + " + 1e-6)"),
            forms=(
                (SUM, "(" + SUM + " + 1e-7)"),
                (SUM, "(" + SUM + " + 1)"),
            ),
        ),
        Misconception(
            "You returned 1 for the largest score and 0 for the others. Softmax is a soft choice.",
            {"values", "huge scores", "a single row"},
            ("E / E.sum(axis=-1, keepdims=True)", "(E == E.max(axis=-1, keepdims=True)) * 1.0"),
        ),
        Misconception(
            "The signs are turned round: a high score must get a high probability, e^z, not e^-z.",
            {"values", "huge scores", "a single row"},
            (EXP, "np.exp(Z.min(axis=-1, keepdims=True) - Z)"),
            forms=(
                (EXP, "np.exp(-Z)"),
                (EXP, "np.exp(Z.max(axis=-1, keepdims=True) - Z)"),
            ),
        ),
        Misconception(
            "Your powers have the base 2. Softmax has e, `np.exp`.",
            {"values", "huge scores", "a single row"},
            (EXP, "2 ** (Z - Z.max(axis=-1, keepdims=True))"),
            forms=((EXP, "2.0 ** Z"),),
        ),
        Misconception(
            "These are the logarithms of the probabilities: the last step is to take exp of them.",
            {"values", "huge scores", "a single row"},
            ("return E / E.sum(axis=-1, keepdims=True)", "return np.log(E / E.sum(axis=-1, keepdims=True))"),
            forms=(
                "def softmax(Z):\n"
                "    Z = Z - Z.max(axis=-1, keepdims=True)\n"
                "    return Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))\n",
            ),
        ),
        Misconception(
            "e^1000 overflows. Subtract each row's largest score first: the result stays the same.",
            {"huge scores"},
            UNSHIFTED,
            alone=True,
        ),
        Misconception(
            "Where e^z overflows you put 0 or another number for what is not a number. Subtract each row's largest score "
            "first, and nothing overflows.",
            {"huge scores"},
            (
                "return E / E.sum(axis=-1, keepdims=True)",
                "return np.nan_to_num(np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True))",
            ),
            alone=True,
        ),
        Misconception(
            "You subtracted the largest score of the whole array: rows far below it become 0/0. "
            "Each row needs its own.",
            {"huge scores"},
            (MAX, "Z.max()"),
            alone=True,
        ),
        Misconception(
            "You subtracted the largest score of each column, so the classes of one row lose different amounts. Each "
            "*row* needs its own largest, the same for all its classes.",
            {"values", "huge scores"},
            (MAX, "Z.max(axis=0, keepdims=True)"),
            forms=((MAX, "Z.max(axis=0)"),),
        ),
        Misconception(
            "You subtracted a row's smallest score: e^z still overflows where a row is spread wide. The largest makes "
            "all others negative.",
            {"huge scores"},
            (MAX, "Z.min(axis=-1, keepdims=True)"),
            alone=True,
        ),
        Misconception(
            "You subtracted a row's mean: e^z still overflows where a row is spread wide. The largest makes all others "
            "negative.",
            {"huge scores"},
            (MAX, "Z.mean(axis=-1, keepdims=True)"),
            alone=True,
        ),
        Misconception(
            "Scores beyond a limit are cut off in your exp: of two large scores the larger must still win. Subtract each "
            "row's largest score, and nothing need be cut.",
            {"huge scores"},
            (EXP, "np.exp(np.clip(Z, -100, 100))"),
            forms=(
                *((EXP, f"np.exp(np.clip(Z, -{n}, {n}))") for n in (500, 700, 709)),
                *((EXP, f"np.exp(np.minimum(Z, {n}))") for n in (100, 500, 700, 709)),
            ),
            alone=True,
        ),
        Misconception(
            "`axis=1` does not exist in a single row; `axis=-1` is the last axis, whatever their number.",
            {"a single row"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=1"),
            forms=([("axis=-1", "axis=1")],),
            alone=True,
        ),
    ],
    hints=[
        "Two things are to be repaired: what is summed below the line, and over which index.",
        r"$p_{ik} = e^{z_{ik} - m_i} \big/ \sum_j e^{z_{ij} - m_i}$ with $m_i = \max_j z_{ij}$",
        "`E = np.exp(Z - Z.max(axis=-1, keepdims=True))`, then divide by the sum over the same axis.",
    ],
)
