"""Lesson 02's interactive figures: a walk on a surface, and a race of the student's own optimisers.

The map of momentum is in `helpers.widgets.gradient_descent_ball`.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.probes.limit import TimeLimit, limit
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Terms = Sequence[tuple[float, int, int]]  # of a polynomial: coefficient, power of x1, power of x2

LIMIT = 2.0  # the plane shown is [-LIMIT, LIMIT]²
SURFACES: dict[str, Terms] = {
    "valley": ((1.76, 2, 0), (-3.36, 1, 1), (2.74, 0, 2)),  # curvatures 1 and 8, turned
    "two basins": ((0.5, 4, 0), (-1, 2, 0), (0.2, 1, 0), (1, 0, 2)),
    "saddle": ((0.5, 2, 0), (-0.5, 0, 2), (0.25, 0, 4)),
}
STARTS = {"valley": (-1.4, 1.1), "two basins": (0.4, 1.5), "saddle": (-1.6, 0.0)}

STEPS = 300
BETA = 0.9
TRIED = 25  # learning rates, for the best one
NAMES = ("descent", "momentum", "Adam")
ETAS = ((0.001, 0.2), (0.0005, 0.2), (0.005, 2.0))  # what the sliders reach, by optimiser
SECONDS = 3.0  # for the student's functions, each time something moves

Step = Callable[..., Any]


# ---------------------------------------------------------------- a walk


def value(terms: Terms, x: ndarray) -> ndarray:
    """Return a polynomial's values at points x (..., 2)."""
    return sum((c * x[..., 0] ** i * x[..., 1] ** j for c, i, j in terms), np.zeros(x.shape[:-1]))


def gradient(terms: Terms, x: ndarray) -> ndarray:
    """Return a polynomial's gradients at points x (..., 2)."""
    down = [(c * i, i - 1, j) for c, i, j in terms if i], [(c * j, i, j - 1) for c, i, j in terms if j]
    return np.stack([value(part, x) for part in down], axis=-1)


def explorer(*surfaces: str, theory: bool = True) -> Interactive:
    """Return the figure in which readers drag a start and a learning rate, and see where descent leads.

    Args:
        surfaces: which of SURFACES to offer, all of them if none is named.
        theory: whether curvatures, limit and factors are told.
    """
    alt = (
        "A valley with curvatures 1 and 8, and the walk of gradient descent in it, which changes with the "
        "learning rate: at 0.01 it crawls, at 0.15 it converges, at 0.245 it zigzags, at 0.27 it escapes."
    )
    offered = {name: SURFACES[name] for name in surfaces or SURFACES}
    return interactive(lambda: _walk()(surfaces=offered, theory=theory), draw_walks, alt)


def draw_walks() -> "Figure":
    """Draw walks in the valley, one panel for each regime."""
    from helpers.figures import BLUE, ORANGE, panels

    fig, axes = panels(4, width=9, height=2.8)
    grid = np.stack(np.meshgrid(*[np.linspace(-LIMIT, LIMIT, 160)] * 2), axis=-1)
    heights, terms = value(SURFACES["valley"], grid), SURFACES["valley"]
    told = [(0.01, "crawls"), (0.15, "converges"), (0.245, "zigzags"), (0.27, "escapes")]
    for ax, (eta, name) in zip(axes, told, strict=True):
        path = [np.array(STARTS["valley"])]
        for _ in range(30):
            path.append(path[-1] - eta * gradient(terms, path[-1]))
        ax.contourf(*grid.transpose(2, 0, 1), heights**0.5, levels=12, cmap="Blues_r", alpha=0.55)
        colour = ORANGE if eta > 0.25 else BLUE
        ax.plot(*np.transpose(path), "o-", color=colour, linewidth=1.2, markersize=3.5)
        ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal", xticks=[], yticks=[])
        ax.set_title(f"η = {eta}: {name}", fontsize=10)
    return fig


# ---------------------------------------------------------------- a race


@dataclass(frozen=True)
class Race:
    """What three optimisers did in a valley, as plain data.

    Attributes:
        paths: by optimiser, its points after 0, 1, … steps; it ends early where it escapes.
        losses: by optimiser, J at these points.
        arrived: by optimiser, the step from which J stays below 1/1000 of the first, or None.
        says: how it ended.
        failed: whether one of the student's functions stopped with an error.
    """

    paths: list[list[list[float]]]
    losses: list[list[float]]
    arrived: list[int | None]
    says: str
    failed: bool = False


def bowl(c: float, angle: float) -> ndarray:
    """Return the matrix of a valley with curvatures 1 and c, turned by an angle in degrees."""
    Q = _turned(angle)
    return Q @ np.diag([1.0, c]) @ Q.T


