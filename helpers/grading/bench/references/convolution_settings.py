"""Lesson 05: the same layer in every stride, padding and dilation; what counts is the worst of them."""

from collections.abc import Callable, Iterator
from itertools import product

from helpers.grading.bench.references import convolution

WHAT = "the same in the worst of 27 strides, paddings and dilations"
LIMIT = 1.05
SETTINGS = [*product((1, 2, 3), (0, 1, 2), (1, 2, 3))]


def pairs() -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Yield a pair for each setting."""
    for setting in SETTINGS:
        yield convolution.pair(*setting)
