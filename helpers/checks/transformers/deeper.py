"""Lesson 08, deeper: counts, cross-attention, a cache, patches and prompts."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.heads import head_weights
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.blocks import PROBES, REFERENCE

# ---------------------------------------------------------------- cases


def architectures(rng: Generator) -> Iterator[Case]:
    """A tiny one, and any."""
    yield Case({"words": 10, "longest": 5, "d": 4, "layers": 1})
    for _ in range(2):
        words, longest, d, layers = (int(rng.integers(*r)) for r in [(50, 999), (8, 99), (8, 99), (2, 9)])
        yield Case({"words": words, "longest": longest, "d": d, "layers": layers})


def across(rng: Generator) -> Iterator[Case]:
    """Longer and shorter memories."""
    for n, m, d, heads in [(3, 5, 4, 2), (4, 2, 6, 3)]:
        X, Y = rng.normal(size=(2, n, d)), rng.normal(size=(2, m, d))
        yield Case({"weights": head_weights(rng, d), "heads": heads, "X": X, "Y": Y})


def to_itself(rng: Generator) -> Iterator[Case]:
    """As many tokens on both sides."""
    weights, (X, Y) = head_weights(rng, 4), rng.normal(size=(2, 2, 3, 4))
    yield Case({"weights": weights, "heads": 2, "X": X, "Y": Y})


def growing(rng: Generator) -> Iterator[Case]:
    """Sequences, to be fed token by token."""
    for B, n, d, heads in [(1, 1, 4, 1), (2, 4, 4, 2), (1, 5, 6, 3)]:
        yield Case({"weights": head_weights(rng, d), "heads": heads, "X": rng.normal(size=(B, n, d))})


def grey(rng: Generator) -> Iterator[Case]:
    """Pictures of one channel."""
    for h, w, p in [(4, 4, 2), (6, 9, 3)]:
        yield Case({"images": rng.normal(size=(2, 1, h, w)), "p": p})


def coloured(rng: Generator) -> Iterator[Case]:
    """Pictures of several channels."""
    for c, h, w, p in [(3, 4, 6, 2), (2, 3, 3, 3)]:
        yield Case({"images": rng.normal(size=(2, c, h, w)), "p": p})


def guesses(rng: Generator, sizes: tuple[int, ...]) -> Iterator[Case]:
    """Probabilities of words, and which words speak for which label."""
    for labels in (["good", "bad"], ["sports", "science", "trade"]):
        p = rng.dirichlet(np.full(12, 0.7), size=6)
        ids = rng.permutation(12)
        words, at = {}, 0
        for label, size in zip(labels, sizes, strict=False):
            words[label] = ids[at : at + size].tolist()
            at += size
        yield Case({"p": p, "words": words})


def single_words(rng: Generator) -> Iterator[Case]:
    """A word for each label."""
    return guesses(rng, (1, 1, 1))


def several_words(rng: Generator) -> Iterator[Case]:
    """Several words for a label, not equally many."""
    for _ in range(3):
        yield from guesses(rng, (4, 1, 2))


# ---------------------------------------------------------------- tasks

PARAMETERS = Task(
    "parameters",
    points=0,
    answers=["parameters"],
    reference=REFERENCE + "parameters",
    parts=[Part("count", architectures)],
    misconceptions=[
        Misconception("The biases are missing: 13 d in each block.", {"count"}, ("12 * d**2 + 13 * d", "12 * d**2")),
        Misconception(
            "The inner network is counted as wide as the tokens; it is four times as wide: 8 d² + 5 d.",
            {"count"},
            ("12 * d**2 + 13 * d", "6 * d**2 + 10 * d"),
        ),
        Misconception(
            "Exactly 2 d are missing: the two kinds, or the norm behind the tables.",
            {"count"},
            (" + 2 * d +", " +"),
        ),
    ],
    hints=[
        "Three tables and a norm, then as many blocks as there are layers.",
        r"$(\text{words} + \text{longest} + 2)\,d + 2d + \text{layers}\,(12 d^2 + 13 d)$",
        "attention 4 (d² + d), the network 8 d² + 5 d, two norms 4 d: together `12 * d**2 + 13 * d` for each layer",
    ],
)  # fmt: skip

CROSS = Task(
    "cross_attention",
    points=0,
    answers=["cross_attention"],
    reference=REFERENCE + "cross_attention",
    probe=PROBES + "crossed",
    parts=[Part("other lengths", across), Part("equal lengths", to_itself)],
    forbids=["torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "Those who write ask: queries come from X, keys and values from Y.",
            {"other lengths", "equal lengths"},
            (
                "attention.q(X), attention.k(Y), attention.v(Y)",
                "attention.q(Y), attention.k(X), attention.v(X)",
            ),
        ),
        Misconception(
            "The values come from X. What is found must come from the memory Y.",
            {"other lengths", "equal lengths"},
            ("attention.v(Y)", "attention.v(X)"),
        ),
        Misconception(
            "The last layer `out` is missing.",
            {"other lengths", "equal lengths"},
            ("attention.out((A @ V).transpose(1, 2).flatten(2))", "(A @ V).transpose(1, 2).flatten(2)"),
        ),
        Misconception(
            "The scale of each head is missing.",
            {"other lengths", "equal lengths"},
            (" / Q.shape[-1] ** 0.5", ""),
        ),
    ],
    hints=[
        "It is `MultiHead` of lesson 7, but for where the keys and values come from.",
        r"$Q = q(X)$, $K = k(Y)$, $V = v(Y)$, cut into heads; weights $(B, h, n, m)$",
        "`Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2)` for each of `attention.q(X), attention.k(Y), attention.v(Y)`",
    ],
)

CACHED = Task(
    "cached",
    points=0,
    answers=["cached"],
    reference=REFERENCE + "cached",
    parts=[Part("token by token", growing, probe=PROBES + "one_by_one")],
    forbids=["torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "The newest token does not see itself: its key and value belong to the cache before it looks.",
            {"token by token"},
            (
                "(attention.q(x), K, V))",
                "(attention.q(x), *((K[:, :-1], V[:, :-1]) if K.shape[1] > 1 else (K, V))))",
            ),
        ),
        Misconception(
            "The new key is put in front: it belongs at the end.",
            {"token by token"},
            ("torch.cat([K, attention.k(x)], dim=1)", "torch.cat([attention.k(x), K], dim=1)"),
        ),
        Misconception(
            "Keys are kept where values belong: the value of the new token is v(x).",
            {"token by token"},
            ("attention.v(x)", "attention.k(x)"),
        ),
        Misconception(
            "The last layer `out` is missing.",
            {"token by token"},
            ("attention.out((A @ v).transpose(1, 2).flatten(2))", "(A @ v).transpose(1, 2).flatten(2)"),
        ),
    ],
    hints=[
        "Keys and values of old tokens never change. Add those of the new one, then let only the new one ask.",
        r"$K \leftarrow [K; k(x)]$, $V \leftarrow [V; v(x)]$, one row of scores $q(x) K^\top$. No mask is needed.",
        "`K = torch.cat([K, attention.k(x)], dim=1)`, the same for V, then as in cross-attention",
    ],
)

PATCHIFY = Task(
    "patchify",
    points=0,
    answers=["patchify"],
    reference=REFERENCE + "patchify",
    probe=PROBES + "tensors",
    parts=[Part("grey", grey), Part("coloured", coloured)],
    misconceptions=[
        Misconception(
            "A plain reshape cuts rows of pixels, not squares: first cut both axes, then bring the cuts together.",
            {"grey", "coloured"},
            (
                "cut.permute(0, 2, 4, 1, 3, 5).reshape(B, -1, c * p * p)",
                "images.reshape(B, -1, c * p * p)",
            ),
        ),
        Misconception(
            "The patches go down the columns first: row by row, please.",
            {"grey", "coloured"},
            ("cut.permute(0, 2, 4, 1, 3, 5)", "cut.permute(0, 4, 2, 1, 3, 5)"),
        ),
        Misconception(
            "The colours stand innermost; a convolution's weights have them first: channel, row, column.",
            {"coloured"},
            ("cut.permute(0, 2, 4, 1, 3, 5)", "cut.permute(0, 2, 4, 3, 5, 1)"),
        ),
        Misconception(
            "Each patch is transposed: rows of pixels come before columns.",
            {"grey", "coloured"},
            ("cut.permute(0, 2, 4, 1, 3, 5)", "cut.permute(0, 2, 4, 1, 5, 3)"),
        ),
    ],
    hints=[
        "Cut the height into (h/p, p) and the width into (w/p, p). Then which axes name a patch, and which a pixel in it?",
        "(B, c, h, w) → (B, c, h/p, p, w/p, p) → (B, h/p, w/p, c, p, p) → (B, n, c p p)",
        "`images.reshape(B, c, h // p, p, w // p, p).permute(...)` and a last reshape",
    ],
)

VERBALISE = Task(
    "verbalise",
    points=0,
    answers=["verbalise"],
    reference=REFERENCE + "verbalise",
    probe=PROBES + "tensors",
    parts=[Part("a word each", single_words), Part("several words", several_words)],
    misconceptions=[
        Misconception(
            "The *sum* favours labels with many words: take the mean.",
            {"several words"},
            (".mean(dim=1) for ids", ".sum(dim=1) for ids"),
        ),
        Misconception(
            "The least likely label is returned.",
            {"a word each", "several words"},
            ("means.argmax(dim=1)", "means.argmin(dim=1)"),
        ),
        Misconception(
            "Only the first word of each label is asked.",
            {"several words"},
            ("p[:, ids]", "p[:, ids[:1]]"),
        ),
    ],
    hints=[
        "For each label, how likely are its words on average? Then the best label of each row.",
        r"$\operatorname{argmax}_y \frac{1}{|W_y|} \sum_{w \in W_y} p_w$",
        "`torch.stack([p[:, ids].mean(dim=1) for ids in words.values()], dim=1)`, then `argmax(dim=1)`",
    ],
)

DEEPER = [PARAMETERS, CROSS, CACHED, PATCHIFY, VERBALISE]
