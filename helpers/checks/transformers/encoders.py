"""Lesson 08, part 7: an encoder and the mean of its rows."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import HAND, PROBES, REFERENCE, lengths, norm, rounded, stack

PADDED = np.array([[True, True, False], [False, True, False], [True, True, True]])
ROWS_BY_HAND = np.array(
    [[[1.0, 2], [3, 6], [90, 80]], [[70, 60], [4, 5], [-50, 40]], [[1, 0], [0, 1], [5, 2]]]
)


def full_rows(rng: Generator) -> Iterator[Case]:
    """No padding."""
    yield Case({"H": ROWS_BY_HAND[2:], "real": PADDED[2:]})
    for B, n, d in [(2, 3, 4), (3, 1, 2)]:
        yield Case({"H": rng.normal(size=(B, n, d)), "real": np.ones((B, n), dtype=bool)})


def padded_rows(rng: Generator) -> Iterator[Case]:
    """Padding at the end, at the beginning and between, with anything in it."""
    yield Case({"H": ROWS_BY_HAND[:1], "real": PADDED[:1]})
    yield Case({"H": ROWS_BY_HAND, "real": PADDED})
    for B, n, d in [(3, 4, 2), (2, 5, 5)]:
        real = lengths(rng, B, n)
        H = rng.normal(size=(B, n, d))
        yield Case({"H": np.where(real[:, :, None], H, 1000 * H), "real": real})


def ruined_rows(rng: Generator) -> Iterator[Case]:
    """Padding that is not even a number."""
    yield Case({"H": np.array([[[1.0, 2], [3, 6], [np.nan, np.inf]]]), "real": PADDED[:1]})
    real = lengths(rng, 3, 4)
    yield Case({"H": np.where(real[:, :, None], rng.normal(size=(3, 4, 3)), np.nan), "real": real})


def row_gradients(rng: Generator) -> Iterator[Case]:
    """Rows whose gradient is asked for."""
    yield Case({"H": ROWS_BY_HAND, "real": PADDED})


FULL, PADDING, RUINED, GRADIENT = "no padding", "padding", "padding without numbers", "gradient"
SOME = {PADDING, RUINED, GRADIENT}
ALL = {FULL, PADDING, RUINED, GRADIENT}
CLEAN, MEAN = "H = H.masked_fill(~real[:, :, None], 0)", "return H.sum(dim=1) / real.sum(dim=1, keepdim=True)"

POOL = Task(
    "pool",
    points=1,
    answers=["pool"],
    reference=REFERENCE + "pool",
    probe=PROBES + "tensors",
    parts=[
        Part(FULL, full_rows),
        Part(PADDING, padded_rows, weight=2),
        Part(RUINED, ruined_rows),
        Part(GRADIENT, row_gradients, probe=PROBES + "gradients", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "0 times NaN is NaN: put 0 in the place of padding (`masked_fill`), don't multiply by 0.",
            {RUINED},
            (CLEAN, "H = H * real[:, :, None]"),
        ),
        Misconception(
            "Padding is averaged in. Only rows where `real` is True count.", SOME, (CLEAN, "return H.mean(dim=1)")
        ),
        Misconception(
            "You divide by n, padding included: divide by the number of real tokens.",
            SOME,
            ("real.sum(dim=1, keepdim=True)", "real.shape[1]"),
        ),
        Misconception(
            "That is the sum. A mean makes long and short texts comparable.", ALL, (" / real.sum(dim=1, keepdim=True)", "")
        ),
        Misconception(
            "`real` is turned round: you take the mean of the padding.", ALL, ("~real[:, :, None], 0)", "real[:, :, None], 0)"),
            forms=((CLEAN, "H, real = H.masked_fill(real[:, :, None], 0), ~real"),),
        ),
        Misconception(
            "That is the largest value of each column. What is asked for is the mean.",
            ALL,
            (MEAN, "return H.masked_fill(~real[:, :, None], -torch.inf).max(dim=1).values"),
            forms=((MEAN, "return H.max(dim=1).values"), (MEAN, "return H.masked_fill(~real[:, :, None], -torch.inf).amax(dim=1)")),
        ),
        Misconception(
            "Only the first row of each text comes back. What is asked for is the mean over its tokens.",
            ALL,
            (MEAN, "return H[:, 0]"),
        ),
        Misconception(
            "Only the last row of each text comes back. What is asked for is the mean over its tokens.",
            ALL,
            (MEAN, "return H[:, -1]"),
            forms=((MEAN, "return H[torch.arange(len(H)), real.sum(dim=1) - 1]"),),
        ),
        Misconception(
            "The first rows are averaged, as many as there are tokens. Padding need not stand at the end.",
            {PADDING, GRADIENT},
            wrong="def pool(H, real):\n    return torch.stack([rows[: int(n)].mean(dim=0) for rows, n in zip(H, real.sum(dim=1))])\n",
        ),
        Misconception(
            "The first text's padding is used for all. Each text has its own row of `real`.",
            {PADDING, RUINED, GRADIENT},
            (CLEAN, "real = real[:1].expand_as(real)\n    " + CLEAN),
        ),
        Misconception(
            "All texts are divided by one and the same number. Each has its own number of tokens.",
            SOME,
            ("real.sum(dim=1, keepdim=True)", "real.sum(dim=1).max()"),
            forms=(("real.sum(dim=1, keepdim=True)", "real.sum() / len(real)"), ("real.sum(dim=1, keepdim=True)", "real[0].sum()")),
        ),
        Misconception(
            "All texts of the batch are divided by the number of all tokens.",
            ALL,
            ("real.sum(dim=1, keepdim=True)", "real.sum()"),
        ),
        Misconception(
            "The mean is taken over the texts of the batch, not over the tokens of each text.",
            ALL,
            (MEAN, "return H.sum(dim=0) / real.sum(dim=0)[:, None].clamp(min=1)"),
            forms=((MEAN, "return H.mean(dim=0)"),),
        ),
        Misconception(
            "One row for each token comes back: add up over the tokens.", ALL, (MEAN, "return H / real.sum(dim=1)[:, None, None]")
        ),
        Misconception(
            "The mean is brought to length 1. What is asked for is the mean itself.",
            ALL,
            (MEAN, "return nn.functional.normalize(H.sum(dim=1), dim=1)"),
        ),
        Misconception(
            "The sum is divided by the root of the number of tokens.", ALL, ("real.sum(dim=1, keepdim=True)", "real.sum(dim=1, keepdim=True).sqrt()")
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            ("H.sum(dim=1)", "H.sum(dim=1).detach()"),
        ),
    ],
    hints=[
        "A mean is a sum over a number. Which rows may be in the sum, and what is their number?",
        r"$\sum_{j\,\text{real}} H_{bj} \,/\, \#\{j\ \text{real}\}$",
        "`H.masked_fill(~real[:, :, None], 0).sum(dim=1) / real.sum(dim=1, keepdim=True)`",
    ],
)  # fmt: skip


def encoder_weights(rng: Generator, words: int, longest: int, d: int, layers: int) -> dict[str, ndarray]:
    """Draw the weights of an encoder."""
    tables = {"word": words, "place": longest, "kind": 2}
    return {
        **{f"{name}.weight": rng.normal(size=(m, d)) for name, m in tables.items()},
        **norm(rng, "norm", d),
        **stack(rng, d, int(rng.integers(4, 9)), layers),
    }


def encoder_by_hand(real: ndarray, layers: int = 1) -> Case:
    """Return a small encoder and as many texts as it has heads, the same for everyone."""
    weights = rounded(encoder_weights(np.random.default_rng(HAND), 5, 4, 4, layers))
    tokens = np.array([[2, 0, 4], [1, 3, 2], [4, 4, 0]])[: len(real)]
    return Case({"weights": weights, "heads": 2, "layers": layers, "tokens": tokens, "real": real})


def encoders(rng: Generator, padded: bool, layers: int) -> Iterator[Case]:
    """Encoders and batches of words."""
    for words, d, heads in [(7, 4, 2), (9, 6, 3)]:
        weights, tokens = encoder_weights(rng, words, 6, d, layers), rng.integers(0, words, size=(3, 4))
        real = lengths(rng, 3, 4) if padded else np.ones((3, 4), dtype=bool)
        yield Case({"weights": weights, "heads": heads, "layers": layers, "tokens": tokens, "real": real})


def whole(rng: Generator) -> Iterator[Case]:
    """No padding, one layer."""
    yield encoder_by_hand(np.ones((2, 3), dtype=bool))
    yield from encoders(rng, False, 1)


def deep(rng: Generator) -> Iterator[Case]:
    """No padding, three layers."""
    yield next(encoders(rng, False, 3))


def padded(rng: Generator) -> Iterator[Case]:
    """Padding."""
    yield encoder_by_hand(PADDED[:1])
    yield encoder_by_hand(PADDED[:2])
    yield from encoders(rng, True, 2)


def encoder_gradients(rng: Generator) -> Iterator[Case]:
    """An encoder whose weights ask for their gradients."""
    yield encoder_by_hand(PADDED[:2], 2)
