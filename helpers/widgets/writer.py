"""Lesson 08's figure of a writer: what may follow, and what temperature, k and p leave of it."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data.pieces import cut_into
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scores = Callable[[Sequence[int]], ndarray]  # from the pieces so far to the score of each that may follow

BEGINNINGS = ("The whale", "Captain Ahab", "I looked at the sea, and")
SETTINGS = ((0.5, 0, 1.0), (1.0, 0, 1.0), (1.0, 4, 1.0), (1.0, 0, 0.5))  # of the static form: tau, k, p
SHOWN, MORE = 10, 40


def restricted(z: ndarray, tau: float = 1.0, k: int = 0, p: float = 1.0) -> ndarray:
    """Return the probabilities (m,) to draw from.

    Args:
        z: scores (m,).
        tau: the temperature that divides them; 0 leaves the best alone.
        k: only the k best may be drawn; 0 for all.
        p: of these, only the best may be drawn that have together at least this probability.
    """
    order = np.argsort(-z, kind="stable")
    q = np.zeros(len(z))
    kept = order[: (k or len(z)) if tau > 0 else 1]
    q[kept] = np.exp((z[kept] - z[order[0]]) / (tau or 1.0))
    q /= q.sum()
    if p < 1:
        before = np.cumsum(q[order]) - q[order]
        q[order[before >= p]] = 0
    return q / q.sum()


def go_on(scores: Scores, ids: Sequence[int], rng: np.random.Generator, **how: Any) -> tuple[int, float]:
    """Return the next piece, drawn as `restricted` says, and its probability."""
    q = restricted(scores(ids), **how)
    drawn = int(rng.choice(len(q), p=q))
    return drawn, float(q[drawn])


def desk(scores: Scores, pieces: Sequence[str], beginnings: Sequence[str] = BEGINNINGS) -> Interactive:
    """Return the figure in which readers let a model write, piece by piece.

    Args:
        scores: takes the numbers of the pieces so far and returns the scores (m,) of what may follow.
        pieces: what the numbers stand for.
        beginnings: texts to begin with.
    """
    ids = cut_into(beginnings[0], pieces)
    alt = f"What may follow “{beginnings[0]}”, and with which probability. {told(scores(ids), pieces)}"
    return interactive(
        lambda: _widget()(scores, pieces, beginnings), lambda: draw(scores(ids), pieces, beginnings[0]), alt
    )


def told(z: ndarray, pieces: Sequence[str]) -> str:
    """Say what the likeliest pieces are, and how many each setting leaves."""
    best = np.argsort(-z)[:3]
    likely = ", ".join(f"“{pieces[i]}” {q:.0%}" for i, q in zip(best, restricted(z)[best], strict=True))
    left = "; ".join(
        f"{name(*how)} leaves {np.count_nonzero(restricted(z, *how) > 1e-3)}" for how in SETTINGS
    )
    return f"The likeliest: {likely}. Of all pieces with at least 0.1 %, {left}."


def name(tau: float, k: int, p: float) -> str:
    """Return what a setting is called."""
    return f"τ = {tau:g}" + (f", k = {k}" if k else "") + (f", p = {p:g}" if p < 1 else "")


def visible(piece: str) -> str:
    """Return a piece with its spaces and line breaks to be seen."""
    return piece.replace(" ", "·").replace("\n", "⏎")


def draw(z: ndarray, pieces: Sequence[str], beginning: str) -> "Figure":
    """Draw the probabilities of the best pieces with four settings; what may not be drawn has no bar."""
    from helpers.figures import BLUE, GREY, panels

    best = np.argsort(-z)[:SHOWN]
    fig, axes = panels(len(SETTINGS), width=9, height=3.2)
    for ax, how in zip(axes, SETTINGS, strict=True):
        q = restricted(z, *how)[best]
        ax.barh(range(len(best)), q, color=BLUE)
        ax.set(title=name(*how), ylim=(len(best) - 0.4, -0.6), xlim=(0, 1), xlabel="probability")
        ax.set_yticks(range(len(best)), [visible(pieces[i]) for i in best] if ax is axes[0] else [])
        for row in np.flatnonzero(q == 0).tolist():
            ax.text(0.02, row, "not drawn", va="center", fontsize=8, color=GREY)
    axes[0].set_ylabel(f"after “{beginning}”")
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Writer(anywidget.AnyWidget):
        """The browser keeps the settings and reports `ask`; Python answers with `state`, piece by piece."""

        _esm = script("writer")
        _css = style("writer", "writer")
        pieces: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        beginnings: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        more = traitlets.Int(MORE).tag(sync=True)
        ask: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        state: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)

        def __init__(self, scores: Scores, pieces: Sequence[str], beginnings: Sequence[str]):
            super().__init__(pieces=list(pieces), beginnings=list(beginnings), ask={"text": beginnings[0]})
            self._scores = scores
            self._answer()
            self.observe(self._answer, "ask")

        def _answer(self, _: Any = None) -> None:
            try:
                ids = (
                    self.ask["ids"] if "ids" in self.ask else cut_into(self.ask["text"].rstrip(), self.pieces)
                )
                self._write(ids or cut_into("\n", self.pieces))
            except ValueError as problem:
                self.state = {**self.state, "left": 0, "problem": str(problem)}

        def _write(self, ids: list[int]) -> None:
            how = {key: self.ask[key] for key in ("tau", "k", "p") if key in self.ask}
            rng, steps = np.random.default_rng(self.ask.get("seed")), self.ask.get("steps", 0)
            shares: list[float] = list(self.ask.get("shares", [0.0] * len(ids)))  # 0: not drawn
            for left in range(steps, 0, -1):
                drawn, share = go_on(self._scores, ids, rng, **how)
                ids, shares = [*ids, drawn], [*shares, share]
                self.state = {**self.state, "ids": ids, "shares": shares, "left": left - 1 or 1}
            z = self._scores(ids)
            self.state = {
                "ids": ids,
                "shares": shares,
                "left": 0,
                "z": np.round(z, 3).tolist(),
                "problem": "",
            }

    return Writer
