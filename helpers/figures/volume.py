"""The layers of a convolutional network as boxes, drawn to scale."""

from collections.abc import Sequence

from helpers.figures.page import Drawing


def volumes(
    shapes: Sequence[tuple[int, ...]],
    names: Sequence[str] | None = None,
    kernels: Sequence[int | None] | None = None,
    steps: Sequence[str] | None = None,
) -> Drawing:
    """Draw layers as boxes whose height, width and depth are to scale, each with its shape below.

        show(*volumes(
            [(1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)],
            kernels=[5, 2, 5, 2, None, None, None],
            steps=["conv 5 × 5", "pool", "conv 5 × 5", "pool", "dense", "dense", "dense"],
        ))

    Args:
        shapes: (channels, height, width) of a volume, (n,) of a dense layer.
        names: of the layers, above them.
        kernels: of each step the side of its window, drawn on the box before; None for a dense layer.
        steps: of each step a word, between the boxes.
    """
    raise NotImplementedError
