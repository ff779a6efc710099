"""Lesson 04's interactive figure: a model whose capacity and penalty one drags, its curve and both errors."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray
from numpy.polynomial.legendre import legvander

from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 25, 30, 40, 50, 60)
PENALTIES = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
SAMPLES, NOISE, SEED = 15, 0.3, 1


def samples() -> tuple[ndarray, ndarray]:
    """Return x and y (15,): sin 3x, and noise of deviation 0.3."""
    x = np.linspace(-1, 1, SAMPLES)
    return x, np.sin(3 * x) + NOISE * np.random.default_rng(SEED).normal(size=SAMPLES)


def fitted(P: int, lam: float, at: ndarray) -> ndarray:
    """Return what a model of P Legendre polynomials, fitted to the samples, says at some places.

    With λ = 0 it is least squares, and the shortest weights where many fit.
    """
    x, y = samples()
    A = legvander(x, P - 1)
    if lam:
        w = np.linalg.solve(A.T @ A + SAMPLES * lam * np.eye(P), A.T @ y)
    else:
        w = np.linalg.pinv(A, rcond=1e-12) @ y
    return legvander(at, P - 1) @ w


@cache
def measured() -> tuple[ndarray, ndarray, ndarray]:
    """Return the curves (penalties, sizes, places) and both errors (penalties, sizes).

    Errors are roots of mean squares: on the samples, and on new ones, whose noise is counted in.
    """
    (x, y), places = samples(), np.linspace(-1, 1, 121)
    curves = np.array([[fitted(P, lam, places) for P in SIZES] for lam in PENALTIES])
    known = np.array([[np.sqrt(np.mean((fitted(P, lam, x) - y) ** 2)) for P in SIZES] for lam in PENALTIES])
    new = np.sqrt(np.mean((curves - np.sin(3 * places)) ** 2, axis=-1) + NOISE**2)
    return curves, known, new


def capacity() -> Interactive:
    """Return the figure in which readers choose the number of features and the penalty."""
    *_, new = measured()
    told = ", ".join(f"{new[0, SIZES.index(P)]:.2f} at P = {P}" for P in (1, 4, 15, 60))
    alt = (
        "Fifteen noisy samples of a sine, with polynomial models fitted to them: too stiff, about right, "
        "through every sample and wild in between, and calm again with sixty features. "
        f"Error on new samples without a penalty: {told}; "
        f"with 15 features and a penalty of 0.01 it is {new[PENALTIES.index(1e-2), SIZES.index(15)]:.2f}."
    )
    return interactive(lambda: _widget()(), draw, alt)


def draw() -> "Figure":
    """Draw four models without a penalty, and both errors by the number of features."""
    from helpers.figures import BLACK, BLUE, GREY, ORANGE, panels

    curves, known, new = measured()
    (x, y), places = samples(), np.linspace(-1, 1, 121)
    fig, axes = panels(4, width=9, height=2.9)
    for ax, P in zip(axes, (2, 4, 15), strict=False):
        ax.plot(places, np.sin(3 * places), color=BLACK, linestyle="--", linewidth=1)
        ax.plot(places, curves[0, SIZES.index(P)], color=BLUE)
        ax.plot(x, y, "o", color=ORANGE, markersize=4)
        ax.set(title=f"P = {P}", ylim=(-2, 2), xlabel="x")
    axes[3].plot(SIZES, known[0], color=BLUE)
    axes[3].plot(SIZES, new[0], color=ORANGE, linestyle="--")
    axes[3].axvline(SAMPLES, color=GREY, linestyle=":")
    axes[3].set(title="error (new: dashed)", ylim=(0, 1.5), xlabel="features P")
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Capacity(anywidget.AnyWidget):
        """Python sends all fits once; everything else happens in the browser."""

        _esm = script("generalisation")
        _css = style("generalisation", "capacity")
        sizes: "traitlets.List[Any]" = traitlets.List(list(SIZES)).tag(sync=True)
        penalties: "traitlets.List[Any]" = traitlets.List(list(PENALTIES)).tag(sync=True)
        samples: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        curves: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        known: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        new: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        chosen = traitlets.List([3, 0]).tag(sync=True)  # numbers of size and penalty

        def __init__(self) -> None:
            curves, known, new = measured()
            super().__init__(
                samples=np.array(samples()).round(3).tolist(),
                curves=np.clip(curves, -9, 9).round(3).tolist(),
                known=known.round(4).tolist(),
                new=new.round(4).tolist(),
            )

    return Capacity
