"""Points in a plane, lines between them, and shaded regions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from helpers.figures.palette import BLACK, CLASSES, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def points(
    ax: "Axes", X: ndarray, y: ndarray, names: Sequence[str] | None = ("label 0", "label 1"), size: float = 42
) -> None:
    """Draw samples X (n, 2), whose class y shows in colour, in form, and in hollow (0) or filled.

    Args:
        ax: where.
        X: one sample in each row, two features.
        y: classes 0, 1 (and 2), as numbers or booleans.
        names: of the classes, for the legend; None for no legend. Three classes need three names.
        size: of a mark, in points squared.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y).astype(int)
    if names and y.size and y.max() >= len(names):
        raise ValueError(f"class {y.max()} has no name; names are {tuple(names)}")
    for k in np.unique(y):
        face, edge, width = ("white", CLASSES[k], 1.8) if k == 0 else (CLASSES[k], "white", 0.8)
        ax.scatter(
            X[y == k, 0], X[y == k, 1], label=names[k] if names else None, zorder=3,
            s=size, marker=MARKERS[k], facecolors=face, edgecolors=edge, linewidths=width,
        )  # fmt: skip


def boundary(
    ax: "Axes",
    w: Sequence[float] | ndarray,
    name: str | None = None,
    colour: str = BLACK,
    style: str = "-",
    arrow: bool = True,
) -> None:
    """Draw the line w[0] + w[1] x1 + w[2] x2 = 0 within the axes' limits, as they are now.

    A short arrow stands on it and points to where the neuron fires. A line outside of the limits, or none
    (w[1] = w[2] = 0), draws nothing.

    Args:
        ax: where; set its limits first, or draw points or regions.
        w: bias and two weights.
        name: for the legend.
        colour: of line and arrow.
        style: matplotlib's "-", "--", ":" or "-.".
        arrow: whether to draw the arrow.
    """
    ends = clip(w, ax.get_xlim(), ax.get_ylim())
    if ends is None:
        return
    ax.plot(*ends.T, color=colour, linestyle=style, label=name, zorder=2, scalex=False, scaley=False)
    if not arrow:
        return
    scale = _inches(ax)
    normal = np.array(w[1:], dtype=float) / scale  # perpendicular as seen, even where the axes' scales differ
    foot = ends.mean(axis=0)
    head = ax.annotate(
        "", foot + 0.26 * normal / np.linalg.norm(normal) / scale, foot, zorder=2, annotation_clip=False,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    if head.arrow_patch:
        head.arrow_patch.set_clip_path(ax.patch)


def regions(
    ax: "Axes", predict: Callable[[ndarray], ndarray], xlim: tuple[float, float], ylim: tuple[float, float]
) -> None:
    """Shade lightly, in the colours of `points`, which class `predict` gives to each place; set the limits.

    Args:
        ax: where.
        predict: takes rows (m, 2) and returns m classes 0, 1 (and 2), as numbers or booleans.
        xlim: from, to.
        ylim: from, to.
    """
    from matplotlib.colors import ListedColormap

    n = 240
    x1, x2 = (low + (high - low) * (np.arange(n) + 0.5) / n for low, high in (xlim, ylim))
    rows = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    classes = np.asarray(predict(rows)).astype(int).reshape(n, n)
    ax.imshow(
        classes, cmap=ListedColormap(CLASSES), vmin=0, vmax=len(CLASSES) - 1, alpha=0.16, zorder=0,
        extent=(*xlim, *ylim), origin="lower", aspect="auto", interpolation="nearest",
    )  # fmt: skip


def clip(w: Sequence[float] | ndarray, xlim: Sequence[float], ylim: Sequence[float]) -> ndarray | None:
    """Return the two ends (2, 2) of the line w[0] + w[1] x1 + w[2] x2 = 0 in a rectangle, or None."""
    w0, normal = float(w[0]), np.array(w[1:3], dtype=float)
    if not (np.isfinite(w0) and np.isfinite(normal).all() and normal.any()):
        return None
    low, high = np.sort([xlim, ylim]).T
    centre = (low + high) / 2
    foot = centre - normal * (w0 + normal @ centre) / (normal @ normal)
    along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.sort([(low - foot) / along, (high - foot) / along], axis=0)  # enters, leaves each strip
    t[:, along == 0] = [[-np.inf], [np.inf]] if ((low <= foot) & (foot <= high))[along == 0].all() else np.nan
    enter, leave = t[0].max(), t[1].min()
    return foot + np.outer([enter, leave], along) if enter < leave else None


def _inches(ax: "Axes") -> ndarray:
    """Return how long a unit of x1 and of x2 is, before the layout moves the panel a little."""
    span = np.abs([np.diff(ax.get_xlim())[0], np.diff(ax.get_ylim())[0]])
    box = ax.get_window_extent()
    scale = np.array([box.width, box.height]) / span / ax.figure.dpi
    return scale if ax.get_aspect() == "auto" else np.full(2, scale.min())
