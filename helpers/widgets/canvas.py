"""A canvas: the reader draws a digit, and their own network reads it as it grows."""

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.probes.limit import TimeLimit, limit
from helpers.widgets import Interactive, interactive, script, style
from helpers.widgets.strokes import as_mnist, moved

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Read = Callable[[ndarray], Sequence[float] | ndarray]
Blame = Callable[[ndarray, int], ndarray]

SECONDS = 3.0  # for the student's function, each time
REACH = 8  # pixels by which the sliders move
SHOWN = 6  # examples


def draw_digit(
    read: Read, size: int = 28, blame: Blame | None = None, examples: ndarray | None = None
) -> Interactive:
    """Return the figure in which readers draw a digit, with mouse, finger or keys, and see it read.

        display(draw_digit(lambda picture: softmax(scores(picture.reshape(1, -1)))[0]))
        display(draw_digit(read, blame=lambda picture, digit: gradient(picture, digit)))

    Ten bars show what `read` returns; sliders shift the digit, and a switch centres and scales it as MNIST's
    were. With `blame`, the chosen digit's blue and orange lie over the drawing.

    Args:
        read: takes a picture (size, size) of float32 in [0, 1], 1 where there is ink, and returns ten
            probabilities, or any ten scores.
        size: side of the picture.
        blame: takes the picture and a digit, and returns (size, size): positive (blue) where more ink would
            make the digit's score grow, negative (orange) where it would make it fall.
        examples: pictures (n, size, size) in [0, 1] or 0 to 255 to be loaded; by default six of MNIST.

    Raises:
        NotImplementedError: if `read` is not written yet.
    """
    pictures = _examples(examples, size)
    found = [answer(read, None, picture) for picture in pictures]
    alt = (
        "A canvas for a digit, and ten bars: how your function reads it. "
        + " ".join(f"Example {i + 1}: {one['says']}" for i, one in enumerate(found))
    )  # fmt: skip
    return interactive(lambda: _widget()(read, blame, pictures), lambda: draw(pictures, found), alt)


def answer(read: Read, blame: Blame | None, picture: ndarray, digit: int | None = None) -> dict[str, Any]:
    """Return what there is to see: the scores, the blame for a digit or the first, and a sentence.

    Raises:
        NotImplementedError: if that is what `read` does. Every other failure becomes the sentence.
    """
    state = _silent("Draw a digit.", digit)
    if not picture.any():
        return state
    try:
        scores = _quietly(lambda: read(picture.copy()), (10,), "read")
        order = np.argsort(-scores, kind="stable")
        chosen = int(order[0]) if digit is None else digit
        state |= {"scores": scores.tolist(), "probable": _probable(scores), "digit": chosen}
        state["says"] = _told(scores, order)
        if blame is not None:
            pulls = _quietly(lambda: blame(picture.copy(), chosen), picture.shape, "blame")
            most = float(np.abs(pulls).max()) or 1.0
            state["blame"] = np.rint(100 * pulls / most).astype(int).ravel().tolist()
            state["says"] += f" Blue: more ink there would speak for the {chosen}; orange: against it."
    except _Failed as failure:
        state |= {"says": str(failure), "failed": True}
    return state


def _silent(says: str, digit: int | None = None, failed: bool = False) -> dict[str, Any]:
    """Return what there is to see where nothing was read."""
    return {"scores": [], "probable": False, "blame": [], "digit": digit, "says": says, "failed": failed}


class _Failed(Exception):
    """What went wrong in the student's function, as a sentence."""


def _quietly(call: Callable[[], Any], shape: tuple[int, ...], name: str) -> ndarray:
    """Return what the student's function returns, as finite numbers of this shape."""
    try:
        with limit(SECONDS), redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            found = np.array(call(), dtype=float)  # a copy
    except NotImplementedError:
        raise
    except TimeLimit:
        raise _Failed(f"Your `{name}` was still busy after {SECONDS:g} seconds, and was stopped.") from None
    except Exception as error:
        raise _Failed(f"Your `{name}` stopped with {type(error).__name__}: {str(error)[:200]}") from None
    if found.size != np.prod(shape):
        asked = "ten numbers" if shape == (10,) else f"an array of shape {shape}"
        raise _Failed(f"Your `{name}` returned an array of shape {found.shape}; it is to return {asked}.")
    if not np.isfinite(found).all():
        raise _Failed(f"Your `{name}` returned a number that is not finite: {found.ravel()[:10]}")
    return found.reshape(shape)


