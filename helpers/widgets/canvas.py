"""A canvas: the reader draws a digit, and their own network reads it as it grows."""

from collections.abc import Callable, Sequence

from numpy import ndarray

from helpers.widgets import Interactive

Read = Callable[[ndarray], Sequence[float] | ndarray]
Blame = Callable[[ndarray, int], ndarray]


def draw_digit(
    read: Read, size: int = 28, blame: Blame | None = None, examples: ndarray | None = None
) -> Interactive:
    """Return the figure in which readers draw a digit, with mouse, finger or keys, and see it read.

        display(draw_digit(lambda picture: softmax(scores(picture.reshape(1, -1)))[0]))
        display(draw_digit(read, blame=lambda picture, digit: gradient(picture, digit)))

    Ten bars show what `read` returns; sliders shift the digit, and a switch centres and scales it as MNIST's
    were. With `blame`, the chosen digit's red and blue lie over the drawing.

    Args:
        read: takes a picture (size, size) of float32 in [0, 1], 1 where there is ink, and returns ten
            probabilities, or any ten scores.
        size: side of the picture.
        blame: takes the picture and a digit, and returns (size, size): positive (blue) where more ink would
            make the digit's score grow, negative (red).
        examples: pictures (n, size, size) in [0, 1] or 0 to 255 to be loaded; by default a few of MNIST.

    Raises:
        NotImplementedError: if `read` is not written yet.
    """
    raise NotImplementedError
