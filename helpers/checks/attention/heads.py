"""Lesson 07: several heads, and a language model."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import some_seen
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

REFERENCE = "helpers.reference.attention."
PROBES = "helpers.probes.attention."

# ---------------------------------------------------------------- cases


def layer(rng: Generator, name: str, d_in: int, d_out: int) -> dict[str, ndarray]:
    """Draw a layer's weights as torch stores them, (out, in)."""
    return {
        f"{name}.weight": rng.normal(size=(d_out, d_in)) * 1.5 / np.sqrt(d_in),
        f"{name}.bias": rng.normal(size=d_out) / 2,
    }


def head_weights(rng: Generator, d: int, prefix: str = "") -> dict[str, ndarray]:
    """Draw the weights of the four layers."""
    return {
        prefix + key: a
        for name in ("q", "k", "v", "out")
        for key, a in layer(rng, name, d, d).items()
    }  # fmt: skip


def module(rng: Generator, B: int, n: int, d: int, heads: int) -> dict[str, Plain]:
    """Draw weights and a batch."""
    return {"weights": head_weights(rng, d), "heads": heads, "X": rng.normal(size=(B, n, d))}


def one_head(rng: Generator) -> Iterator[Case]:
    """A single head, of several widths."""
    for B, n, d in [(1, 3, 4), (2, 4, 3)]:
        yield Case({**module(rng, B, n, d, 1), "mask": None})


def many_heads(rng: Generator) -> Iterator[Case]:
    """Several heads, as many as tokens included."""
    for B, n, d, heads in [(2, 3, 6, 2), (3, 4, 8, 4), (1, 5, 6, 3)]:
        yield Case({**module(rng, B, n, d, heads), "mask": None})


def masked_heads(rng: Generator) -> Iterator[Case]:
    """A mask for all, the causal one first."""
    for mask in (np.tril(np.ones((4, 4), dtype=bool)), some_seen(rng, 4, 4)):
        yield Case({**module(rng, 2, 4, 6, 2), "mask": mask})


def gradients(rng: Generator) -> Iterator[Case]:
    """Weights whose gradient is asked for."""
    yield Case(module(rng, 2, 3, 4, 2))


def model(rng: Generator, letters: int, longest: int, d: int) -> dict[str, ndarray]:
    """Draw the weights of a language model."""
    return {
        "letter.weight": rng.normal(size=(letters, d)),
        "place.weight": rng.normal(size=(longest, d)),
        **head_weights(rng, d, "attention."),
        **layer(rng, "scores", d, letters),
    }


def texts(rng: Generator, B: int, n: int, longest: int) -> Iterator[Case]:
    """Batches of letters."""
    for letters, d, heads in [(6, 4, 2), (5, 6, 3)]:
        tokens = rng.integers(0, letters, size=(B, n))
        yield Case({"weights": model(rng, letters, longest, d), "heads": heads, "tokens": tokens})


def full_texts(rng: Generator) -> Iterator[Case]:
    """As long as can be."""
    return texts(rng, 2, 5, 5)


def short_texts(rng: Generator) -> Iterator[Case]:
    """Shorter than the longest, as when a name is being written."""
    return texts(rng, 3, 3, 7)


def single_letters(rng: Generator) -> Iterator[Case]:
    """A single letter, the beginning of a name."""
    return texts(rng, 2, 1, 4)


# ---------------------------------------------------------------- tasks

