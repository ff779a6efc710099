"""Lesson 03, deeper: what a hidden layer can compute, and that many compute the same."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE, network
from helpers.checks.task import Case, Misconception, Part, Task


def curves(rng: Generator) -> Iterator[Case]:
    """Points of a curve, unevenly spaced, and the places to ask the network at: them, and between."""
    fixed = np.array([0.0, 1.0, 3.0]), np.array([1.0, 3.0, 2.0])
    rows = [fixed] + [
        (np.cumsum(rng.uniform(0.3, 1.5, size=m)) - 2, rng.normal(size=m) * 2) for m in (2, 4, 6)
    ]
    for x, y in rows:
        at = np.sort(np.concatenate([x, (x[1:] + x[:-1]) / 2]))
        yield Case({"x": x, "y": y, "at": at})


def reordered(rng: Generator) -> Iterator[Case]:
    """Weights, and an order of the hidden neurons that is not its own inverse; a small one first, for all."""
    W1 = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    W2 = np.array([[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]])
    yield Case({"order": np.array([2, 0, 1]), "W1": W1, "b1": np.array([0.1, 0.2, 0.3]), "W2": W2})
    for d, h, k in [(4, 5, 3), (4, 4, 4)]:
        w = network(rng, d, h, k)
        yield Case({"order": np.roll(np.arange(h), 1), "W1": w["W1"], "b1": w["b1"], "W2": w["W2"]})


INTERPOLATE = Task(
    "interpolate",
    points=0,
    answers=["interpolate"],
    reference=REFERENCE + "interpolate",
    probe=PROBES + "interpolated",
    parts=[Part("the curve", curves, tol=1e-6)],
    misconceptions=[
        Misconception(
            "Each neuron keeps its slope from its bend on, so it adds the *change* of slope, not the slope.",
            {"the curve"},
            ("np.diff(slopes, prepend=0)", "slopes"),
        ),
        Misconception(
            "The first change of slope is missing: before the first point the slope is 0, so the first neuron adds all of "
            "the first slope.",
            {"the curve"},
            ("np.diff(slopes, prepend=0)", "np.diff(slopes, prepend=slopes[0])"),
            forms=(
                "def interpolate(x, y):\n    w2 = np.diff(np.diff(y) / np.diff(x))\n"
                "    return np.ones((1, len(w2))), -x[1:-1], w2, float(y[0])",
            ),
        ),
        Misconception(
            "The network starts at 0: the output's bias must be the first value y[0].",
            {"the curve"},
            ("float(y[0])", "0.0"),
        ),
        Misconception(
            "The output's bias is the last value, y[-1]. At the first point all neurons are silent: it must be y[0].",
            {"the curve"},
            ("float(y[0])", "float(y[-1])"),
        ),
        Misconception(
            "The neurons bend at -x: relu(t - x_i) has the bias -x_i.", {"the curve"}, ("-x[:-1]", "x[:-1]")
        ),
        Misconception(
            "Each neuron bends one point too late: the first piece begins at x[0].",
            {"the curve"},
            ("-x[:-1]", "-x[1:]"),
        ),
        Misconception(
            "A slope is rise over run: divide by the distances of the points.",
            {"the curve"},
            (" / np.diff(x)", ""),
        ),
        Misconception(
            "A slope is rise over run, and yours is run over rise.",
            {"the curve"},
            ("np.diff(y) / np.diff(x)", "np.diff(x) / np.diff(y)"),
        ),
        Misconception(
            "W1 has one row: its shape is (1, h), so that `t @ W1` is (n, h) for t of shape (n, 1).",
            {"the curve"},
            ("np.ones((1, len(w2)))", "np.ones(len(w2))"),
            forms=(("np.ones((1, len(w2)))", "np.ones((len(w2), 1))"),),
        ),
    ],
    hints=[
        "relu(t - x_i) is zero up to x_i and then rises with slope 1. What must each piece add to those before it?",
        r"$f(t) = y_0 + \sum_i (s_i - s_{i-1})\,\mathrm{relu}(t - x_i)$ with slopes $s_i$ and $s_{-1} = 0$",
        "`slopes = np.diff(y) / np.diff(x)`, `w2 = np.diff(slopes, prepend=0)`, `b1 = -x[:-1]`",
    ],
)


PERMUTE_HIDDEN = Task(
    "permute_hidden",
    points=0,
    answers=["permute_hidden"],
    reference=REFERENCE + "permute_hidden",
    parts=[Part("weights", reordered)],
    misconceptions=[
        Misconception(
            "That is the inverse of the order: neuron order[j] is to come *to* place j, not neuron j to place order[j].",
            {"weights"},
            edits=(("[:, order]", "[:, np.argsort(order)]"), ("[order]", "[np.argsort(order)]")),
        ),
        Misconception(
            "A hidden neuron is a *column* of W1 (its inputs), not a row.",
            {"weights"},
            ("W1[:, order]", "W1[order]"),
        ),
        Misconception(
            "What a hidden neuron sends on is a *row* of W2.",
            {"weights"},
            ("W2[order]", "W2[:, order]"),
            forms=([("W1[:, order]", "W1[order]"), ("W2[order]", "W2[:, order]")],),
        ),
        Misconception(
            "The biases stay with their neurons: permute b1 too.", {"weights"}, ("b1[order]", "b1")
        ),
        Misconception(
            "Only the first layer is permuted: the second still listens to the old places.",
            {"weights"},
            ("W2[order]", "W2"),
        ),
        Misconception(
            "Only the second layer is permuted: a neuron takes its own inputs, a column of W1, along.",
            {"weights"},
            ("W1[:, order]", "W1"),
            forms=([("W1[:, order]", "W1"), ("b1[order]", "b1")],),
        ),
    ],
    hints=[
        "Which numbers belong to one hidden neuron? It has weights coming in, a bias, and weights going out.",
        r"column $j$ of $W_1$, entry $j$ of $b_1$, row $j$ of $W_2$",
        "`return W1[:, order], b1[...], W2[...]`",
    ],
)
