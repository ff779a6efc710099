"""Novikoff's bound on the perceptron's mistakes."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.gates import CORNERS
from helpers.checks.perceptron.learning import discs, with_ones
from helpers.checks.perceptron.neuron import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def separated(rng: Generator, scales: tuple[float, ...], unit: bool = False) -> Iterator[Case]:
    """Rows with labels, and weights that separate them; `unit` makes the weights of length 1.

    First OR, where once a row of label 0 and once one of label 1 is the nearest.
    """
    X, y = with_ones(CORNERS), np.array([0.0, 1.0, 1.0, 1.0])
    rows = [(X, y, np.array([-bias, 1.0, 1.0])) for bias in (0.25, 0.75)]
    for _ in scales[2:]:
        X, y = discs(rng, 4)
        rows.append((X, y, np.array([-5.5, 1.0, 1.0]) + rng.uniform(-0.05, 0.05, 3)))
    for scale, (X, y, w) in zip(scales, rows, strict=True):
        yield Case({"X": X, "y": y, "w": scale * (w / np.linalg.norm(w) if unit else w)})


def not_separated(rng: Generator) -> Iterator[Case]:
    """Weights that get one row wrong or have it on their line, though the mean distance stays positive."""
    X, y = with_ones(CORNERS), np.array([0.0, 1.0, 1.0, 1.0])
    for w in ([-1.0, 1.0, 2.0], [-2.0, 1.0, 4.0], [0.5, -1.0, -1.0]):
        yield Case({"X": X, "y": y, "w": np.array(w)})
    for _ in range(2):
        X, y = discs(rng, 6)
        X[-1, 1:] = [2.5, 2.7]
        yield Case({"X": X, "y": y, "w": np.array([-5.5, 1.0, 1.0])})


# ---------------------------------------------------------------- task


NOVIKOFF = Task(
    "novikoff_bound",
    points=2,
    answers=["novikoff_bound"],
    reference=REFERENCE + "novikoff_bound",
    parts=[
        Part("w of length 1", partial(separated, scales=(1.0, 1.0, 1.0, 1.0), unit=True)),
        Part("w of any length", partial(separated, scales=(1.0, 4.0, 3.0, 0.2)), weight=0.5),
        Part("no separation, no bound", not_separated, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "You forgot to divide by the length of w: 2w is the same line, so it must have the same margin.",
            {"w of any length"},
            (" / np.linalg.norm(w)", ""),
        ),
        Misconception(
            "You divided by the length of w without its bias. That gives the distance in the drawing; the theorem's "
            "space has the constant 1 as a dimension, too.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(w)", "np.linalg.norm(w[1:])"),
        ),
        Misconception(
            "You took the mean distance. The margin γ is the smallest: the nearest row decides.",
            {"w of length 1", "w of any length", "no separation, no bound"},
            ("np.min(sign", "np.mean(sign"),
        ),
        Misconception(
            "You took the largest distance. The margin γ is the smallest: the nearest row decides.",
            {"w of length 1", "w of any length", "no separation, no bound"},
            ("np.min(sign", "np.max(sign"),
        ),
        Misconception(
            "The labels have no say: without the signs s = 2y - 1 every w seems to separate.",
            {"no separation, no bound"},
            ("sign * (X @ w)", "np.abs(X @ w)"),
        ),
        Misconception(
            "The bound is (R / γ)²: the square is missing.",
            {"w of length 1", "w of any length"},
            (" ** 2", ""),
        ),
        Misconception(
            "Only γ is squared. The bound is (R / γ)², the square of both.",
            {"w of length 1", "w of any length"},
            ("(R / gamma) ** 2", "R / gamma ** 2"),
        ),
        Misconception(
            "Only R is squared. The bound is (R / γ)², the square of both.",
            {"w of length 1", "w of any length"},
            ("(R / gamma) ** 2", "R ** 2 / gamma"),
        ),
        Misconception(
            "The fraction is upside down: the bound is (R / γ)².",
            {"w of length 1", "w of any length"},
            ("R / gamma", "gamma / R"),
        ),
        Misconception(
            "You used the labels 0 and 1 as signs: every row of label 0 then has the distance 0. Use 2y - 1.",
            {"w of length 1", "w of any length"},
            ("2 * y - 1", "y"),
        ),
        Misconception(
            "The signs are turned round: label 1 is +1, label 0 is -1.",
            {"w of length 1", "w of any length", "no separation, no bound"},
            ("2 * y - 1", "1 - 2 * y"),
        ),
        Misconception(
            "R is the largest norm of a row, not the mean.",
            {"w of length 1", "w of any length"},
            (".max()", ".mean()"),
        ),
        Misconception(
            "R is the largest norm of a row, not the smallest.",
            {"w of length 1", "w of any length"},
            (".max()", ".min()"),
        ),
        Misconception(
            "R is the largest *norm of a row*, not the largest number in X, nor the norm of all of it.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(X, axis=1).max()", "np.abs(X).max()"),
            forms=(("np.linalg.norm(X, axis=1).max()", "np.linalg.norm(X)"),),
        ),
        Misconception(
            "R² is squared once more: R is the length of a row, the *root* of the sum of its squares.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(X, axis=1)", "(X**2).sum(axis=1)"),
        ),
        Misconception(
            "R adds up the absolute values of a row. Its length is the root of the sum of squares.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(X, axis=1)", "np.abs(X).sum(axis=1)"),
        ),
        Misconception(
            "You divided by the square of the length of w. 2w is the same line: only its length keeps γ the same.",
            {"w of any length"},
            ("np.linalg.norm(w)", "(w @ w)"),
        ),
        Misconception(
            "Only the rows on the right side have a say in your margin. One on the wrong side makes it negative, and the "
            "bound infinite.",
            {"no separation, no bound"},
            ("np.min(sign * (X @ w))", "np.min((sign * (X @ w))[sign * (X @ w) > 0], initial=np.inf)"),
        ),
        Misconception(
            "Each row was divided by its own length first. γ is the distance of the rows as they are.",
            {"w of length 1", "w of any length"},
            ("np.min(sign * (X @ w))", "np.min(sign * (X @ w) / np.linalg.norm(X, axis=1))"),
        ),
        Misconception(
            "The bound is rounded. It is (R / γ)² itself.",
            {"w of length 1", "w of any length"},
            ("float((R / gamma) ** 2)", "np.floor((R / gamma) ** 2)"),
            forms=(
                ("float((R / gamma) ** 2)", "np.ceil((R / gamma) ** 2)"),
                ("float((R / gamma) ** 2)", "int((R / gamma) ** 2)"),
            ),
        ),
        Misconception(
            "You took the norms of columns. A sample is a row: axis 1.",
            {"w of length 1", "w of any length"},
            ("axis=1", "axis=0"),
        ),
        Misconception(
            "R leaves out the constant 1: the bias is a weight like the others, so its input counts.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(X, axis=1)", "np.linalg.norm(X[:, 1:], axis=1)"),
        ),
        Misconception(
            "w does not separate these rows (γ ≤ 0), so the theorem promises nothing: return infinity.",
            {"no separation, no bound"},
            (" if gamma > 0 else np.inf", ""),
            forms=tuple(("np.inf", value) for value in ("0.0", "-np.inf", "np.nan", "None", "-1.0")),
        ),
    ],
    hints=[
        "You need two lengths: how far out the farthest row lies, and how close to the line the nearest one comes.",
        r"$R = \max_i \lVert x_i \rVert$, $\ \gamma = \min_i s_i\,(x_i \cdot w) / \lVert w \rVert$ with "
        r"$s_i = 2 y_i - 1$, and the bound is $(R/\gamma)^2$.",
        "`gamma = np.min(sign * (X @ w)) / np.linalg.norm(w)`; R is a `max` of `np.linalg.norm(X, axis=1)`; "
        "return `np.inf` where `gamma <= 0`.",
    ],
)
