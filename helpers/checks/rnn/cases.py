"""Lesson 06's cases: a few that can be worked through by hand, and larger ones, of which hardly two sizes agree."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case

REFERENCE = "helpers.reference.rnn."
PROBES = "helpers.probes.rnn."
TORCH = [
    "torch.nn.*",
    "torch.gru_cell",
    "torch.lstm_cell",
    "torch.rnn_tanh_cell",
]  # they have the layer ready
Draw = Callable[[tuple[int, ...]], ndarray]


def small(shape: tuple[int, ...]) -> ndarray:
    """Return quarters from -1.25 to 1.25 without 0, the same each time, in no order."""
    halves = np.random.default_rng([6, *shape]).permutation(int(np.prod(shape))).reshape(shape) % 10
    return (halves - 5 + (halves >= 5)) / 4


def drawn(rng: Generator) -> Draw:
    """Return what draws numbers of a normal distribution, small enough that no tanh saturates."""
    return lambda shape: rng.normal(size=shape) / 1.5


def word(rng: Generator, length: int) -> str:
    """Draw a word of this many letters."""
    return "".join(chr(97 + int(i)) for i in rng.integers(0, 26, length))


def lengths_mask(rng: Generator, n: int, T: int) -> ndarray:
    """Draw a mask of n rows: each True up to its length, one of full length and one of a single letter."""
    lengths = rng.permutation([T, 1, *rng.integers(1, T + 1, max(0, n - 2))][:n])
    return np.arange(T) < lengths[:, None]


def recurrent(draw: Draw, n: int, T: int, d: int, h: int) -> dict[str, Any]:
    """Return inputs, a mask that is True everywhere, a state to begin with, and weights."""
    return {
        "A": draw((n, T, d)),
        "mask": np.ones((n, T), dtype=bool),
        "h0": draw((n, h)) + 0.125,
        "Wx": draw((d, h)) / np.sqrt(d),
        "Wh": draw((h, h)) / np.sqrt(h) + 0.0625,
        "b": draw((h,)) - 0.375,
    }


def sequences(draw: Draw, *sizes: tuple[int, int, int, int], back: bool = False) -> Iterator[Case]:
    """Inputs of one length; sizes are n, T, d, h. With `back`, gradients with respect to the states as well."""
    for n, T, d, h in sizes:
        case = recurrent(draw, n, T, d, h)
        yield Case(case | {"G": draw((n, T, h)) + 0.25} if back else case)


def one_step(rng: Generator, back: bool = False) -> Iterator[Case]:
    """A single letter."""
    yield from sequences(small, (1, 1, 1, 2), back=back)
    yield from sequences(drawn(rng), (3, 1, 4, 5), (2, 1, 3, 3), back=back)


def many_steps(rng: Generator, back: bool = False) -> Iterator[Case]:
    """Names of one length; n, T, d and h all different, then all the same."""
    yield from sequences(small, (1, 2, 1, 2), (2, 3, 1, 2), back=back)
    yield from sequences(drawn(rng), (2, 6, 4, 5), (3, 3, 3, 3), back=back)


def padded_steps(rng: Generator, back: bool = False) -> Iterator[Case]:
    """Names of different lengths; of the padding that is fixed some stands first, and some in between."""
    for rows in ([[True, True, False], [True, False, False]], [[False, True, True], [True, False, True]]):
        for case in sequences(small, (2, 3, 1, 2), back=back):
            yield Case({**case.inputs, "mask": np.array(rows)})
    for size in [(4, 6, 2, 3), (5, 5, 5, 5)]:
        for case in sequences(drawn(rng), size, back=back):
            yield Case({**case.inputs, "mask": lengths_mask(rng, *size[:2])})


def gates(draw: Draw, blocks: int, *sizes: tuple[int, int, int]) -> Iterator[dict[str, Any]]:
    """Return inputs, states and weights for a step of a cell; sizes are n, d, h."""
    for n, d, h in sizes:
        yield {
            "a": draw((n, d)),
            "h": draw((n, h)) + 0.125,
            "c": 1.5 * draw((n, h)) - 0.125,
            "Wx": draw((d, blocks * h)) / np.sqrt(d),
            "Wh": draw((h, blocks * h)) - 0.125,
            "b": draw((blocks * h,)) + 0.375,
        }
