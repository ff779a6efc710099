"""Lesson 03's stepper, computed: the graphs, and a run forward and backward through one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, str, tuple[int, ...], tuple[float, float]]  # name, operation, parents, place

RANGE = 2.0  # inputs lie in [-RANGE, RANGE]
SCENES: dict[str, tuple[Row, ...]] = {
    "a neuron": (
        ("w", "input", (), (0, 0)),
        ("x", "input", (), (0, 1)),
        ("b", "input", (), (1, 2)),
        ("y", "input", (), (3, 2)),
        ("u", "w · x", (0, 1), (1, 0.5)),
        ("z", "u + b", (4, 2), (2, 1)),
        ("h", "tanh z", (5,), (3, 1)),
        ("r", "h − y", (6, 3), (4, 1.5)),
        ("L", "r · r", (7, 7), (5, 1.5)),
    ),
    "used by two": (
        ("a", "input", (), (0, 0.2)),
        ("b", "input", (), (0, 1.8)),
        ("u", "a · b", (0, 1), (1.6, 0.2)),
        ("v", "a + b", (0, 1), (1.6, 1.8)),
        ("L", "u · v", (2, 3), (3.2, 1)),
    ),
    "a shortcut": (
        ("w", "input", (), (0, 0.2)),
        ("x", "input", (), (0, 1.6)),
        ("u", "w · x", (0, 1), (1.3, 0.5)),
        ("h", "tanh u", (2,), (2.5, 0.5)),
        ("s", "h + x", (3, 1), (3.7, 1.3)),
        ("L", "s · s", (4, 4), (5, 1.3)),
    ),
}
INPUTS: dict[str, dict[str, float]] = {
    "a neuron": {"w": 0.5, "x": 1.5, "b": -0.25, "y": 1.0},
    "used by two": {"a": 2.0, "b": 0.5},
    "a shortcut": {"w": -0.5, "x": 1.0},
}


@dataclass(frozen=True)
class Node:
    """A node of the graph: its name, how it is computed, where it stands, its value and gradient."""

    name: str
    formula: str
    at: tuple[float, float]
    value: float
    grad: float


@dataclass(frozen=True)
class Edge:
    """A parent's use by a consumer, in the order in which gradients pass.

    Attributes:
        consumer, parent: numbers of nodes.
        local: the derivative of the consumer with respect to the parent, through this use alone.
        arrives: the gradient that it brings to the parent.
        total: what the parent has then received.
        twin: 1 for the second use by the same consumer.
    """

    consumer: int
    parent: int
    local: float
    arrives: float
    total: float
    twin: int


@dataclass(frozen=True)
class Trace:
    """A whole run: nodes in order, edges in the order of the backward pass, and a sentence for each step."""

    nodes: list[Node]
    edges: list[Edge]
    forward: list[int]  # the nodes that are computed, in order
    says: list[str]  # before the first step, and after each


def trace(scene: Sequence[Row], inputs: Mapping[str, float]) -> Trace:
    """Run a scene forward and backward."""
    values: list[float] = []
    for name, formula, parents, _ in scene:
        values.append(_value(formula, [values[i] for i in parents]) if parents else float(inputs[name]))
    slopes = [_locals(formula, i, parents, values) for i, (_, formula, parents, _) in enumerate(scene)]
    return told(scene, values, slopes)


def told(rows: Sequence[Row], values: Sequence[float], slopes: Sequence[Sequence[float]]) -> Trace:
    """Carry gradients back from the last row, and say each step.

    Args:
        rows: parents before their consumers.
        values: of each row.
        slopes: of each row the derivatives with respect to its parents, one use at a time.
    """
    grads, arrived = [0.0] * len(rows), [0] * len(rows)
    grads[-1], edges, backward = 1.0, list[Edge](), list[str]()
    names = [row[0] for row in rows]
    for i in reversed(range(len(rows))):
        parents = rows[i][2]
        for k, (p, slope) in enumerate(zip(parents, slopes[i], strict=True)):
            before, arrives = grads[p], slope * grads[i]
            grads[p], arrived[p] = before + arrives, arrived[p] + 1
            edges.append(Edge(i, p, slope, arrives, grads[p], int(k > 0 and parents[0] == parents[1])))
            backward.append(
                _told(names[i], names[p], edges[-1], grads[i], before if arrived[p] > 1 else None)
            )
    computed = [i for i, row in enumerate(rows) if row[2]]
    says = [
        "The inputs are given. Press ▶, or the arrow keys.",
        *(f"Forward: {names[i]} = {rows[i][1]} = {number(values[i])}." for i in computed),
        f"Backward. The gradient of {names[-1]} with respect to itself is 1.",
        *backward,
    ]
    nodes = [
        Node(r[0], r[1] if r[2] else "", r[3], v, g) for r, v, g in zip(rows, values, grads, strict=True)
    ]
    return Trace(nodes, edges, computed, says)


def _value(formula: str, v: Sequence[float]) -> float:
    if "tanh" in formula:
        return math.tanh(v[0])
    sign = next(sign for sign in "·+−" if sign in formula)
    return v[0] * v[1] if sign == "·" else v[0] + v[1] if sign == "+" else v[0] - v[1]


def _locals(formula: str, i: int, parents: tuple[int, ...], values: Sequence[float]) -> tuple[float, ...]:
    """Return the derivative of node i with respect to each of its parents, one use at a time."""
    if not parents:
        return ()
    if "tanh" in formula:
        return (1 - values[i] ** 2,)
    if "·" in formula:
        return (values[parents[1]], values[parents[0]])
    return (1.0, -1.0 if "−" in formula else 1.0)


def _told(consumer: str, parent: str, edge: Edge, grad: float, before: float | None) -> str:
    use = " (second factor)" if edge.twin else ""
    text = (
        f"Backward: along {consumer} → {parent}{use} the local derivative is {number(edge.local)}; "
        f"times {number(grad)}, the gradient at {consumer}: {number(edge.arrives)} arrives at {parent}."
    )
    if before is None:
        return text
    return f"{text} {number(before)} was there already: they add up to {number(edge.total)}."


def number(x: float) -> str:
    """Print a number with two digits and a real minus."""
    return f"{round(x, 2) + 0.0:.2f}".replace("-", "−")