MULTI_HEAD = Task(
    "MultiHead",
    points=3,
    answers=["MultiHead"],
    reference=REFERENCE + "MultiHead",
    probe=PROBES + "heads",
    parts=[
        Part("one head", one_head),
        Part("several heads", many_heads, weight=1.5),
        Part("masked", masked_heads),
        Part("gradient", gradients, probe=PROBES + "head_gradient", weight=0.5),
    ],
    forbids=[
        "torch.nn.MultiheadAttention",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.functional.multi_head_attention_forward",
    ],
    misconceptions=[
        Misconception(
            "The cut goes through the tokens: cut the *last* axis into (heads, size) and only then move the heads "
            "forward.",
            {"several heads", "masked", "gradient"},
            (
                "reshape(B, n, self.heads, size).transpose(1, 2) for",
                "reshape(B, self.heads, n, size) for",
            ),
        ),
        Misconception(
            "The heads are joined in the wrong order: move them back behind the tokens before you reshape.",
            {"several heads", "masked", "gradient"},
            ("H.transpose(1, 2).reshape(B, n, d)", "H.reshape(B, n, d)"),
        ),
        Misconception(
            "You divide by √d. Each head's q · k has only d / heads terms.",
            {"several heads", "masked", "gradient"},
            ("/ size**0.5", "/ d**0.5"),
        ),
        Misconception(
            "The scale is missing. Each head has its own √(d / heads).",
            {"one head", "several heads", "masked", "gradient"},
            (" / size**0.5", ""),
        ),
        Misconception(
            "The last layer `out` is missing; without it the heads stand side by side and never mix.",
            {"one head", "several heads", "masked", "gradient"},
            ("self.out(H.transpose(1, 2).reshape(B, n, d))", "H.transpose(1, 2).reshape(B, n, d)"),
        ),
        Misconception("The mask is not used.", {"masked"}, ("if mask is not None:", "if False:")),
        Misconception(
            "The mask is inverted: True means visible, and `masked_fill` fills where it is True. Use ~mask.",
            {"masked"},
            ("masked_fill(~mask", "masked_fill(mask"),
        ),
        Misconception(
            "The softmax runs over the queries: it belongs to the last axis, the keys.",
            {"one head", "several heads", "masked", "gradient"},
            ("torch.softmax(S, dim=-1)", "torch.softmax(S, dim=-2)"),
        ),
    ],
    hints=[
        "One head first: it is `attention` in torch, on q(X), k(X), v(X), and `out` at the end. Then cut the d columns.",
        r"(B, n, d) → (B, n, heads, d/heads) → (B, heads, n, d/heads); there "
        r"$S = QK^\top / \sqrt{d/\text{heads}}$; and back.",
        "`layer(X).reshape(B, n, self.heads, size).transpose(1, 2)` for q, k, v; `S.masked_fill(~mask, -torch.inf)`; "
        "`self.out(H.transpose(1, 2).reshape(B, n, d))`",
    ],
)

LANGUAGE_MODEL = Task(
    "LanguageModel",
    points=2,
    answers=["LanguageModel"],
    reference=REFERENCE + "LanguageModel",
    probe=PROBES + "predicts",
    parts=[
        Part("whole names", full_texts),
        Part("beginnings", short_texts),
        Part("one letter", single_letters, weight=0.5),
    ],
    uses=["MultiHead"],
    forbids=["torch.nn.MultiheadAttention", "torch.nn.functional.scaled_dot_product_attention"],
    misconceptions=[
        Misconception(
            "There is no mask: each place can read the very letter that it is asked to predict.",
            {"whole names", "beginnings"},
            ("self.attention(X, mask)", "self.attention(X)"),
        ),
        Misconception(
            "The mask is turned round: it shows the future and hides the past.",
            {"whole names", "beginnings"},
            (".tril()", ".triu()"),
        ),
        Misconception(
            "The places are missing: add `self.place` to the letters.",
            {"whole names", "beginnings", "one letter"},
            (" + self.place.weight[:n]", ""),
        ),
        Misconception(
            "The token itself is lost: add what attention says *to* X.",
            {"whole names", "beginnings", "one letter"},
            ("X + self.attention(X, mask)", "self.attention(X, mask)"),
        ),
        Misconception(
            "The places are counted from the end: the first letter stands at place 0.",
            {"beginnings", "one letter"},
            ("self.place.weight[:n]", "self.place.weight[-n:]"),
        ),
        Misconception(
            "What is added is the bare embedding of the letter: attention reads letter *and* place, and so does the sum.",
            {"whole names", "beginnings", "one letter"},
            ("self.scores(X + ", "self.scores(self.letter(tokens) + "),
        ),
    ],
    hints=[
        "Four steps: letters become rows, each row learns its place, attention mixes what came before, a layer scores.",
        r"$X = E[\text{tokens}] + P[0..n-1]$, then scores of $X + \text{attention}(X, \text{causal mask})$.",
        "`X = self.letter(tokens) + self.place.weight[:n]`, "
        "`mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()`, `self.scores(X + ...)`",
    ],
)

HEADS = [MULTI_HEAD, LANGUAGE_MODEL]
