"""Lesson 08, deeper: attention from one text to another, and to what was kept of an earlier step."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.heads import head_weights
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import HAND, PROBES, REFERENCE, rounded, tenths


def across_by_hand(n: int, m: int) -> Case:
    """Return two short texts, the same for everyone."""
    X, Y = tenths(1, n, 4), -tenths(1, m, 4)[:, ::-1].copy()
    return Case(
        {"weights": rounded(head_weights(np.random.default_rng(HAND), 4)), "heads": 2, "X": X, "Y": Y}
    )


def across(rng: Generator) -> Iterator[Case]:
    """Longer and shorter memories."""
    yield across_by_hand(1, 2)
    for n, m, d, heads in [(3, 5, 4, 2), (4, 2, 6, 3)]:
        X, Y = rng.normal(size=(2, n, d)), rng.normal(size=(2, m, d))
        yield Case({"weights": head_weights(rng, d), "heads": heads, "X": X, "Y": Y})


def to_itself(rng: Generator) -> Iterator[Case]:
    """As many tokens on both sides."""
    yield across_by_hand(2, 2)
    weights, (X, Y) = head_weights(rng, 4), rng.normal(size=(2, 2, 3, 4))
    yield Case({"weights": weights, "heads": 2, "X": X, "Y": Y})


def across_gradients(rng: Generator) -> Iterator[Case]:
    """Texts whose gradients are asked for."""
    yield across_by_hand(1, 2)
    X, Y = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4))
    yield Case({"weights": head_weights(rng, 4), "heads": 2, "X": X, "Y": Y})


def growing(rng: Generator) -> Iterator[Case]:
    """Sequences, to be fed token by token."""
    weights = rounded(head_weights(np.random.default_rng(HAND), 4))
    yield Case({"weights": weights, "heads": 2, "X": tenths(1, 2, 4)})
    for B, n, d, heads in [(1, 1, 4, 1), (2, 4, 4, 2), (1, 5, 6, 3)]:
        yield Case({"weights": head_weights(rng, d), "heads": heads, "X": rng.normal(size=(B, n, d))})


OTHER, EQUAL, GRADIENT = "other lengths", "equal lengths", "gradient"
ALL = {OTHER, EQUAL, GRADIENT}
LAYERS = "attention.q(X), attention.k(Y), attention.v(Y)"
SCALE, HEADS = "Q.shape[-1] ** 0.5", "(attention.heads, -1)"
JOIN, RESULT = "(A @ V).transpose(1, 2).flatten(2)", "attention.out((A @ V).transpose(1, 2).flatten(2))"

CROSS = Task(
    "cross_attention",
    points=0,
    answers=["cross_attention"],
    reference=REFERENCE + "cross_attention",
    probe=PROBES + "crossed",
    parts=[Part(OTHER, across), Part(EQUAL, to_itself), Part(GRADIENT, across_gradients, probe=PROBES + "crossed_gradient")],
    forbids=["torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "Those who write ask: queries come from X, keys and values from Y.",
            ALL,
            (LAYERS, "attention.q(Y), attention.k(X), attention.v(X)"),
        ),
        Misconception(
            "The values come from X. What is found must come from the memory Y.",
            ALL,
            ("attention.v(Y)", "attention.v(X)"),
        ),
        Misconception("The last layer `out` is missing.", ALL, (RESULT, JOIN)),
        Misconception("The scale of each head is missing.", ALL, (" / " + SCALE, "")),
        Misconception(
            "The keys come from X. What is looked at is the memory Y: keys and values come from there.",
            ALL,
            ("attention.k(Y)", "attention.k(X)"),
        ),
        Misconception(
            "X looks at itself; Y is not used. Keys and values come from Y.", ALL, (LAYERS, LAYERS.replace("(Y)", "(X)"))
        ),
        Misconception(
            "Y looks at itself; X is not used. Queries come from X.", ALL, (LAYERS, LAYERS.replace("(X)", "(Y)"))
        ),
        Misconception(
            "The scores are divided by √d. Each head has its own, smaller width: d / heads.",
            ALL,
            (SCALE, "X.shape[-1] ** 0.5"),
        ),
        Misconception(
            "The scores are not divided by the *root* of the head's width.",
            ALL,
            (SCALE, "Q.shape[-1]"),
            forms=((" / " + SCALE, " * " + SCALE), (SCALE, "attention.heads ** 0.5"), (SCALE, "Y.shape[1] ** 0.5")),
        ),
        Misconception(
            "The softmax runs over those who ask. The weights of each query sum to 1: the last axis.", ALL, ("dim=-1)\n    return", "dim=-2)\n    return"),
            forms=(("dim=-1)\n    return", "dim=1)\n    return"),),
        ),
        Misconception("There is one big head: cut the rows into `attention.heads` pieces first.", ALL, (HEADS, "(1, -1)")),
        Misconception(
            "The heads are cut the wrong way: a head has d / heads numbers *in a row*.",
            ALL,
            wrong="def cross_attention(attention, X, Y):\n"
            "    Q, K, V = (\n"
            "        Z.unflatten(-1, (-1, attention.heads)).permute(0, 3, 1, 2)\n"
            "        for Z in (attention.q(X), attention.k(Y), attention.v(Y))\n"
            "    )\n"
            "    A = torch.softmax(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5, dim=-1)\n"
            "    return attention.out((A @ V).transpose(1, 2).flatten(2))\n",
        ),
        Misconception(
            "The layer of the queries makes the keys, too: `attention.k` has weights of its own.",
            ALL,
            ("attention.k(Y)", "attention.q(Y)"),
        ),
        Misconception(
            "The layers are mixed up: q makes queries, k keys and v values.",
            ALL,
            ("attention.v(Y)", "attention.k(Y)"),
            forms=((LAYERS, "attention.q(X), attention.v(Y), attention.k(Y)"), (LAYERS, "attention.k(X), attention.q(Y), attention.v(Y)"),
                   ("attention.q(X)", "attention.k(X)")),
        ),
        Misconception(
            "The layers q, k and v are not used: X and Y are compared as they are.",
            ALL,
            (LAYERS, "X, Y, Y"),
            forms=(("attention.v(Y)", "Y"), ("attention.q(X)", "X"), ("attention.k(Y)", "Y")),
        ),
        Misconception("What is found is added to X. That is the block's business, not attention's.", ALL, (RESULT, "X + " + RESULT)),
        Misconception(
            "The heads are joined in the wrong order: bring them beside each other (`transpose(1, 2)`) before you flatten.",
            {OTHER, EQUAL, GRADIENT},
            (JOIN, "(A @ V).reshape(len(X), X.shape[1], -1)"),
            forms=((JOIN, "(A @ V).permute(0, 2, 3, 1).flatten(2)"),),
        ),
        Misconception("The scores are not made into weights: the softmax is missing.", ALL, ("torch.softmax(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5, dim=-1)", "Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5")),
        Misconception(
            "Y is hidden by a causal mask. The whole original may be looked at.",
            ALL,
            ("Q.shape[-1] ** 0.5, dim=-1)", "Q.shape[-1] ** 0.5 + torch.full((X.shape[1], Y.shape[1]), -torch.inf).triu(1), dim=-1)"),
        ),
        Misconception(
            "The values are right, but the gradient is not whole: a part of the result is cut from the graph.",
            {GRADIENT},
            ("attention.k(Y), attention.v(Y))", "attention.k(Y.detach()), attention.v(Y.detach()))"),
            forms=(("attention.q(X)", "attention.q(X.detach())"), ("A @ V)", "A.detach() @ V)"), ("attention.v(Y)", "attention.v(Y).detach()")),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            (RESULT, RESULT + ".detach()"),
        ),
    ],
    hints=[
        "It is `MultiHead` of lesson 7, but for where the keys and values come from.",
        r"$Q = q(X)$, $K = k(Y)$, $V = v(Y)$, cut into heads; weights $(B, h, n, m)$",
        "`Z.unflatten(-1, (attention.heads, -1)).transpose(1, 2)` for each of `attention.q(X), attention.k(Y), attention.v(Y)`",
    ],
)  # fmt: skip
