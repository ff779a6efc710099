"""What the tasks of lesson 03 share: where things are, networks, layers and labels."""

import numpy as np
from numpy import ndarray
from numpy.random import Generator

REFERENCE = "helpers.reference.backprop."


PROBES = "helpers.probes.backprop."


def network(rng: Generator, d: int, h: int, k: int) -> dict[str, ndarray]:
    """Draw the weights of a network with one hidden layer, its neurons neither silent nor saturated."""
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
    return {name: rng.normal(size=shape) / np.sqrt(d) for name, shape in shapes.items()}


def one_hot(rng: Generator, n: int, k: int) -> ndarray:
    """Draw n one-hot rows of k classes."""
    return np.eye(k)[rng.integers(0, k, n)]


def tenths(seed: int, *shape: int) -> ndarray:
    """Return whole tenths between -0.9 and 0.9, the same each time: a case that can be worked through by hand."""
    return np.random.default_rng(seed).integers(-9, 10, shape) / 10


def small(d: int, h: int, k: int) -> dict[str, ndarray]:
    """Return the weights of a small network, the same each time."""
    return {"W1": tenths(1, d, h), "b1": tenths(2, h), "W2": tenths(3, h, k), "b2": tenths(4, k)}
