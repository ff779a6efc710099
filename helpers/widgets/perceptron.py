"""Lesson 01's interactive figure: the student's own perceptron, mistake by mistake, and Novikoff's bound."""

import io
import math
import textwrap
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.probes.limit import TimeLimit, limit
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Points = Sequence[Sequence[float]]  # rows (x1, x2, label)

LIMIT = 1.5  # the plane shown is [-LIMIT, LIMIT]²
MOST = 100  # mistakes, then we stop
SECONDS = 2.0  # for the student's class, each time a point moves
CLOUDS = (
    (0.35, -0.5, 0), (-0.45, 0.95, 1), (1.25, 0.35, 1), (1.3, -0.1, 1), (-0.55, 0.1, 0),
    (0.7, -0.45, 0), (-0.05, 0.05, 0), (0.55, 0.75, 1), (-0.95, 0.55, 0), (0.05, 0.85, 1),
)  # fmt: skip
XOR = ((-0.7, -0.7, 0), (-0.7, 0.7, 1), (0.7, -0.7, 1), (0.7, 0.7, 0))


@dataclass(frozen=True)
class Run:
    """What a perceptron did with the points, as plain data.

    Attributes:
        w: its weights at the start and after each mistake.
        mistaken: the index of the point of each mistake.
        R: the largest norm of a row (1, x1, x2).
        gamma: the margin of the best separating weights; at most 0 where there are none.
        best: those weights, of length 1; None where there are none.
        bound: Novikoff's (R / gamma)², None where there is none.
        says: how it ended.
        failed: whether the class did not behave like a perceptron.
    """

    w: list[list[float]]
    mistaken: list[int]
    R: float
    gamma: float
    best: list[float] | None
    bound: float | None
    says: str
    failed: bool = False


def run(Perceptron: Callable[[int], Any], points: Points) -> Run:
    """Let a new perceptron sweep over the points until a sweep is free of mistakes; MOST of them at most.

    Raises:
        NotImplementedError: if that is what the class does. Every other failure becomes a sentence.
    """
    table = np.array(points, dtype=float)
    X, y = np.column_stack([np.ones(len(table)), table[:, :2]]), table[:, 2]
    w, mistaken = [np.zeros(3)], list[int]()
    (gamma, best), R = widest(X, y), float(np.linalg.norm(X, axis=1).max())
    bound = (R / gamma) ** 2 if gamma > 0 else None
    name = getattr(Perceptron, "__name__", "Perceptron")
    failed = True
    try:
        with limit(SECONDS), redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            neuron = Perceptron(3)
            w = [_weights(neuron)]
            _sweep(neuron, X, y, w, mistaken)
            says, failed = _ending(neuron, X, y, len(mistaken), bound)
    except NotImplementedError:
        raise
    except TimeLimit:
        says = f"Your {name} was still busy after {SECONDS:g} seconds. Is there a loop that never ends?"
    except Exception as error:
        says = f"Your {name} stopped with {type(error).__name__}: {str(error)[:200]}"
    told = best.tolist() if gamma > 0 else None
    return Run([v.tolist() for v in w], mistaken, R, gamma, told, bound, says, failed)


def margin(X: ndarray, y: ndarray) -> float:
    """Return the largest margin γ that any weights through the origin reach; at most 0 if none separate."""
    return widest(X, y)[0]


def widest(X: ndarray, y: ndarray) -> tuple[float, ndarray]:
    """Return the largest margin γ, at most 0 if none separate, and the weights of length 1 that reach it.

    The best weights have the same score on one, two or (in three dimensions) three of the signed rows, and
    a larger one on the rest. So all such subsets are tried.
    """
    Z = (2 * y - 1)[:, None] * X  # (n, d): separated means Z @ w > 0
    gamma, best = -math.inf, np.zeros(Z.shape[1])
    for size in range(1, min(Z.shape) + 1):
        subsets = Z[list(combinations(range(len(Z)), size))]  # (m, size, d)
        w = np.linalg.pinv(subsets).sum(axis=-1)  # (m, d): the shortest w with scores 1
        norms = np.linalg.norm(w, axis=1)
        units = w[norms > 0] / norms[norms > 0, None]
        if len(units):
            margins = (units @ Z.T).min(axis=1)
            if margins.max() > gamma:
                gamma, best = float(margins.max()), units[margins.argmax()]
    return gamma if gamma > 1e-9 else min(gamma, 0.0), best


def playground(Perceptron: Callable[[int], Any], points: Points = CLOUDS) -> Interactive:
    """Return the figure in which readers move points and watch their perceptron learn.

    Args:
        Perceptron: the student's class: `Perceptron(d)` has `w`, `mistakes`, `predict(X)`, `update(x, y)`.
        points: rows (x1, x2, label) to begin with.

    Raises:
        NotImplementedError: while the class is not written.
    """
    first = run(Perceptron, points)
    alt = (
        f"{len(points)} points of two classes in a plane. A line turns with each mistake of your perceptron, "
        f"and the point that was wrong is ringed. {first.says}"
    )
    return interactive(lambda: _widget()(Perceptron, points, first), lambda: draw(points, first), alt)