def _probable(scores: ndarray) -> bool:
    return bool((scores >= 0).all() and abs(float(scores.sum()) - 1) < 1e-3)


def _told(scores: ndarray, order: ndarray) -> str:
    first, second = (int(k) for k in order[:2])
    one, other = (f"{x:.0%}" if _probable(scores) else f"score {x:.2f}" for x in scores[order[:2]])
    return f"It reads a {first}, with {one}; next comes {second}, with {other}."


def _examples(examples: ndarray | None, size: int) -> ndarray:
    """Return pictures (n, size, size) in [0, 1]."""
    if examples is None:
        from helpers.data import mnist

        images, labels = mnist()
        examples = np.stack([images[np.flatnonzero(labels == k)[-1]] for k in (4, 9, 7, 2, 8, 5)])
    pictures = np.asarray(examples, dtype=np.float32).reshape(-1, size, size)[:SHOWN]
    return pictures / 255 if pictures.max() > 1 else pictures


def _bytes(picture: ndarray) -> list[int]:
    """Return the pixels from 0 to 255, row by row."""
    return np.rint(255 * picture).astype(int).ravel().tolist()


def draw(pictures: ndarray, found: Sequence[Mapping[str, Any]]) -> "Figure":
    """Draw the examples in a row, and below each what was read."""
    from helpers.figures import BLUE, GREY, panels

    n = len(pictures)
    fig, _ = panels(1, width=min(8.6, 0.6 + 1.35 * n), height=2.7)
    fig.clear()
    axes = fig.subplots(2, n, squeeze=False, height_ratios=[1, 0.9])
    for i, (picture, one) in enumerate(zip(pictures, found, strict=True)):
        axes[0, i].imshow(1 - picture, cmap="gray", vmin=0, vmax=1)
        axes[0, i].set(xticks=[], yticks=[])
        scores = one["scores"] or [0.0] * 10
        best = int(np.argmax(scores))
        axes[1, i].bar(range(10), scores, color=[BLUE if k == best else GREY for k in range(10)])
        axes[1, i].set_xticks(range(10), [str(k) for k in range(10)], fontsize=7)
        axes[1, i].tick_params(length=0)
        axes[1, i].set_yticks([])
        axes[1, i].set_title(f"a {best}" if one["scores"] else "no answer", fontsize=10)
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Canvas(anywidget.AnyWidget):
        """The browser reports `drawn`: ink, shift, switches; Python answers with `seen`."""

        _esm = script("canvas")
        _css = style("canvas", "digit-canvas")
        drawn: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        seen: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        examples: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        size = traitlets.Int().tag(sync=True)
        reach = traitlets.Int(REACH).tag(sync=True)
        blames = traitlets.Bool().tag(sync=True)

        def __init__(self, read: Read, blame: Blame | None, pictures: ndarray):
            inks = [_bytes(picture) for picture in pictures]
            start = {"ink": inks[0], "dx": 0, "dy": 0, "centred": False, "digit": None, "turn": 0}
            super().__init__(drawn=start, examples=inks, size=pictures.shape[1], blames=blame is not None)
            self.read, self.blame = read, blame
            self._see()
            self.observe(self._see, "drawn")

        def _see(self, _: Any = None) -> None:
            d = self.drawn
            picture = np.array(d["ink"], dtype=np.float32).reshape(self.size, self.size) / 255
            if d["centred"]:
                picture = as_mnist(picture)
            picture = moved(picture, d["dx"], d["dy"])
            try:
                found = answer(self.read, self.blame, picture, d["digit"])
            except NotImplementedError:
                found = _silent("Your function is not written yet.", failed=True)
            self.seen = {**found, "picture": _bytes(picture), "turn": d["turn"]}

    return Canvas
