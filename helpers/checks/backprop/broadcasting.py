"""Lesson 03, part 6: the gradient of an array that was repeated."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

Shapes = tuple[
    tuple[int, ...], tuple[int, ...]
]  # of a gradient, and of the array it is for  # of a gradient, and of the array it is for


def repeated(rng: Generator, *pairs: Shapes) -> Iterator[Case]:
    """A gradient, and the shape of the array that was repeated to its shape."""
    for large, small in pairs:
        yield Case({"g": np.array(rng.normal(size=large)), "shape": list(small)})


def added_axes(rng: Generator) -> Iterator[Case]:
    """A bias and a number, used in every row; and nothing repeated at all, a single number included."""
    g = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    yield from (Case({"g": g, "shape": shape}) for shape in ([2], [], [3, 2]))
    yield Case({"g": np.array(2.5), "shape": []})
    yield from repeated(rng, ((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 3, 4), (4,)), ((3, 4), ()))


def stretched_axes(rng: Generator) -> Iterator[Case]:
    """Columns and rows, and both."""
    g = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    yield from (Case({"g": g, "shape": shape}) for shape in ([3, 1], [1, 2], [1, 1]))
    yield from repeated(rng, ((3, 4), (3, 1)), ((3, 4), (1, 4)), ((2, 3, 4), (2, 1, 1)), ((1, 3), (1, 3)))


def both_axes(rng: Generator) -> Iterator[Case]:
    """Axes of both kinds."""
    yield Case({"g": np.arange(1.0, 9).reshape(2, 2, 2), "shape": [2, 1]})
    yield from repeated(rng, ((2, 3, 4), (3, 1)), ((5, 2, 3), (1, 3)), ((3, 4), (1,)))


REPEATED = {"added axes", "stretched axes", "both"}


UNBROADCAST = Task(
    "unbroadcast",
    points=1,
    answers=["unbroadcast"],
    reference=REFERENCE + "unbroadcast",
    probe=PROBES + "summed",
    parts=[
        Part("added axes", added_axes),
        Part("stretched axes", stretched_axes),
        Part("both", both_axes),
    ],
    misconceptions=[
        Misconception(
            "You took the mean over the repetitions. Each copy sends its gradient back, and gradients add up.",
            REPEATED,
            ("g.sum(", "g.mean("),
        ),
        Misconception(
            "You keep the gradient of one copy only. Each copy sends its share back, and all of them add up.",
            REPEATED,
            ("g.sum(axis=axes)", "g[tuple(0 if i in axes else slice(None) for i in range(g.ndim))]"),
            forms=(
                ("g.sum(axis=axes)", "g[tuple(-1 if i in axes else slice(None) for i in range(g.ndim))]"),
                ("g.sum(axis=axes)", "g.max(axis=axes)"),
            ),
        ),
        Misconception(
            "Axes that NumPy *added* in front are summed, but those it *stretched* from 1 are not.",
            {"stretched axes", "both"},
            ("if n == 1", "if n < 1"),
            forms=(
                "def unbroadcast(g, shape):\n    return g.sum(axis=tuple(range(g.ndim - len(shape))))",
                "def unbroadcast(g, shape):\n    while g.ndim > len(shape):\n        g = g.sum(axis=0)\n    return g",
            ),
        ),
        Misconception(
            "Axes that were *stretched* from 1 are summed, but those that were *added* in front are not.",
            {"added axes", "both"},
            ("(*range(added), *stretched)", "tuple(stretched)"),
            forms=(
                """
def unbroadcast(g, shape):
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g
""",
            ),
        ),
        Misconception(
            "You count the axes of `shape` from the front of g. Broadcasting lines up shapes at the *end*: "
            "axis i of `shape` is axis added + i of g.",
            {"both"},
            ("added + i for", "i for"),
        ),
        Misconception(
            "The summed axes are gone. Bring the result into the wanted shape: (3,) is not (3, 1).",
            {"stretched axes", "both"},
            (".reshape(shape)", ""),
        ),
        Misconception(
            "The axes that were added are still there, with length 1: the wanted shape has none of them.",
            {"added axes", "both"},
            ("g.sum(axis=axes).reshape(shape)", "g.sum(axis=axes, keepdims=True)"),
        ),
        Misconception(
            "Every entry gets the sum of all of g. Only the copies of an entry send their gradients to it.",
            REPEATED,
            ("return g.sum(axis=axes).reshape(shape) if axes else g", "return np.full(shape, g.sum())"),
        ),
        Misconception(
            "All of g is summed into one number, whatever the shape.",
            REPEATED,
            ("return g.sum(axis=axes).reshape(shape) if axes else g", "return g.sum()"),
        ),
        Misconception(
            "You sum over the first axis only, and once. Several axes may have been added or stretched, and others.",
            REPEATED,
            ("g.sum(axis=axes).reshape(shape) if axes else g", "g.sum(axis=0)"),
            forms=(
                (
                    "g.sum(axis=axes).reshape(shape) if axes else g",
                    "g if g.shape == shape else g.sum(axis=0)",
                ),
            ),
        ),
    ],
    hints=[
        "Along which axes was the array repeated? There are two kinds: new axes in front, and axes of length 1.",
        r"If $b_j$ is used in every row, $\partial L / \partial b_j = \sum_i g_{ij}$: sum over every axis along "
        "which there are copies.",
        "`added = g.ndim - len(shape)`; sum over `range(added)` and over `added + i` for each `shape[i] == 1`, then "
        "`.reshape(shape)`",
    ],
)
