"""A network of layers: circles for neurons, arrows for weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.figures.geometry import Area, Box, Point, overlap, rim
from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREY, ORANGE, signed, tint
from helpers.figures.sketch import NORMAL, SMALL, Sketch
from helpers.figures.words import listed, number, subscript

PRINTED = 12  # weights are printed up to this many


def network(
    sizes: Sequence[int],
    weights: Sequence[ndarray] | None = None,
    biases: Sequence[ndarray] | None = None,
    names: Sequence[Sequence[str]] | None = None,
    active: Sequence[ndarray] | None = None,
    titles: Sequence[str] | None = None,
    shapes: bool | None = None,
    most: int = 6,
) -> Drawing:
    """Draw a network layer by layer, from left to right.

        show(*network((4, 5, 3)))                                          # shapes of W and b on the arrows
        show(*network((2, 2, 1), [W1, W2], [b1, b2], [["x₁", "x₂"], ["or", "nand"], ["xor"]]))
        show(*network((784, 128, 10), titles=["pixels", "hidden", "scores"]))   # long layers have dots

    A positive weight is blue, a negative one orange and dashed, a large one thick; values are printed while
    there are at most 12 of them. Biases stand below their neurons.

    Args:
        sizes: neurons of each layer, inputs first; two layers or more.
        weights: of each step one (sizes[i], sizes[i + 1]), as in `X @ W + b`.
        biases: of each step one (sizes[i + 1],).
        names: of each layer's neurons, written in the circles; by default x₁ …, h₁ …, ŷ₁ ….
        active: of each layer the values (sizes[i],), in [0, 1] or [-1, 1]: the circles are filled by size.
        titles: a word below each layer.
        shapes: whether "W₁ 4 × 5" stands above the arrows; by default where no weights are given.
        most: how many neurons of a layer are drawn; longer ones get dots.
    """
    layers = _layers(sizes, names, active, most)
    W = _arrays(weights, [(a, b) for a, b in pairwise(sizes)], "weights")
    B = _arrays(biases, [(n,) for n in sizes[1:]], "biases")
    printed = bool(W) and sum(w.size for w in W) <= PRINTED
    gap, between = (210, 40) if printed else (150, 22)
    sheet = Sketch()
    places = [_column(sheet, layer, i * gap, between) for i, layer in enumerate(layers)]
    for i in range(len(sizes) - 1):
        _weights(sheet, places[i], places[i + 1], W[i] if W else None, printed)
    for column, b in zip(places[1:], B, strict=False):
        for k, box in column.items():
            sheet.label(box.x, box.bottom[1] + 9, f"b = {number(b[k])}", GREY, SMALL, filled=True)
    circles = [box for column in places for box in column.values()]
    top, low = min(box.top[1] for box in circles), max(box.bottom[1] for box in circles)
    with_shapes = not W if shapes is None else shapes
    for i, n in enumerate(sizes):
        words = [*([titles[i]] if titles else []), *([str(n)] if n > most else [])]
        if words:
            sheet.label(i * gap, low + (36 if B else 22), "\n".join(words), GREY)
        if with_shapes and i:
            shape = f"{subscript('W', i)}  {sizes[i - 1]} × {n}\n{subscript('b', i)}  {n}"
            sheet.label((i - 0.5) * gap, top - 18, shape, GREY, SMALL)
    return Drawing(sheet.done(), _told(layers, W, B, titles, with_shapes, printed))


@dataclass(frozen=True)
class Layer:
    """Which neurons of a layer are drawn, how they are called, and how active they are."""

    size: int
    drawn: list[int]
    names: list[str]
    active: list[float] | None

    def name(self, k: int) -> str:
        """Return how a neuron is called in a sentence."""
        return self.names[k] or f"no. {k + 1}"

    def text(self, k: int) -> str:
        """Return what stands in a neuron's circle."""
        return self.names[k] + (f"\n{number(self.active[k])}" if self.active is not None else "")


