"""Lesson 02's map of momentum: learning rate and β are a point that readers drag over a valley's rates."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

START = (-1.7, 0.35)
FIRST = {"c": 100.0, "share": 1.0, "beta": 0.0}  # the point at the start: plain descent
WIDE = 4.0  # the map reaches to ηκ = 4, the last place where anything converges
TOLD = ((0.0198, 0.0), (0.01, 0.9), (0.03306, 0.67))  # of the static form: η, β


def shrinks(kappa: ndarray | Sequence[float], eta: ndarray | float, beta: ndarray | float) -> ndarray:
    """Return the heavy ball's rate: the largest root in size of z² - (1 + β - ηκ) z + β, over all κ.

    Args:
        kappa: curvatures (d,).
        eta: learning rates, of any shape.
        beta: momentums, of a shape that goes with it.
    """
    middle = 1 + np.asarray(beta) - np.asarray(eta) * np.reshape(kappa, (-1, *[1] * np.ndim(eta + beta)))
    root = np.sqrt(middle.astype(complex) ** 2 - 4 * np.asarray(beta))
    return np.maximum(np.abs(middle + root), np.abs(middle - root)).max(axis=0) / 2


def best_ball(c: float) -> tuple[float, float]:
    """Return the η and β with the smallest rate in a valley with curvatures 1 and c. Polyak, 1964."""
    return (2 / (1 + np.sqrt(c))) ** 2, ((np.sqrt(c) - 1) / (np.sqrt(c) + 1)) ** 2


def roll(c: float, start: Sequence[float], eta: float, beta: float, steps: int) -> ndarray:
    """Return the heavy ball's path (points, 2) in a valley with curvatures 1 and c."""
    w, v, path = np.array(start, dtype=float), np.zeros(2), [np.array(start, dtype=float)]
    for _ in range(steps):
        v = beta * v + np.array([1.0, c]) * w
        w = w - eta * v
        path.append(w)
    return np.array(path)


def momentum_map() -> Interactive:
    """Return the figure in which readers drag learning rate and momentum over the map of a valley's rates."""
    alt = (
        "A map of learning rate and momentum for a valley of condition number 100, and walks at three of its "
        "points: 1, plain descent, zigzags; 2, β = 0.9 with a small η, glides in; 3, the best, swings wide "
        "and arrives first."
    )
    return interactive(lambda: _ball()(), draw_map, alt)


def draw_map() -> "Figure":
    """Draw the map for c = 100, and the walks at three of its points."""
    from helpers.figures import BLACK, BLUE, GREY, ORANGE, panels

    fig, (ax, *walks) = panels(4, width=9, height=2.8)
    etas, betas = np.meshgrid(np.linspace(0.0004, WIDE / 100, 260), np.linspace(0.0, 0.995, 200))
    digits = np.log10(np.log(10) / -np.log(np.minimum(shrinks([1, 100], etas, betas), 1 - 1e-9)))
    ax.contourf(etas, betas, digits, levels=np.linspace(1, 3, 9), cmap="Blues_r", alpha=0.75, extend="min")
    ax.plot([0.02, 0.04], [0, 1], color=ORANGE)
    ax.annotate("escapes", (0.0265, 0.06), color=ORANGE)
    ax.set(xlabel="η", title="β against η", xlim=(0, 0.04), ylim=(-0.03, 1))
    grid = np.meshgrid(np.linspace(-2, 0.5, 150), np.linspace(-1.5, 1.5, 150))
    height = (grid[0] ** 2 + 100 * grid[1] ** 2) / 2
    for name, panel, (eta, beta) in zip("123", walks, TOLD, strict=True):
        ax.annotate(
            name, (eta, beta), ha="center", va="center", color=BLACK,
            bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": BLACK},
        )  # fmt: skip
        panel.contour(*grid, height, levels=np.geomspace(0.02, 200, 12), colors=GREY, linewidths=0.5)
        panel.plot(*roll(100, START, eta, beta, 45).T, ".-", color=BLUE, linewidth=1, markersize=4)
        panel.set(title=f"{name}: η = {eta:.2g}, β = {beta:.2g}", xticks=[], yticks=[])
    return fig


@cache
def _ball() -> Any:
    """Return the map's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Ball(anywidget.AnyWidget):
        """All of it happens in the browser, so that it answers at once."""

        _esm = script("descent_ball")
        _css = style("descent", "descent")
        start = traitlets.Dict(FIRST).tag(sync=True)

    return Ball
