"""Lesson 09's interactive figure: how good a linear probe is, by where the network is cut and by labels."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy import ndarray

from helpers.data import transfer_accuracy
from helpers.widgets import Interactive, interactive, script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETS = ("textures", "faces", "digits", "shuffled digits")
LABELS = (1, 2, 5, 10, 25)
WIDTHS = ("pixels", "16", "24", "40", "80", "112", "192", "320", "1280")
CHANCE = (1 / 3, 1 / 2, 1 / 10, 1 / 10)


def surface() -> tuple[ndarray, ndarray]:
    """Return mean and standard deviation over ten splits, (weights, set, cut, labels) each."""
    found = transfer_accuracy()
    return found.mean(axis=-1), found.std(axis=-1, ddof=1)


def cuts() -> Interactive:
    """Return the figure in which readers choose pictures, the cut, and the number of labels."""
    mean, sd = surface()
    told = "; ".join(f"{name}: {_told(mean, s)}" for s, name in enumerate(SETS))
    alt = (
        f"Accuracy of a linear probe against the stage after which one cuts, 5 labels for each class. {told}."
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
        labels: "traitlets.List[Any]" = traitlets.List(list(LABELS)).tag(sync=True)
        widths: "traitlets.List[Any]" = traitlets.List(list(WIDTHS)).tag(sync=True)
        mean: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        sd: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        chosen = traitlets.List([2, 8, 2]).tag(sync=True)  # set, cut, labels

        def __init__(self) -> None:
            mean, sd = surface()
            super().__init__(mean=mean.round(4).tolist(), sd=sd.round(4).tolist())

    return Cuts
