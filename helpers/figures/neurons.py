"""One neuron: inputs, weights, the sum, the activation."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from helpers.figures.geometry import Box, rim
from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, GREY, signed
from helpers.figures.sketch import NORMAL, Sketch
from helpers.figures.words import listed, number, subscript

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "step": lambda z: float(z > 0),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "none": lambda z: z,
}
MOST = 10  # inputs


def neuron(
    w: Sequence[float],
    b: float,
    names: Sequence[str] | None = None,
    x: Sequence[float] | None = None,
    activation: str = "step",
    out: str = "ŷ",
) -> Drawing:
    """Draw a neuron: inputs on the left, their weights on the arrows, sum, activation, output.

        show(*neuron([2, -1], -0.5, ["rain", "wind"]))
        show(*neuron(w, b, x=[1, 0], activation="sigmoid"))     # with z and the output as numbers

    Args:
        w: weights, up to ten.
        b: the bias.
        names: of the inputs; by default x₁, x₂, ….
        x: the inputs' values; with them the sum z and the output are printed.
        activation: "step" (1 for z > 0), "sigmoid", "tanh", "relu" or "none".
        out: name of the output.
    """
    w = [float(v) for v in w]
    names = [subscript("x", i + 1) for i in range(len(w))] if names is None else list(names)
    if not 1 <= len(w) <= MOST or len(names) != len(w) or (x is not None and len(x) != len(w)):
        found = f"{len(w)} weights, {len(names)} names" + (f", {len(x)} inputs" if x is not None else "")
        raise ValueError(f"a neuron has 1 to {MOST} weights, and as many names and inputs; these are {found}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation {activation!r} is none of {list(ACTIVATIONS)}")
    z = None if x is None else sum(a * float(v) for a, v in zip(w, x, strict=True)) + b
    end = None if z is None else ACTIVATIONS[activation](z)

    sheet = Sketch()
    total = sheet.circle(230, 0, 24, "Σ", size=15)
    _inputs(sheet, total, w, names, x)
    bias = sheet.circle(230, -(50 + 30), 14, "1", colour=GREY)
    sheet.arrow(bias.bottom, total.top, f"b = {number(b)}", BLACK, at=0.42, size=NORMAL)
    left = total
    if activation != "none":
        left = sheet.box(350 if z is None else 390, 0, 60, 48)
        _curve(sheet, left, activation)
        sheet.label(left.x, 38, activation, GREY)
        sheet.arrow(total.right, left.left, _valued("z", z), BLACK, size=NORMAL)
    end_at = (left.right[0] + 60, 0)
    sheet.arrow(left.right, end_at, colour=BLACK)
    sheet.label(end_at[0] + 8, 0, _valued(out, end), align="left")
    return Drawing(sheet.done(), _told(w, b, names, x, activation, out, z, end))


def _inputs(
    sheet: Sketch, total: Box, w: Sequence[float], names: Sequence[str], x: Sequence[float] | None
) -> None:  # fmt: skip
    """Draw the inputs below each other, each with an arrow to the sum and the weight on it."""
    most = max(map(abs, w)) or 1.0
    for i, (weight, name) in enumerate(zip(w, names, strict=True)):
        y = (i - (len(w) - 1) / 2) * 44
        text = name if x is None else f"{name} = {number(x[i])}"
        source = sheet.label(0, y, text, align="right")
        colour, style = signed(weight)
        start = (sheet.extent(source)[2] + 8, y)
        width = 0.8 + 2.4 * abs(weight) / most
        sheet.arrow(start, rim(total, start), number(weight), colour, width, style, at=0.36, size=NORMAL)


def _curve(sheet: Sketch, box: Box, activation: str) -> None:
    """Draw a small graph of the activation in a box: zero in the middle, the axes in grey."""
    t = np.linspace(-1, 1, 81)
    reach = {"step": 1.0, "sigmoid": 6.0, "tanh": 3.0, "relu": 1.0}[activation]
    y = np.array([ACTIVATIONS[activation](reach * v) for v in t])
    up = 1.0 if y.min() < 0 else 0.5  # where zero stands: in the middle, or below
    zero = box.y + (16 if up < 1 else 0)
    sheet.line([(box.x - 24, zero), (box.x + 24, zero)], GREY, 0.7, zorder=4)
    sheet.line([(box.x, box.y - 18), (box.x, box.y + 18)], GREY, 0.7, zorder=4)
    height = 30 if up < 1 else 15
    sheet.line([(box.x + 22 * v, zero - height * h) for v, h in zip(t, y, strict=True)], BLACK, 2.0, zorder=5)


def _valued(name: str, value: float | None) -> str:
    return name if value is None else f"{name} = {number(value)}"


def _told(
    w: Sequence[float], b: float, names: Sequence[str], x: Sequence[float] | None, activation: str, out: str,
    z: float | None, end: float | None,
) -> str:  # fmt: skip
    """Say what is drawn."""
    weights = listed([f"{name} with weight {number(v)}" for name, v in zip(names, w, strict=True)])
    says = f"A neuron. It adds up its inputs, {weights}, and the bias {number(b)}."
    if activation != "none":
        says += f" The sum z goes through the activation ({activation}) and becomes {out}."
    if x is not None and z is not None and end is not None:
        values = listed([f"{name} = {number(v)}" for name, v in zip(names, x, strict=True)])
        says += f" For {values}, z = {number(z)} and {out} = {number(end)}."
    return says
