"""Lesson 05's interactive figure: slide a kernel over an image and see the output fill, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Grid = list[list[float]]

EXAMPLE = "0111000 0011100 0001110 0001100 0011000 0110000 1100000"
SQUARE = "00000000 00000000 00999900 00999900 00999900 00999900 00000000 00000000"
SEVEN = (
    "0000000000 0268888720 0499999990 0011112890 0000004960 "
    "0000018910 0000059500 0000298100 0000796000 0001720000"
)


def _rows(text: str) -> Grid:
    return [[float(x) for x in row] for row in text.split()]


IMAGES = {"the worked example": _rows(EXAMPLE), "a square": _rows(SQUARE), "a seven": _rows(SEVEN)}
KERNELS: dict[str, Grid] = {
    "cross": [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "Sobel": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "all edges": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "blur": [[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]],
}
STRIDES, PADS = (1, 2, 3), (0, 1, 2)
COLOURED = "three channels"
CHANNELS = {  # a red square beside a white one, on black
    "red": _rows("000000 099099 099099 099099 099099 000000"),
    "green": _rows("000000 000099 000099 000099 000099 000000"),
    "blue": _rows("000000 000099 000099 000099 000099 000000"),
}
SHARES = {"red": 2.0, "green": -1.0, "blue": -1.0}  # of the kernel: what is white is 0 in the sum


@dataclass(frozen=True)
class Trace:
    """A whole slide: the padded image, what comes out, and for each step where the window stands.

    Attributes:
        planes: each channel of the image with its border of zeros, by name; one of them has no name.
        kernels: the weights that lie on each of them.
        out: the output.
        corners: the window's upper left corner in the padded image, row by row.
        says: a sentence before the first step, and after each.
    """

    planes: dict[str, Grid]
    kernels: list[Grid]
    out: Grid
    corners: list[tuple[int, int]]
    says: list[str]


def trace(
    image: Sequence[Sequence[float]], kernel: Sequence[Sequence[float]], stride: int, pad: int
) -> Trace:
    """Slide the kernel over the image."""
    k, width = len(kernel), len(image[0]) + 2 * pad
    rim = [[0.0] * width for _ in range(pad)]
    padded = [*rim, *([0.0] * pad + list(map(float, row)) + [0.0] * pad for row in image), *rim]
    p, q = ((side - k) // stride + 1 for side in (len(padded), width))
    corners = [(i * stride, j * stride) for i in range(p) for j in range(q)]
    values, says = [], [_size(len(image), k, stride, pad, p) + " Press ▶, or the arrow keys."]
    for step, (y, x) in enumerate(corners):
        terms = [(padded[y + i][x + j], float(kernel[i][j])) for i in range(k) for j in range(k)]
        values.append(sum(a * b for a, b in terms))
        says.append(f"Row {step // q}, column {step % q}: {_sum(terms)} = {number(values[-1])}.")
    out = [values[i * q : (i + 1) * q] for i in range(p)]
    return Trace({"": padded}, [[list(map(float, row)) for row in kernel]], out, corners, says)


def stacked(kernel: Sequence[Sequence[float]], stride: int, pad: int) -> Trace:
    """Slide one filter over three channels: each has weights of its own, and all products are added up."""
    kernels = [[[share * w for w in row] for row in kernel] for share in SHARES.values()]
    runs = [trace(CHANNELS[name], K, stride, pad) for name, K in zip(CHANNELS, kernels, strict=True)]
    sums = [np.ravel(run.out).tolist() for run in runs]
    says = [runs[0].says[0]]
    for step, terms in enumerate(zip(*sums, strict=True)):
        told = ", ".join(f"{name} {number(x)}" for name, x in zip(CHANNELS, terms, strict=True))
        where = runs[0].says[step + 1].partition(":")[0]
        says.append(f"{where}: {told}; together {number(sum(terms))}.")
    planes = {
        f"{name}: kernel × {number(share)}": run.planes[""]
        for (name, share), run in zip(SHARES.items(), runs, strict=True)
    }
    out = np.sum([run.out for run in runs], axis=0).tolist()
    return Trace(planes, kernels, out, runs[0].corners, says)


def slider(image: str = "the worked example", kernel: str = "cross") -> Interactive:
    """Return the figure in which readers slide a kernel and change it, the stride and the padding."""
    alt = (
        f"Kernels slide over images. {image}, kernel {kernel}: without padding the output is "
        + "; ".join(" ".join(map(number, row)) for row in trace(IMAGES[image], KERNELS[kernel], 1, 0).out)
        + ". The other images, with Sobel's kernel, give positive numbers where it gets brighter "
        "to the right and negative ones where it gets darker."
    )
    return interactive(lambda: _widget()(image, kernel), lambda: draw(image, kernel), alt)


def draw(image: str, kernel: str) -> "Figure":
    """Draw image, kernel and output of a few settings, one below the other."""
    from matplotlib.patches import Rectangle

    from helpers.figures import BLACK, panels

    rows = [(image, kernel, 1, 0), ("a square", "Sobel", 1, 1), ("a seven", "Sobel", 2, 1)]
    fig, _ = panels(1, width=8.2, height=2.9 * len(rows))
    fig.clear()
    for axes, (name, weights, stride, pad) in zip(
        fig.subplots(len(rows), 3, width_ratios=[1.2, 0.6, 1.2]), rows, strict=True
    ):
        run = trace(IMAGES[name], KERNELS[weights], stride, pad)
        titles = [f"{name}, padding {pad}", f"{weights}, stride {stride}", "output"]
        for ax, grid, title in zip(axes, (run.planes[""], KERNELS[weights], run.out), titles, strict=True):
            _grid(ax, grid, title)
        k = len(KERNELS[weights])
        for ax, (y, x), size in ((axes[0], run.corners[1], k), (axes[2], (0, 1), 1)):
            at = x - 0.5, y - 0.5
            ax.add_patch(Rectangle(at, size, size, fill=False, edgecolor=BLACK, linewidth=2.5))
    return fig


def number(x: float) -> str:
    """Print a number briefly, with a real minus."""
    return f"{round(x, 2) + 0.0:g}".replace("-", "−")


def _grid(ax: Any, grid: Sequence[Sequence[float]], title: str) -> None:
    most = max(abs(x) for row in grid for x in row) or 1.0
    ax.imshow(grid, cmap="signed", vmin=-most, vmax=most)
    for i, row in enumerate(grid):
        for j, x in enumerate(row):
            colour = "white" if abs(x) > 0.6 * most else "black"
            ax.text(j, i, number(x), ha="center", va="center", fontsize=7.5, color=colour)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=10)


def _size(n: int, k: int, stride: int, pad: int, p: int) -> str:
    left = (n + 2 * pad - k) % stride
    over = f" {left} of the padded rows are never reached." if left else ""
    return f"Output size: ⌊({n} + 2·{pad} − {k}) / {stride}⌋ + 1 = {p}.{over}"


def _sum(terms: Sequence[tuple[float, float]]) -> str:
    kept = [f"{number(a)}·{number(b)}" if b >= 0 else f"{number(a)}·({number(b)})" for a, b in terms if b]
    return " + ".join(kept) or "0"


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Slider(anywidget.AnyWidget):
        """The browser draws, steps and reports settings; Python answers with `trace`."""

        _esm = script("convolution")
        _css = style("convolution", "conv-slider")
        image = traitlets.Unicode().tag(sync=True)
        settings: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        trace: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        images = traitlets.List([*IMAGES, COLOURED]).tag(sync=True)
        kernels = traitlets.Dict(KERNELS).tag(sync=True)
        strides = traitlets.List(list(STRIDES)).tag(sync=True)
        pads = traitlets.List(list(PADS)).tag(sync=True)

        def __init__(self, image: str, kernel: str):
            settings: Mapping[str, Any] = {"kernel": KERNELS[kernel], "stride": 1, "pad": 0}
            super().__init__(image=image, settings=dict(settings))
            self._run()
            self.observe(self._run, ["image", "settings"])

        def _run(self, _: Any = None) -> None:
            s = self.settings
            slid = stacked if self.image == COLOURED else partial(trace, IMAGES[self.image])
            self.trace = asdict(slid(s["kernel"], s["stride"], s["pad"]))

    return Slider
