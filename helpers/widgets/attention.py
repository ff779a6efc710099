"""Lesson 07's interactive figure: every attention map of a real pretrained model, head by head."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers import minilm
from helpers.data import attention_maps
from helpers.widgets import Interactive, interactive, script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Maps = tuple[list[str], ndarray]  # the tokens (n), and the weights (layers, heads, n, n)

CHOSEN = {  # what the printed figure shows, as people count: from 1
    (1, 3): "the token before",
    (2, 9): "the token after",
    (4, 2): "what “it” stands for?",
}


def maps_of(sentence: str) -> Maps:
    """Return a sentence's tokens and weights: stored ones, or by the model where it is installed.

    Raises:
        FileNotFoundError: for a sentence that is not stored, where the weights are not installed.
        ValueError: for an empty sentence.
    """
    if sentence in (stored := attention_maps()):
        return stored[sentence]
    if not sentence.strip():
        raise ValueError("type a sentence")
    tokens, maps, _ = minilm.run(sentence)
    return tokens, maps


def heads(sentence: str | None = None) -> Interactive:
    """Return the figure in which readers look into the heads of MiniLM, at their own sentences too."""
    shown = sentence or next(iter(attention_maps()))
    found = maps_of(shown)
    alt = f"Attention maps of all-MiniLM-L6-v2 for: {shown} " + " ".join(
        f"Layer {layer}, head {head}: {told(found, layer - 1, head - 1)}" for layer, head in CHOSEN
    )
    return interactive(lambda: _widget()(shown), lambda: draw(found), alt)


def told(found: Maps, layer: int, head: int) -> str:
    """Say where the tokens of a head look, and “it” where it is there."""
    tokens, maps = found
    A, n = maps[layer, head], len(tokens)
    before, after = (float(np.mean(np.diagonal(A, k))) for k in (-1, 1))
    if max(before, after) > 0.5:
        side, share = ("before", before) if before > after else ("after", after)
        return f"each token gives {share:.0%} on average to the one {side} it."
    row = tokens.index("it") if "it" in tokens else n // 2
    best = int(A[row].argmax())
    return f"“{tokens[row]}” looks most at “{tokens[best]}”, with {float(A[row, best]):.0%}."


def draw(found: Maps) -> "Figure":
    """Draw the maps of three heads, darker where there is more weight."""
    from matplotlib.colors import LinearSegmentedColormap

    from helpers.figures import BLUE, panels

    tokens, maps = found
    fig, axes = panels(len(CHOSEN), width=9, height=3.9)
    shades = LinearSegmentedColormap.from_list("blue", ["white", BLUE])
    for ax, ((layer, head), name) in zip(axes, CHOSEN.items(), strict=True):
        ax.imshow(maps[layer - 1, head - 1], cmap=shades, vmin=0, vmax=1)
        ax.set_title(f"layer {layer}, head {head}\n{name}", fontsize=10)
        ax.set_xticks(range(len(tokens)), tokens, rotation=90, fontsize=7.5)
        ax.set_yticks(range(len(tokens)), tokens if ax is axes[0] else [""] * len(tokens), fontsize=7.5)
        ax.tick_params(length=0)
    axes[0].set_ylabel("the token that looks")
    axes[1].set_xlabel("the tokens looked at")
    return fig


def state(sentence: str) -> dict[str, Any]:
    """Return what the browser draws of a sentence: tokens, weights as bytes, and what is to be said."""
    try:
        tokens, maps = maps_of(sentence)
    except FileNotFoundError:
        return {"says": f"For sentences of your own the weights (84 MB) are needed: {minilm.INSTALL}"}
    except ValueError as error:
        return {"says": str(error)}
    return {"tokens": tokens, "weights": np.rint(maps * 255).astype(np.uint8).tobytes(), "says": ""}


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Heads(anywidget.AnyWidget):
        """The browser reports `sentence`; Python answers with the others, and counts that in `ran`."""

        _esm = script("attention")
        _css = Path(__file__).with_name("attention.css")
        sentence = traitlets.Unicode().tag(sync=True)
        tokens: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        weights = traitlets.Bytes().tag(sync=True)
        says = traitlets.Unicode().tag(sync=True)
        ran = traitlets.Int(0).tag(sync=True)
        examples: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        live = traitlets.Bool().tag(sync=True)
        chosen = traitlets.List([4, 2]).tag(sync=True)

        def __init__(self, sentence: str):
            super().__init__(
                sentence=sentence, examples=list(attention_maps()), live=minilm.folder() is not None
            )
            self._run()
            self.observe(self._run, "sentence")

        def _run(self, _: Any = None) -> None:
            with self.hold_sync():  # tokens and weights must arrive together
                for name, value in state(self.sentence).items():
                    setattr(self, name, value)
                self.ran += 1

    return Heads
