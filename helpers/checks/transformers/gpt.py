"""Lesson 08, part 5: a GPT."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.heads import layer
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import HAND, PROBES, REFERENCE, norm, rounded, stack


def gpt_weights(rng: Generator, letters: int, longest: int, d: int, layers: int) -> dict[str, ndarray]:
    """Draw the weights of a GPT."""
    return {
        "letter.weight": rng.normal(size=(letters, d)),
        "place.weight": rng.normal(size=(longest, d)),
        **stack(rng, d, 4 * d, layers),
        **norm(rng, "norm", d),
        **layer(rng, "scores", d, letters),
    }


def by_hand(layers: int) -> Case:
    """Return a small model that is the same for everyone."""
    weights = rounded(gpt_weights(np.random.default_rng(HAND), 4, 4, 3, layers))
    return Case({"weights": weights, "heads": 1, "layers": layers, "tokens": np.array([[2, 0, 1]])})


def gpts(rng: Generator, n: int, longest: int, layers: int) -> Iterator[Case]:
    """Models and batches of letters."""
    for letters, d, heads in [(6, 4, 2), (5, 6, 3)]:
        weights, tokens = gpt_weights(rng, letters, longest, d, layers), rng.integers(0, letters, size=(2, n))
        yield Case({"weights": weights, "heads": heads, "layers": layers, "tokens": tokens})


def one_layer(rng: Generator) -> Iterator[Case]:
    """A single block."""
    yield by_hand(1)
    yield from gpts(rng, 4, 4, 1)


def several_layers(rng: Generator) -> Iterator[Case]:
    """Two or three blocks, which differ."""
    yield by_hand(2)
    yield next(gpts(rng, 5, 5, 3))


def short_beginnings(rng: Generator) -> Iterator[Case]:
    """Fewer tokens than places, one included; a model of the size that it has unless told otherwise."""
    weights = gpt_weights(np.random.default_rng(HAND), 3, 2, 64, 2)
    yield Case({"weights": weights, "heads": 4, "layers": 2, "tokens": np.array([[1, 2]])})
    yield from gpts(rng, 2, 6, 2)


def gpt_gradients(rng: Generator) -> Iterator[Case]:
    """A model whose weights ask for their gradients."""
    yield by_hand(2)


ONE, SEVERAL, SHORT, GRADIENT = "one layer", "several layers", "beginnings", "gradient"
ALL, STACKED = {ONE, SEVERAL, SHORT, GRADIENT}, {SEVERAL, SHORT, GRADIENT}
SUM, MASK = "X = self.letter(tokens) + self.place.weight[:n]", ".tril()"
LOOP, RESULT = "            X = block(X, mask)", "return self.scores(self.norm(X))"

GPT = Task(
    "GPT",
    points=2,
    answers=["GPT"],
    reference=REFERENCE + "GPT",
    probe=PROBES + "gpt",
    parts=[
        Part(ONE, one_layer),
        Part(SEVERAL, several_layers),
        Part(SHORT, short_beginnings),
        Part(GRADIENT, gpt_gradients, probe=PROBES + "gpt_gradient", weight=0.5),
    ],
    uses=["Block"],
    forbids=["torch.nn.TransformerEncoderLayer", "torch.nn.TransformerEncoder"],
    misconceptions=[
        Misconception(
            "There is no mask: each place can read the very token that it is asked to predict.", ALL, ("block(X, mask)", "block(X)")
        ),
        Misconception(
            "The last norm is missing. With pre-norm blocks the sum has never been normalised.", ALL, (RESULT, "return self.scores(X)")
        ),
        Misconception(
            "Only the last block has a say: each block must read what the one before has made, not the embeddings.",
            STACKED,
            ("        for block in self.blocks:\n" + LOOP, "        E = X\n        for block in self.blocks:\n            X = block(E, mask)"),
            forms=(("in self.blocks:", "in self.blocks[-1:]:"),),
        ),
        Misconception("The places are missing: add `self.place` to the letters.", ALL, (" + self.place.weight[:n]", "")),
        Misconception("Only the first block is used.", STACKED, ("in self.blocks:", "in self.blocks[:1]:")),
        Misconception("One block is left out.", ALL, ("in self.blocks:", "in self.blocks[:-1]:"), forms=(("in self.blocks:", "in self.blocks[1:]:"),)),
        Misconception("The blocks are used from the last to the first.", STACKED, ("in self.blocks:", "in reversed(self.blocks):")),
        Misconception("The mask is turned round: it shows the future and hides the past.", ALL, (MASK, ".triu()")),
        Misconception(
            "The mask reaches one token too far: each place sees the next token, which it is asked to predict.",
            ALL,
            (MASK, ".tril(1)"),
        ),
        Misconception(
            "No token sees itself: the mask must be True on the diagonal, too.",
            ALL,
            (MASK, ".tril(-1)"),
            forms=((MASK, ".tril(-1) | (torch.arange(n) == 0) & (torch.arange(n)[:, None] == 0)"),),
        ),
        Misconception(
            "The mask is upside down: `~`, or the other way round. True means: may be looked at.",
            ALL,
            ("block(X, mask)", "block(X, ~mask)"),
        ),
        Misconception(
            "What comes out is made into probabilities. The loss wants scores: return what `scores` gives.",
            ALL,
            (RESULT, "return torch.softmax(self.scores(self.norm(X)), dim=-1)"),
            forms=((RESULT, "return torch.log_softmax(self.scores(self.norm(X)), dim=-1)"),),
        ),
        Misconception(
            "Only the scores of the last place come back. Every place is a question: (B, n, letters).",
            {ONE, SEVERAL, SHORT, GRADIENT},
            (RESULT, "return self.scores(self.norm(X))[:, -1]"),
            forms=((RESULT, "return self.scores(self.norm(X))[:, -1:]"), (RESULT, "return self.scores(self.norm(X)).mean(dim=1)")),
        ),
        Misconception(
            "The last norm is used after every block. It stands once, behind all of them.",
            STACKED,
            edits=((LOOP, "            X = self.norm(block(X, mask))"), (RESULT, "return self.scores(X)")),
            forms=((LOOP, "            X = self.norm(block(X, mask))"),),
        ),
        Misconception(
            "The norm stands before the blocks. It belongs behind them, before the scores.",
            ALL,
            edits=((SUM, SUM.replace("X = ", "X = self.norm(") + ")"), (RESULT, "return self.scores(X)")),
            forms=((SUM, SUM.replace("X = ", "X = self.norm(") + ")"),),
        ),
        Misconception(
            "The letters are multiplied, as in the first Transformer (√d). Here letters and places are just added.",
            ALL,
            (SUM, "X = self.letter(tokens) * self.letter.weight.shape[1] ** 0.5 + self.place.weight[:n]"),
            forms=((SUM, "X = (self.letter(tokens) + self.place.weight[:n]) * self.letter.weight.shape[1] ** 0.5"),),
        ),
        Misconception(
            "The places are counted from 1 or from the end: the first token stands at place 0.",
            {ONE, SEVERAL, SHORT, GRADIENT},
            ("self.place.weight[:n]", "self.place.weight.roll(-1, 0)[:n]"),
            forms=(("self.place.weight[:n]", "self.place.weight[1 : n + 1]"), ("self.place.weight[:n]", "self.place.weight[-n:]"),
                   ("self.place.weight[:n]", "self.place.weight[:n].flip(0)")),
        ),
        Misconception(
            "All tokens get the mark of one and the same place.", {ONE, SEVERAL, SHORT, GRADIENT}, ("self.place.weight[:n]", "self.place.weight[0]"),
            forms=(("self.place.weight[:n]", "self.place.weight[n - 1]"),),
        ),
        Misconception(
            "The places are looked up in the table of letters, or the letters in that of places.",
            ALL,
            ("self.place.weight[:n]", "self.letter.weight[torch.arange(n) % len(self.letter.weight)]"),
        ),
        Misconception(
            "What a block returns is added to X once more: the sums are already inside the block.",
            ALL,
            (LOOP, "            X = X + block(X, mask)"),
        ),
        Misconception(
            "The layer `scores` is not used: what comes back is as wide as a token.", ALL, (RESULT, "return self.norm(X)")
        ),
        Misconception(
            "The scores are products with the table of letters. This model has a layer of its own for them, `scores`.",
            ALL,
            (RESULT, "return self.norm(X) @ self.letter.weight.T"),
        ),
        Misconception(
            "The norm stands behind `scores`. It belongs before: scores(norm(X)).",
            ALL,
            (RESULT, "Z = self.scores(X)\n        return (Z - Z.mean(-1, keepdim=True)) / Z.std(-1, correction=0, keepdim=True)"),
        ),
        Misconception(
            "The values are right, but the gradient is not whole: a part of the way back to the weights is cut from the graph.",
            {GRADIENT},
            ("X = self.letter(tokens) +", "X = self.letter(tokens).detach() +"),
            forms=(
                ("+ self.place.weight[:n]", "+ self.place.weight[:n].detach()"),
                ("+ self.place.weight[:n]", "+ self.place.weight.data[:n]"),
                (SUM, SUM.replace("X = ", "X = (") + ").detach()"),
                (LOOP, "            X = block(X, mask).detach()"),
                (RESULT, "return self.scores(self.norm(X.detach()))"),
                (RESULT, "return self.scores(self.norm(X).detach())"),
            ),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            (RESULT, RESULT + ".detach()"),
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
