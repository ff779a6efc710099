"""Lesson 07, part 8: several heads."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, READY_MADE, REFERENCE, some_seen
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

ONE, SEVERAL, MASKED, GRADIENT = "one head", "several heads", "masked", "gradient"
ALL, CUT = {ONE, SEVERAL, MASKED, GRADIENT}, {SEVERAL, MASKED, GRADIENT}
FORBIDDEN = [READY_MADE, "torch.nn.MultiheadAttention", "torch.nn.functional.multi_head_attention_forward"]


def layer(rng: Generator, name: str, d_in: int, d_out: int) -> dict[str, ndarray]:
    """Draw a layer's weights as torch stores them, (out, in)."""
    return {
        f"{name}.weight": rng.normal(size=(d_out, d_in)) * 1.5 / np.sqrt(d_in),
        f"{name}.bias": rng.normal(size=d_out) / 2,
    }


def head_weights(rng: Generator, d: int, prefix: str = "") -> dict[str, ndarray]:
    """Draw the weights of the four layers."""
    names = ("q", "k", "v", "out")
    return {prefix + key: a for name in names for key, a in layer(rng, name, d, d).items()}


def module(rng: Generator, B: int, n: int, d: int, heads: int) -> dict[str, Plain]:
    """Draw weights and a batch."""
    return {"weights": head_weights(rng, d), "heads": heads, "X": rng.normal(size=(B, n, d))}


def one_head(rng: Generator) -> Iterator[Case]:
    """A single head, of several widths; the mask is left out at first."""
    yield Case(module(np.random.default_rng(1), 1, 2, 3, 1))
    for B, n, d in [(1, 3, 4), (2, 4, 3)]:
        yield Case({**module(rng, B, n, d, 1), "mask": None})


def many_heads(rng: Generator) -> Iterator[Case]:
    """Several heads: fewer than tokens, as many, and more."""
    yield Case(module(np.random.default_rng(2), 1, 2, 4, 2))
    for B, n, d, heads in [(2, 3, 6, 2), (3, 4, 8, 4), (2, 5, 12, 3), (3, 2, 12, 4)]:
        yield Case({**module(rng, B, n, d, heads), "mask": None})


def masked_heads(rng: Generator) -> Iterator[Case]:
    """A mask for all, the causal one first."""
    yield Case({**module(np.random.default_rng(3), 1, 2, 4, 2), "mask": np.tril(np.ones((2, 2), dtype=bool))})
    for mask in (np.tril(np.ones((4, 4), dtype=bool)), some_seen(rng, 4, 4)):
        yield Case({**module(rng, 3, 4, 6, 2), "mask": mask})


def gradients(rng: Generator) -> Iterator[Case]:
    """Weights whose gradients are asked for."""
    yield Case(module(np.random.default_rng(4), 1, 2, 4, 2))
    yield Case(module(rng, 2, 3, 8, 2))


SPLIT = "layer(X).reshape(B, n, self.heads, size).transpose(1, 2)"
JOIN = "H.transpose(1, 2).reshape(B, n, d)"
ATTEND = "H = torch.softmax(S, dim=-1) @ V"
LATE = "A = torch.softmax(S, dim=-1)\n        H = (A if mask is None else A * mask) @ V"
HIDE = "S = S.masked_fill(~mask, -torch.inf)"
LAYERS = "for layer in (self.q, self.k, self.v)"

