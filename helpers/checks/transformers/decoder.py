"""Lesson 08, deeper: the block of a decoder that looks across at another text."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.heads import head_weights, layer
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import norm

REFERENCE = "helpers.reference.translation."
PROBES = "helpers.probes.translation."

# ---------------------------------------------------------------- cases


def decoder_weights(rng: Generator, d: int, hidden: int) -> dict[str, ndarray]:
    """Draw the weights of a decoder's block."""
    pieces = [head_weights(rng, d, "attention."), head_weights(rng, d, "across."), layer(rng, "up", d, hidden),
              layer(rng, "down", hidden, d), *(norm(rng, f"norm{k}", d) for k in (1, 2, 3))]  # fmt: skip
    return {key: a for piece in pieces for key, a in piece.items()}


def two_texts(rng: Generator, sizes: list[tuple[int, int, int, int, int]]) -> Iterator[Case]:
    """Draw blocks of sizes (B, n, m, d, heads) and what they read."""
    for B, n, m, d, heads in sizes:
        X, Y = 2 * rng.normal(size=(B, n, d)) + 1, 2 * rng.normal(size=(B, m, d)) - 1
        yield Case({"weights": decoder_weights(rng, d, d + 3), "heads": heads, "X": X, "Y": Y})


def first_token(rng: Generator) -> Iterator[Case]:
    """A single token is written, so that there is nothing to hide; the first case is always the same."""
    yield from two_texts(np.random.default_rng(8), [(1, 1, 2, 2, 1)])
    yield from two_texts(rng, [(2, 1, 3, 4, 2)])


def some_tokens(rng: Generator) -> Iterator[Case]:
    """Several tokens, more than the other text has, and fewer; the first case is always the same."""
    yield from two_texts(np.random.default_rng(9), [(1, 2, 1, 2, 1)])
    yield from two_texts(rng, [(2, 4, 3, 4, 2), (1, 3, 5, 6, 3), (2, 3, 3, 4, 2)])


# ---------------------------------------------------------------- task

FIRST, SEVERAL, GRADIENT = "one token", "several tokens", "gradients"
EVERY = {FIRST, SEVERAL, GRADIENT}
LOOK, ACROSS = (
    "X = X + self.attention(self.norm1(X), mask)",
    "X = X + cross_attention(self.across, self.norm2(X), Y)",
)
THINK = "return X + self.down(gelu(self.up(self.norm3(X))))"

