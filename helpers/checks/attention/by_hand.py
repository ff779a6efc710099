"""What the tasks of lesson 07 share: where their answers are, and cases written out by hand or drawn."""

import numpy as np
from numpy import ndarray
from numpy.random import Generator

REFERENCE = "helpers.reference.attention."
PROBES = "helpers.probes.attention."
READY_MADE = "torch.nn.functional.scaled_dot_product_attention"  # the answer itself


def some_seen(rng: Generator, *shape: int) -> ndarray:
    """Draw a mask that hides about half, and in each row at least one place and not all."""
    mask = rng.random(shape) < 0.5
    rows = mask.reshape(-1, shape[-1])
    for row in rows:
        shown, hidden = rng.permutation(shape[-1])[:2]
        row[shown], row[hidden] = True, False
    return mask


def triple(rng: Generator, n: int, m: int, d_k: int, d_v: int, *batch: int) -> dict[str, ndarray]:
    """Draw queries, keys and values."""
    shapes = {"Q": (*batch, n, d_k), "K": (*batch, m, d_k), "V": (*batch, m, d_v)}
    return {name: 1.5 * rng.normal(size=shape) for name, shape in shapes.items()}


def floats(rows: object) -> ndarray:
    """Return a small array that is written out, so that a person can work with it."""
    return np.array(rows, dtype=float)
