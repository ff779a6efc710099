"""Lesson 08's interactive figure: which heads carry something from one token to another."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from helpers.data import attention_maps
from helpers.widgets import Interactive, interactive, script
from helpers.widgets.attention import Maps

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def maps(encoder: Any, tokens: Any, real: Any) -> ndarray:
    """Return all attention weights (layers, heads, n, n) of an encoder of the lesson's form, for one text.

    Args:
        encoder: has `blocks`, each with an `attention` that has q, k and heads.
        tokens: (1, n), without padding.
        real: (1, n), all True.
    """
    import torch

    found: list[Any] = []

    def keep(attention: Any, inputs: tuple[Any, ...]) -> None:
        Q, K = (
            layer(inputs[0])[0].unflatten(-1, (attention.heads, -1)).transpose(0, 1)
            for layer in (attention.q, attention.k)
        )
        found.append(torch.softmax(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5, dim=-1))

    hooks = [block.attention.register_forward_pre_hook(keep) for block in encoder.blocks]
    try:
        with torch.no_grad():
            encoder(tokens, real)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.stack(found).numpy()


def carriers(
    known: Mapping[str, Maps] | None = None, asking: str = "it", asked: str = "animal"
) -> Interactive:
    """Return the figure that shows for every head how much a token looks at another, sentence by sentence.

    Args:
        known: tokens and weights by sentence; by default those of MiniLM that the course carries.
        asking: the token that looks, at first.
        asked: the token that is looked at, at first.
    """
    found = dict(attention_maps()) if known is None else dict(known)
    alt = "A table with a field for each head: how much one token looks at another. " + told(
        found, asking, asked
    )
    return interactive(lambda: _widget()(found, asking, asked), lambda: draw(found, asking, asked), alt)


def share(found: Maps, asking: str, asked: str) -> ndarray:
    """Return how much `asking` looks at `asked` in each head (layers, heads); 0 where one is absent."""
    tokens, A = found
    if asking not in tokens or asked not in tokens:
        return np.zeros(A.shape[:2])
    return A[:, :, tokens.index(asking), tokens.index(asked)]


def told(known: Mapping[str, Maps], asking: str, asked: str) -> str:
    """Say for each sentence which head carries most."""
    said = []
    for sentence, found in known.items():
        S = share(found, asking, asked)
        layer, head = np.unravel_index(S.argmax(), S.shape)
        if S.any():
            said.append(f"{sentence} Layer {layer + 1}, head {head + 1} gives most: {S.max():.0%}.")
    return f"How much “{asking}” looks at “{asked}” in each head. " + " ".join(said)


def draw(known: Mapping[str, Maps], asking: str, asked: str) -> "Figure":
    """Draw a table of heads for the first two sentences that have both tokens, and what has changed."""
    from matplotlib.colors import LinearSegmentedColormap

    from helpers.figures import BLUE, ORANGE, panels

    every = [(s, share(found, asking, asked)) for s, found in known.items()]
    tables = [(f"… {' '.join(s.split()[-5:])}", S) for s, S in every if S.any()][:2]
    if len(tables) == 2:
        tables.append(("the change, in points", tables[1][1] - tables[0][1]))
    fig, axes = panels(max(1, len(tables)), width=9, height=2.9)
    shades = LinearSegmentedColormap.from_list("change", [ORANGE, "white", BLUE])
    for ax, (title, S) in zip(axes, tables, strict=False):
        ax.imshow(S, cmap=shades, vmin=-0.7, vmax=0.7, aspect="auto")
        layer, head = divmod(int(np.abs(S).argmax()), S.shape[1])
        most = S[layer, head]
        ax.add_patch(_frame(head, layer, ORANGE))
        ink, text = (
            "white" if abs(most) > 0.35 else "black",
            f"{most:.0%}" if S.min() >= 0 else f"{round(100 * most) + 0:+d}",
        )
        ax.text(head, layer, text, ha="center", va="center", fontsize=7, color=ink)
        ax.set_title(title, fontsize=10)
        ax.set_xticks(range(0, S.shape[1], 2), [str(h + 1) for h in range(0, S.shape[1], 2)])
        ax.set_yticks(range(S.shape[0]), [str(k + 1) for k in range(S.shape[0])])
        ax.set_xlabel("head")
    axes[0].set_ylabel("layer")
    return fig


def _frame(x: Any, y: Any, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=2)


def state(found: Maps) -> dict[str, Any]:
    """Return what the browser draws of a sentence."""
    tokens, A = found
    return {
        "tokens": tokens,
        "shape": list(A.shape[:2]),
        "weights": np.rint(A * 255).astype(np.uint8).tobytes(),
    }


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Carriers(anywidget.AnyWidget):
        """The browser reports `sentence`; Python answers with `tokens`, `shape` and `weights`."""

        _esm = script("transformers")
        _css = Path(__file__).with_name("transformers.css")
        sentence = traitlets.Unicode().tag(sync=True)
        examples: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        tokens: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        shape: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        weights = traitlets.Bytes().tag(sync=True)
        asking = traitlets.Unicode().tag(sync=True)
        asked = traitlets.Unicode().tag(sync=True)

        def __init__(self, known: Mapping[str, Maps], asking: str, asked: str):
            self.known = dict(known)
            super().__init__(sentence=next(iter(known)), examples=list(known), asking=asking, asked=asked)
            self._run()
            self.observe(self._run, "sentence")

        def _run(self, _: Any = None) -> None:
            if self.sentence in self.known:
                with self.hold_sync():
                    for name, value in state(self.known[self.sentence]).items():
                        setattr(self, name, value)

    return Carriers
