"""A computation graph, drawn from the objects that a student's own engine made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.figures.layered import Place, layered
from helpers.figures.page import Drawing
from helpers.figures.palette import BLUE, GREY, ORANGE
from helpers.figures.sketch import NORMAL, SMALL, Sketch
from helpers.figures.words import brief, listed

SYMBOLS = {"add": "+", "mul": "×", "matmul": "@", "total": "sum", "sub": "−", "neg": "−", "div": "÷"}
DOWN = 76  # pixels from one row to the next
HEIGHT = 52


def graph(
    node: Any,
    names: Mapping[str, Any] | None = None,
    parents: Callable[[Any], Sequence[Any]] | None = None,
    label: Callable[[Any], str] | None = None,
    most: int = 15,
) -> Drawing:
    """Draw what a node was computed from, left to right: operation, value (blue) and gradient (orange).

        a, b = Tensor(2.0), Tensor(0.5)
        loss = (a * b) * (a + b)
        backward(loss)
        show(*graph(loss, names={"a": a, "b": b, "L": loss}))

    A single number is printed with its gradient, of an array only the shape. A node that is used twice by one
    operation has two arrows.

    Args:
        node: the last node. By default it is like lesson 03's Tensor: `data`, `grad` and `edges`, which are
            pairs (parent, pull).
        names: nodes that have a name.
        parents: returns a node's parents, in order; by default the first of each pair of `edges`.
        label: returns a node's operation, "" for an input; by default the name of the function in which
            the pulls were defined ("mul", "add", …, shown as ×, +, …).
        most: how many nodes are drawn at most.

    Raises:
        ValueError: if there are more than `most` nodes.
    """
    parents = parents or (lambda n: [parent for parent, _ in n.edges])
    label = label or _operation
    nodes = _collected(node, parents, most)
    known = {id(n): name for name, n in (names or {}).items()}
    numbers = {id(n): i for i, n in enumerate(nodes)}
    edges = [[numbers[id(p)] for p in parents(n)] for n in nodes]
    boxes = [Written(known.get(id(n), ""), label(n), n) for n in nodes]
    sheet = Sketch()
    widths = [max(44.0, sheet.width(*box.lines()) + 12) for box in boxes]
    places, roads = layered(edges, widths, 46 if len(boxes) < 8 else 24, DOWN)
    for at, box, width in zip(places, boxes, widths, strict=True):
        _draw(sheet, at, box, width)
    for (i, j), ways in roads.items():
        for k, way in enumerate(ways):
            shift = (k - (len(ways) - 1) / 2) * 18  # two uses by one operation: two arrows
            start, end = places[i].x + widths[i] / 2, places[j].x - widths[j] / 2
            points = [(start, places[i].y + shift), *way, (end, places[j].y + shift)]
            sheet.road(points)
    return Drawing(sheet.done(), _told(boxes, edges))


@dataclass(frozen=True)
class Written:
    """What stands in a node's box."""

    name: str
    operation: str
    node: Any

    @property
    def head(self) -> str:
        """The name, the operation, or both."""
        return (
            f"{self.name} ({self.operation})" if self.name and self.operation else self.name or self.operation
        )

    @property
    def value(self) -> str:
        """The value, or its shape; empty if there is none."""
        return _number_or_shape(getattr(self.node, "data", None))

    @property
    def grad(self) -> str:
        """The gradient; empty if there is none yet, or if it is an array, as its shape is the value's."""
        grad = getattr(self.node, "grad", None)
        return f"grad {_number_or_shape(grad)}" if grad is not None and np.ndim(grad) == 0 else ""

    def lines(self) -> list[str]:
        """Return the lines of the box."""
        return [line for line in (self.head, self.value, self.grad) if line]


def _collected(node: Any, parents: Callable[[Any], Sequence[Any]], most: int) -> list[Any]:
    """Return the node and all that it was computed from, parents first."""
    order: list[Any] = []
    seen: set[int] = set()
    stack = [(node, False)]
    while stack:
        one, done = stack.pop()
        if done:
            order.append(one)
            continue
        if id(one) in seen:
            continue
        seen.add(id(one))
        if len(seen) > most:
            raise ValueError(
                f"this graph has more than {most} nodes, too many to be read; draw a smaller expression, "
                "or say most=..."
            )
        stack.append((one, True))
        stack.extend((parent, False) for parent in reversed(list(parents(one))))
    return order


def _operation(node: Any) -> str:
    """Return the function in which a node's pulls were defined, as a symbol where there is one."""
    for _, pull in node.edges:
        path = getattr(pull, "__qualname__", type(pull).__name__)
        name = path.split(".<locals>")[0].split(".")[-1].strip("_")
        return SYMBOLS.get(name, name)
    return ""


def _number_or_shape(array: Any) -> str:
    if array is None:
        return ""
    array = np.asarray(array)
    if array.ndim == 0:
        return brief(array.item())
    return str(array.shape)


def _draw(sheet: Sketch, at: Place, box: Written, width: float) -> None:
    lines = box.lines()
    colour = GREY if box.operation else "#000000"
    sheet.box(at.x, at.y, width, HEIGHT, colour=colour)
    inks = {box.head: "#000000", box.value: BLUE, box.grad: ORANGE}
    for i, line in enumerate(lines):
        y = at.y + (i - (len(lines) - 1) / 2) * 15
        sheet.label(at.x, y, line, inks[line], NORMAL if i == 0 else SMALL)


def _told(boxes: Sequence[Written], edges: Sequence[Sequence[int]]) -> str:
    """Say what is drawn, node by node."""
    called = [box.name or f"node {i + 1}" for i, box in enumerate(boxes)]
    says = []
    for i, box in enumerate(boxes):
        sources = f", from {listed([called[j] for j in edges[i]])}" if edges[i] else ""
        how = f" ({box.operation}{sources})" if box.operation else ", an input" if not edges[i] else sources
        value = f", is {box.value}" if box.value else ""
        grad = f", {box.grad}" if box.grad else ""
        says.append(f"{called[i]}{how}{value}{grad}")
    return f"A computation graph of {len(boxes)} nodes, from left to right. {'; '.join(says)}."
