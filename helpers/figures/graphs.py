"""A computation graph, drawn from the objects that a student's own engine made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpers.figures.page import Drawing


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

    Of `data` and `grad` a single number is printed, of an array the shape. A node that is used twice by one
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
    raise NotImplementedError
