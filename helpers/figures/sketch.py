"""A sheet without borders for boxes, circles, arrows and labels; it is cut to size at the end.

Its unit is a pixel of the page (a hundredth of an inch), x goes to the right and y down, as in SVG.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.figures.geometry import Area, Box, Point, middle, on_curve, rad
from helpers.figures.palette import BLACK, DPI, GREY, STYLE

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.text import Text

SHEET = 1000  # the side of the sheet before it is cut, in pixels
EDGE = 6  # pixels of white around the drawing
SMALL, NORMAL = 8.5, 10.0  # sizes of letters, in points


class Sketch:
    """A sheet: place things by their middle, then take the figure with `done()`.

    sheet = Sketch()
    a, b = sheet.box(0, 0, 80, 40, "x"), sheet.box(180, 0, 80, 40, "ŷ")
    sheet.arrow(a.right, b.left, "W")
    """

    def __init__(self) -> None:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        with rc_context(STYLE):
            self.fig = Figure(figsize=(SHEET / DPI, SHEET / DPI), dpi=DPI)
            self.ax = self.fig.add_axes((0, 0, 1, 1))
        FigureCanvasAgg(self.fig)
        self.ax.set(xlim=(0, SHEET), ylim=(SHEET, 0))
        self.ax.axis("off")

    def label(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = BLACK,
        size: float = NORMAL,
        align: str = "center",
        filled: bool = False,
        **more: Any,
    ) -> "Text":
        """Write a text around (x, y); `filled` puts white behind it, so that no line shines through."""
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if filled else None
        place = {"ha": align, "va": "center"} | more
        return self.ax.text(x, y, text, color=colour, fontsize=size, bbox=box, zorder=6, **place)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        text: str = "",
        colour: str = BLACK,
        fill: str | tuple[float, ...] = "white",
        rounded: float = 6,
        size: float = NORMAL,
        width: float = 1.0,
    ) -> Box:
        """Draw a rectangle around (x, y) with a text in it, and return its place."""
        from matplotlib.patches import FancyBboxPatch

        form = f"round,pad=0,rounding_size={rounded}" if rounded else "square,pad=0"
        self.ax.add_patch(
            FancyBboxPatch(
                (x - w / 2, y - h / 2), w, h, boxstyle=form, facecolor=fill, edgecolor=colour,
                linewidth=width, zorder=3,
            )
        )  # fmt: skip
        if text:
            self.label(x, y, text, size=size)
        return Box(x, y, w, h)

    def circle(
        self, x: float, y: float, r: float, text: str = "", colour: str = BLACK, fill: Any = "white",
        size: float = NORMAL, ink: str = BLACK,
    ) -> Box:  # fmt: skip
        """Draw a circle around (x, y) with a text in it, and return its place."""
        from matplotlib.patches import Circle

        self.ax.add_patch(Circle((x, y), r, facecolor=fill, edgecolor=colour, linewidth=1.2, zorder=3))
        if text:
            self.label(x, y, text, size=size, colour=ink)
        return Box(x, y, 2 * r, 2 * r)

    def polygon(
        self,
        corners: Sequence[Point],
        colour: str = BLACK,
        fill: Any = "white",
        width: float = 0.8,
        zorder: float = 2,
    ) -> None:
        """Draw a filled polygon."""
        from matplotlib.patches import Polygon

        self.ax.add_patch(
            Polygon(corners, closed=True, facecolor=fill, edgecolor=colour, linewidth=width, zorder=zorder)
        )

    def line(
        self,
        points: Sequence[Point],
        colour: str = GREY,
        width: float = 1.2,
        style: Any = "-",
        zorder: float = 1,
    ) -> None:
        """Draw a line through the points."""
        x, y = np.transpose(points)
        self.ax.plot(x, y, color=colour, linewidth=width, linestyle=style, zorder=zorder)

    def arrow(
        self,
        start: Point,
        end: Point,
        text: str = "",
        colour: str = GREY,
        width: float = 1.2,
        style: Any = "-",
        bend: float = 0.0,
        at: float = 0.5,
        size: float = SMALL,
        ink: str | None = None,
        head: float = 9,
        zorder: float = 1,
    ) -> None:
        """Draw an arrow with a text on it.

        Args:
            start: where it begins.
            end: where its tip is.
            text: stands on the line, on white.
            colour: of the line.
            width: of the line, in points.
            style: "-" or "--".
            bend: pixels by which its middle leaves the straight line, downwards if it goes to the right.
            at: how far along the line the text stands, from 0 to 1.
            size: of the text, in points.
            ink: the text's colour, if not the line's.
            head: size of the tip, 0 for none.
            zorder: what has a larger one lies above.
        """
        from matplotlib.patches import FancyArrowPatch

        shape = f"arc3,rad={rad(start, end, bend)}"
        self.ax.add_patch(
            FancyArrowPatch(
                start, end, arrowstyle="-|>" if head else "-", mutation_scale=max(head, 1), color=colour,
                linewidth=width, linestyle=style, connectionstyle=shape, shrinkA=0, shrinkB=0, zorder=zorder,
            )
        )  # fmt: skip
        if text:
            x, y = on_curve(start, middle(start, end, bend), end, at)
            self.label(x, y, text, colour=ink or colour, size=size, filled=True)

    def road(
        self,
        points: Sequence[Point],
        colour: str = GREY,
        width: float = 1.2,
        head: float = 9,
        zorder: float = 1,
    ) -> None:
        """Draw an arrow through the points that leaves and arrives sideways, without corners."""
        from matplotlib.patches import FancyArrowPatch
        from matplotlib.path import Path

        steps = [
            p
            for (x1, y1), (x2, y2) in pairwise(points)
            for p in (((x1 + x2) / 2, y1), ((x1 + x2) / 2, y2), (x2, y2))
        ]
        path = Path([points[0], *steps], [Path.MOVETO, *[Path.CURVE4] * len(steps)])
        self.ax.add_patch(
            FancyArrowPatch(
                path=path, arrowstyle="-|>", mutation_scale=head, color=colour, linewidth=width, zorder=zorder
            )
        )

    def grid(
        self,
        x: float,
        y: float,
        cell: float,
        fills: Sequence[Sequence[Any]],
        texts: Any = None,
        size: float = SMALL,
        inks: Sequence[Sequence[str]] | None = None,
        colour: str = GREY,
    ) -> Box:
        """Draw a table of square cells whose upper left corner is at (x, y), and return its place."""
        from matplotlib.patches import Rectangle

        for i, row in enumerate(fills):
            for j, fill in enumerate(row):
                at = x + j * cell, y + i * cell
                self.ax.add_patch(
                    Rectangle(at, cell, cell, facecolor=fill, edgecolor=colour, linewidth=0.7, zorder=2)
                )
                if texts is not None and texts[i][j]:
                    ink = inks[i][j] if inks is not None else BLACK
                    self.label(at[0] + cell / 2, at[1] + cell / 2, texts[i][j], size=size, colour=ink)
        w, h = cell * len(fills[0]), cell * len(fills)
        return Box(x + w / 2, y + h / 2, w, h)

    def frame(
        self, x: float, y: float, w: float, h: float, colour: str, width: float = 2.4, style: Any = "-"
    ) -> None:
        """Draw an empty rectangle from its upper left corner, above what is there."""
        from matplotlib.patches import Rectangle

        look = {"edgecolor": colour, "linewidth": width, "linestyle": style}
        self.ax.add_patch(Rectangle((x, y), w, h, fill=False, zorder=5, **look))

    def extent(self, artist: "Artist") -> Area:
        """Return (left, top, right, bottom) of something drawn, in pixels of the sheet."""
        box = artist.get_window_extent(self.fig.canvas.get_renderer())  # type: ignore[attr-defined]
        (x0, y0), (x1, y1) = self.ax.transData.inverted().transform(box.get_points())
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def width(self, *lines: str, size: float = NORMAL) -> float:
        """Return how wide the widest of the lines would be."""
        put = self.label(0, 0, "\n".join(lines), size=size)
        left, _, right, _ = self.extent(put)
        put.remove()
        return right - left

    def done(self) -> "Figure":
        """Cut the sheet to what was drawn, and return the figure."""
        drawn = [self.extent(a) for a in (*self.ax.patches, *self.ax.lines, *self.ax.texts)]
        left, top = np.min([d[:2] for d in drawn], axis=0) - EDGE
        right, bottom = np.max([d[2:] for d in drawn], axis=0) + EDGE
        self.fig.set_size_inches((right - left) / DPI, (bottom - top) / DPI)
        self.ax.set(xlim=(left, right), ylim=(bottom, top))
        return self.fig
