"""A page for a figure, and how it is shown: with alternative text, and with a caption where there is one."""

import base64
import html
import io
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.figures.palette import DPI, STYLE, register_signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CAPTION = "max-width:44em;margin-top:4px;color:inherit;font-style:italic"  # in the colour of the page's text


class Drawing(NamedTuple):
    """A figure and the text that tells what is drawn: `show(*network((4, 5, 3)))` shows both."""

    fig: "Figure"
    alt: str


def panels(n: int = 1, width: float | None = None, height: float = 3.2) -> "tuple[Figure, list[Axes]]":
    """Return a figure and its n axes in a row, in the course's quiet style.

    Args:
        n: how many panels.
        width: of the whole figure in inches (100 pixels each); by default 4.4 for one panel, at most 9.
        height: in inches.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    register_signed()
    with rc_context(STYLE):
        fig = Figure(figsize=(width or min(9, 1.2 + 3.2 * n), height), layout="constrained")
        axes = fig.subplots(1, n, squeeze=False)
        for ax in axes.flat:
            ax.locator_params(nbins=5)
    return fig, list(axes.flat)


def show(fig: "Figure", alt: str, caption: str | None = None) -> None:
    """Show a figure with its alternative text, in any notebook; outside of one, print the texts.

    What was drawn with a label and has no legend yet gets one, above all panels.

    Args:
        fig: what is to be seen.
        alt: what a reader who can't see it is told.
        caption: a sentence that reads the figure, printed below it for all readers.
    """
    markup = image(fig, alt)
    plain = alt
    if caption:
        below = f'<figcaption style="{CAPTION}">{html.escape(caption)}</figcaption>'
        markup = f'<figure style="margin:0">{markup}{below}</figure>'
        plain = f"{alt}\n{caption}"
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        shell.display_pub.publish({"text/html": markup, "text/plain": plain})
    else:
        print(plain)


def image(fig: "Figure", alt: str) -> str:
    """Return the figure as an HTML image: twice as sharp as it is large, and no wider than the page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    if not alt.strip():
        raise ValueError("a figure needs alternative text: say in a sentence or two what there is to see")
    _legend(fig)
    file = io.BytesIO()
    fig.set_dpi(2 * DPI)
    FigureCanvasAgg(fig).print_png(file, metadata={"Software": None})  # savefig would draw everything twice
    data = base64.b64encode(file.getvalue()).decode()
    width = round(fig.get_figwidth() * DPI)
    style = f"width:{width}px;max-width:100%;height:auto;background:white;border-radius:4px"
    return f'<img alt="{html.escape(alt)}" style="{style}" src="data:image/png;base64,{data}">'


def _legend(fig: "Figure") -> None:
    """Add one legend for all panels, above them, unless there is one."""
    known: dict[str, Any] = {}
    for ax in fig.axes:
        if ax.get_legend():
            return
        known |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    if known and not fig.legends:
        fig.legend(
            list(known.values()), list(known), loc="outside upper left", ncols=len(known), frameon=False,
            handletextpad=0.4, columnspacing=1.4, fontsize=10,
        )  # fmt: skip
