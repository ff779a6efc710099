"""Lesson 09's interactive figure: how good a linear probe is, by where the network is cut and by labels."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data import transfer_accuracy
from helpers.widgets import Interactive, interactive, script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETS = ("textures", "photographs", "digits", "shuffled digits")
SCALINGS = ("each column", "all one way", "each row")
LABELS = (1, 2, 5, 10, 25)
WIDTHS = ("pixels", "16", "24", "40", "80", "112", "192", "320", "1280")


def surface() -> tuple[ndarray, ndarray, ndarray]:
    """Return means and standard deviations over ten splits, and what a difference to pixels must exceed.

    Each is (scaling, weights, set, cut, labels). The last is twice the standard error of the mean difference,
    split by split, as both were asked about the same pictures.
    """
    found = transfer_accuracy()
    apart = found - found[:, :, :, :1]
    noise = 2 * apart.std(axis=-1, ddof=1) / np.sqrt(found.shape[-1])
    return found.mean(axis=-1), found.std(axis=-1, ddof=1), noise


def cuts() -> Interactive:
    """Return the figure in which readers choose pictures, scaling, the cut, and the number of labels."""
    mean, sd = (found[SCALINGS.index("each row")] for found in surface()[:2])
    told = "; ".join(f"{name}: {_told(mean, s)}" for s, name in enumerate(SETS))
    alt = (
        "Accuracy of a linear probe against the stage after which one cuts, 5 labels for each class, "
        f"each row scaled. {told}."
    )
    return interactive(lambda: _widget()(), lambda: draw(mean, sd), alt)


def _told(mean: ndarray, s: int) -> str:
    curve = mean[0, s, :, LABELS.index(5)]
    best = 1 + int(curve[1:].argmax())
    return f"pixels {curve[0]:.2f}, best after stage {best} with {curve[best]:.2f}, last stage {curve[8]:.2f}"


def draw(mean: ndarray, sd: ndarray, labels: int = 5) -> "Figure":
    """Draw a panel for each set: ImageNet's weights, random ones, and pixels, with deviations."""
    from helpers.figures import BLUE, GREY, ORANGE, panels

    fig, axes = panels(4, width=9, height=3)
    j = LABELS.index(labels)
    for s, (ax, name) in enumerate(zip(axes, SETS, strict=True)):
        for w, (colour, mark, label) in enumerate(
            [(BLUE, "o-", "ImageNet's weights"), (ORANGE, "s--", "random weights")]
        ):
            ax.errorbar(range(1, 9), mean[w, s, 1:, j], sd[w, s, 1:, j], fmt=mark, color=colour, label=label,
                        markersize=4, linewidth=1.5, elinewidth=1)  # fmt: skip
        ax.axhline(mean[0, s, 0, j], color=GREY, linestyle=":", label="raw pixels")
        ax.set(title=name, ylim=(0, 1.05), xticks=range(1, 9), xlabel="cut after stage")
        if s:
            ax.set_yticklabels([])
    axes[0].set_ylabel(f"accuracy, {labels} labels a class")
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Cuts(anywidget.AnyWidget):
        """Python sends the measurements once; everything else happens in the browser."""

        _esm = script("transfer")
        _css = Path(__file__).with_name("transfer.css")
        sets: "traitlets.List[Any]" = traitlets.List(list(SETS)).tag(sync=True)
        scalings: "traitlets.List[Any]" = traitlets.List(list(SCALINGS)).tag(sync=True)
        labels: "traitlets.List[Any]" = traitlets.List(list(LABELS)).tag(sync=True)
        widths: "traitlets.List[Any]" = traitlets.List(list(WIDTHS)).tag(sync=True)
        mean: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        sd: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        noise: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        chosen = traitlets.List([2, 8, 2, 2]).tag(sync=True)  # set, cut, labels, scaling

        def __init__(self) -> None:
            mean, sd, noise = (found.round(4).tolist() for found in surface())
            super().__init__(mean=mean, sd=sd, noise=noise)

    return Cuts
