"""Lesson 10's interactive figures: a plane of digits through which one drags, and noise that one scrubs."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data import latent_plane, noise_paths
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REACH, SIDE = 3.2, 12  # of the plane that is shown; digits along a side of its static form
TIMES = (50, 35, 25, 15, 0)  # shown on paper

# ---------------------------------------------------------------- the plane


def decoded(places: ndarray) -> ndarray:
    """Return the digits (n, 196) that stand at these places (n, 2)."""
    layers, _, _ = latent_plane()
    H = places
    for W, b in zip(layers[:4:2], layers[1:4:2], strict=True):
        H = np.maximum(H @ W + b, 0)
    return 1 / (1 + np.exp(-(H @ layers[4] + layers[5])))


def neighbours(place: ndarray, k: int = 15) -> tuple[int, int]:
    """Return the commonest digit of the k codes nearest to a place, and how many of them are it."""
    _, places, labels = latent_plane()
    near = labels[((places - place) ** 2).sum(axis=1).argsort(kind="stable")[:k]]
    counts = np.bincount(near, minlength=10)
    return int(counts.argmax()), int(counts.max())


def plane() -> Interactive:
    """Return the figure in which readers drag a point through a plane and see the digit that stands there."""
    middles = np.array([latent_plane()[1][latent_plane()[2] == k].mean(axis=0) for k in range(10)])
    far = [int(middles[:, 0].argmin()), int(middles[:, 0].argmax())]
    alt = (
        "A plane of codes with the places of 700 digits, and the digit that the decoder writes at a point. "
        f"Digits of a kind lie together: {far[0]}s farthest to the left, {far[1]}s farthest to the right; "
        "between two kinds there are shapes between both."
    )
    return interactive(lambda: _plane()(), draw_plane, alt)


def draw_plane() -> "Figure":
    """Draw the map of real digits' codes, and what the decoder writes on a grid over the same plane."""
    from helpers.figures import BLACK, panels

    _, places, labels = latent_plane()
    fig, [left, right] = panels(2, width=9, height=4.3)
    for (x, y), k in zip(places, labels, strict=True):
        left.text(x, y, str(k), fontsize=7, color=BLACK, ha="center", va="center", clip_on=True)
    left.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", title="codes of real digits")
    steps = (np.arange(SIDE) + 0.5) / SIDE * 2 * REACH - REACH
    grid = np.array([[x, y] for y in steps[::-1] for x in steps])
    tiles = decoded(grid).reshape(SIDE, SIDE, 14, 14).swapaxes(1, 2).reshape(14 * SIDE, 14 * SIDE)
    right.imshow(1 - tiles, cmap="gray", vmin=0, vmax=1, extent=(-REACH, REACH, -REACH, REACH))
    right.set(title="what the decoder writes there")
    return fig


# ---------------------------------------------------------------- noise


def share(t: int) -> float:
    """Return which share of the variance is left at a time."""
    return float(np.cos(t / 50 * 0.99 * np.pi / 2) ** 2)


def decided() -> ndarray:
    """Return for each frame (51,) how many of the points are nearest to the spot in which they will end."""
    points, _, _ = noise_paths()
    turns = np.round(np.arctan2(points[..., 1], points[..., 0]) / (np.pi / 4)).astype(int) % 8
    return (turns == turns[-1]).sum(axis=1)


def scrub() -> Interactive:
    """Return the figure in which readers move through the times of a diffusion."""
    found = decided()
    told = ", ".join(f"{found[50 - t]} at time {t}" for t in TIMES[1:-1])
    alt = (
        "240 points and twelve digits on their way out of noise, in fifty steps. A cloud at time 50 becomes "
        "a ring and then eight spots; grey noise becomes strokes. Of the points these are nearest to the "
        f"spot in which they will end: {told}."
    )
    return interactive(lambda: _scrub()(), draw_scrub, alt)


def draw_scrub() -> "Figure":
    """Draw points and digits at five times."""
    from helpers.figures import BLUE, panels

    points, digits, _ = noise_paths()
    fig, axes = panels(2 * len(TIMES), width=9, height=3.6)
    fig.clear()
    axes = list(fig.subplots(2, len(TIMES)).flat)
    for top, below, t in zip(axes, axes[len(TIMES) :], TIMES, strict=False):
        top.scatter(points[50 - t, :, 0], points[50 - t, :, 1], s=4, color=BLUE)
        top.set(title=f"time {t}", xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xticks=[], yticks=[])
        tiles = digits[50 - t, :9].reshape(3, 3, 14, 14).swapaxes(1, 2).reshape(42, 42)
        below.imshow(1 - tiles, cmap="gray", vmin=0, vmax=1)
        below.set(xticks=[], yticks=[])
    return fig


# ---------------------------------------------------------------- their live forms


@cache
def _plane() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    layers, places_, labels_ = latent_plane()

    class Plane(anywidget.AnyWidget):
        """Python sends the decoder once; the digits are made in the browser."""

        _esm = script("generative_plane")
        _css = style("generative", "plane")
        sizes: "traitlets.List[Any]" = traitlets.List([list(W.shape) for W in layers[::2]]).tag(sync=True)
        decoder = traitlets.Bytes(np.concatenate([a.ravel() for a in layers]).tobytes()).tag(sync=True)
        places: "traitlets.List[Any]" = traitlets.List(places_.round(2).tolist()).tag(sync=True)
        labels: "traitlets.List[Any]" = traitlets.List(labels_.tolist()).tag(sync=True)
        reach = traitlets.Float(REACH).tag(sync=True)

    return Plane


@cache
def _scrub() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    points_, digits_, _ = noise_paths()
    ink = ((1 - digits_) * 255).round().astype(np.uint8)

    class Scrub(anywidget.AnyWidget):
        """Python sends all frames once; everything else happens in the browser."""

        _esm = script("generative_scrub")
        _css = style("generative", "scrub")
        points = traitlets.Bytes(points_.tobytes()).tag(sync=True)
        digits = traitlets.Bytes(ink.tobytes()).tag(sync=True)
        counts: "traitlets.List[Any]" = traitlets.List([points_.shape[1], digits_.shape[1]]).tag(sync=True)
        shares: "traitlets.List[Any]" = traitlets.List([share(t) for t in range(51)]).tag(sync=True)
        decided: "traitlets.List[Any]" = traitlets.List(decided().tolist()).tag(sync=True)

    return Scrub
