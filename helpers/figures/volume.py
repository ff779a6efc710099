"""The layers of a convolutional network as boxes, drawn to scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.figures.page import Drawing
from helpers.figures.palette import BLUE, GREY, ORANGE, PALE
from helpers.figures.sketch import SMALL, Sketch

GAP = 30  # pixels between layers, and between the texts below them
BAR = 10  # width of a dense layer
SHEETS = 20  # maps are drawn one by one up to this many


def volumes(
    shapes: Sequence[tuple[int, ...]],
    names: Sequence[str] | None = None,
    kernels: Sequence[int | None] | None = None,
    steps: Sequence[str] | None = None,
) -> Drawing:
    """Draw layers as boxes whose height, width and depth are to scale, each with its shape below.

        show(*volumes(
            [(1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)],
            kernels=[5, 2, 5, 2, None, None, None],
            steps=["conv 5 × 5", "pool", "conv 5 × 5", "pool", "dense", "dense", "dense"],
        ))

    Args:
        shapes: (channels, height, width) of a volume, (n,) of a dense layer.
        names: of the layers, above them.
        kernels: of each step the side of its window, drawn on the box before; None for a dense layer.
        steps: of each step a word, between the boxes.
    """
    steps_between = len(shapes) - 1
    for given, what, n in (
        (names, "names", len(shapes)),
        (kernels, "kernels", steps_between),
        (steps, "steps", steps_between),
    ):
        if given is not None and len(given) != n:
            raise ValueError(f"{len(shapes)} layers need {n} {what}, not {len(given)}")
    scale = _scale(shapes)
    sheet = Sketch()
    called = [" × ".join(map(str, shape)) for shape in shapes]
    solids, x = [], 0.0
    for i, shape in enumerate(shapes):
        solid = Solid(shape, x, scale)
        words = max(sheet.width(text, size=SMALL) for text in (called[i], names[i] if names else ""))
        x += max(0.0, (words - solid.width) / 2)
        solid = Solid(shape, x, scale)
        solid.draw(sheet)
        solids.append(solid)
        x += max(solid.width, (words + solid.width) / 2) + GAP
    low, top = max(s.low for s in solids), min(s.top for s in solids)
    for i, solid in enumerate(solids):
        sheet.label(solid.middle, low + 14, called[i], size=SMALL)
        if names:
            sheet.label(solid.middle, top - 14, names[i], GREY, SMALL)
    for i in range(steps_between):
        kernel = kernels[i] if kernels else None
        solids[i].read_by(sheet, solids[i + 1], kernel, upper=i % 2 == 0)
        if steps:
            between = (solids[i].middle + solids[i + 1].middle) / 2
            sheet.label(between, low + 36, steps[i], GREY, SMALL)
    return Drawing(sheet.done(), _told(called, names or [""] * len(shapes), kernels, steps))


@dataclass(frozen=True)
class Scale:
    """How many pixels of the page stand for a pixel of a map, a channel, and a number of a dense layer."""

    pixel: float
    channel: float
    number: float


@dataclass(frozen=True)
class Solid:
    """A layer: a volume with its first map in front, or a bar. x is its left side, y = 0 its middle."""

    shape: tuple[int, ...]
    x: float
    scale: Scale

    @property
    def face(self) -> tuple[float, float]:
        """Width and height of the front."""
        if len(self.shape) == 1:
            return BAR, self.shape[0] * self.scale.number
        return self.shape[2] * self.scale.pixel, self.shape[1] * self.scale.pixel

    @property
    def depth(self) -> float:
        """How far its back stands to the right, and up."""
        return self.shape[0] * self.scale.channel if len(self.shape) == 3 else 0.0

    @property
    def width(self) -> float:
        """Of the whole drawing."""
        return self.face[0] + self.depth

    @property
    def middle(self) -> float:
        """Where the text below it stands."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """Its highest point."""
        return -self.face[1] / 2 - self.depth

    @property
    def low(self) -> float:
        """Its lowest point."""
        return self.face[1] / 2

    def draw(self, sheet: Sketch) -> None:
        """Draw the maps from the last to the first, or the bar."""
        w, h = self.face
        if not self.depth:
            sheet.polygon(_rectangle(self.x, -h / 2, w, h), BLUE, PALE)
            return
        sheets = self.shape[0] if self.shape[0] <= SHEETS else 1
        d = self.depth
        back, front = (self.x + d, -h / 2 - d), (self.x, -h / 2)
        if sheets == 1 < self.shape[0]:  # too many maps: one block, with its upper and right side
            (x, y), (u, v) = front, back
            sheet.polygon([(x, y), (u, v), (u + w, v), (x + w, y)], BLUE, PALE)
            sheet.polygon([(x + w, y), (u + w, v), (u + w, v + h), (x + w, y + h)], BLUE, PALE)
        for k in reversed(range(sheets)):
            shift = d * k / sheets
            sheet.polygon(_rectangle(self.x + shift, -h / 2 - shift, w, h), BLUE, PALE)

    def cell(self, share: tuple[float, float], k: int) -> tuple[float, float]:
        """Return the upper left corner of a window of side k, at this share of its ways across and down."""
        column, row = (round(part * (n - k)) for part, n in zip(share, self.shape[:0:-1], strict=True))
        return self.x + column * self.scale.pixel, -self.face[1] / 2 + row * self.scale.pixel

    def read_by(self, sheet: Sketch, after: "Solid", kernel: int | None, upper: bool) -> None:
        """Draw the window of the next step and the pixel that it makes; or an arrow."""
        if kernel is None or len(self.shape) == 1 or len(after.shape) == 1:
            sheet.arrow((self.x + self.width + 4, 0), (after.x - 4, 0))
            return
        share = (0.55, 0.18) if upper else (0.3, 0.62)
        unit, side = self.scale.pixel, kernel * self.scale.pixel
        x, y = self.cell(share, kernel)
        u, v = after.cell(share, 1)
        sheet.line([(x + side, y), (u, v + unit / 2)], ORANGE, 0.9, zorder=5)
        sheet.line([(x + side, y + side), (u, v + unit / 2)], ORANGE, 0.9, zorder=5)
        sheet.frame(x, y, side, side, ORANGE, 1.6)
        sheet.frame(u, v, unit, unit, ORANGE, 1.2)


def _scale(shapes: Sequence[tuple[int, ...]]) -> Scale:
    """Return the largest scale at which everything has room on a page."""
    if len(shapes) < 2 or any(len(shape) not in (1, 3) or min(shape) < 1 for shape in shapes):
        raise ValueError(f"layers have shapes (channels, height, width) or (n,), not {list(shapes)}")
    volumes = [shape for shape in shapes if len(shape) == 3]
    wide = sum(shape[2] for shape in volumes)
    tall = max((max(shape[1:]) for shape in volumes), default=1)
    deep = sum(shape[0] for shape in volumes)
    most = max((shape[0] for shape in volumes), default=1)
    numbers = max((shape[0] for shape in shapes if len(shape) == 1), default=1)
    return Scale(
        pixel=min(16.0, 110 / tall, 320 / max(1, wide)),
        channel=min(3.0, 60 / most, 120 / max(1, deep)),
        number=min(1.0, 140 / numbers),
    )


def _rectangle(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def _told(
    called: Sequence[str],
    names: Sequence[str],
    kernels: Sequence[int | None] | None,
    steps: Sequence[str] | None,
) -> str:
    """Say what is drawn."""
    layers = [f"{name} {shape}".strip() for name, shape in zip(names, called, strict=True)]
    for i in range(len(called) - 1):
        how = [steps[i]] if steps else []
        if kernels and kernels[i]:
            how.append(f"window {kernels[i]} × {kernels[i]}")
        layers[i + 1] = (f"by {', '.join(how)}: " if how else "") + layers[i + 1]
    return f"Layers from left to right, to scale, channels × height × width: {'; '.join(layers)}."
