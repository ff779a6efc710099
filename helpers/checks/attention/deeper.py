"""Lesson 07, the practice after it: points for words, a riddle, other scores, and attention without its table."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import triple
from helpers.checks.attention.heads import PROBES, REFERENCE
from helpers.checks.evidence import differ
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

WORDS = ("the", "dog", "sleeps", "on", "couch")

# ---------------------------------------------------------------- cases


def sentence(rng: Generator) -> Iterator[Case]:
    """Nothing to draw: the words are known."""
    yield Case({"words": list(WORDS)})


def favourites(points: Plain, rows: tuple[int, ...], sign: int = 1) -> Plain:
    """Return whom each of some words looks at most (sign -1: least), itself left out; nobody in case of a tie."""
    X = np.asarray(points, dtype=float)
    S = sign * X @ X.T
    np.fill_diagonal(S, -np.inf)
    found = [np.flatnonzero(S[i] >= S[i].max() - 1e-9) for i in rows]
    return [WORDS[best[0]] if len(best) == 1 else "nobody" for best in found]


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

EMBED = Task(
    "embed",
    points=0,
    answers=["embed"],
    reference=REFERENCE + "embed",
    probe=PROBES + "pointed",
    parts=[
        Part("dog and sleeps", sentence, means=partial(favourites, rows=(1, 2))),
        Part("on and couch", sentence, means=partial(favourites, rows=(3, 4))),
        Part("the", sentence, means=partial(favourites, rows=(1, 2, 3, 4), sign=-1)),
    ],
    misconceptions=[
        Misconception(
            "Somebody looks more at *the* than at another word. What is short is hardly heard: the product with 0 is 0.",
            {"the"},
            ('"the": (0.0, 0.0)', '"the": (1.0, 1.0)'),
        ),
        Misconception(
            "Points opposite to each other have a negative product. Partners must lie in the same direction.",
            {"dog and sleeps", "the"},
            ('"sleeps": (2.0, 0.5)', '"sleeps": (-2.0, -0.5)'),
        ),
        Misconception(
            "All lie in one direction, so that all look at the longest. Each pair needs a direction of its own.",
            {"dog and sleeps"},
            (
                '"dog": (2.0, 0.5), "sleeps": (2.0, 0.5), "on": (0.5, 2.0), "couch": (0.5, 2.0)',
                '"dog": (1.0, 1.0), "sleeps": (2.0, 2.0), "on": (3.0, 3.0), "couch": (4.0, 4.0)',
            ),
        ),
    ],
    hints=[
        "Which two points have a large product? And which point has the product 0 with all others?",
        r"$x_i \cdot x_j = \lVert x_i \rVert \, \lVert x_j \rVert \cos \angle$: one direction for each pair, less than "
        "90° apart, so that a partner is nearest and nobody is as far as 0",
        '`{"the": (0, 0), "dog": (2, 0.5), "sleeps": (2, 0.5), ...}`, and the other pair in another direction',
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

DEEPER = [EMBED, RECOVER, ADDITIVE, BLOCKWISE]
