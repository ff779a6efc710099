"""Colours, marks and matplotlib's settings: the course's quiet style."""

from typing import Any

# Okabe & Ito's palette, which colour-blind people can tell apart. AMBER, SKY and YELLOW are for areas and
# thick marks; the others are for text too and have a contrast of at least 4.5 on white.
BLACK = "#000000"
BLUE = "#0072B2"
ORANGE = "#C25500"  # their "vermilion"; this and the next two a little darker than theirs, for the contrast
GREEN = "#00805D"
PURPLE = "#AA4499"  # Tol's "purple"
GREY = "#6B6B6B"
AMBER = "#E69F00"
SKY = "#56B4E9"
YELLOW = "#F0E442"
PALE = "#E4F0F8"  # BLUE on white, for areas with black text
CLASSES = (BLUE, ORANGE, GREEN)
MARKERS = ("o", "s", "^")

DPI = 100  # an inch is 100 pixels of a page
STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.dpi": 2 * DPI,
    "figure.facecolor": "white",
    "font.size": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "xtick.color": GREY,
    "xtick.labelsize": 9,
    "ytick.color": GREY,
    "ytick.labelsize": 9,
}


def signed(w: float) -> tuple[str, Any]:
    """Return a weight's colour and style of line: blue, orange and dashed, or grey and dotted for 0."""
    return (BLUE, "-") if w > 0 else (ORANGE, (0, (4, 2))) if w < 0 else (GREY, (0, (1, 2)))


def register_signed() -> None:
    """Make "signed" the name of a colour map of matplotlib: orange below 0, white, blue above it."""
    import matplotlib
    from matplotlib.colors import LinearSegmentedColormap

    if "signed" not in matplotlib.colormaps:
        matplotlib.colormaps.register(LinearSegmentedColormap.from_list("signed", [ORANGE, "white", BLUE]))


def tint(colour: str, share: float) -> tuple[float, ...]:
    """Return a colour mixed with white: 0 is white, 1 is the colour."""
    from matplotlib.colors import to_rgb

    return tuple(1 - share * (1 - part) for part in to_rgb(colour))