def _turned(angle: float) -> ndarray:
    a = np.deg2rad(angle)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


def run(
    steps: Sequence[Step],
    c: float,
    angle: float,
    start: Sequence[float],
    etas: Sequence[float],
    beta: float = BETA,
) -> Race:
    """Let plain descent, momentum (with its β) and Adam race, the student's own.

    Raises:
        NotImplementedError: if that is what a step does. Every other failure becomes a sentence.
    """
    H, paths, says, failed = bowl(c, angle), [], "", False
    for i, eta in enumerate(etas):
        path = [np.array(start, dtype=float)]
        try:
            with limit(SECONDS), redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
                _go(path, _stepper(i, steps, beta), H, eta)
        except NotImplementedError:
            raise
        except TimeLimit:
            says, failed = f"Your {NAMES[i]} was still busy after {SECONDS:g} seconds.", True
        except Exception as error:
            says, failed = f"Your {NAMES[i]} stopped with {type(error).__name__}: {str(error)[:200]}", True
        paths.append(np.array(path))
    losses = [np.einsum("ti,ij,tj->t", path, H, path) / 2 for path in paths]
    arrived = [_arrival(loss) for loss in losses]
    return Race(
        [path.tolist() for path in paths],
        [loss.tolist() for loss in losses],
        arrived,
        says or _result(arrived),
        failed,
    )


def best(
    steps: Sequence[Step], c: float, angle: float, start: Sequence[float], beta: float = BETA
) -> list[float]:
    """Return for each optimiser the η, of those tried, with which it arrives first (or comes closest).

    The largest of several that are equally good.
    """
    tried = [np.geomspace(*ends, TRIED) for ends in ETAS]
    races: list[Race] = []
    for etas in np.transpose(tried):
        races.append(run(steps, c, angle, start, etas.tolist(), beta))
        if races[-1].failed:  # it would fail again and again, slowly perhaps
            return [float(f"{np.sqrt(low * high):.3g}") for low, high in ETAS]

    def key(j: int, i: int) -> tuple[float, float]:
        at, losses = races[j].arrived[i], races[j].losses[i]
        whole = len(losses) == STEPS + 1
        return (at, -j) if at is not None else (STEPS + 1, losses[-1] if whole else np.inf)

    winners = [min(range(TRIED), key=partial(key, i=i)) for i in range(3)]
    return [float(f"{tried[i][j]:.3g}") for i, j in enumerate(winners)]


def race(
    descend: Step,
    momentum_step: Step,
    adam_step: Step,
    c: float = 150.0,
    angle: float = 0.0,
    start: Sequence[float] = (-1.7, 0.8),
) -> Interactive:
    """Return the figure in which the student's optimisers race in a valley that can be turned.

    Args:
        descend: `descend(gradient, x, eta, steps)` returns the path.
        momentum_step: `momentum_step(w, v, g, eta, beta)` returns (w, v).
        adam_step: `adam_step(w, m, v, g, t, eta)` returns (w, m, v).
        c: the valley's condition number.
        angle: how far it is turned, in degrees.
        start: where all three begin.

    Raises:
        NotImplementedError: while one of them is not written.
    """
    steps = (descend, momentum_step, adam_step)
    etas = best(steps, c, angle, start)
    first = run(steps, c, angle, start, etas)
    alt = (
        f"Your descent, your momentum and your Adam in a valley of condition number {c:g}, "
        f"each with its best learning rate. {first.says}"
    )
    return interactive(
        lambda: _racing()(steps, c, angle, start, etas, first), lambda: draw_race(steps, c, start), alt
    )


def draw_race(steps: Sequence[Step], c: float, start: Sequence[float]) -> "Figure":
    """Draw the race in a straight valley, each η at its best, and with the same η in one turned by 45°."""
    from helpers.figures import BLUE, GREEN, GREY, ORANGE, panels

    fig, axes = panels(4, width=9, height=2.9)
    etas = best(steps, c, 0.0, start)
    grid = np.stack(np.meshgrid(*[np.linspace(-LIMIT, LIMIT, 160)] * 2), axis=-1)
    for (ax, curve), angle in zip((axes[:2], axes[2:]), (0.0, 45.0), strict=True):
        H = bowl(c, angle)
        found = run(steps, c, angle, _turned(angle) @ np.array(start), etas)
        heights = np.einsum("abi,ij,abj->ab", grid, H, grid) / 2
        ax.contour(
            *grid.transpose(2, 0, 1), heights, levels=np.geomspace(0.05, 90, 9), colors=GREY, linewidths=0.5
        )
        for i, colour in enumerate([ORANGE, BLUE, GREEN]):
            name = NAMES[i] if angle == 0 else None
            ax.plot(*np.transpose(found.paths[i]), ".-", color=colour, linewidth=1, markersize=3)
            curve.plot(found.losses[i], color=colour, label=name, linewidth=1.5)
        ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal", xticks=[], yticks=[])
        ax.set_title("along the axes" if angle == 0 else "turned, the same η", fontsize=10)
        curve.set(yscale="log", ylim=(1e-6, 50), xlabel="step")
        curve.set_title("J", fontsize=10)
    return fig


