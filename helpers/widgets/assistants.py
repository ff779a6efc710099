"""Lesson 13's interactive figure: what pressing a reward does to it, and to what was meant."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BETAS = 10 ** np.linspace(1, -1.5, 51)  # from hardly any pressure to much
TOLD = (1.0, 0.3, 0.1)  # of the static form


def tilted(p: ndarray, rewards: ndarray, beta: float) -> ndarray:
    """Return the probabilities (m,) with the best mean reward less beta times the KL: p · e^(r / beta)."""
    logs = np.log(p) + rewards / beta
    q = np.exp(logs - logs.max())
    return q / q.sum()


def outcome(p: ndarray, rewards: ndarray, worth: ndarray, beta: float) -> tuple[float, float, float]:
    """Return (KL, reward, worth) of the tilted answers; both as gains of the mean, in deviations before."""
    q = tilted(p, rewards, beta)
    kl = float((q * np.log(np.maximum(q, 1e-300) / p)).sum())
    reward, judge = (float((q - p) @ a / np.sqrt(p @ (a - p @ a) ** 2)) for a in (rewards, worth))
    return kl, reward, judge


def told(answers: Sequence[str], rewards: Sequence[float], worth: Sequence[float]) -> dict[str, Any]:
    """Return each different answer once: its share, its reward and its worth, the commonest first."""
    rows = Counter(zip(answers, rewards, worth, strict=True)).most_common()
    n = sum(count for _, count in rows)
    return {
        "answers": [row[0] for row, _ in rows],
        "p": [count / n for _, count in rows],
        "rewards": [float(row[1]) for row, _ in rows],
        "worth": [float(row[2]) for row, _ in rows],
    }


def press(
    question: str, answers: Sequence[str], rewards: Sequence[float], worth: Sequence[float]
) -> Interactive:
    """Return the figure in which readers choose how hard a reward is pressed.

    Args:
        question: what was asked.
        answers: as a model gave them, many times.
        rewards: what the reward model gives each.
        worth: what the judge gives each, whom the reward model does not know.
    """
    given = told(answers, rewards, worth)
    p, r, w = (np.array(given[key]) for key in ("p", "rewards", "worth"))
    gains = ", ".join(
        f"with beta = {beta:g} {outcome(p, r, w, beta)[1]:+.1f} and {outcome(p, r, w, beta)[2]:+.1f}"
        for beta in TOLD
    )
    alt = (
        f"{len(answers)} answers to “{question}”, weighted by e to the reward over beta. Gain of the reward, "
        f"and of what the judge says, in deviations: {gains}."
    )
    return interactive(lambda: _widget()(question, given), lambda: draw(p, r, w), alt)


def draw(p: ndarray, rewards: ndarray, worth: ndarray) -> "Figure":
    """Draw both gains against the KL, with some values of beta marked."""
    from helpers.figures import BLUE, GREY, ORANGE, panels

    fig, [ax] = panels(1, width=6.5, height=3.2)
    path = np.array([outcome(p, rewards, worth, beta) for beta in BETAS])
    ax.plot(path[:, 0], path[:, 1], "--", color=BLUE, label="the reward")
    ax.plot(path[:, 0], path[:, 2], "-", color=ORANGE, label="the judge")
    ax.axhline(0, color=GREY, linewidth=1)
    for beta in TOLD:
        kl, reward, judge = outcome(p, rewards, worth, beta)
        ax.plot([kl, kl], [reward, judge], "o", color=GREY)
        ax.annotate(f"β = {beta:g}", (kl, reward), textcoords="offset points", xytext=(4, 5), fontsize=9)
    ax.set(xlabel="KL to the answers before, in nats", ylabel="gain, in deviations")
    return fig


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Press(anywidget.AnyWidget):
        """Python sends the answers once; everything else happens in the browser."""

        _esm = script("assistants")
        _css = style("assistants", "press")
        question = traitlets.Unicode().tag(sync=True)
        given: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        betas: "traitlets.List[Any]" = traitlets.List(BETAS.tolist()).tag(sync=True)

        def __init__(self, question: str, given: dict[str, Any]):
            super().__init__(question=question, given=given)

    return Press
