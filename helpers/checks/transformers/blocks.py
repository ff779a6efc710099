"""Lesson 08, parts 1 to 4: layer norm, the block, positions, and what a model has to guess."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import some_seen
from helpers.checks.attention.heads import head_weights, layer
from helpers.checks.task import Case, Misconception, Part, Task

REFERENCE = "helpers.reference.transformers."
PROBES = "helpers.probes.transformers."

# ---------------------------------------------------------------- cases


def rows_to_norm(rng: Generator) -> Iterator[Case]:
    """Rows of several widths, far from mean 0 and variance 1."""
    for shape in [(3, 4), (5, 2), (4, 4)]:
        X, (gain, bias) = 3 * rng.normal(size=shape) + 2, rng.normal(size=(2, shape[-1]))
        yield Case({"X": X, "gain": gain, "bias": bias})


def batches_to_norm(rng: Generator) -> Iterator[Case]:
    """Batches of sequences, also of a single token."""
    for shape in [(2, 3, 4), (3, 1, 5)]:
        X, (gain, bias) = 3 * rng.normal(size=shape) + 2, rng.normal(size=(2, shape[-1]))
        yield Case({"X": X, "gain": gain, "bias": bias})


def flat_rows(rng: Generator) -> Iterator[Case]:
    """A row of equal numbers, and one of nearly equal ones: eps decides."""
    for size in (0.0, 1e-3):
        X, (gain, bias) = np.full((2, 4), 0.5) + size * rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
        yield Case({"X": X, "gain": gain, "bias": bias, "eps": float(rng.uniform(1e-6, 1e-5))})


def norm(rng: Generator, name: str, d: int) -> dict[str, ndarray]:
    """Draw gain and bias of a layer norm."""
    return {f"{name}.weight": rng.uniform(0.5, 2, d), f"{name}.bias": rng.normal(size=d)}


def block_weights(rng: Generator, d: int, hidden: int, prefix: str = "") -> dict[str, ndarray]:
    """Draw the weights of a block."""
    pieces = [head_weights(rng, d, "attention."), norm(rng, "norm1", d), norm(rng, "norm2", d),
              layer(rng, "up", d, hidden), layer(rng, "down", hidden, d)]  # fmt: skip
    return {prefix + key: a for piece in pieces for key, a in piece.items()}


def block(rng: Generator, B: int, n: int, d: int, heads: int, pre: bool, eps: float = 1e-5) -> Case:
    """Draw a block and what it reads."""
    X = 2 * rng.normal(size=(B, n, d)) + 1
    weights = block_weights(rng, d, int(rng.integers(3, 9)))
    return Case({"weights": weights, "heads": heads, "pre": pre, "eps": eps, "X": X, "mask": None})


def before(rng: Generator) -> Iterator[Case]:
    """Pre-norm blocks."""
    for B, n, d, heads in [(2, 3, 4, 2), (1, 4, 6, 3)]:
        yield block(rng, B, n, d, heads, True)


def after(rng: Generator) -> Iterator[Case]:
    """Post-norm blocks."""
    for B, n, d, heads in [(2, 3, 4, 2), (1, 4, 6, 3)]:
        yield block(rng, B, n, d, heads, False)


def masked_blocks(rng: Generator) -> Iterator[Case]:
    """Both kinds, with a mask."""
    for pre in (True, False):
        case = block(rng, 2, 4, 4, 2, pre)
        yield Case({**case.inputs, "mask": some_seen(rng, 4, 4)})


def block_gradients(rng: Generator) -> Iterator[Case]:
    """Both kinds, differentiated."""
    for pre in (True, False):
        inputs = dict(block(rng, 2, 3, 4, 2, pre).inputs)
        del inputs["mask"]
        yield Case(inputs)


def small_waves(rng: Generator) -> Iterator[Case]:
    """Few places, few pairs; a single pair."""
    for n, d in [(2, 4), (3, 2), (int(rng.integers(3, 8)), 6)]:
        yield Case({"n": n, "d": d})


def wide_waves(rng: Generator) -> Iterator[Case]:
    """More places and wider rows."""
    for _ in range(2):
        yield Case({"n": int(rng.integers(10, 30)), "d": 2 * int(rng.integers(8, 40))})


def any_rows(rng: Generator) -> Iterator[Case]:
    """Any rows, more than columns and fewer, and some of length 1."""
    for n, d in [(5, 3), (4, 6), (int(rng.integers(6, 10)), 4)]:
        yield Case({"P": rng.normal(size=(n, d))})
    yield from unit_rows(rng)


def unit_rows(rng: Generator) -> Iterator[Case]:
    """Rows of length 1: the main diagonal is flat, others are not."""
    for n, d in [(5, 3), (4, 6)]:
        P = rng.normal(size=(n, d))
        yield Case({"P": P / np.linalg.norm(P, axis=1, keepdims=True)})


def long_texts(rng: Generator) -> Iterator[Case]:
    """Texts, and where samples of them start: at the beginning, at the last place that will do, anywhere."""
    for N, n, B in [(9, 3, 3), (12, 5, 4), (6, 1, 3)]:
        starts = np.array([0, N - n - 1, *rng.integers(0, N - n, size=B - 2)])
        yield Case({"text": rng.integers(0, 50, size=N), "starts": starts, "n": n})


def to_hide(rng: Generator, B: int, n: int) -> dict[str, ndarray | int]:
    """Draw tokens, and darts of which every kind occurs, on padding as well."""
    darts = rng.uniform(0.15, 1, size=(B, n))
    kinds = [(0, 0.12), (0, 0.12), (0, 0.12), (0.12, 0.135), (0.12, 0.135), (0.135, 0.15), (0.135, 0.15)]
    places = rng.permutation(B * n)[: len(kinds)]
    darts.flat[places] = [rng.uniform(*kind) for kind in kinds]
    real = np.ones((B, n), dtype=bool)
    real.flat[places[[0, 4, 6]]] = False
    tokens, others = rng.integers(5, 30, size=(B, n)), rng.integers(30, 60, size=(B, n))
    return {"tokens": tokens, "real": real, "darts": darts, "others": others, "mask_token": 4}


def texts_to_hide(rng: Generator) -> Iterator[Case]:
    """Batches with padding."""
    for B, n in [(3, 6), (4, 5)]:
        yield Case(to_hide(rng, B, n))


# ---------------------------------------------------------------- tasks

EVERY_NORM = {"rows", "batches", "flat rows"}

LAYER_NORM = Task(
    "layer_norm",
    points=2,
    answers=["layer_norm"],
    reference=REFERENCE + "layer_norm",
    probe=PROBES + "tensors",
    parts=[
        Part("rows", rows_to_norm),
        Part("batches", batches_to_norm),
        Part("flat rows", flat_rows, weight=0.5),
    ],
    forbids=["torch.nn.LayerNorm", "torch.*layer_norm", "torch.nn.functional.layer_norm"],
    misconceptions=[
        Misconception(
            "You divide by d - 1 (as torch's `var` and `std` do unless told otherwise). Here the variance is a plain mean.",
            EVERY_NORM,
            ("(centred**2).mean(dim=-1, keepdim=True)", "X.var(dim=-1, keepdim=True)"),
        ),
        Misconception(
            "You normalise over the tokens. Layer norm looks at *one* row at a time: the last axis.",
            EVERY_NORM,
            (
                "centred = X - X.mean(dim=-1, keepdim=True)\n    variance = (centred**2).mean(dim=-1, keepdim=True)",
                "centred = X - X.mean(dim=-2, keepdim=True)\n    variance = (centred**2).mean(dim=-2, keepdim=True)",
            ),
        ),
        Misconception(
            "The mean is not subtracted.",
            EVERY_NORM,
            ("return centred /", "return X /"),
        ),
        Misconception(
            "You divide by the variance, not by its root.",
            EVERY_NORM,
            ("torch.sqrt(variance + eps)", "(variance + eps)"),
        ),
        Misconception(
            "eps belongs under the root, beside the variance.",
            EVERY_NORM,
            ("torch.sqrt(variance + eps)", "(torch.sqrt(variance) + eps)"),
        ),
        Misconception(
            "eps is not used: a row of equal numbers gives 0/0.",
            EVERY_NORM,
            ("variance + eps", "variance"),
        ),
        Misconception("The bias is missing.", EVERY_NORM, (" * gain + bias", " * gain")),
        Misconception("The gain is missing.", EVERY_NORM, (" * gain + bias", " + bias")),
    ],
    hints=[
        "One row at a time: make its mean 0, then its variance 1, then let gain and bias undo what they like.",
        r"$\dfrac{x - \bar x}{\sqrt{\overline{(x - \bar x)^2} + \varepsilon}} \cdot \text{gain} + \text{bias}$, means over "
        "the last axis.",
        "`centred = X - X.mean(dim=-1, keepdim=True)`, `variance = (centred**2).mean(dim=-1, keepdim=True)`, "
        "`centred / torch.sqrt(...) * gain + bias`",
    ],
)

PRE, POST, MASKED, GRADIENT = "norm before", "norm after", "masked", "gradient"

BLOCK = Task(
    "Block",
    points=3,
    answers=["Block"],
    reference=REFERENCE + "Block",
    probe=PROBES + "block",
    parts=[
        Part(PRE, before),
        Part(POST, after),
        Part(MASKED, masked_blocks, weight=0.5),
        Part(GRADIENT, block_gradients, probe=PROBES + "block_gradient", weight=0.5),
    ],
    forbids=["torch.nn.TransformerEncoderLayer", "torch.nn.MultiheadAttention"],
    misconceptions=[
        Misconception(
            "With the norm before, X itself stays as it is: norm1 goes *into* attention, not onto the road past it.",
            {PRE, MASKED, GRADIENT},
            (
                "X = X + self.attention(self.norm1(X), mask)",
                "X = self.norm1(X)\n            X = X + self.attention(X, mask)",
            ),
        ),
        Misconception(
            "With the norm before, the token is lost: what attention finds is *added* to X.",
            {PRE, MASKED, GRADIENT},
            ("X = X + self.attention(self.norm1(X), mask)", "X = self.attention(self.norm1(X), mask)"),
        ),
        Misconception(
            "With the norm before, what the network says must be added to X, too.",
            {PRE, MASKED, GRADIENT},
            ("return X + self.down", "return self.down"),
        ),
        Misconception(
            "With the norm after, it comes after the *sum*: norm1(X + attention(X)), not X + norm1(attention(X)).",
            {POST, MASKED, GRADIENT},
            ("self.norm1(X + self.attention(X, mask))", "X + self.norm1(self.attention(X, mask))"),
        ),
        Misconception(
            "The mask is not used where the norm comes after.",
            {MASKED},
            ("self.norm1(X + self.attention(X, mask))", "self.norm1(X + self.attention(X))"),
        ),
        Misconception(
            "The mask is not used where the norm comes before.",
            {MASKED},
            ("self.attention(self.norm1(X), mask)", "self.attention(self.norm1(X))"),
        ),
        Misconception(
            "With the norm before, the network reads X without its norm2.",
            {PRE, MASKED, GRADIENT},
            ("self.up(self.norm2(X))", "self.up(X)"),
        ),
        Misconception(
            "The gelu between `up` and `down` is missing, and two layers in a row are one.",
            {POST, MASKED, GRADIENT},
            ("self.down(gelu(self.up(X))))", "self.down(self.up(X)))"),
        ),
        Misconception(
            "Both kinds are exchanged: `pre` means that the norm comes before.",
            {PRE, POST, MASKED, GRADIENT},
            ("if self.pre:", "if not self.pre:"),
        ),
    ],
    hints=[
        "Two steps, and each has the form: old + new. The only question is where the norm stands.",
        r"before: $X \leftarrow X + \text{attention}(\text{norm}_1 X)$, then $X + \text{down}(\text{gelu}(\text{up}(\text{norm}_2 X)))$; "
        r"after: $X \leftarrow \text{norm}_1(X + \text{attention}(X))$, then $\text{norm}_2(X + \dots)$",
        "`X = X + self.attention(self.norm1(X), mask)` and `return X + self.down(gelu(self.up(self.norm2(X))))`; "
        "else `X = self.norm1(X + ...)` and `return self.norm2(X + ...)`",
    ],
)

POSITIONS = Task(
    "positions",
    points=2,
    answers=["positions"],
    reference=REFERENCE + "positions",
    parts=[
        Part("a few places", small_waves, tol=1e-5),
        Part("many places", wide_waves, tol=2e-5),
    ],
    misconceptions=[
        Misconception(
            "Each *coordinate* has a frequency of its own. A pair shares one: 2i is twice the number of the pair, for "
            "the sine and the cosine.",
            {"a few places", "many places"},
            wrong="def positions(n, d):\n    j = torch.arange(d, dtype=torch.float64)\n"
            "    angle = torch.arange(n)[:, None] / 10000 ** (2 * j / d)\n"
            "    return torch.where(j % 2 == 0, angle.sin(), angle.cos())\n",
        ),
        Misconception(
            "All sines come first and all cosines after. The two of a pair stand side by side: columns 2i and 2i + 1.",
            {"a few places", "many places"},
            (
                "torch.stack([angle.sin(), angle.cos()], dim=-1)",
                "torch.cat([angle.sin(), angle.cos()], dim=-1)",
            ),
        ),
        Misconception(
            "The exponent is i/d. It is 2i/d, from 0 to nearly 1.",
            {"a few places", "many places"},
            ("(2 * i / d)", "(i / d)"),
        ),
        Misconception(
            "Places are counted from 0: the first row is 0, 1, 0, 1, …",
            {"a few places", "many places"},
            ("torch.arange(n)[:, None]", "torch.arange(1, n + 1)[:, None]"),
        ),
        Misconception(
            "Sine and cosine are exchanged: the sine stands in the even columns.",
            {"a few places", "many places"},
            ("[angle.sin(), angle.cos()]", "[angle.cos(), angle.sin()]"),
        ),
        Misconception(
            "The angle grows by 10000^(2i/d) from place to place; it should shrink with i: divide.",
            {"a few places", "many places"},
            ("[:, None] / 10000", "[:, None] * 10000"),
        ),
    ],
    hints=[
        "Make the d/2 angles of all places first, an (n, d/2) array. Each angle gives two columns that stand side by side.",
        r"$P_{p,2i} = \sin(p / 10000^{2i/d})$, $P_{p,2i+1} = \cos(\text{the same})$, for the pairs $i = 0 \dots d/2 - 1$",
        "`angle = torch.arange(n)[:, None] / 10000 ** (2 * i / d)` with `i = torch.arange(d // 2)`, then "
        "`torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(...)`",
    ],
)

SPREAD = Task(
    "spread",
    points=1,
    answers=["spread"],
    reference=REFERENCE + "spread",
    probe=PROBES + "tensors",
    parts=[
        Part("any rows", any_rows),
        Part("rows of length 1", unit_rows),
    ],
    misconceptions=[
        Misconception(
            "That is the range of all products. Compare only those at the same distance: along each diagonal.",
            {"any rows", "rows of length 1"},
            (
                "diagonals = [G.diagonal(k) for k in range(len(P))]",
                "diagonals = [G]",
            ),
        ),
        Misconception(
            "Only the main diagonal is looked at, the lengths of the rows. Distances go from 0 to n - 1.",
            {"any rows", "rows of length 1"},
            ("range(len(P))", "range(1)"),
        ),
        Misconception(
            "Those are products of columns. The products of two places are P @ P.T.",
            {"any rows", "rows of length 1"},
            ("P @ P.T", "P.T @ P"),
        ),
        Misconception(
            "The smallest range is returned: what is asked for is the worst diagonal.",
            {"any rows", "rows of length 1"},
            ("return max(", "return min("),
        ),
    ],
    hints=[
        "P @ P.T holds all products. Which entries belong to the same distance?",
        r"$\max_k \left( \max_p G_{p,p+k} - \min_p G_{p,p+k} \right)$ with $G = P P^\top$",
        "`[G.diagonal(k) for k in range(len(P))]`, and of each `g.max() - g.min()`",
    ],
)

SHIFT, INPUTS, TARGETS = "next tokens", "hidden: inputs", "hidden: targets"

GUESSES = Task(
    "guesses",
    points=2,
    answers=["next_tokens", "hide_tokens"],
    reference=REFERENCE + "next_tokens",
    parts=[
        Part(SHIFT, long_texts, probe=PROBES + "shifted", weight=2),
        Part(INPUTS, texts_to_hide, probe=PROBES + "hidden"),
        Part(TARGETS, texts_to_hide, probe=PROBES + "asked"),
    ],
    misconceptions=[
        Misconception(
            "The targets are the inputs themselves: the model only has to copy. Shift them by one.",
            {SHIFT},
            ("text[at + 1]", "text[at]"),
        ),
        Misconception(
            "The targets stand one place *behind*. What follows the token at `at` is at `at + 1`.",
            {SHIFT},
            ("text[at + 1]", "text[at - 1]"),
        ),
        Misconception(
            "Padding is hidden, too. Nobody should guess it: choose where `real` is True.",
            {INPUTS, TARGETS},
            ("chosen = real & (darts < 0.15)", "chosen = darts < 0.15"),
        ),
        Misconception(
            "All tokens are asked for. Only the chosen ones are: the others get -100.",
            {TARGETS},
            ("torch.where(chosen, tokens, -100)", "tokens"),
        ),
        Misconception(
            "What was left as it is is no longer asked for. The model must not know which of the words it sees are right.",
            {TARGETS},
            ("torch.where(chosen, tokens, -100)", "torch.where(inputs != tokens, tokens, -100)"),
        ),
        Misconception(
            "All chosen tokens become the mask. 80 % do; 10 % become another token, and 10 % stay.",
            {INPUTS},
            ("(darts < 0.12)", "(darts < 0.15)"),
        ),
        Misconception(
            "The chosen tokens that should stay as they are become others.",
            {INPUTS},
            ("(darts < 0.135)", "(darts < 0.15)"),
        ),
        Misconception(
            "The other tokens cover the masks: below 0.12 it is the mask, from there to 0.135 another token.",
            {INPUTS},
            (
                "chosen & (darts < 0.12), mask_token, inputs)",
                "chosen & (darts < 0.12) & (inputs == tokens), mask_token, inputs)",
            ),
        ),
    ],
    hints=[
        "For the first: all places as an array (B, n) by broadcasting, then look the text up. For the second: one "
        "`torch.where` for each thing that can happen to a token.",
        "places: starts + 0, 1, …, n - 1, targets one further. Chosen: real and dart < 0.15; the mask below 0.12, "
        "another from 0.12 to 0.135; targets -100 where not chosen.",
        "`at = starts[:, None] + torch.arange(n)`; `chosen = real & (darts < 0.15)`, "
        "`inputs = torch.where(chosen & (darts < 0.135), others, tokens)`, then the mask in the same way over it",
    ],
)

BLOCKS = [LAYER_NORM, BLOCK, POSITIONS, SPREAD, GUESSES]