def _stepper(i: int, steps: Sequence[Step], beta: float) -> Step:
    """Return optimiser i as a function of (t, η, w, what it remembers, g) that returns w and its memory."""
    descend, momentum_step, adam_step = steps
    forms: tuple[Step, ...] = (
        lambda t, eta, w, v, m, g: (descend(lambda _: g, w, eta, 1)[-1], v, m),
        lambda t, eta, w, v, m, g: (*momentum_step(w, v, g, eta, beta), m),
        lambda t, eta, w, v, m, g: adam_step(w, v, m, g, t, eta),
    )
    return forms[i]


def _go(path: list[ndarray], step: Step, H: ndarray, eta: float) -> None:
    """Add the points of STEPS steps to the path, fewer where they leave all bounds."""
    memory: tuple[ndarray, ...] = (np.zeros(2), np.zeros(2))
    for t in range(1, STEPS + 1):
        w, *rest = step(t, eta, path[-1].copy(), *memory, H @ path[-1])
        w, memory = np.array(w, dtype=float), tuple(rest)
        if w.shape != (2,):
            raise ValueError(f"w has shape {w.shape} after a step, not (2,)")
        if not np.abs(w).max() < 1e3:
            return
        path.append(w)


def _arrival(loss: ndarray) -> int | None:
    above = np.flatnonzero(loss > loss[0] / 1000)
    last = int(above[-1]) + 1 if len(above) else 0
    return last if last <= STEPS and len(loss) == STEPS + 1 else None


def _result(arrived: list[int | None]) -> str:
    known = sorted((at, name) for at, name in zip(arrived, NAMES, strict=True) if at is not None)
    if not known:
        return f"None of them arrives within {STEPS} steps."
    told = ", ".join(f"{name} after {at}" for at, name in known)
    late = [name for at, name in zip(arrived, NAMES, strict=True) if at is None]
    return f"Steps to 1/1000 of the loss: {told}" + (f"; not in {STEPS}: {', '.join(late)}." if late else ".")


# ---------------------------------------------------------------- their widgets


@cache
def _walk() -> Any:
    """Return the explorer's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Walk(anywidget.AnyWidget):
        """All of it happens in the browser, so that it answers at once."""

        _esm = script("descent_walk")
        _css = style("descent", "descent")
        surfaces = traitlets.Dict(SURFACES).tag(sync=True)
        starts = traitlets.Dict(STARTS).tag(sync=True)
        theory = traitlets.Bool(default_value=True).tag(sync=True)
        limit = traitlets.Float(LIMIT).tag(sync=True)

    return Walk


@cache
def _racing() -> Any:
    """Return the race's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Racing(anywidget.AnyWidget):
        """The browser draws and reports `setting`; Python answers with `race`."""

        _esm = script("descent_race")
        _css = style("descent", "descent")
        setting = traitlets.Dict().tag(sync=True)
        race = traitlets.Dict().tag(sync=True)
        names: "traitlets.List[Any]" = traitlets.List(list(NAMES)).tag(sync=True)
        ends: "traitlets.List[Any]" = traitlets.List([list(pair) for pair in ETAS]).tag(sync=True)
        limit = traitlets.Float(LIMIT).tag(sync=True)
        most = traitlets.Int(STEPS).tag(sync=True)

        def __init__(
            self,
            steps: Sequence[Step],
            c: float,
            angle: float,
            start: Sequence[float],
            etas: list[float],
            first: Race,
        ):
            setting = {
                "c": c,
                "angle": angle,
                "start": list(start),
                "etas": etas,
                "beta": BETA,
                "tune": False,
            }
            super().__init__(setting=setting, race=asdict(first))
            self.steps = steps
            self.observe(self._again, "setting")

        def _again(self, _: Any) -> None:
            now = dict(self.setting)
            where = (now["c"], now["angle"], now["start"])
            if now["tune"]:  # asks for the best η of each; the answer comes back as a setting
                self.setting = now | {"tune": False, "etas": best(self.steps, *where, now["beta"])}
                return
            self.race = asdict(run(self.steps, *where, now["etas"], now["beta"]))

    return Racing
