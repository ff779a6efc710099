"""Lesson 03's stepper on the reader's own engine: it steps through the graph that a formula left behind."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from helpers.widgets import Interactive
from helpers.widgets.backprop import figure
from helpers.widgets.backprop_trace import Row, Trace, told

SIGNS = {"mul": "·", "add": "+"}
LETTERS = "uvzhrspq"  # for what is computed on the way
DEEP, HIGH = 6, 3  # steps from left to right, and nodes above each other, that there is room for


def own_stepper(formula: Callable[..., Any], tensor: Callable[[float], Any], **inputs: float) -> Interactive:
    """Return the figure in which readers step through a formula that their own engine computes.

        display(own_stepper(lambda a, b: (a * b) * (a + b), Tensor, a=2.0, b=0.5))

    Values are those of their rules, and local derivatives what their pulls make of 1.

    Args:
        formula: takes one of their Tensors for each input, by name, and returns another.
        tensor: makes a Tensor of a number.
        inputs: the numbers to begin with, between -2 and 2.

    Raises:
        ValueError: where a node is no single number, or there is no room for the graph.
    """
    return figure("yours", {"yours": inputs}, lambda _, now: own_trace(formula, tensor, now))


def own_trace(
    formula: Callable[..., Any], tensor: Callable[[float], Any], inputs: Mapping[str, float]
) -> Trace:
    """Run a formula on someone's engine, and read its graph."""
    leaves = {name: tensor(float(x)) for name, x in inputs.items()}
    nodes = _ordered(formula(**leaves), list(leaves.values()))
    if wide := [np.shape(node.data) for node in nodes if np.size(node.data) != 1]:
        raise ValueError(f"the stepper shows single numbers; here is an array of shape {wide[0]}")
    free = [letter for letter in LETTERS if letter not in leaves]
    if len(nodes) - len(leaves) > 1 + len(free):
        raise ValueError(
            f"the stepper has room for {1 + len(free)} operations; here are {len(nodes) - len(leaves)}"
        )
    names = [*leaves, *free[: len(nodes) - len(leaves) - 1], "L"]
    at = {id(node): i for i, node in enumerate(nodes)}
    parents = [tuple(at[id(parent)] for parent, _ in node.edges) for node in nodes]
    places = _places(parents)
    rows: list[Row] = [
        (names[i], _said(node, [names[p] for p in parents[i]]), parents[i], places[i])
        for i, node in enumerate(nodes)
    ]
    slopes = [[float(pull(np.ones_like(node.data))) for _, pull in node.edges] for node in nodes]
    return told(rows, [float(node.data) for node in nodes], slopes)


def _ordered(last: Any, leaves: list[Any]) -> list[Any]:
    """Return the inputs, then all else that the last was made from, each after its parents."""
    found = list(leaves)

    def visit(node: Any) -> None:
        if not any(node is other for other in found):
            for parent, _ in node.edges:
                visit(parent)
            found.append(node)

    visit(last)
    return found


def _said(node: Any, names: list[str]) -> str:
    """Return how a node is computed, by the name of the function in which its pulls were defined."""
    if not node.edges:
        return "input"
    rule = node.edges[0][1].__qualname__.split(".<locals>")[0].split(".")[-1]
    if rule in SIGNS:
        return f" {SIGNS[rule]} ".join(names if len(names) > 1 else [*names, "…"])
    return f"{rule} {', '.join(names)}"


def _places(parents: list[tuple[int, ...]]) -> list[tuple[float, float]]:
    """Return where each node stands: in a column behind its parents, inputs just before they are used."""
    column = [0] * len(parents)
    for i, mine in enumerate(parents):
        column[i] = 1 + max((column[p] for p in mine), default=-1)
    for i, mine in enumerate(parents):
        used = [column[j] for j, theirs in enumerate(parents) if i in theirs]
        if not mine and used:
            column[i] = min(used) - 1
    rows = {c: [i for i in range(len(parents)) if column[i] == c] for c in set(column)}
    if max(column) > DEEP or max(map(len, rows.values())) > HIGH:
        raise ValueError(f"the stepper has room for {DEEP} steps, and {HIGH} nodes above each other")
    step = min(1.6, 5 / max(1, *column))
    heights = {1: [1.0], 2: [0.2, 1.8], 3: [0.0, 1.0, 2.0]}
    y = [heights[len(rows[column[i]])][rows[column[i]].index(i)] for i in range(len(parents))]
    for i, mine in enumerate(parents):
        for p in mine:  # an edge that passes columns: who stands there alone makes room
            for c in range(column[p] + 1, column[i]):
                if len(rows[c]) == 1:
                    y[rows[c][0]] = 1.7 if y[p] < 1 else 0.3
    return [(step * column[i], y[i]) for i in range(len(parents))]
