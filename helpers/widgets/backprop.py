"""Lesson 03's interactive figure: step forward and backward through a computation graph."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.widgets import Interactive, interactive, script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
        local: the derivative of the consumer by the parent, through this use alone.
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
    grads, arrived = [0.0] * len(scene), [0] * len(scene)
    grads[-1], edges, backward = 1.0, list[Edge](), list[str]()
    names = [row[0] for row in scene]
    for i in reversed(range(len(scene))):
        _, formula, parents, _ = scene[i]
        for k, (p, local) in enumerate(zip(parents, _locals(formula, i, parents, values), strict=True)):
            before, arrives = grads[p], local * grads[i]
            grads[p], arrived[p] = before + arrives, arrived[p] + 1
            edges.append(Edge(i, p, local, arrives, grads[p], int(k > 0 and parents[0] == parents[1])))
            backward.append(
                _told(names[i], names[p], edges[-1], grads[i], before if arrived[p] > 1 else None)
            )
    computed = [i for i, row in enumerate(scene) if row[2]]
    says = [
        "The inputs are given. Press ▶, or the arrow keys.",
        *(f"Forward: {names[i]} = {scene[i][1]} = {_number(values[i])}." for i in computed),
        "Backward. The gradient of L by itself is 1.",
        *backward,
    ]
    nodes = [
        Node(r[0], r[1] if r[2] else "", r[3], v, g) for r, v, g in zip(scene, values, grads, strict=True)
    ]
    return Trace(nodes, edges, computed, says)


def stepper(scene: str = "a neuron") -> Interactive:
    """Return the figure in which readers step through a computation graph and change its inputs."""
    found = {name: trace(rows, INPUTS[name]) for name, rows in SCENES.items()}
    lines = "; ".join(
        f"{n.name} = {_number(n.value)} with gradient {_number(n.grad)}" for n in found[scene].nodes
    )
    alt = (
        f"A computation graph, {scene}. Values are computed from left to right, then gradients arrive from "
        f"right to left, and a node that is used twice adds them up. In the end {lines}."
    )
    return interactive(lambda: _widget()(scene), lambda: draw(found), alt)


def draw(found: Mapping[str, Trace]) -> "Figure":
    """Draw the graphs one below the other, with every value, every local derivative and every gradient."""
    from helpers.figures import BLACK, BLUE, GREY, ORANGE, panels

    fig, _ = panels(1, width=8.6, height=2.2 * len(found))
    fig.clear()
    for ax, (name, run) in zip(fig.subplots(len(found), 1, squeeze=False)[:, 0], found.items(), strict=True):
        ax.set_title(name, fontsize=11, loc="left")
        ax.axis("off")
        width = max(node.at[0] for node in run.nodes)
        ax.set(xlim=(-0.5, max(width, 5) + 0.5), ylim=(2.45, -0.45))
        for e in run.edges:
            (x1, y1), (x2, y2) = run.nodes[e.parent].at, run.nodes[e.consumer].at
            double = any(o.twin and (o.consumer, o.parent) == (e.consumer, e.parent) for o in run.edges)
            bend = 0.0 if not double else 0.35 if e.twin else -0.35
            style = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
            style |= {"connectionstyle": f"arc3,rad={bend}"}
            ax.annotate(
                "",
                (x2 - 0.29, y2),
                (x1 + (0.27 if run.nodes[e.parent].formula else 0.19), y1),
                arrowprops=style,
            )
            t = 0.32 if x2 - x1 > 1.4 else 0.5  # long edges cross half-way
            at = x1 + t * (x2 - x1), y1 + t * (y2 - y1) + 0.75 * bend
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            ax.text(
                *at, f"×{_number(e.local)}", color=ORANGE, fontsize=8.5, ha="center", va="center", bbox=box
            )
        for n in run.nodes:
            head = f"{n.name} = {n.formula}" if n.formula else n.name
            box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": BLACK, "linewidth": 0.9}
            ax.text(*n.at, f"{head:^9}\n\n", ha="center", va="center", fontsize=9, bbox=box, linespacing=1.25)
            ax.text(
                n.at[0],
                n.at[1],
                f"\n{_number(n.value)}\n",
                ha="center",
                va="center",
                color=BLUE,
                fontsize=9,
                linespacing=1.25,
            )
            ax.text(
                n.at[0],
                n.at[1],
                f"\n\n{_number(n.grad)}",
                ha="center",
                va="center",
                color=ORANGE,
                fontsize=9,
                linespacing=1.25,
            )
    fig.supxlabel(
        "values, computed from left to right; × local derivatives and gradients, from right to left",
        fontsize=10,
    )
    return fig


def _value(formula: str, v: Sequence[float]) -> float:
    if "tanh" in formula:
        return math.tanh(v[0])
    sign = next(sign for sign in "·+−" if sign in formula)
    return v[0] * v[1] if sign == "·" else v[0] + v[1] if sign == "+" else v[0] - v[1]


def _locals(formula: str, i: int, parents: tuple[int, ...], values: Sequence[float]) -> tuple[float, ...]:
    """Return the derivative of node i by each of its parents, one use at a time."""
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
        f"Backward: along {consumer} → {parent}{use} the local derivative is {_number(edge.local)}; "
        f"times {_number(grad)}, the gradient at {consumer}: {_number(edge.arrives)} arrives at {parent}."
    )
    if before is None:
        return text
    return f"{text} {_number(before)} was there already: they add up to {_number(edge.total)}."


def _number(x: float) -> str:
    return f"{round(x, 2) + 0.0:.2f}".replace("-", "−")


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Stepper(anywidget.AnyWidget):
        """The browser draws, steps and reports `scene` and `inputs`; Python answers with `trace`."""

        _esm = script("backprop")
        _css = Path(__file__).with_name("backprop.css")
        scene = traitlets.Unicode().tag(sync=True)
        inputs: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        trace: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        scenes = traitlets.Dict(INPUTS).tag(sync=True)
        range = traitlets.Float(RANGE).tag(sync=True)

        def __init__(self, scene: str):
            super().__init__(scene=scene, inputs=dict(INPUTS[scene]))
            self._run()
            self.observe(self._run, "inputs")

        def _run(self, _: Any = None) -> None:
            self.trace = asdict(trace(SCENES[self.scene], self.inputs))

    return Stepper
