"""Lesson 00's interactive figure: a rule of words and a threshold, and what it does to real mails."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data import mails
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 2000  # mails, the first of their random order
KINDS = ("ordinary ham", "newsletters and the like", "spam")
WORDS = (
    "free", "click", "money", "here", "remove", "offer", "credit", "receive", "please", "order", "dear",
    "guaranteed", "your", "our", "business", "company", "income", "mortgage", "unsubscribe", "opportunity",
    "wish", "save", "now", "re", "wrote", "list", "linux", "users", "but", "i'm", "said", "file", "code",
    "url", "think", "problem",
)  # fmt: skip
START = {"free": 1, "click": 1, "money": 1}


@cache
def sample() -> tuple[ndarray, ndarray]:
    """Return which of WORDS each mail has (SHOWN, words) bool, and its kind (SHOWN,), an index into KINDS."""
    X, y, folder, words = mails()
    has = X[:SHOWN, [words.index(word) for word in WORDS]] > 0
    return has, np.where(y == 1, 2, (folder == 2) * 1)[:SHOWN]


def thrown(votes: Mapping[str, int], k: int) -> list[int]:
    """Return how many mails of each kind a rule throws away: those whose words add up to k or more.

    Args:
        votes: for each word of the rule 1, or -1 where it counts against spam.
        k: the threshold.
    """
    has, kind = sample()
    away = has @ np.array([votes.get(word, 0) for word in WORDS]) >= k
    return [int((away & (kind == i)).sum()) for i in range(len(KINDS))]


def rules() -> Interactive:
    """Return the figure in which readers choose words and a threshold, and see what becomes of the mails."""
    of = np.bincount(sample()[1]).tolist()
    told = ", ".join(f"{a} of {n} {kind}" for a, n, kind in zip(thrown(START, 1), of, KINDS, strict=True))
    alt = (
        f"A rule that throws away each mail in which one of {', '.join(START)} occurs, tried on {SHOWN} "
        f"mails. It throws away {told}."
    )
    return interactive(lambda: _widget()(), draw, alt)


def draw() -> "Figure":
    """Draw what four rules do: which share of each kind of mail they throw away."""
    from helpers.figures import BLUE, GREY, ORANGE, panels

    tried: list[tuple[dict[str, int], int]] = [
        (START, 1),
        (START, 2),
        ({"click": 1, "receive": 1, "guaranteed": 1, "dear": 1}, 1),
        ({"click": 1, "receive": 1, "free": 1, "your": 1, "wrote": -1, "list": -1}, 2),
    ]
    of = np.bincount(sample()[1])
    fig, axes = panels(len(tried), width=9, height=2.9)
    for ax, (votes, k) in zip(axes, tried, strict=True):
        away = np.array(thrown(votes, k))
        ax.barh(range(3), away / of, color=[BLUE, GREY, ORANGE])
        for i, share in enumerate(away / of):
            ax.annotate(f"{share:.0%}", (min(share + 0.02, 0.82), i), va="center")
        listed = [f"{'not ' * (vote < 0)}{word}" for word, vote in votes.items()]
        halves = ", ".join(listed[:3]) + (",\n" + ", ".join(listed[3:]) if listed[3:] else "\n")
        precision, right = away[2] / away.sum(), (of[:2].sum() - away[:2].sum() + away[2]) / of.sum()
        ax.set(xlim=(0, 1), yticks=[], title=halves)
        ax.set_title(f"{halves}\nat least {k}", fontsize=9)
        ax.set_xlabel(f"thrown away\nprecision {precision:.2f}, right {right:.0%}")
    axes[0].set(yticks=range(3), yticklabels=["ham", "newsletters", "spam"])
    for ax in axes:
        ax.invert_yaxis()
    return fig


def _digits(rows: ndarray) -> list[str]:
    return ["".join(map(str, row)) for row in rows.astype(int)]


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    table, kind_of = sample()

    class Rules(anywidget.AnyWidget):
        """Python sends the mails once, a line of 0 and 1 for each word; all else happens in the browser."""

        _esm = script("learning")
        _css = style("learning", "learning-rules")
        words: "traitlets.List[Any]" = traitlets.List(list(WORDS)).tag(sync=True)
        kinds: "traitlets.List[Any]" = traitlets.List(list(KINDS)).tag(sync=True)
        has: "traitlets.List[Any]" = traitlets.List(_digits(table.T)).tag(sync=True)
        kind = traitlets.Unicode("".join(map(str, kind_of))).tag(sync=True)
        votes: "traitlets.List[Any]" = traitlets.List([START.get(word, 0) for word in WORDS]).tag(sync=True)
        threshold = traitlets.Int(1).tag(sync=True)

    return Rules
