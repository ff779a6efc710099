"""Lesson 03's interactive figure: step forward and backward through a computation graph."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.widgets import Interactive, interactive, script, style
from helpers.widgets.backprop_trace import INPUTS, RANGE, SCENES, Trace, number, trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scenes = Mapping[str, Mapping[str, float]]  # of each graph its inputs
Run = Callable[[str, Mapping[str, float]], Trace]


def stepper(scene: str = "a neuron") -> Interactive:
    """Return the figure in which readers step through a computation graph and change its inputs."""
    return figure(scene, INPUTS, lambda name, inputs: trace(SCENES[name], inputs))


def figure(scene: str, scenes: Scenes, run: Run) -> Interactive:
    """Return the figure for these scenes.

    Args:
        scene: the one to begin with.
        scenes: of each its inputs, as they are at the beginning.
        run: returns the trace of a scene for other inputs.
    """
    found = {name: run(name, inputs) for name, inputs in scenes.items()}
    lines = "; ".join(
        f"{n.name} = {number(n.value)} with gradient {number(n.grad)}" for n in found[scene].nodes
    )
    alt = (
        f"A computation graph, {scene}. Values are computed from left to right, then gradients arrive from "
        f"right to left, and a node that is used twice adds them up. In the end {lines}."
    )
    return interactive(lambda: _widget()(scene, scenes, run), lambda: draw(found), alt)


def draw(found: Mapping[str, Trace]) -> "Figure":
    """Draw the graphs one below the other, with every value, every local derivative and every gradient."""
    from helpers.figures import BLACK, BLUE, GREY, ORANGE, panels

    fig, _ = panels(1, width=8.6, height=2.2 * len(found))
    fig.clear()
    for ax, (name, run) in zip(fig.subplots(len(found), 1, squeeze=False)[:, 0], found.items(), strict=True):
        ax.set_title(name, fontsize=11, loc="left")
        ax.axis("off")
        width = max(node.at[0] for node in run.nodes)
        ax.set(xlim=(-0.5, max(width, 5) + 0.5), ylim=(2.45, -0.45))
        for e in run.edges:
            (x1, y1), (x2, y2) = run.nodes[e.parent].at, run.nodes[e.consumer].at
            double = any(o.twin and (o.consumer, o.parent) == (e.consumer, e.parent) for o in run.edges)
            bend = 0.0 if not double else 0.35 if e.twin else -0.35
            style = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
            style |= {"connectionstyle": f"arc3,rad={bend}"}
            ax.annotate(
                "",
                (x2 - 0.29, y2),
                (x1 + (0.27 if run.nodes[e.parent].formula else 0.19), y1),
                arrowprops=style,
            )
            t = 0.32 if x2 - x1 > 1.4 else 0.5  # long edges cross half-way
            at = x1 + t * (x2 - x1), y1 + t * (y2 - y1) + 0.75 * bend
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            ax.text(
                *at, f"×{number(e.local)}", color=ORANGE, fontsize=8.5, ha="center", va="center", bbox=box
            )
        for n in run.nodes:
            head = f"{n.name} = {n.formula}" if n.formula else n.name
            box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": BLACK, "linewidth": 0.9}
            ax.text(*n.at, f"{head:^9}\n\n", ha="center", va="center", fontsize=9, bbox=box, linespacing=1.25)
            ax.text(
                n.at[0],
                n.at[1],
                f"\n{number(n.value)}\n",
                ha="center",
                va="center",
                color=BLUE,
                fontsize=9,
                linespacing=1.25,
            )
            ax.text(
                n.at[0],
                n.at[1],
                f"\n\n{number(n.grad)}",
                ha="center",
                va="center",
                color=ORANGE,
                fontsize=9,
                linespacing=1.25,
            )
    fig.supxlabel(
        "values, computed from left to right; × local derivatives and gradients, from right to left",
        fontsize=10,
    )
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Stepper(anywidget.AnyWidget):
        """The browser draws, steps and reports `scene` and `inputs`; Python answers with `trace`."""

        _esm = script("backprop")
        _css = style("backprop", "backprop-stepper")
        scene = traitlets.Unicode().tag(sync=True)
        inputs: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        trace: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        scenes: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        range = traitlets.Float(RANGE).tag(sync=True)

        def __init__(self, scene: str, scenes: Scenes, run: Run):
            super().__init__(scene=scene, inputs=dict(scenes[scene]), scenes=dict(scenes))
            self._trace = run
            self._run()
            self.observe(self._run, "inputs")

        def _run(self, _: Any = None) -> None:
            self.trace = asdict(self._trace(self.scene, self.inputs))

    return Stepper
