"""Neurons as gates, their weights by hand."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.perceptron.neuron import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def one_gate(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a gate."""
    yield Case({"name": name})


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {
    "AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "NOR": (1, 0, 0, 0), "XOR": (0, 1, 1, 0),
    "XNOR, the opposite of XOR": (1, 0, 0, 1), "its first input": (0, 0, 1, 1), "its second input": (0, 1, 0, 1),
    "0 always": (0, 0, 0, 0), "1 always": (1, 1, 1, 1),
}  # fmt: skip


def fires(X: ndarray, W: ndarray, b: ndarray) -> list[int]:
    """Return the outputs of a layer of Heaviside neurons, a neuron's outputs as a list."""
    return (np.squeeze(X @ W + b) > 0).astype(int).tolist()


def gate_outputs(weights: Plain) -> Plain:
    """Return what a gate's weights compute on the four corners, or a sentence where they are none."""
    if weights is None or isinstance(weights, str):
        return weights
    if not isinstance(weights, list | tuple) or len(weights) != 2:
        return f"a gate is a pair (w, b) of two weights and a bias; this is {show(weights)}"
    w, b = (np.asarray(part, dtype=float) for part in weights)
    if b.shape == (2,) and w.ndim == 0:
        return "it comes as (b, w): the weights stand first, then the bias"
    if w.shape != (2,) or b.size != 1:
        return f"w must have shape (2,) and b be one number; they have the shapes {w.shape} and {b.shape}"
    if not (np.isfinite(w).all() and np.isfinite(b).all()):
        return f"w and b must be finite numbers; this is {show(weights)}"
    return fires(CORNERS, w, b)


def as_table(case: Case, want: Plain, got: Plain) -> str | None:
    """Say on which corners a gate or a network fires wrongly, and which table it computes instead."""
    if got is None:
        return "it returned nothing (None) where weights are expected."
    if isinstance(got, str) or np.shape(got) != np.shape(want):
        return f"{got}." if isinstance(got, str) else f"expected {show(want)}, got {show(got)}."
    table, wanted = np.asarray(got).tolist(), np.asarray(want).tolist()
    if table == wanted:
        return None
    places = {
        told: ", ".join(f"({x1:.0f}, {x2:.0f})" for (x1, x2), a, b in zip(CORNERS, wanted, table, strict=True) if (a, b) == k)
        for k, told in (((1, 0), "should fire on {} and is silent"), ((0, 1), "fires on {} and should be silent"))
    }  # fmt: skip
    told = " and ".join(sentence.format(where) for sentence, where in places.items() if where)
    known = next((f" That is {name}." for name, outputs in TABLES.items() if list(outputs) == table), "")
    return f"it {told} there.{known}"


# ---------------------------------------------------------------- tasks


def gate(name: str, weight: float) -> Part:
    """The part that asks for one gate; any weights that get its table right are right."""
    return Part(name, partial(one_gate, name=name), weight=weight, means=gate_outputs, judge=as_table)


GATES = Task(
    "gates",
    points=2,
    answers=["gates"],
    reference=REFERENCE + "gates",
    probe=PROBES + "gate",
    parts=[gate("AND", 0.5), gate("OR", 0.5), gate("NAND", 1.0)],
    misconceptions=[
        Misconception(
            "The pairs are swapped: the two weights come first, then the bias.",
            {"AND", "OR", "NAND"},
            edits=(
                ("([1.0, 1.0], -1.5)", "(-1.5, [1.0, 1.0])"),
                ("([1.0, 1.0], -0.5)", "(-0.5, [1.0, 1.0])"),
                ("([-1.0, -1.0], 1.5)", "(1.5, [-1.0, -1.0])"),
            ),
        ),
        Misconception(
            "These are the truth tables. What is wanted are weights and a bias that compute them.",
            {"AND", "OR", "NAND"},
            edits=(
                ("([1.0, 1.0], -1.5)", "[0, 0, 0, 1]"),
                ("([1.0, 1.0], -0.5)", "[0, 1, 1, 1]"),
                ("([-1.0, -1.0], 1.5)", "[1, 1, 1, 0]"),
            ),
        ),
        Misconception(
            "Your AND fires when one input is on: its bias must outweigh one weight, but not both.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -0.5)'),
        ),
        Misconception(
            "Your AND never fires. With both inputs on its score w1 + w2 + b must be above 0; at exactly 0 it is silent.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -2.0)'),
        ),
        Misconception(
            "Your AND always fires: its bias alone is enough. It must be negative, and outweigh one weight.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], 1.5)'),
        ),
        Misconception(
            "Your AND listens to one input only: the other must be able to keep it silent.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 0.0], -0.5)'),
            forms=(('"AND": ([1.0, 1.0], -1.5)', '"AND": ([0.0, 1.0], -0.5)'),),
        ),
        Misconception(
            "Your OR fires only when both inputs are on: one weight alone must outweigh the bias.",
            {"OR"},
            ('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], -1.5)'),
            forms=(('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], -1.0)'),),
        ),
        Misconception(
            "Your OR always fires, also on (0, 0), where the score is the bias alone: it must not be above 0.",
            {"OR"},
            ('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], 0.5)'),
        ),
        Misconception(
            "Your OR never fires: with an input on, its score must be above 0.",
            {"OR"},
            ('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], -2.5)'),
        ),
        Misconception(
            "Your NAND never fires: to turn AND round, change the sign of w *and* of b.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([-1.0, -1.0], -1.5)"),
        ),
        Misconception(
            "Your NAND is AND: it should fire exactly where AND does not.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([1.0, 1.0], -1.5)"),
        ),
        Misconception(
            "Your NAND is silent when one input is on: there the bias must be larger than one weight takes away. "
            "(At a score of exactly 0 a neuron is silent.)",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([-1.0, -1.0], 0.5)"),
        ),
        Misconception(
            "Your NAND always fires: with both inputs on, the weights must outweigh the bias.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([-1.0, -1.0], 2.5)"),
        ),
        Misconception(
            "Your NAND is OR: it fires on (1, 1) and is silent on (0, 0), the wrong way round.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([1.0, 1.0], -0.5)"),
        ),
    ],
    hints=[
        "Draw the four corners of the unit square. Which line has only (1, 1) on its far side?",
        "AND needs $w_1 + w_2 + b > 0$ but $w_1 + b \\le 0$ and $w_2 + b \\le 0$.",
        '`"AND": ([1, 1], -1.5)`; for OR a smaller threshold does, and NAND is AND with every sign turned.',
    ],
)