MULTI_HEAD = Task(
    "MultiHead",
    points=3,
    answers=["MultiHead"],
    reference=REFERENCE + "MultiHead",
    probe=PROBES + "heads",
    parts=[
        Part(ONE, one_head),
        Part(SEVERAL, many_heads),
        Part(MASKED, masked_heads),
        Part(GRADIENT, gradients, probe=PROBES + "head_gradient"),
    ],
    forbids=FORBIDDEN,
    misconceptions=[
        Misconception(
            "There is only one head: the columns are not cut into `heads` pieces, each with a softmax of its own.",
            CUT,
            ("size = d // self.heads", "self.heads = 1\n        size = d"),
        ),
        Misconception(
            "The columns are cut wrongly: reshape to (B, n, heads, size) first and transpose then, so that each token "
            "keeps its own numbers.",
            CUT,
            (SPLIT, "layer(X).reshape(B, self.heads, n, size)"),
        ),
        Misconception(
            "The columns are dealt to the heads in turn. Head 1 has the first d / heads columns, head 2 the next.",
            CUT,
            (SPLIT, "layer(X).reshape(B, n, size, self.heads).permute(0, 3, 1, 2)"),
        ),
        Misconception(
            "The heads are joined in the wrong order: move them back behind the tokens before you reshape.",
            CUT,
            (JOIN, "H.reshape(B, n, d)"),
            forms=(
                (JOIN, "H.permute(0, 2, 3, 1).reshape(B, n, d)"),
                (JOIN, "H.transpose(-1, -2).reshape(B, n, d)"),
            ),
        ),
        Misconception(
            "Only one head's result goes on, or their mean: put the results of all heads side by side.",
            CUT,
            (JOIN, "H.mean(dim=1).repeat(1, 1, self.heads)"),
            forms=(
                (JOIN, "H[:, 0].repeat(1, 1, self.heads)"),
                (JOIN, "H[:, -1].repeat(1, 1, self.heads)"),
            ),
        ),
        Misconception(
            "You divide by √d. Each head's q · k has only d / heads terms.",
            CUT,
            ("/ size**0.5", "/ d**0.5"),
        ),
        Misconception(
            "The scale is missing. Each head has its own √(d / heads).",
            ALL,
            (" / size**0.5", ""),
        ),
        Misconception(
            "The scores are not divided by the root of a head's width: by the width itself, or multiplied.",
            ALL,
            (" / size**0.5", " / size"),
            forms=((" / size**0.5", " * size**0.5"),),
        ),
        Misconception(
            "What is under the root is a number of tokens or of heads. It is the width of a head, d / heads.",
            ALL,
            ("/ size**0.5", "/ n**0.5"),
            forms=(("/ size**0.5", "/ self.heads**0.5"),),
        ),
        Misconception(
            "The last layer `out` is missing; without it the heads stand side by side and never mix.",
            ALL,
            (f"self.out({JOIN})", JOIN),
        ),
        Misconception("The mask is not used.", {MASKED}, ("if mask is not None:", "if False:")),
        Misconception(
            "The mask is inverted: True means visible, and `masked_fill` fills where it is True. Use ~mask.",
            {MASKED},
            ("masked_fill(~mask", "masked_fill(mask"),
        ),
        Misconception(
            "A hidden place keeps weight: a score of 0 is a score like others, e⁰ = 1. It must be -∞.",
            {MASKED},
            (HIDE, "S = S.masked_fill(~mask, 0.0)"),
            forms=((HIDE, "S = S.masked_fill(~mask, 1e-9)"),),
        ),
        Misconception(
            "The softmax comes first and the mask after it, so that the visible weights no longer sum to 1.",
            {MASKED},
            edits=((HIDE, "pass"), (ATTEND, LATE)),
            forms=([(HIDE, "pass"), (ATTEND, LATE.replace("A * mask", "A.masked_fill(~mask, 0)"))],),
        ),
        Misconception(
            "The mask is turned round: row i says at whom token i may look.",
            {MASKED},
            ("masked_fill(~mask", "masked_fill(~mask.T"),
        ),
        Misconception(
            "The softmax runs over the queries or the heads: it belongs to the last axis, the keys.",
            ALL,
            ("torch.softmax(S, dim=-1)", "torch.softmax(S, dim=-2)"),
            forms=(("torch.softmax(S, dim=-1)", "torch.softmax(S, dim=1)"),),
        ),
        Misconception("The softmax is missing: scores are no weights yet.", ALL, (ATTEND, "H = S @ V")),
        Misconception(
            "The input is added. Here the output is what `out` makes of the heads, and nothing else.",
            ALL,
            (f"self.out({JOIN})", f"X + self.out({JOIN})"),
        ),
        Misconception(
            "Queries and keys are exchanged: row i of the scores belongs to the token that asks, Q Kᵀ.",
            ALL,
            ("Q @ K.transpose(-1, -2)", "K @ Q.transpose(-1, -2)"),
            forms=((LAYERS, "for layer in (self.k, self.q, self.v)"),),
        ),
        Misconception(
            "Two roles share one layer: `q` makes the queries, `k` the keys, `v` the values.",
            ALL,
            (LAYERS, "for layer in (self.q, self.q, self.v)"),
            forms=(
                (LAYERS, "for layer in (self.k, self.k, self.v)"),
                (LAYERS, "for layer in (self.q, self.k, self.k)"),
                (LAYERS, "for layer in (self.q, self.v, self.v)"),
                (LAYERS, "for layer in (self.q, self.k, self.q)"),
            ),
        ),
        Misconception(
            "Keys and values are exchanged: `k` makes what is compared, `v` what is handed out.",
            ALL,
            (LAYERS, "for layer in (self.q, self.v, self.k)"),
        ),
        Misconception(
            "The tokens themselves are mixed, without the layer `v`.",
            ALL,
            (ATTEND, "V = X.reshape(B, n, self.heads, size).transpose(1, 2)\n        " + ATTEND),
        ),
        Misconception(
            "The result is cut from the graph, so that a layer can't learn: no `.detach()`, `.data`, `.numpy()` or "
            "`no_grad` on the way.",
            {GRADIENT},
            (f"self.out({JOIN})", f"self.out({JOIN}).detach()"),
            forms=(
                (f"self.out({JOIN})", f"self.out({JOIN}.detach())"),
                (ATTEND, "H = torch.softmax(S, dim=-1).detach() @ V"),
                ("Q @ K.transpose", "Q.detach() @ K.transpose"),
                ("Q @ K.transpose", "Q @ K.detach().transpose"),
            ),
        ),
        Misconception(
            "The input is cut from the graph: what stands before this layer could not learn.",
            {GRADIENT},
            ("B, n, d = X.shape", "X = X.detach()\n        B, n, d = X.shape"),
        ),
        Misconception(
            "Heads look at heads: without the transpose the last two axes are heads and columns. Tokens must stand there.",
            ALL,
            edits=((SPLIT, "layer(X).reshape(B, n, self.heads, size)"), (JOIN, "H.reshape(B, n, d)")),
            forms=(
                [
                    (SPLIT, "layer(X).reshape(B, n, self.heads, size)"),
                    (JOIN, "H.reshape(B, n, d)"),
                    (HIDE, "pass"),
                ],
            ),
        ),
        Misconception(
            "Number and width of the heads are exchanged: there are `heads` of them, each d / heads wide.",
            ALL,
            ("size = d // self.heads", "size = self.heads\n        self.heads = d // size"),
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