def draw(points: Points, found: Run) -> "Figure":
    """Draw the run as small multiples: the start, two mistakes, the last."""
    from helpers.figures import BLACK, GREY, boundary, panels, regions
    from helpers.figures import points as draw_points

    table, last = np.array(points, dtype=float), len(found.mistaken)
    steps = sorted({0, 1, 2, last} & set(range(last + 1)))
    fig, axes = panels(len(steps), width=1.9 * max(len(steps), 3), height=2.75)
    for ax, k in zip(axes, steps, strict=True):
        regions(ax, _fires(np.array(found.w[k])), (-LIMIT, LIMIT), (-LIMIT, LIMIT))
        ticks = [-1, 0, 1] if k == 0 else []
        ax.set(aspect="equal", xticks=ticks, yticks=ticks)
        ax.set_title("start" if k == 0 else f"mistake {k}" + " (last)" * (k == last), fontsize=10)
        if k:
            boundary(ax, found.w[k - 1], colour=GREY, style=":", arrow=False)
            x1, x2, _ = table[found.mistaken[k - 1]]
            ax.scatter(x1, x2, s=190, facecolors="none", edgecolors=BLACK, linewidths=1.2)
        boundary(ax, found.w[k])
        draw_points(ax, table[:, :2], table[:, 2], size=30)
    bound = "∞" if found.bound is None else f"{found.bound:,.0f}"
    caption = f"{found.says} Novikoff's bound (R/γ)² is {bound}."
    fig.supxlabel(textwrap.fill(caption, 30 * len(axes)), fontsize=10)
    return fig


def _fires(w: ndarray) -> Callable[[ndarray], ndarray]:
    return lambda X: w[0] + X @ w[1:] > 0


def _weights(neuron: Any) -> ndarray:
    w = np.array(neuron.w, dtype=float)  # a copy: the class may add in place
    if w.shape != (3,):
        raise ValueError(f"w has shape {w.shape}, but rows have 3 numbers")
    if not np.isfinite(w).all():
        raise ValueError(f"w is {w}")
    return w


def _sweep(neuron: Any, X: ndarray, y: ndarray, w: list[ndarray], mistaken: list[int]) -> None:
    """Sweep, noting each change of the weights, until there is none or there were too many."""
    before = -1
    while before < len(mistaken):
        before = len(mistaken)
        for i in range(len(X)):
            neuron.update(X[i].copy(), float(y[i]))
            now = _weights(neuron)
            if not np.array_equal(now, w[-1]):
                w.append(now)
                mistaken.append(i)
            if len(mistaken) == MOST:
                return


def _ending(neuron: Any, X: ndarray, y: ndarray, moves: int, bound: float | None) -> tuple[str, bool]:
    """Say how it ended, and whether that is not what a perceptron does."""
    if neuron.mistakes != moves:
        return f"Your w moved {moves} times, but your `mistakes` says {neuron.mistakes}.", True
    if moves == MOST:
        if bound is None:
            return (
                f"No line separates these: it would go on for ever. We stopped it after {MOST} mistakes.",
                False,
            )
        if bound < MOST:
            return (
                f"We stopped it after {MOST} mistakes: more than the bound, so w does not move as it should.",
                True,
            )
        return f"We stopped it after {MOST} mistakes; it would get there in the end.", False
    w, told = _weights(neuron), np.asarray(neuron.predict(X.copy())).ravel()
    clear = np.abs(X @ w) >= 1e-9 * (np.abs(X) @ np.abs(w))  # on the line, rounding decides, row by row
    if wrong := int((clear & (told != y)).sum()):
        return f"w has come to rest, yet {wrong} of the points are still wrong.", True
    if not moves:
        return "Not a single mistake: there is nothing to learn here.", False
    return f"After {moves} mistake{'s' * (moves > 1)}, a whole sweep without one: it has learned.", False


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Playground(anywidget.AnyWidget):
        """The browser draws and reports `points`; Python answers with `run`."""

        _esm = script("perceptron")
        _css = style("perceptron", "perceptron-playground")
        points: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        run = traitlets.Dict().tag(sync=True)
        scenes = traitlets.Dict({"clouds": CLOUDS, "xor": XOR}).tag(sync=True)
        limit = traitlets.Float(LIMIT).tag(sync=True)
        most = traitlets.Int(MOST).tag(sync=True)

        def __init__(self, Perceptron: Callable[[int], Any], points: Points, first: Run):
            super().__init__(points=[list(p) for p in points], run=asdict(first))
            self.Perceptron = Perceptron
            self.observe(self._learn, "points")

        def _learn(self, _: Any) -> None:
            try:
                self.run = asdict(run(self.Perceptron, self.points))
            except NotImplementedError:
                self.run = self.run | {
                    "failed": True,
                    "says": f"Your {self.Perceptron.__name__} is not written yet.",
                }

    return Playground
