"""A drawing of a digit, moved, and centred and scaled as the digits of MNIST were."""

import numpy as np
from numpy import ndarray

INSIDE = 20  # of 28 pixels: the longer side of a digit of MNIST


def moved(picture: ndarray, dx: int, dy: int) -> ndarray:
    """Return the picture (h, w) moved by dx to the right and dy down; what leaves it is lost."""
    h, w = picture.shape
    out = np.zeros_like(picture)
    out[max(0, dy) : h + min(0, dy), max(0, dx) : w + min(0, dx)] = picture[
        max(0, -dy) : h - max(0, dy), max(0, -dx) : w - max(0, dx)
    ]
    return out


def as_mnist(picture: ndarray) -> ndarray:
    """Return the ink of a picture (n, n) scaled to 20 of 28 parts and centred by its centre of mass.

    So LeCun, Cortes and Burges describe how they made MNIST. An empty picture stays empty.
    """
    rows, columns = np.nonzero(picture > 0.1)
    if not len(rows):
        return picture
    ink = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    n = len(picture)
    scale = INSIDE * n / 28 / max(ink.shape)
    ink = resized(ink, *(max(1, round(scale * side)) for side in ink.shape))
    out = np.zeros_like(picture)
    top, left = ((n - side) // 2 for side in ink.shape)
    out[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    mass = out.sum()
    y, x = (float((np.arange(n) * out.sum(axis=1 - axis)).sum() / mass) for axis in (0, 1))
    return moved(out, round(n / 2 - x), round(n / 2 - y))  # MNIST's lie around pixel 14 of 0 to 27


def resized(picture: ndarray, height: int, width: int) -> ndarray:
    """Return the picture with another size, each new pixel the mean of the area that it covers."""
    return _spread(picture.shape[0], height) @ picture @ _spread(picture.shape[1], width).T


def _spread(old: int, new: int) -> ndarray:
    """Return (new, old): which part of each new pixel lies in each old one."""
    edges = np.arange(new + 1) * old / new
    inside = np.minimum(edges[1:, None], np.arange(1, old + 1)) - np.maximum(edges[:-1, None], np.arange(old))
    return (np.maximum(inside, 0) * new / old).astype(np.float32)
