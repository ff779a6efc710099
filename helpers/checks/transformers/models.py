"""Lesson 08, parts 5 to 8: GPT, drawing its next token, and an encoder for pretrained weights."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.heads import layer
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.blocks import PROBES, REFERENCE, block_weights, norm

# ---------------------------------------------------------------- cases


def stack(rng: Generator, d: int, hidden: int, layers: int) -> dict[str, ndarray]:
    """Draw the weights of several blocks."""
    return {k: a for i in range(layers) for k, a in block_weights(rng, d, hidden, f"blocks.{i}.").items()}


def gpts(rng: Generator, n: int, longest: int, layers: int) -> Iterator[Case]:
    """Models and batches of letters."""
    for letters, d, heads in [(6, 4, 2), (5, 6, 3)]:
        weights = {
            "letter.weight": rng.normal(size=(letters, d)),
            "place.weight": rng.normal(size=(longest, d)),
            **stack(rng, d, 4 * d, layers),
            **norm(rng, "norm", d),
            **layer(rng, "scores", d, letters),
        }
        tokens = rng.integers(0, letters, size=(2, n))
        yield Case({"weights": weights, "heads": heads, "layers": layers, "tokens": tokens})


def one_layer(rng: Generator) -> Iterator[Case]:
    """A single block."""
    return gpts(rng, 4, 4, 1)


def several_layers(rng: Generator) -> Iterator[Case]:
    """Three blocks, which differ."""
    return gpts(rng, 5, 5, 3)


def short_beginnings(rng: Generator) -> Iterator[Case]:
    """Fewer tokens than places."""
    return gpts(rng, 2, 6, 2)


def apart(rng: Generator, *shape: int) -> ndarray:
    """Draw scores that differ clearly from each other, in any order."""
    steps = rng.uniform(0.3, 0.8, size=shape).cumsum(axis=-1)
    return rng.permuted(steps, axis=-1) - 2


def warm(rng: Generator) -> Iterator[Case]:
    """Scores and temperatures."""
    for V, T in [(4, 1.0), (6, 0.5), (5, float(rng.uniform(1.5, 3)))]:
        yield Case({"z": apart(rng, V), "T": T})


def cold(rng: Generator) -> Iterator[Case]:
    """Temperature 0."""
    for shape in [(4,), (3, 5)]:
        yield Case({"z": apart(rng, *shape), "T": 0.0})


def best(rng: Generator) -> Iterator[Case]:
    """The k best, one and all of them included."""
    for V, k in [(6, 2), (5, 1), (4, 4), (7, 3)]:
        yield Case({"z": apart(rng, V), "T": float(rng.uniform(0.5, 2)), "k": k})


def best_rows(rng: Generator) -> Iterator[Case]:
    """Rows of scores."""
    yield Case({"z": apart(rng, 3, 6), "T": float(rng.uniform(0.5, 2)), "k": 2})
    yield Case({"z": apart(rng, 2, 3, 5), "T": 1.0, "k": 3})


def lengths(rng: Generator, B: int, n: int) -> ndarray:
    """Draw which places hold a token: one sequence is full, no other is empty."""
    return np.arange(n) < rng.permutation([n, *rng.integers(1, n, size=B - 1)])[:, None]


def full_rows(rng: Generator) -> Iterator[Case]:
    """No padding."""
    for B, n, d in [(2, 3, 4), (3, 1, 2)]:
        yield Case({"H": rng.normal(size=(B, n, d)), "real": np.ones((B, n), dtype=bool)})


def padded_rows(rng: Generator) -> Iterator[Case]:
    """Padding, with anything in it."""
    for B, n, d in [(3, 4, 2), (2, 5, 5)]:
        real = lengths(rng, B, n)
        H = rng.normal(size=(B, n, d))
        yield Case({"H": np.where(real[:, :, None], H, 1000 * H), "real": real})


def ruined_rows(rng: Generator) -> Iterator[Case]:
    """Padding that is not even a number."""
    real = lengths(rng, 3, 4)
    yield Case({"H": np.where(real[:, :, None], rng.normal(size=(3, 4, 3)), np.nan), "real": real})


def encoders(rng: Generator, padded: bool, layers: int, longest: int = 6) -> Iterator[Case]:
    """Encoders and batches of words."""
    for words, d, heads in [(7, 4, 2), (9, 6, 3)]:
        tables = {"word": words, "place": longest, "kind": 2}
        weights = {
            **{f"{name}.weight": rng.normal(size=(m, d)) for name, m in tables.items()},
            **norm(rng, "norm", d),
            **stack(rng, d, int(rng.integers(4, 9)), layers),
        }
        tokens = rng.integers(0, words, size=(3, 4))
        real = lengths(rng, 3, 4) if padded else np.ones((3, 4), dtype=bool)
        yield Case({"weights": weights, "heads": heads, "layers": layers, "tokens": tokens, "real": real})


def whole(rng: Generator) -> Iterator[Case]:
    """No padding, one layer."""
    return encoders(rng, False, 1)


def deep(rng: Generator) -> Iterator[Case]:
    """No padding, three layers."""
    return encoders(rng, False, 3)


def padded(rng: Generator) -> Iterator[Case]:
    """Padding."""
    return encoders(rng, True, 2)


LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def word(rng: Generator) -> str:
    """Draw a word that no other contains."""
    return "".join(rng.choice(LETTERS, size=6))


def single_pieces(rng: Generator) -> Iterator[Case]:
    """Names with one known piece."""
    for _ in range(2):
        a, b, c = (word(rng) for _ in range(3))
        yield Case({"name": f"{a}.{int(rng.integers(12))}.{b}.weight", "table": {b: c.upper(), c: "NO"}})


def many_pieces(rng: Generator) -> Iterator[Case]:
    """Names with several known pieces, and some that stay."""
    for _ in range(2):
        a, b, c, stays = (word(rng) for _ in range(4))
        name = f"{a}.{stays}.{int(rng.integers(12))}.{b}.{c}.bias"
        yield Case({"name": name, "table": {c: "C", f"{a}.": "A", b: "B"}})


def nested_pieces(rng: Generator) -> Iterator[Case]:
    """A short piece stands in a longer one, before or after it in the table."""
    for order in (1, -1):
        a, b, c = (word(rng) for _ in range(3))
        table = dict(list({f"{b}.{c}": "SHORT", f"{a}.{b}.{c}": "LONG"}.items())[::order])
        for name in (f"x.{a}.{b}.{c}.weight", f"x.{b}.{c}.weight"):
            yield Case({"name": name, "table": table})


# ---------------------------------------------------------------- tasks

GPT = Task(
    "GPT",
    points=2,
    answers=["GPT"],
    reference=REFERENCE + "GPT",
    probe=PROBES + "gpt",
    parts=[
        Part("one layer", one_layer),
        Part("several layers", several_layers),
        Part("beginnings", short_beginnings),
    ],
    uses=["Block"],
    forbids=["torch.nn.TransformerEncoderLayer", "torch.nn.TransformerEncoder"],
    misconceptions=[
        Misconception(
            "There is no mask: each place can read the very token that it is asked to predict.",
            {"one layer", "several layers", "beginnings"},
            ("X = block(X, mask)", "X = block(X)"),
        ),
        Misconception(
            "The last norm is missing. With pre-norm blocks the sum has never been normalised.",
            {"one layer", "several layers", "beginnings"},
            ("self.scores(self.norm(X))", "self.scores(X)"),
        ),
        Misconception(
            "Every block reads the embeddings. Each must read what the one before has made.",
            {"several layers", "beginnings"},
            ("        for block in self.blocks:\n            X = block(X, mask)", "        E = X\n        for block in self.blocks:\n            X = block(E, mask)"),
        ),
        Misconception(
            "The places are missing: add `self.place` to the letters.",
            {"one layer", "several layers", "beginnings"},
            (" + self.place.weight[:n]", ""),
        ),
        Misconception(
            "Only the first block is used.",
            {"several layers", "beginnings"},
            ("in self.blocks:", "in self.blocks[:1]:"),
        ),
        Misconception(
            "The mask is turned round: it shows the future and hides the past.",
            {"one layer", "several layers", "beginnings"},
            (".tril()", ".triu()"),
        ),
        Misconception(
            "What comes out is made into probabilities. The loss wants scores: return what `scores` gives.",
            {"one layer", "several layers", "beginnings"},
            ("return self.scores(self.norm(X))", "return torch.softmax(self.scores(self.norm(X)), dim=-1)"),
        ),
    ],
    hints=[
        "As in lesson 7: letters and places, a causal mask. Then block after block, a last norm, scores.",
        r"$X = E[\text{tokens}] + P[0..n-1]$; for each block $X \leftarrow \text{block}(X, \text{mask})$; "
        r"scores of norm$(X)$.",
        "`mask = torch.ones(n, n, dtype=torch.bool).tril()`; `for block in self.blocks: X = block(X, mask)`; "
        "`return self.scores(self.norm(X))`",
    ],
)  # fmt: skip

EVERY_DRAW = {"temperature", "top k", "rows"}

NEXT = Task(
    "next_probabilities",
    points=2,
    answers=["next_probabilities"],
    reference=REFERENCE + "next_probabilities",
    probe=PROBES + "tensors",
    parts=[
        Part("temperature", warm),
        Part("greedy", cold, weight=0.5),
        Part("top k", best),
        Part("rows", best_rows, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "You multiply by the temperature: a low one must drive scores apart.",
            EVERY_DRAW,
            ("z / T", "z * T"),
        ),
        Misconception("The temperature is not used.", {"temperature", "top k", "rows"}, ("z / T", "z")),
        Misconception(
            "The k *worst* are kept.",
            {"top k", "rows"},
            ("z < worst", "z > -(-z).topk(k, dim=-1).values[..., -1:]"),
        ),
        Misconception(
            "One too many is thrown away: the worst of the k best stays in the game.",
            {"top k", "rows"},
            ("z < worst", "(z <= worst) & (z < z.max(dim=-1, keepdim=True).values)"),
        ),
        Misconception(
            "What is thrown away still has a chance: a score of 0 is a score like others. It must be -∞.",
            {"top k", "rows"},
            ("-torch.inf", "0.0"),
        ),
        Misconception(
            "The rest is thrown away after the softmax, so what is left no longer sums to 1.",
            {"top k", "rows"},
            (
                "z = z.masked_fill(z < worst, -torch.inf)",
                "return torch.softmax(z / T, dim=-1).masked_fill(z < worst, 0)",
            ),
        ),
        Misconception(
            "T = 0 divides by zero. Greedy means: all probability for the best score.",
            {"greedy"},
            ("if T == 0:", "if False:"),
        ),
        Misconception(
            "`k` is not used.",
            {"top k", "rows"},
            ("if k is not None:", "if False:"),
        ),
    ],
    hints=[
        "Three cases. T = 0: a single 1. With k: all scores below the k-th best become -∞ first. Then softmax of z/T.",
        r"$p \propto e^{z_i / T}$ over the $k$ best, 0 elsewhere; for $T = 0$ it is 1 at the best.",
        "`worst = z.topk(k, dim=-1).values[..., -1:]`, `z = z.masked_fill(z < worst, -torch.inf)`, "
        "`torch.softmax(z / T, dim=-1)`; for T = 0 `one_hot(z.argmax(dim=-1), z.shape[-1])`",
    ],
)

POOL = Task(
    "pool",
    points=1,
    answers=["pool"],
    reference=REFERENCE + "pool",
    probe=PROBES + "tensors",
    parts=[
        Part("no padding", full_rows),
        Part("padding", padded_rows, weight=2),
        Part("padding without numbers", ruined_rows),
    ],
    misconceptions=[
        Misconception(
            "0 times NaN is NaN: put 0 in the place of padding (`masked_fill`), don't multiply by 0.",
            {"padding without numbers"},
            ("H.masked_fill(~real[:, :, None], 0)", "H * real[:, :, None]"),
        ),
        Misconception(
            "Padding is averaged in. Only rows where `real` is True count.",
            {"padding", "padding without numbers"},
            ("H = H.masked_fill(~real[:, :, None], 0)", "return H.mean(dim=1)"),
        ),
        Misconception(
            "You divide by n, padding included: divide by the number of real tokens.",
            {"padding", "padding without numbers"},
            ("real.sum(dim=1, keepdim=True)", "real.shape[1]"),
        ),
        Misconception(
            "That is the sum. A mean makes long and short texts comparable.",
            {"no padding", "padding", "padding without numbers"},
            (" / real.sum(dim=1, keepdim=True)", ""),
        ),
        Misconception(
            "`real` is turned round: you take the mean of the padding.",
            {"no padding", "padding", "padding without numbers"},
            ("~real[:, :, None], 0)", "real[:, :, None], 0)"),
        ),
    ],
    hints=[
        "A mean is a sum over a number. Which rows may be in the sum, and what is their number?",
        r"$\sum_{j\,\text{real}} H_{bj} \,/\, \#\{j\ \text{real}\}$",
        "`H.masked_fill(~real[:, :, None], 0).sum(dim=1) / real.sum(dim=1, keepdim=True)`",
    ],
)

EVERY_ENCODER = {"whole texts", "several layers", "padding"}

ENCODER = Task(
    "Encoder",
    points=2,
    answers=["Encoder"],
    reference=REFERENCE + "Encoder",
    probe=PROBES + "encoder",
    parts=[
        Part("whole texts", whole),
        Part("several layers", deep),
        Part("padding", padded),
    ],
    uses=["Block"],
    forbids=["torch.nn.TransformerEncoderLayer", "torch.nn.TransformerEncoder"],
    misconceptions=[
        Misconception(
            "The norm of the sum of the three tables is missing.",
            EVERY_ENCODER,
            ("X = self.norm(X)", "pass"),
        ),
        Misconception(
            "The kinds are missing: row 0 of `self.kind` is added to every token.",
            EVERY_ENCODER,
            (" + self.kind.weight[0]", ""),
        ),
        Misconception(
            "Padding is looked at: give the blocks a mask (B, 1, 1, n) that is True where there is a token.",
            {"padding"},
            ("X = block(X, real[:, None, None, :])", "X = block(X)"),
        ),
        Misconception(
            "The mask is causal as well. An encoder reads in both directions.",
            EVERY_ENCODER,
            (
                "real[:, None, None, :])",
                "real[:, None, None, :] & torch.ones(X.shape[1], X.shape[1]).bool().tril())",
            ),
        ),
        Misconception(
            "`real` is turned round: True means that there is a token.",
            {"padding"},
            (
                "real[:, None, None, :])",
                "(real.all() | ~real)[:, None, None, :] | ~real.any(1)[:, None, None, None])",
            ),
        ),
        Misconception(
            "The places are missing.",
            EVERY_ENCODER,
            (" + self.place.weight[: tokens.shape[1]]", ""),
        ),
        Misconception(
            "The norm comes before the sum is complete: places and kinds are added to normalised words.",
            EVERY_ENCODER,
            ("X = self.word(tokens) +", "X = self.norm(self.word(tokens)) +"),
        ),
    ],
    hints=[
        "Three tables are added and normalised, then block after block. Which shape must `real` have to hide columns?",
        r"$X = \text{norm}(\text{word} + \text{place} + \text{kind}_0)$; the mask for scores $(B, h, n, n)$ is real with shape "
        r"$(B, 1, 1, n)$.",
        "`X = self.norm(self.word(tokens) + self.place.weight[: tokens.shape[1]] + self.kind.weight[0])`, then "
        "`X = block(X, real[:, None, None, :])` for each block",
    ],
)

RENAME = Task(
    "rename",
    points=1,
    answers=["rename"],
    reference=REFERENCE + "rename",
    parts=[
        Part("one piece", single_pieces),
        Part("several pieces", many_pieces),
        Part("pieces in pieces", nested_pieces, weight=2),
    ],
    misconceptions=[
        Misconception(
            "The pieces are replaced in the order of the table. A short one that is part of a longer one gets there first.",
            {"pieces in pieces"},
            ("sorted(table, key=len, reverse=True)", "table"),
        ),
        Misconception(
            "The shortest pieces come first, and break the longer ones: `reverse=True`.",
            {"pieces in pieces"},
            ("key=len, reverse=True", "key=len"),
        ),
        Misconception(
            "You stop after the first piece that fits: there may be several.",
            {"several pieces"},
            (
                "        name = name.replace(theirs, table[theirs])",
                "        if theirs in name:\n            return name.replace(theirs, table[theirs])",
            ),
        ),
        Misconception(
            "The new name is returned alone: the rest of the name stays as it is.",
            {"one piece", "several pieces", "pieces in pieces"},
            (
                "name = name.replace(theirs, table[theirs])",
                "name = table[theirs] if theirs in name else name",
            ),
        ),
    ],
    hints=[
        "Go through the pieces and replace each. The order matters where one piece is a part of another.",
        "sort the keys by length, longest first; `str.replace` does nothing where the piece does not occur",
        "`for theirs in sorted(table, key=len, reverse=True): name = name.replace(...)`",
    ],
)

MODELS = [GPT, NEXT, POOL, ENCODER, RENAME]