DECODER_BLOCK = Task(
    "DecoderBlock",
    points=0,
    answers=["DecoderBlock"],
    reference=REFERENCE + "DecoderBlock",
    probe=PROBES + "decoded",
    uses=["cross_attention"],
    parts=[
        Part(FIRST, first_token),
        Part(SEVERAL, some_tokens),
        Part(GRADIENT, some_tokens, probe=PROBES + "decoder_gradients"),
    ],
    forbids=["torch.nn.TransformerDecoderLayer", "torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "What is not yet written is seen: the look back needs the causal mask.",
            {SEVERAL, GRADIENT},
            ("self.attention(self.norm1(X), mask)", "self.attention(self.norm1(X))"),
        ),
        Misconception(
            "The mask is upside down: each token sees those after it, not those before.",
            {SEVERAL, GRADIENT},
            (".tril()", ".triu()"),
        ),
        Misconception(
            "A token does not see itself when it looks back: the diagonal belongs to the mask.",
            EVERY,
            (".tril()", ".tril(-1)"),
        ),
        Misconception(
            "The tokens look across before they look back. First comes `attention`, then `across`.",
            EVERY,
            edits=(
                (LOOK, "X = X + cross_attention(self.across, self.norm2(X), Y)  # first"),
                (ACROSS + "\n", LOOK + "\n"),
            ),
            forms=[
                [
                    (LOOK, "X = X + cross_attention(self.across, self.norm1(X), Y)  # first"),
                    (ACROSS + "\n", "X = X + self.attention(self.norm2(X), mask)\n"),
                ]
            ],
        ),
        Misconception(
            "The look across uses the layers of the look back; it has its own, `across`.",
            EVERY,
            ("cross_attention(self.across,", "cross_attention(self.attention,"),
        ),
        Misconception(
            "X asks, Y answers: the two are exchanged in the look across, or both are the same.",
            EVERY,
            ("self.norm2(X), Y)", "self.norm2(X), self.norm2(X))"),
            forms=[("self.norm2(X), Y)", "self.norm2(X), X)")],
        ),
        Misconception(
            "Y is normalised on its way in. norm2 is for X; Y comes from the encoder as it should be.",
            EVERY,
            ("self.norm2(X), Y)", "self.norm2(X), self.norm2(Y))"),
            forms=[("self.norm2(X), Y)", "X, self.norm2(Y))")],
        ),
        Misconception(
            "The look across reads X without its norm2.",
            EVERY,
            ("self.norm2(X), Y)", "X, Y)"),
        ),
        Misconception(
            "The look back reads X without its norm1.",
            {SEVERAL, GRADIENT, FIRST},
            ("self.attention(self.norm1(X), mask)", "self.attention(X, mask)"),
        ),
        Misconception(
            "The network reads X without its norm3.",
            EVERY,
            ("self.up(self.norm3(X))", "self.up(X)"),
        ),
        Misconception(
            "One norm is used where another belongs: norm1 before the look back, norm2 before the look across, "
            "norm3 before the network.",
            EVERY,
            ("self.norm3(X)", "self.norm2(X)"),
            forms=[
                ("self.norm2(X)", "self.norm1(X)"),
                [("self.norm2(X)", "self.norm3(X)"), ("self.up(self.norm3(X))", "self.up(self.norm2(X))")],
            ],
        ),
        Misconception(
            "What was found in the other text takes the place of X: add it.",
            EVERY,
            (ACROSS, "X = cross_attention(self.across, self.norm2(X), Y)"),
        ),
        Misconception(
            "What was found in looking back takes the place of X: add it.",
            EVERY,
            (LOOK, "X = self.attention(self.norm1(X), mask)"),
        ),
        Misconception(
            "What the network says takes the place of X: add it.",
            EVERY,
            ("return X + self.down", "return self.down"),
        ),
        Misconception(
            "The norms stand after the sums. Here they stand before each step, and the sum itself stays as it is.",
            EVERY,
            edits=(
                (LOOK, "X = self.norm1(X + self.attention(X, mask))"),
                (ACROSS, "X = self.norm2(X + cross_attention(self.across, X, Y))"),
                (THINK, "return self.norm3(X + self.down(gelu(self.up(X))))"),
            ),
        ),
        Misconception(
            "X is overwritten by its norm, so that the norm stands on the road past the steps, too.",
            EVERY,
            (LOOK, "X = self.norm1(X)\n        X = X + self.attention(X, mask)"),
            forms=[
                (ACROSS, "X = self.norm2(X)\n        X = X + cross_attention(self.across, X, Y)"),
                (THINK, "X = self.norm3(X)\n        return X + self.down(gelu(self.up(X)))"),
            ],
        ),
        Misconception(
            "The three steps all read the same X. Each must read what the one before has added.",
            EVERY,
            edits=(
                (LOOK, "seen = self.attention(self.norm1(X), mask)"),
                (ACROSS, "seen = seen + cross_attention(self.across, self.norm2(X), Y)"),
                (THINK, "return X + seen + self.down(gelu(self.up(self.norm3(X))))"),
            ),
        ),
        Misconception(
            "The look across is missing.",
            EVERY,
            (ACROSS, "pass"),
        ),
        Misconception(
            "The gelu between `up` and `down` is missing, and two layers in a row are one.",
            EVERY,
            ("gelu(self.up(self.norm3(X)))", "self.up(self.norm3(X))"),
        ),
        Misconception(
            "The bend between `up` and `down` is another one than gelu.",
            EVERY,
            ("gelu(", "torch.relu("),
            forms=[("gelu(", "torch.tanh("), ("gelu(", "nn.functional.silu(")],
        ),
    ],
    hints=[
        "It is the block of part 2 with the norms before, and one more step between looking and thinking.",
        r"$X \leftarrow X + \operatorname{attention}(\operatorname{norm}_1 X)$ with the causal mask, "
        r"$X \leftarrow X + \operatorname{across}(\operatorname{norm}_2 X, Y)$, "
        r"$X \leftarrow X + \operatorname{network}(\operatorname{norm}_3 X)$",
        "`mask = torch.ones(n, n, dtype=torch.bool).tril()`, `X = X + self.attention(self.norm1(X), mask)`, "
        "`X = X + cross_attention(self.across, self.norm2(X), Y)`, then the network",
    ],
)  # fmt: skip
