"""Lesson 08, part 7: the encoder, whose mistakes are named."""

from helpers.checks.task import Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE
from helpers.checks.transformers.encoders import deep, encoder_gradients, padded, whole

WHOLE, SEVERAL, PADDING, GRADIENT = "whole texts", "several layers", "padding", "gradient"
ALL, STACKED, HIDDEN = {WHOLE, SEVERAL, PADDING, GRADIENT}, {SEVERAL, PADDING, GRADIENT}, {PADDING, GRADIENT}
SUM = "X = self.word(tokens) + self.place.weight[: tokens.shape[1]] + self.kind.weight[0]"
PLACES, MASK = "self.place.weight[: tokens.shape[1]]", "real[:, None, None, :]"
NORM, LOOP, RESULT = "X = self.norm(X)", "X = block(X, real[:, None, None, :])", "        return X"

ENCODER = Task(
    "Encoder",
    points=2,
    answers=["Encoder"],
    reference=REFERENCE + "Encoder",
    probe=PROBES + "encoder",
    parts=[
        Part(WHOLE, whole),
        Part(SEVERAL, deep),
        Part(PADDING, padded),
        Part(GRADIENT, encoder_gradients, probe=PROBES + "encoder_gradient", weight=0.5),
    ],
    uses=["Block"],
    forbids=["torch.nn.TransformerEncoderLayer", "torch.nn.TransformerEncoder"],
    misconceptions=[
        Misconception("The norm of the sum of the three tables is missing.", ALL, (NORM, "pass")),
        Misconception(
            "The kinds are missing: row 0 of `self.kind` is added to every token.", ALL, (" + self.kind.weight[0]", "")
        ),
        Misconception(
            "Padding is looked at: give the blocks a mask (B, 1, 1, n) that is True where there is a token.",
            HIDDEN,
            (LOOP, "X = block(X)"),
            forms=((MASK, "real[:, None, :, None] | torch.ones_like(real)[:, None, None, :]"),),
        ),
        Misconception(
            "The mask hides *rows*: real (B, 1, n, 1). What no token may look at are columns: (B, 1, 1, n).",
            HIDDEN,
            (MASK, "real[:, None, :, None]"),
        ),
        Misconception(
            "The mask is causal as well. An encoder reads in both directions.",
            ALL,
            (MASK, MASK + " & torch.ones(X.shape[1], X.shape[1]).bool().tril()"),
            forms=((MASK, "torch.ones(X.shape[1], X.shape[1]).bool().tril()"),),
        ),
        Misconception(
            "`real` is turned round: True means that there is a token.",
            HIDDEN,
            (MASK, "(real.all() | ~real)[:, None, None, :] | ~real.any(1)[:, None, None, None]"),
            forms=((MASK, "~real[:, None, None, :]"),),
        ),
        Misconception(
            "The mask has an axis too few: (B, 1, n) puts the batch where the scores have their heads. Make it (B, 1, 1, n).",
            ALL,
            (MASK, "real[:, None]"),
            forms=((MASK, "real[:, None, :]"),),
        ),
        Misconception("The mask has axes too few: make it (B, 1, 1, n).", ALL, (MASK, "real")),
        Misconception(
            "The first text's padding is used for all. Each text has its own row of `real`.",
            HIDDEN,
            (MASK, "real[:1, None, None, :]"),
        ),
        Misconception("The places are missing.", ALL, (" + " + PLACES, "")),
        Misconception(
            "The norm comes before the sum is complete: places and kinds are added to normalised words.",
            ALL,
            edits=(("X = self.word(tokens) +", "X = self.norm(self.word(tokens)) +"), (NORM, "pass")),
            forms=(("X = self.word(tokens) +", "X = self.norm(self.word(tokens)) +"),),
        ),
        Misconception(
            "All rows get the mark of the *other* kind: it is row 0 of `self.kind`.", ALL, ("self.kind.weight[0]", "self.kind.weight[1]")
        ),
        Misconception(
            "Both kinds are added. Only row 0 of `self.kind` is.", ALL, ("self.kind.weight[0]", "self.kind.weight.sum(dim=0)"),
            forms=(("self.kind.weight[0]", "self.kind.weight.mean(dim=0)"),),
        ),
        Misconception(
            "The places are counted from 1 or from the end: the first token stands at place 0.",
            ALL,
            (PLACES, "self.place.weight[1 : tokens.shape[1] + 1]"),
            forms=((PLACES, "self.place.weight[-tokens.shape[1] :]"), (PLACES, PLACES + ".flip(0)")),
        ),
        Misconception("All tokens get the mark of one and the same place.", ALL, (PLACES, "self.place.weight[0]")),
        Misconception(
            "The norm stands behind the blocks. It belongs before them, behind the sum of the tables.",
            ALL,
            edits=((NORM, "pass"), (RESULT, "        return self.norm(X)")),
        ),
        Misconception("The rows are normalised once more behind the blocks.", ALL, (RESULT, "        return self.norm(X)")),
        Misconception("The norm is used again after every block.", ALL, (LOOP, LOOP.replace("block", "self.norm(block") + ")")),
        Misconception(
            "Only the last block has a say: each block must read what the one before has made, not the embeddings.",
            STACKED,
            edits=((NORM, "E = X = self.norm(X)"), (LOOP, LOOP.replace("block(X", "block(E"))),
            forms=(("in self.blocks:", "in self.blocks[-1:]:"),),
        ),
        Misconception("Only the first block is used.", STACKED, ("in self.blocks:", "in self.blocks[:1]:")),
        Misconception("The blocks are used from the last to the first.", STACKED, ("in self.blocks:", "in reversed(self.blocks):")),
        Misconception(
            "What a block returns is added to X once more: the sums are already inside the block.",
            ALL,
            (LOOP, LOOP.replace("block", "X + block")),
        ),
        Misconception(
            "The words are multiplied by √d, as in the first Transformer. Here the three tables are just added.",
            ALL,
            (SUM, SUM.replace("self.word(tokens)", "self.word(tokens) * self.norm.weight.numel() ** 0.5")),
        ),
        Misconception(
            "One row for each text comes back. What is asked for is a row for each token.",
            ALL,
            (RESULT, "        return X.mean(dim=1)"),
            forms=((RESULT, "        return X[:, 0]"),),
        ),
        Misconception(
            "The values are right, but the gradient is not whole: a part of the way back to the weights is cut from the graph.",
            {GRADIENT},
            ("X = self.word(tokens) +", "X = self.word(tokens).detach() +"),
            forms=(
                (PLACES, PLACES + ".detach()"),
                ("self.kind.weight[0]", "self.kind.weight[0].detach()"),
                ("self.kind.weight[0]", "self.kind.weight.data[0]"),
                (PLACES, "self.place.weight.data[: tokens.shape[1]]"),
                (NORM, "X = self.norm(X.detach())"),
                (NORM, "X = self.norm(X).detach()"),
            ),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            (RESULT, "        return X.detach()"),
            forms=((LOOP, LOOP + ".detach()"),),
        ),
    ],
    hints=[
        "Three tables are added and normalised, then block after block. Which shape must `real` have to hide columns?",
        r"$X = \text{norm}(\text{word} + \text{place} + \text{kind}_0)$; the mask for scores $(B, h, n, n)$ is real with shape "
        r"$(B, 1, 1, n)$.",
        "`X = self.norm(self.word(tokens) + self.place.weight[: tokens.shape[1]] + self.kind.weight[0])`, then "
        "`X = block(X, real[:, None, None, :])` for each block",
    ],
)  # fmt: skip
