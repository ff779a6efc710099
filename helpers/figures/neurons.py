"""One neuron: inputs, weights, the sum, the activation."""

from collections.abc import Sequence

from helpers.figures.page import Drawing


def neuron(
    w: Sequence[float],
    b: float,
    names: Sequence[str] | None = None,
    x: Sequence[float] | None = None,
    activation: str = "step",
    out: str = "ŷ",
) -> Drawing:
    """Draw a neuron: inputs on the left, their weights on the arrows, sum, activation, output.

        show(*neuron([2, -1], -0.5, ["rain", "wind"]))
        show(*neuron(w, b, x=[1, 0], activation="sigmoid"))     # with z and the output as numbers

    Args:
        w: weights, up to ten.
        b: the bias.
        names: of the inputs; by default x₁, x₂, ….
        x: the inputs' values; with them the sum z and the output are printed.
        activation: "step" (1 for z > 0), "sigmoid", "tanh", "relu" or "none".
        out: name of the output.
    """
    raise NotImplementedError
