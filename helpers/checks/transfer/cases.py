"""What several tasks of lesson 09 draw: stages with a batch norm, heads, labelled rows."""

from itertools import pairwise

import numpy as np
from numpy import ndarray
from numpy.random import Generator

REFERENCE = "helpers.reference.transfer."
PROBES = "helpers.probes.transfer."


def stage(rng: Generator, d_in: int, d_out: int) -> dict[str, ndarray]:
    """Draw a layer and a batch norm, as torch names and stores them."""
    return {
        "0.weight": rng.normal(size=(d_out, d_in)) / np.sqrt(d_in),
        "0.bias": rng.normal(size=d_out),
        "1.weight": rng.uniform(0.5, 2, d_out),
        "1.bias": rng.normal(size=d_out),
        "1.running_mean": rng.normal(size=d_out),
        "1.running_var": rng.uniform(0.5, 2, d_out),
    }


def stages(rng: Generator, *sizes: int) -> list[dict[str, ndarray]]:
    """Draw stages of these sizes."""
    return [stage(rng, a, b) for a, b in pairwise(sizes)]


def head(rng: Generator, d: int, K: int) -> dict[str, ndarray]:
    """Draw a head, (out, in)."""
    return {"weight": rng.normal(size=(K, d)), "bias": rng.normal(size=K)}


def labelled(rng: Generator, n: int, d: int, K: int) -> dict[str, ndarray]:
    """Draw rows and their classes, each of which occurs."""
    return {"X": rng.normal(size=(n, d)), "y": np.concatenate([np.arange(K), rng.integers(0, K, n - K)])}


def fixed(seed: int) -> Generator:
    """Return the generator of a case that is the same for all."""
    return np.random.default_rng(seed)
