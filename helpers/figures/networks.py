"""A network of layers: circles for neurons, arrows for weights."""

from collections.abc import Sequence

from numpy import ndarray

from helpers.figures.page import Drawing


def network(
    sizes: Sequence[int],
    weights: Sequence[ndarray] | None = None,
    biases: Sequence[ndarray] | None = None,
    names: Sequence[Sequence[str]] | None = None,
    active: Sequence[ndarray] | None = None,
    titles: Sequence[str] | None = None,
    shapes: bool | None = None,
    most: int = 6,
) -> Drawing:
    """Draw a network layer by layer, from left to right.

        show(*network((4, 5, 3)))                                          # shapes of W and b on the arrows
        show(*network((2, 2, 1), [W1, W2], [b1, b2], [["x₁", "x₂"], ["or", "nand"], ["xor"]]))
        show(*network((784, 128, 10), titles=["pixels", "hidden", "scores"]))   # long layers have dots

    A positive weight is blue, a negative one orange and dashed, a large one thick; values are printed while
    there are at most 12 of them. Biases stand below their neurons.

    Args:
        sizes: neurons of each layer, inputs first; two layers or more.
        weights: of each step one (sizes[i], sizes[i + 1]), as in `X @ W + b`.
        biases: of each step one (sizes[i + 1],).
        names: of each layer's neurons, written in the circles; by default x₁ …, h₁ …, ŷ₁ ….
        active: of each layer the values (sizes[i],), in [0, 1] or [-1, 1]: the circles are filled by size.
        titles: a word below each layer.
        shapes: whether "W₁ 4 × 5" stands above the arrows; by default where no weights are given.
        most: how many neurons of a layer are drawn; longer ones get dots.
    """
    raise NotImplementedError
