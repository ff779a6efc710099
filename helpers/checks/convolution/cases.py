"""Lesson 05's cases: a few that can be worked through by hand, and larger ones, of which hardly two sizes agree."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case

Draw = Callable[[tuple[int, ...]], ndarray]
SETTINGS = ("stride", "pad")  # left out of a case where its sizes end before them: then the defaults count


def small(shape: tuple[int, ...]) -> ndarray:
    """Return whole numbers from -4 to 5 as floats, the same each time, in no order."""
    return np.random.default_rng([5, *shape]).integers(-4, 6, size=shape).astype(float)


def different(shape: tuple[int, ...]) -> ndarray:
    """Return whole numbers as floats, no two of them equal, about half of them negative; the same each time."""
    size = int(np.prod(shape))
    return np.random.default_rng([6, *shape]).permutation(size).reshape(shape) - size // 2 + 0.0


def drawn(rng: Generator) -> Draw:
    """Return what draws numbers of a normal distribution."""
    return lambda shape: rng.normal(size=shape)


def layer(draw: Draw, X: tuple[int, ...], m: int, k: int, *settings: int) -> dict[str, Any]:
    """Return an image or a batch, m kernels of k x k and as many biases."""
    K, b = draw((m, X[-3], k, k)), 3 * draw((m,))
    return {"X": draw(X), "K": K, "b": b, **dict(zip(SETTINGS, settings, strict=False))}


def images(draw: Draw, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Layers of one image; sizes are c, h, w, m, k, and stride and pad where they are not left out."""
    for row in sizes:
        yield Case(layer(draw, row[:3], *row[3:]))


def batches(draw: Draw, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Layers of a batch; sizes are n, c, h, w, m, k, and stride and pad where they are not left out."""
    for row in sizes:
        yield Case(layer(draw, row[:4], *row[4:]))


def gradients(draw: Draw, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """The same, with a gradient of the loss with respect to what the layer makes."""
    for n, c, h, w, m, k, *settings in sizes:
        out = n, m, places(h, k, *settings), places(w, k, *settings)
        yield Case({**layer(draw, (n, c, h, w), m, k, *settings), "G": draw(out) + 0.5})


def views(draw: Draw, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Batches and the size of a window; sizes are n, c, h, w, k, and stride and pad."""
    for n, c, h, w, k, *settings in sizes:
        yield Case({"X": draw((n, c, h, w)), "k": k, **dict(zip(SETTINGS, settings, strict=False))})


def stacks(draw: Draw, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Windows, and the shape of the image that they go back to; sizes as above."""
    for n, c, h, w, k, *settings in sizes:
        V = draw((n, c, k, k, places(h, k, *settings), places(w, k, *settings))) + 0.5
        yield Case({"V": V, "shape": [n, c, h, w], **dict(zip(SETTINGS, settings, strict=False))})


def counted() -> Iterator[Case]:
    """The lesson's own example, a row of four pixels, twice, with a 1 at every copy."""
    yield Case({"V": np.ones((1, 1, 2, 2, 1, 3)), "shape": [1, 1, 2, 4]})


def maps(draw: Draw, *sizes: tuple[int, ...], G: bool = False) -> Iterator[Case]:
    """Maps to be pooled, many entries negative; sizes are n, c, h, w, and k and stride where not left out."""
    for n, c, h, w, *settings in sizes:
        k, stride = settings or (2, 2)
        case = {"X": draw((n, c, h, w)) - 0.5, **dict(zip(("k", "stride"), settings, strict=False))}
        out = n, c, places(h, k, stride), places(w, k, stride)
        yield Case(case | ({"G": draw(out) + 0.5} if G else {}))


def places(n: int, k: int, stride: int = 1, pad: int = 0) -> int:
    """At how many places a kernel fits; the cases need it to draw gradients."""
    return (n + 2 * pad - k) // stride + 1
