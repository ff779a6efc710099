"""Windows of an image laid flat, known as im2col: the same colour for the same pixel."""

from helpers.figures.page import Drawing


def windows(
    image_shape: tuple[int, int] = (4, 4),
    kernel: int = 2,
    stride: int = 1,
    pad: int = 0,
    channels: int = 1,
    marked: int = 0,
) -> Drawing:
    """Draw an image, the kernel laid flat, and the matrix whose columns are the windows.

        show(*windows((4, 4), (2, 2)))          # kernel (1, 4) times matrix (4, 9)
        show(*windows((3, 3), 2, pad=1))   # padding is white and holds a 0
        show(*windows((3, 3), 2, channels=2))

    Each pixel has a number and a colour, and wherever it is copied to it keeps both.

    Args:
        image_shape: height and width, up to 6 each.
        kernel: side of the square window.
        stride: pixels from one window to the next.
        pad: zeros on each side.
        channels: the windows of one pixel's channels stand below each other.
        marked: the window that is framed in image and matrix.
    """
    raise NotImplementedError
