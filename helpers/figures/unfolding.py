"""Windows of an image laid flat, known as im2col: the same colour for the same pixel."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.figures.page import Drawing
from helpers.figures.palette import AMBER, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, YELLOW, tint
from helpers.figures.sketch import NORMAL, SMALL, Sketch
from helpers.figures.words import subscript

CELL = 26  # pixels
MOST = 18  # rows and columns of the matrix
HUES = (SKY, AMBER, GREEN, YELLOW, PURPLE, BLUE, ORANGE, GREY)


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
    h, w = image_shape
    rows, columns = ((n + 2 * pad - kernel) // stride + 1 for n in (h, w))
    depth, places = channels * kernel * kernel, rows * columns
    if not (1 <= kernel <= min(h, w) + 2 * pad and places <= MOST and depth <= MOST):
        given = f"{image_shape} with kernel {kernel}, stride {stride}, padding {pad} and {channels} channels"
        raise ValueError(
            f"{given} asks for {depth} × {places} numbers; there is room for 1 to {MOST} each way"
        )
    if not 0 <= marked < places:
        raise ValueError(f"there are {places} windows, 0 to {places - 1}; none has number {marked}")
    pixels = np.zeros((channels, h + 2 * pad, w + 2 * pad), dtype=int)  # 0 is the padding
    pixels[:, pad : pad + h, pad : pad + w] = np.arange(1, channels * h * w + 1).reshape(channels, h, w)
    corners = [(i * stride, j * stride) for i in range(rows) for j in range(columns)]
    matrix = np.stack([pixels[:, y : y + kernel, x : x + kernel].ravel() for y, x in corners], axis=1)
    shades = _shades(channels * h, w)

    sheet = Sketch()
    title = (
        f"image, {h} × {w}"
        + (f"\npadding {pad}" if pad else "")
        + (f"\n{channels} channels" * (channels > 1))
    )
    sheet.label(0, -12, title, align="left", size=SMALL, va="bottom")
    for c, channel in enumerate(pixels):
        y = c * (len(channel) * CELL + 10)
        _cells(sheet, 0, y, channel, shades)
        i, j = corners[marked]
        sheet.frame(j * CELL, y + i * CELL, kernel * CELL, kernel * CELL, ORANGE)
    letters = np.array([chr(ord("a") + i) for i in range(depth)])
    left = pixels.shape[2] * CELL + 34
    _flat(sheet, left, matrix, shades, letters.reshape(channels, kernel, kernel), marked)
    settings = f"{kernel} × {kernel}, stride {stride}"
    return Drawing(sheet.done(), _told(pixels, matrix, letters, settings, (rows, columns), marked))


def _flat(
    sheet: Sketch, x: float, matrix: ndarray, shades: Sequence[str], kernel: ndarray, marked: int
) -> None:
    """Draw kernel, matrix and product as one multiplies by hand: the product below the matrix."""
    depth, places = matrix.shape
    low, right = depth * CELL + 12, x + depth * CELL + 30
    sheet.label(x, -12, "kernel", align="left", size=SMALL, va="bottom")
    for c, weights in enumerate(kernel):
        sheet.grid(x, c * (len(weights) * CELL + 10), CELL, _white(*weights.shape), weights)
    sheet.grid(x, low, CELL, _white(1, depth), kernel.reshape(1, -1))
    sheet.label(x + depth * CELL / 2, low + CELL + 12, "kernel, laid flat", size=SMALL)
    sheet.label(right - 15, low + CELL / 2, "=", size=NORMAL)
    _cells(sheet, right, 0, matrix, shades)
    for i, weight in enumerate(kernel.ravel()):
        sheet.label(right - 9, (i + 0.5) * CELL, weight, GREY, SMALL, style="italic")
    sheet.grid(right, low, CELL, _white(1, places), [[subscript("z", j + 1) for j in range(places)]])
    sheet.frame(right + marked * CELL, 0, CELL, depth * CELL, ORANGE)
    sheet.frame(right + marked * CELL, low, CELL, CELL, ORANGE)
    middle = right + places * CELL / 2
    sheet.label(
        middle, -12, f"{places} windows,\neach laid flat, {depth} × {places}", size=SMALL, va="bottom"
    )
    sheet.label(middle, low + CELL + 12, "output, laid flat", size=SMALL)


def _shades(rows: int, columns: int) -> list[Any]:
    """Return a colour for each pixel: a hue for each row, paler from column to column."""
    shares = np.linspace(0.75, 0.2, columns)
    return [tint(HUES[i % len(HUES)], float(share)) for i in range(rows) for share in shares]


def _cells(sheet: Sketch, x: float, y: float, numbers: ndarray, shades: Sequence[Any]) -> None:
    """Draw a table of pixels with their numbers and colours."""
    fills = [["white" if n == 0 else shades[n - 1] for n in row] for row in numbers]
    sheet.grid(x, y, CELL, fills, numbers.astype(str))


def _white(rows: int, columns: int) -> list[list[str]]:
    return [["white"] * columns for _ in range(rows)]


def _told(
    pixels: ndarray, matrix: ndarray, letters: ndarray, settings: str, out: tuple[int, int], marked: int
) -> str:
    """Say what is drawn, each column of the matrix too."""
    (rows, columns), last = out, subscript("z", matrix.shape[1])
    often, counts = np.unique(matrix[matrix > 0], return_counts=True)
    zeros = " Around it lie zeros, the padding." if not pixels.all() else ""
    height, width = (len(set(np.nonzero(pixels)[axis])) for axis in (1, 2))
    channels = f" with {len(pixels)} channels" if len(pixels) > 1 else ""
    spelled = "; ".join(" ".join(map(str, column)) for column in matrix.T)
    return (
        f"An image of {height} × {width}{channels}, its pixels numbered 1 to {pixels.max()}.{zeros} Beside "
        f"it a matrix of {len(matrix)} × {matrix.shape[1]} whose columns are the windows of {settings}, laid "
        f"flat: {spelled}. A pixel keeps its colour wherever it is copied; pixel {often[counts.argmax()]} is "
        f"copied {counts.max()} times. Window {marked + 1} is framed. The kernel's weights "
        f"{' '.join(letters)}, laid flat, times the matrix give the outputs z₁ to {last}, {rows} × {columns} "
        "of them."
    )
