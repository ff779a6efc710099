"""What the tasks of lesson 08 share: where things are, weights, masks, and numbers to work through by hand."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import some_seen
from helpers.checks.attention.heads import head_weights, layer
from helpers.checks.task import Case

REFERENCE = "helpers.reference.transformers."
PROBES = "helpers.probes.transformers."
HAND = 8  # the seed of what is the same for everyone


def tenths(*shape: int) -> ndarray:
    """Return whole tenths between -0.9 and 0.9, the same each time: a case that can be worked through by hand."""
    return np.random.default_rng(HAND).integers(-9, 10, shape) / 10


def rounded(weights: dict[str, ndarray]) -> dict[str, ndarray]:
    """Return weights with one digit each."""
    return {name: a.round(1) for name, a in weights.items()}


def norm(rng: Generator, name: str, d: int) -> dict[str, ndarray]:
    """Draw gain and bias of a layer norm."""
    return {f"{name}.weight": rng.uniform(0.5, 2, d), f"{name}.bias": rng.normal(size=d)}


def block_weights(rng: Generator, d: int, hidden: int, prefix: str = "") -> dict[str, ndarray]:
    """Draw the weights of a block."""
    pieces = [head_weights(rng, d, "attention."), norm(rng, "norm1", d), norm(rng, "norm2", d),
              layer(rng, "up", d, hidden), layer(rng, "down", hidden, d)]  # fmt: skip
    return {prefix + key: a for piece in pieces for key, a in piece.items()}


def stack(rng: Generator, d: int, hidden: int, layers: int) -> dict[str, ndarray]:
    """Draw the weights of several blocks."""
    return {k: a for i in range(layers) for k, a in block_weights(rng, d, hidden, f"blocks.{i}.").items()}


def lengths(rng: Generator, B: int, n: int) -> ndarray:
    """Draw which places hold a token: one sequence is full, no other is empty."""
    return np.arange(n) < rng.permutation([n, *rng.integers(1, n, size=B - 1)])[:, None]


def block(rng: Generator, B: int, n: int, d: int, heads: int, pre: bool) -> Case:
    """Draw a block and what it reads."""
    X = 2 * rng.normal(size=(B, n, d)) + 1
    weights = block_weights(rng, d, int(rng.integers(3, 9)))
    return Case({"weights": weights, "heads": heads, "pre": pre, "X": X, "mask": None})


def block_by_hand(pre: bool, mask: ndarray | None = None) -> Case:
    """Return a block of one head on two tokens, the same for everyone."""
    weights = rounded(block_weights(np.random.default_rng(HAND), 3, 2))
    X = np.array([[[1.0, 2.0, 4.0], [3.0, 0.0, -1.0]]])
    return Case({"weights": weights, "heads": 1, "pre": pre, "X": X, "mask": mask})


def with_norm(rng: Generator, pre: bool) -> Iterator[Case]:
    """Blocks without a mask."""
    yield block_by_hand(pre)
    for B, n, d, heads in [(2, 3, 4, 2), (1, 4, 6, 3)]:
        yield block(rng, B, n, d, heads, pre)


def before(rng: Generator) -> Iterator[Case]:
    """Pre-norm blocks."""
    return with_norm(rng, True)


def after(rng: Generator) -> Iterator[Case]:
    """Post-norm blocks."""
    return with_norm(rng, False)


def masked_blocks(rng: Generator) -> Iterator[Case]:
    """Both kinds, with a mask for all, and with one for each text."""
    for pre in (True, False):
        yield block_by_hand(pre, np.array([[True, False], [True, True]]))
    for pre in (True, False):
        case = block(rng, 2, 4, 4, 2, pre)
        yield Case({**case.inputs, "mask": some_seen(rng, 4, 4)})
    texts = np.array([[True, True, True], [True, True, False]])[:, None, None, :]
    yield Case({**block(rng, 2, 3, 4, 2, True).inputs, "mask": texts})


def block_gradients(rng: Generator) -> Iterator[Case]:
    """Both kinds, differentiated."""
    for case in (block_by_hand(True), block_by_hand(False), block(rng, 2, 3, 4, 2, bool(rng.integers(2)))):
        inputs = dict(case.inputs)
        del inputs["mask"]
        yield Case(inputs)
