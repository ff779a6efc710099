"""Lesson 07: several heads, a language model, and what goes deeper."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import some_seen, triple
from helpers.checks.evidence import differ
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


def hidden_maps(rng: Generator) -> Iterator[Case]:
    """Tokens and the weights that some M gave them."""
    for n, d in [(3, 2), (6, 3), (5, 4)]:
        X, M = rng.normal(size=(n, d)), rng.normal(size=(d, d))
        S = X @ M @ X.T / np.sqrt(d)
        E = np.exp(S - S.max(axis=1, keepdims=True))
        yield Case({"X": X, "A": E / E.sum(axis=1, keepdims=True)})


def gives_the_weights(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge an M by the weights that it gives: several can be right."""
    X, A = (np.asarray(case.inputs[name]) for name in ("X", "A"))
    d = X.shape[1]
    if np.shape(got) != (d, d):
        return f"expected an M of shape {(d, d)}, got shape {np.shape(got)}."
    S = X @ np.asarray(got) @ X.T / np.sqrt(d)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return differ(A, E / E.sum(axis=1, keepdims=True), 1e-6)


def pairs(rng: Generator) -> Iterator[Case]:
    """Queries and keys of different widths and numbers."""
    for n, m, d_q, d_k, h in [(3, 4, 2, 5, 6), (4, 2, 3, 3, 2), (3, 3, 3, 3, 3)]:
        shapes = {"Q": (n, d_q), "K": (m, d_k), "Wq": (d_q, h), "Wk": (d_k, h), "v": (h,)}
        yield Case({name: rng.normal(size=shape) for name, shape in shapes.items()})


def one_block(rng: Generator) -> Iterator[Case]:
    """All keys in a single block."""
    for n, m in [(3, 4), (2, 5)]:
        yield Case({**triple(rng, n, m, 3, 2), "block": m + 1})


def many_blocks(rng: Generator) -> Iterator[Case]:
    """Blocks that fit, and blocks that don't; the largest score comes early, late, anywhere."""
    for n, m, block in [(3, 6, 2), (4, 7, 3), (2, 5, 1)]:
        yield Case({**triple(rng, n, m, 3, 2), "block": block})


def huge_blocks(rng: Generator) -> Iterator[Case]:
    """Scores in the thousands, which rise for one query and fall for another."""
    inputs = triple(rng, 2, 6, 2, 2)
    inputs["Q"] = np.array([[1.0, 0.0], [-1.0, 0.0]])
    inputs["K"][:, 0] = 2000 * np.sort(rng.uniform(1, 2, 6))
    yield Case({**inputs, "block": 2})


LONG = 600  # tokens; a table of scores of them takes 2.9 MB
LITTLE = 1_200_000  # bytes, where the whole table does not fit in


def long_sequences(rng: Generator) -> Iterator[Case]:
    """A long sequence in blocks of 16."""
    yield Case({**triple(rng, LONG, LONG, 2, 2), "block": 16})


def holds_little(value: Plain) -> Plain:
    """Whether the table of all scores could have been there."""
    return {"out": value["out"], "less than the whole table": bool(value["bytes"] < LITTLE)}


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

RECOVER = Task(
    "recover",
    points=0,
    answers=["recover"],
    reference=REFERENCE + "recover",
    parts=[Part("gives the weights back", hidden_maps, judge=gives_the_weights)],
    misconceptions=[
        Misconception(
            "The scores were divided by √d before the softmax: multiply the logarithms by it.",
            {"gives the weights back"},
            (" * np.sqrt(X.shape[1])", ""),
        ),
        Misconception(
            "The keys are not centred. Each row of the logarithms holds a constant that no M can make; centred keys "
            "are blind to it.",
            {"gives the weights back"},
            ("C = X - X.mean(axis=0)", "C = X"),
        ),
        Misconception(
            "That solves for the transpose of M: queries stand on the left.",
            {"gives the weights back"},
            (
                "np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T",
                "(np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T).T",
            ),
        ),
    ],
    hints=[
        "The logarithm undoes the softmax, up to a constant in each row. What remains is linear in M.",
        r"With $S = \sqrt d \log A$ and centred keys $C = X - \text{mean}$, solve $S = X M C^\top$ by pseudo-inverses "
        r"from both sides.",
        "`np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T`",
    ],
)

ADDITIVE = Task(
    "additive_scores",
    points=0,
    answers=["additive_scores"],
    reference=REFERENCE + "additive_scores",
    parts=[Part("scores", pairs)],
    misconceptions=[
        Misconception("The tanh is missing.", {"scores"}, ("np.tanh((Q", "((Q")),
        Misconception(
            "tanh is applied to query and key before they are added, not to their sum.",
            {"scores"},
            (
                "np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None])",
                "(np.tanh(Q @ Wq)[:, None] + np.tanh(K @ Wk)[None])",
            ),
        ),
        Misconception(
            "Queries and keys are multiplied; here they are added.",
            {"scores"},
            ("[:, None] + (", "[:, None] * ("),
        ),
    ],
    hints=[
        "Every query meets every key: broadcasting makes the (n, m, h) table of their sums.",
        r"$S_{ij} = \tanh(q_i W_q + k_j W_k) \cdot v$",
        "`np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None]) @ v`",
    ],
)

BLOCKWISE = Task(
    "blockwise",
    points=0,
    answers=["blockwise"],
    reference=REFERENCE + "blockwise",
    parts=[
        Part("one block", one_block),
        Part("many blocks", many_blocks),
        Part("huge scores", huge_blocks),
        Part("memory", long_sequences, probe=PROBES + "peak", means=holds_little),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "Each block is normalised by itself. Weights of different blocks share one sum: divide at the end.",
            {"many blocks", "huge scores", "memory"},
            ("out = shrink * out + E @ V[j : j + block]", "out = out + (E / E.sum(axis=1, keepdims=True)) @ V[j : j + block]\n        total = 1.0"),
        ),
        Misconception(
            "When a larger score turns up, what was summed before must shrink: times e^(old top - new top).",
            {"many blocks", "huge scores", "memory"},
            ("shrink = np.exp(S - new), np.exp(top - new)", "shrink = np.exp(S - new), 1.0"),
        ),
        Misconception(
            "The sum shrinks but the output does not, when a larger score turns up.",
            {"many blocks", "huge scores", "memory"},
            ("out = shrink * out", "out = out"),
        ),
        Misconception(
            "No largest score is subtracted, and e^1000 overflows.",
            {"huge scores"},
            ("new = np.maximum(top, S.max(axis=1, keepdims=True))", "new = np.zeros((len(Q), 1))"),
        ),
        Misconception(
            "That is right, but the whole table of scores is there at once: take block after block of keys.",
            {"memory"},
            ("range(0, len(K), block):", "range(0, len(K), block := len(K)):"),
        ),
    ],
    hints=[
        "Keep three things for each query: the largest score so far, the sum of exponentials, the weighted sum of values.",
        r"For a new block with largest score $m'$: $r = e^{m - m'}$ where $m'$ is the larger of both; sum and output are "
        r"multiplied by $r$, then the block's are added.",
        "`new = np.maximum(top, S.max(axis=1, keepdims=True))`, `E, shrink = np.exp(S - new), np.exp(top - new)`, "
        "`total = shrink * total + ...`, `out = shrink * out + E @ V[j : j + block]`",
    ],
)  # fmt: skip

HEADS = [MULTI_HEAD, LANGUAGE_MODEL]
DEEPER = [RECOVER, ADDITIVE, BLOCKWISE]
