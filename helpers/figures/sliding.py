"""Where a window stands: padding and stride, and one filter through all channels."""

from collections.abc import Sequence

from helpers.figures.page import Drawing


def sliding(
    settings: Sequence[tuple[int, int, int, int]] = ((5, 3, 1, 0), (5, 3, 1, 1), (5, 3, 2, 1)),
) -> Drawing:
    """Draw for each setting the image with its padding, two windows in it, and the output that they fill.

        show(*sliding([(5, 3, 1, 0), (5, 3, 1, 1), (5, 3, 2, 1)]))      # none, padding 1, and stride 2

    Args:
        settings: rows (side of the image, side of the kernel, stride, padding), up to four.
    """
    raise NotImplementedError


def one_filter(channels: int = 3, size: int = 5, kernel: int = 3, filters: int = 1) -> Drawing:
    """Draw how a filter reads the same window of every channel and adds up to one number.

        show(*one_filter())                 # red, green, blue -> one map
        show(*one_filter(filters=2))        # a second filter makes a second map

    Args:
        channels: of the image, two to four; three are called red, green and blue.
        size: side of the image.
        kernel: side of the window.
        filters: one or two.
    """
    raise NotImplementedError
