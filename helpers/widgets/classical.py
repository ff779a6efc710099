"""Lesson 11's interactive figure: centres that one drags, and the steps of K-means or of a mixture."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.reference.classical import e_step, kmeans_step, m_step
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

START = ((-3.2, 2.6), (-2.6, 3.2), (-3.0, 1.8))  # of three centres, all in one corner


def dots() -> ndarray:
    """Return 150 points (150, 2): a round group, a long one, and a small dense one."""
    rng = np.random.default_rng(4)
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    groups = [
        rng.normal(size=(50, 2)) * 0.6 + [-2.2, 1.6],
        rng.normal(size=(70, 2)) * [1.5, 0.3] @ turn + [1.2, 0.2],
        rng.normal(size=(30, 2)) * 0.35 + [-0.8, -2.2],
    ]
    return np.vstack(groups).round(2)


def groups() -> Interactive:
    """Return the figure in which readers drag centres and step."""
    steps = _steps()
    alt = (
        f"{len(dots())} points in three groups: a round one, a long slanted one and a small one. Three "
        f"centres begin in the same corner. By K-means the inertia falls in {len(steps) - 1} steps from "
        f"{steps[0][2]:.2f} to {steps[-1][2]:.2f}. A mixture of Gaussians fits an ellipse to each group."
    )
    return interactive(lambda: _widget()(), draw, alt)


def _steps() -> list[tuple[ndarray, ndarray, float]]:
    """Return centres, labels and inertia of each step of K-means from the start, until nothing changes."""
    C, found = np.array(START), []
    while True:
        moved, labels, inertia = kmeans_step(dots(), C)
        found.append((C, labels, inertia))
        if np.allclose(moved, C):
            return found
        C = moved


def mixture(steps: int) -> tuple[ndarray, ndarray, ndarray]:
    """Return (alpha, mu, cov) after so many steps of EM, from the centres of K-means and round groups."""
    alpha, mu, cov = np.full(3, 1 / 3), _steps()[-1][0], np.stack([np.eye(2)] * 3)
    for _ in range(steps):
        alpha, mu, cov = m_step(dots(), e_step(dots(), alpha, mu, cov))
    return alpha, mu, cov


def draw() -> "Figure":
    """Draw the start, the first step and the end of K-means, and the ellipses of a mixture."""
    from helpers.figures import BLACK, BLUE, GREEN, ORANGE, panels

    found, colours, marks = _steps(), (BLUE, ORANGE, GREEN), ("o", "^", "s")
    fig, axes = panels(4, width=9, height=2.6)
    shown = [
        (*found[k], title) for k, title in [(0, "start"), (1, "one step"), (-1, f"after {len(found) - 1}")]
    ]
    _, mu, cov = mixture(30)
    shares = e_step(dots(), np.full(3, 1 / 3), mu, cov)
    shown.append((mu, shares.argmax(axis=1), 0.0, "mixture"))
    for ax, (C, labels, inertia, title) in zip(axes, shown, strict=True):
        for k in range(3):
            x, y = dots()[labels == k].T
            ax.scatter(x, y, s=9, color=colours[k], marker=marks[k])
            ax.plot(*C[k], marker="X", markersize=9, color=colours[k], markeredgecolor=BLACK)
        ax.set(title=f"{title}: {inertia:.2f}" if inertia else title, aspect="equal", xticks=[], yticks=[])
    for k in range(3):
        axes[3].plot(*ellipse(mu[k], cov[k]).T, color=colours[k])
    return fig


def ellipse(mu: ndarray, cov: ndarray) -> ndarray:
    """Return points (61, 2) two deviations from a Gaussian's mean."""
    turn = np.linspace(0, 2 * np.pi, 61)
    return mu + 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1) @ np.linalg.cholesky(cov).T


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Groups(anywidget.AnyWidget):
        """Python sends the points once; everything else happens in the browser."""

        _esm = script("classical")
        _css = style("classical", "groups")
        dots: "traitlets.List[Any]" = traitlets.List(dots().tolist()).tag(sync=True)
        start: "traitlets.List[Any]" = traitlets.List([list(c) for c in START]).tag(sync=True)

    return Groups
