"""Lesson 06's interactive figure: a name grows letter by letter, with the distribution at each step."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data import names
from helpers.widgets import Interactive, interactive, script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LETTERS = ".abcdefghijklmnopqrstuvwxyz"
ALPHA = 0.1  # what every count starts at
CONTEXTS = (0, 1, 2, 4)
DARTS = (0.28, 0.52, 0.81, 0.83, 0.52, 0.06, 0.15, 0.9, 0.14)
TEMPERATURES = (0.5, 1.0, 2.0)

Predict = Callable[
    [list[int]], ndarray
]  # from the numbers of all letters so far to the probabilities of the next


class Counted:
    """A model that counts what follows the last k letters."""

    def __init__(self, train: Sequence[str], k: int):
        self.k = k
        self.counts: dict[str, ndarray] = {}
        for name in train:
            text = "." * k + name + "."
            for i in range(k, len(text)):
                row = self.counts.setdefault(text[i - k : i], np.zeros(len(LETTERS)))
                row[LETTERS.index(text[i])] += 1

    def context(self, ids: Sequence[int]) -> str:
        """Return the last k letters, filled up with full stops."""
        text = "." * self.k + "".join(LETTERS[i] for i in ids)
        return text[len(text) - self.k :]

    def seen(self, ids: Sequence[int]) -> int:
        """Return how often these last k letters occur in the training names."""
        return int(np.sum(self.counts.get(self.context(ids), 0)))

    def __call__(self, ids: list[int]) -> ndarray:
        """Return the probabilities of what comes next."""
        p = self.counts.get(self.context(ids), np.zeros(len(LETTERS))) + ALPHA
        return p / p.sum()


@cache
def counted() -> dict[str, Predict]:
    """Return the models that need no training, by the number of letters that they look back."""
    train, _ = names()
    return {f"{k} letter{'s' * (k != 1)}": Counted(train, k) for k in CONTEXTS}


def state(models: Mapping[str, Predict], model: str, prefix: str) -> dict[str, Any]:
    """Return what the browser draws: the probabilities of what follows the prefix, and a sentence."""
    predict, ids = models[model], [LETTERS.index(letter) for letter in prefix]
    says = "It reads the whole name so far."
    if isinstance(predict, Counted):
        often, context = predict.seen(ids), predict.context(ids)
        says = f"It looks at “{context}”, which it has met {often} time{'s' * (often != 1)}."
        if not context:
            says = "It looks at nothing: the same bars whatever came before."
        elif not often:
            says = f"It looks at “{context}”, which it has never met, and guesses blindly."
    p = np.asarray(predict(ids), dtype=float)
    return {"model": model, "prefix": prefix, "p": (p / p.sum()).tolist(), "says": says}


def cool(p: ndarray, tau: float) -> ndarray:
    """Return the distribution at temperature tau."""
    q = p ** (1 / tau)
    return q / q.sum()


def grow(predict: Predict, darts: Sequence[float], tau: float) -> tuple[list[int], list[ndarray]]:
    """Return the letters that the darts hit, STOP included, and the distribution at each step."""
    ids: list[int] = []
    steps: list[ndarray] = []
    for u in darts:
        steps.append(cool(np.asarray(predict(ids), dtype=float), tau))
        ids.append(min(int(np.searchsorted(np.cumsum(steps[-1]), u, side="right")), len(LETTERS) - 1))
        if ids[-1] == 0:
            break
    return ids, steps


def grower(models: Mapping[str, Predict] | None = None, first: str | None = None) -> Interactive:
    """Return the figure in which a name grows, for models that count and for those that are handed over.

    Args:
        models: more models by name, each a function from the numbers of the letters so far to probabilities.
        first: the one that is shown first; by default the last one, without others the one that counts pairs.
    """
    known = {**counted(), **(models or {})}
    first = first or (list(known)[-1] if models else "1 letter")
    grown = {
        tau: "".join(LETTERS[i] for i in grow(known[first], DARTS, tau)[0]).rstrip(".")
        for tau in TEMPERATURES
    }
    told = "; ".join(f"at temperature {tau:g} “{name}”" for tau, name in grown.items())
    alt = (
        f"A name grows letter by letter from the model “{first}”. At each step every letter has a "
        f"probability, and a dart decides. The same darts give {told}: the lower the temperature, the "
        "more the likely letters win."
    )
    return interactive(lambda: _widget()(known, first), lambda: draw(known[first]), alt)


def draw(predict: Predict) -> "Figure":
    """Draw names that grew from the same darts at three temperatures, with the distribution at each step."""
    from helpers.figures import BLACK, ORANGE, panels

    fig, axes = panels(len(TEMPERATURES), width=9, height=4.9)
    for ax, tau in zip(axes, TEMPERATURES, strict=True):
        ids, steps = grow(predict, DARTS, tau)
        ax.imshow(np.array(steps).T, cmap="Blues", vmin=0, vmax=0.6, aspect="auto")
        for t, i in enumerate(ids):
            white = steps[t][i] > 0.35
            ax.text(t, i, LETTERS[i], ha="center", va="center", fontsize=9, fontweight="bold",
                    color="white" if white else BLACK)  # fmt: skip
            ax.add_patch(_box(t, i, ORANGE))
        name = "".join(LETTERS[i] for i in ids).rstrip(".")
        ax.set(title=f"temperature {tau:g}: {name}", xlabel="step", xticks=range(len(ids)), xlim=(-0.55, 7.5))
        ax.set_xticklabels([str(t + 1) for t in range(len(ids))])
        ax.set_yticks(range(len(LETTERS)), list(LETTERS), fontsize=8)
    return fig


def _box(t: int, i: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((t - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=1.4)


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Grower(anywidget.AnyWidget):
        """The browser keeps temperature and darts and reports `ask`; Python answers with `state`."""

        _esm = script("rnn")
        _css = Path(__file__).with_name("rnn.css")
        letters = traitlets.Unicode(LETTERS).tag(sync=True)
        known = traitlets.Unicode().tag(sync=True)
        models: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        ask: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        state: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)

        def __init__(self, known: Mapping[str, Predict], first: str):
            real = " ".join(name for some in names() for name in some)
            super().__init__(known=real, models=list(known), ask={"model": first, "prefix": ""})
            self._known = known
            self._answer()
            self.observe(self._answer, "ask")

        def _answer(self, _: Any = None) -> None:
            self.state = state(self._known, self.ask["model"], self.ask["prefix"])

    return Grower