def _layers(
    sizes: Sequence[int],
    names: Sequence[Sequence[str]] | None,
    active: Sequence[ndarray] | None,
    most: int,
) -> list[Layer]:
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"a network has two layers or more, each of one neuron or more, not {list(sizes)}")
    letters = ["x", *["h" if len(sizes) == 3 else ""] * (len(sizes) - 2), "ŷ"]
    values = [a.tolist() for a in _arrays(active, [(n,) for n in sizes], "activations")]
    layers = []
    for i, (n, letter) in enumerate(zip(sizes, letters, strict=True)):
        called = [letter if n == 1 or not letter else subscript(letter, k + 1) for k in range(n)]
        if names is not None and len(names[i]) != n:
            raise ValueError(f"layer {i} has {n} neurons, but {len(names[i])} names: {list(names[i])}")
        drawn = list(range(n)) if n <= most else [*range((most + 1) // 2), *range(n - most // 2 + 1, n)]
        layers.append(
            Layer(n, drawn, called if names is None else list(names[i]), values[i] if values else None)
        )
    return layers


def _arrays(given: Sequence[Any] | None, shapes: Sequence[tuple[int, ...]], what: str) -> list[ndarray]:
    """Return the arrays in the shapes that the layers ask for; one output may be written without its axis."""
    if given is None:
        return []
    if len(given) != len(shapes):
        raise ValueError(f"these layers need {len(shapes)} arrays of {what}, not {len(given)}")
    arrays = []
    for i, (array, shape) in enumerate(zip(given, shapes, strict=True), 1):
        found = np.asarray(array, dtype=float)
        if found.shape != shape and not (shape[-1] == 1 and found.shape == shape[:-1]):
            raise ValueError(
                f"of the {what}, array {i} has the shape {found.shape}; the layers ask for {shape}"
            )
        arrays.append(found.reshape(shape))
    return arrays


def _column(sheet: Sketch, layer: Layer, x: float, between: float) -> dict[int, Box]:
    """Draw a layer's circles below each other, with dots where some are left out, around y = 0."""
    slots: list[int | None] = list(layer.drawn)
    if len(layer.drawn) < layer.size:
        slots.insert((len(layer.drawn) + 1) // 2, None)
    r = 23 if layer.active is not None or max(len(layer.names[k]) for k in layer.drawn) > 4 else 18
    column = {}
    for row, k in enumerate(slots):
        y = (row - (len(slots) - 1) / 2) * (2 * r + between)
        if k is None:
            sheet.label(x, y, "⋮", GREY, 16)
            continue
        fill, ink = _fill(layer.active[k]) if layer.active is not None else ("white", BLACK)
        text = layer.text(k)
        column[k] = sheet.circle(x, y, r, text, fill=fill, ink=ink, size=SMALL if len(text) > 3 else NORMAL)
    return column


def _fill(value: float) -> tuple[tuple[float, ...], str]:
    """Return a circle's colour, from white at 0 to full blue or orange at 1 and -1, and that of its text."""
    share = min(1.0, abs(value))
    return tint(BLUE if value > 0 else ORANGE, share), "white" if share > 0.9 else BLACK


def _weights(
    sheet: Sketch, start: dict[int, Box], end: dict[int, Box], W: ndarray | None, printed: bool
) -> None:
    """Draw the arrows between two layers, and their weights where there is room."""
    most = 1.0 if W is None else float(np.abs(W).max()) or 1.0
    taken: list[Area] = []
    for i in start:
        for j in end:
            a, b = start[i], end[j]
            tail, tip = rim(a, (b.x, b.y)), rim(b, (a.x, a.y))
            if W is None:
                sheet.arrow(tail, tip, width=0.8, head=7)
                continue
            w = float(W[i, j])
            colour, style = signed(w)
            sheet.arrow(tail, tip, colour=colour, style=style, width=0.7 + 2.6 * abs(w) / most, head=10)
            if printed:
                _on_line(sheet, tail, tip, number(w), colour, taken)


def _on_line(sheet: Sketch, start: Point, end: Point, text: str, colour: str, taken: list[Area]) -> None:
    """Write a text on a straight line where it covers none of the areas `taken`, and add its own."""
    for t in (0.3, 0.22, 0.38, 0.46, 0.62, 0.7, 0.78, 0.54):
        at = start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])
        put = sheet.label(*at, text, colour, SMALL, filled=True)
        area = sheet.extent(put)
        if t == 0.54 or not any(overlap(area, other) for other in taken):
            break
        put.remove()
    taken.append(area)


def _told(
    layers: Sequence[Layer],
    W: Sequence[ndarray],
    B: Sequence[ndarray],
    titles: Sequence[str] | None,
    with_shapes: bool,
    printed: bool,
) -> str:
    """Say what is drawn."""
    kinds = [f"{layer.size} ({titles[i]})" if titles else str(layer.size) for i, layer in enumerate(layers)]
    says = [f"A network with layers of {listed(kinds)} neurons, each with arrows to all of the next layer."]
    for i, (left, right) in enumerate(pairwise(layers)):
        name = subscript("W", i + 1)
        if with_shapes:
            says.append(f"{name} is {left.size} × {right.size}.")
        if printed:
            pairs = [
                f"{left.name(a)} to {right.name(b)} {number(w)}"
                for (a, b), w in np.ndenumerate(W[i].astype(object))
            ]
            says.append(f"Weights: {listed(pairs)}.")
        elif W:
            says.append(f"{name} has weights from {number(W[i].min())} to {number(W[i].max())}.")
        if B:
            says.append(f"Biases: {listed([f'{right.name(k)} {number(B[i][k])}' for k in right.drawn])}.")
    for layer in layers:
        if layer.active is not None:
            says.append(
                f"Active: {listed([f'{layer.name(k)} {number(layer.active[k])}' for k in layer.drawn])}."
            )
    return " ".join(says)
