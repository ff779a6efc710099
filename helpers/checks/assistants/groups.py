"""Lesson 13, part 2: heads that share keys and values."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import REFERENCE, TORCH
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def by_hand(h: int, g: int, n: int, m: int, d: int = 2) -> Case:
    """Return whole numbers, the same for everyone."""
    draw = np.random.default_rng(13)
    shapes = {"Q": (1, h, n, d), "K": (1, g, m, d), "V": (1, g, m, d)}
    return Case({name: draw.integers(-2, 3, shape).astype(float) for name, shape in shapes.items()})


def drawn(rng: Generator, h: int, g: int, n: int, m: int, d: int) -> Case:
    """Draw queries, keys and values of two texts."""
    K, V = rng.normal(size=(2, 2, g, m, d))
    return Case({"Q": 1.5 * rng.normal(size=(2, h, n, d)), "K": K, "V": V})


def grouped(rng: Generator) -> Iterator[Case]:
    """Two heads to a group, three, as many groups as heads, and one for all."""
    yield by_hand(4, 2, 2, 2)
    yield by_hand(2, 2, 3, 3)
    yield by_hand(2, 1, 2, 2, 3)
    for h, g, n, d in [(6, 2, 4, 3), (6, 3, 3, 5), (4, 1, 5, 2)]:
        yield drawn(rng, h, g, n, n, d)


def kept(rng: Generator) -> Iterator[Case]:
    """More keys than queries: those of before were kept. One new token, and several."""
    yield by_hand(4, 2, 1, 3)
    yield by_hand(2, 1, 2, 4)
    yield drawn(rng, 4, 2, 3, 7, 3)


def slopes(rng: Generator) -> Iterator[Case]:
    """Some of both, differentiated."""
    yield by_hand(4, 2, 2, 2)
    yield drawn(rng, 6, 2, 3, 5, 2)


# ---------------------------------------------------------------- task

TEXT, CACHE, GRADIENT = "whole texts", "behind a cache", "gradient"
ALL = {TEXT, CACHE, GRADIENT}
GROUPED, JOINED = ".unflatten(1, (groups, -1))", ".unflatten(2, (-1, n)).flatten(1, 2)"
SCALE = "/ Q.shape[-1] ** 0.5"
LATER, HIDDEN = ".triu(m - n + 1)", "S + later"
COPIED = (
    "def gqa(Q, K, V):\n"
    "    share, (n, m) = Q.shape[1] // K.shape[1], (Q.shape[2], K.shape[2])\n"
    "    K, V = K.repeat_interleave(share, dim=1), V.repeat_interleave(share, dim=1)\n"
    "    S = Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5 + Q.new_full((n, m), -torch.inf).triu(m - n + 1)\n"
    "    return torch.softmax(S, dim=-1) @ V\n"
)

GQA = Task(
    "gqa",
    points=2,
    answers=["gqa"],
    reference=REFERENCE + "gqa",
    probe=TORCH + "tensors",
    parts=[
        Part(TEXT, grouped, tol=1e-6),
        Part(CACHE, kept, weight=0.5, tol=1e-6),
        Part(GRADIENT, slopes, weight=0.5, probe=TORCH + "gradients", tol=1e-6),
    ],
    forbids=[
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.*scaled_dot_product_attention",
        "torch.nn.MultiheadAttention",
    ],
    misconceptions=[
        Misconception(
            "The groups are dealt out in turn: 0, 1, 0, 1. Neighbouring heads share one: 0, 0, 1, 1.",
            {TEXT, CACHE, GRADIENT},
            edits=(
                (GROUPED, ".unflatten(1, (-1, groups)).transpose(1, 2)"),
                (JOINED, ".unflatten(2, (-1, n)).transpose(1, 2).flatten(1, 2)"),
            ),
        ),
        Misconception(
            "Keys and values are shared in different orders.",
            {TEXT, CACHE, GRADIENT},
            wrong=COPIED.replace("V.repeat_interleave(share, dim=1)", "V.repeat(1, share, 1, 1)"),
            forms=(COPIED.replace("K.repeat_interleave(share, dim=1)", "K.repeat(1, share, 1, 1)"),),
        ),
        Misconception(
            "All heads use the first group.",
            {TEXT, CACHE, GRADIENT},
            ("    groups, (n", "    K, V = K[:, :1].expand_as(K), V[:, :1].expand_as(V)\n    groups, (n"),
        ),
        Misconception("You divide by d. It is the root of d.", ALL, (SCALE, "/ Q.shape[-1]")),
        Misconception("The scores are not divided by the root of d.", ALL, (" " + SCALE, "")),
        Misconception(
            "You scale by the width of all heads together. Each head is d wide.",
            {TEXT, CACHE, GRADIENT},
            (SCALE, "/ (Q.shape[1] * Q.shape[-1]) ** 0.5"),
        ),
        Misconception(
            "Behind a cache your mask is that of the text's beginning. The n queries stand at the *last* n of m places.",
            {CACHE, GRADIENT},
            (LATER, ".triu(1)"),
        ),
        Misconception("There is no mask: tokens look ahead.", ALL, (HIDDEN, "S")),
        Misconception(
            "A token may look at itself, too.", ALL, (LATER, ".triu(m - n)")
        ),
        Misconception(
            "Your mask lets tokens see what comes *after* them.", ALL, (LATER, ".tril(m - n - 1)")
        ),
        Misconception(
            "You mask after the softmax, so that the weights no longer sum to 1.",
            ALL,
            ("torch.softmax(S + later, dim=-1)", "torch.softmax(S, dim=-1).masked_fill(later < 0, 0.0)"),
        ),
        Misconception(
            "What may not be seen has a score of 0, which is a score like others. It must be -∞.",
            ALL,
            (HIDDEN, "S.masked_fill(later < 0, 0.0)"),
        ),
        Misconception(
            "The softmax runs over the queries. The weights of each *query* sum to 1.",
            ALL,
            ("dim=-1)", "dim=-2).nan_to_num()"),
        ),
    ],
    hints=[
        "Attention of lesson 7; before it, give each head the keys and values of its group.",
        r"head $j$ uses group $\lfloor j\, g / h \rfloor$; $\operatorname{softmax}(Q K^\top / \sqrt d + \text{mask})\, V$.",
        "`K.repeat_interleave(h // g, dim=1)`, the same for V; mask `torch.ones(n, m, dtype=torch.bool).tril(m - n)`",
    ],
)  # fmt: skip
