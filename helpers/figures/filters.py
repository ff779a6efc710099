"""One filter through all channels of an image."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from helpers.figures.geometry import Box, rim
from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREEN, GREY, ORANGE, YELLOW, tint
from helpers.figures.sketch import SMALL, Sketch
from helpers.figures.words import number

CELL = 22  # pixels
APART = 20  # between two filters


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
    if not (2 <= channels <= 4 and 1 <= kernel <= size <= 6 and filters in (1, 2)):
        given = f"{channels} channels, size {size}, kernel {kernel} and {filters} filters"
        raise ValueError(
            f"there is room for 2 to 4 channels, 1 or 2 filters, and images of up to 6, not for {given}"
        )
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (channels, size, size))
    K = rng.integers(-1, 2, (filters, channels, kernel, kernel))
    names = ["red", "green", "blue"] if channels == 3 else [f"channel {c + 1}" for c in range(channels)]
    parts = (K * X[:, :kernel, size - kernel :]).sum(axis=(2, 3))  # (filters, channels)
    sheet = Sketch()
    planes = _planes(sheet, X, names, kernel)
    high = channels * (kernel * CELL + 18)
    for f in range(filters):
        middle = (f - (filters - 1) / 2) * (high + APART)
        name = f" {f + 1}" if filters > 1 else ""
        _filter(sheet, planes, K[f], parts[f], middle, name)
        _map(sheet, planes[0].right[0] + 72 + kernel * CELL, middle, size - kernel + 1, parts[f], name)
    return Drawing(sheet.done(), _told(names, X, K, parts))


def _tints() -> list[tuple[float, ...]]:
    return [tint(hue, 0.25) for hue in (ORANGE, GREEN, BLUE, GREY)]


def _planes(sheet: Sketch, X: ndarray, names: Sequence[str], kernel: int) -> list[Box]:
    """Draw the channels below each other around y = 0, and return the places of their windows."""
    side, windows = X.shape[1], []
    for c, (name, plane) in enumerate(zip(names, X, strict=True)):
        top = (c - len(X) / 2) * (side * CELL + 26) + 8
        grid = sheet.grid(0, top, CELL, [[_tints()[c]] * side] * side, plane.astype(str))
        sheet.label(0, top - 10, name, align="left", size=SMALL)
        wide = kernel * CELL
        sheet.frame(grid.right[0] - wide, top, wide, wide, BLACK)
        windows.append(Box(grid.right[0] - wide / 2, top + wide / 2, wide, wide))
    return windows


def _filter(
    sheet: Sketch, planes: Sequence[Box], K: ndarray, parts: ndarray, middle: float, name: str
) -> None:
    """Draw a filter's kernels below each other, each with the window that it reads and with its sum."""
    k, left = K.shape[-1], planes[0].right[0] + 72
    total = sheet.circle(left + k * CELL + 110, middle, 17, "Σ", size=13)
    for c, plane in enumerate(planes):
        top = middle + (c - len(K) / 2) * (k * CELL + 18) + 9
        box = sheet.grid(left, top, CELL, [[_tints()[c]] * k] * k, _numbers(K[c]))
        sheet.arrow(plane.right, (box.left[0] - 3, box.y), width=0.8, head=7)
        start = (box.right[0] + 3, box.y)
        sheet.arrow(start, rim(total, start), number(parts[c]), BLACK, 1.0)
    sheet.label(left + k * CELL / 2, middle - len(K) * (k * CELL + 18) / 2 - 5, f"filter{name}", size=SMALL)


def _map(sheet: Sketch, left: float, middle: float, out: int, parts: ndarray, name: str) -> None:
    """Draw the output with the one number that the window makes."""
    fills = [[YELLOW if (i, j) == (0, out - 1) else "white" for j in range(out)] for i in range(out)]
    texts = [[number(parts.sum()) if (i, j) == (0, out - 1) else "" for j in range(out)] for i in range(out)]
    box = sheet.grid(left + 190, middle - out * CELL / 2, CELL, fills, texts)
    sheet.arrow((left + 127, middle), (box.left[0] - 3, middle), colour=BLACK, width=1.0)
    sheet.label(box.x, box.bottom[1] + 12, f"map{name}, {out} × {out}", size=SMALL)


def _numbers(weights: ndarray) -> list[list[str]]:
    return [[number(w) for w in row] for row in weights]


def _told(names: Sequence[str], X: ndarray, K: ndarray, parts: ndarray) -> str:
    """Say what is drawn: the window of each channel, the weights on it, and what they add up to."""
    k, n = K.shape[-1], X.shape[-1]
    windows = [f"{name} {_spelled(x[:k, n - k :])}" for name, x in zip(names, X, strict=True)]
    whole = [f"{name} {_spelled(x)}" for name, x in zip(names, X, strict=True)]
    says = [
        f"An image of {n} × {n} with {len(names)} channels: {'; '.join(whole)}.",
        f"Framed is its upper right window of {k} × {k}: {'; '.join(windows)}.",
    ]
    for f, (weights, sums) in enumerate(zip(K, parts, strict=True)):
        each = zip(names, weights, sums, strict=True)
        pieces = "; ".join(f"{name} {_spelled(w)} gives {number(p)}" for name, w, p in each)
        which = f"Filter {f + 1}" if len(K) > 1 else "The filter"
        size = f"{n - k + 1} × {n - k + 1}"
        says.append(f"{which}: {pieces}. Together: {number(sums.sum())}, one number of its map of {size}.")
    return " ".join(says)


def _spelled(table: ndarray) -> str:
    return " / ".join(" ".join(row) for row in _numbers(table))
