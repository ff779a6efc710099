"""Lesson 08, part 2: the block."""

from helpers.checks.task import Misconception, Part, Task
from helpers.checks.transformers.cases import (
    PROBES,
    REFERENCE,
    after,
    before,
    block_gradients,
    masked_blocks,
)  # fmt: skip

PRE, POST, MASKED, GRADIENT = "norm before", "norm after", "masked", "gradient"
ALL, EARLY, LATE = {PRE, POST, MASKED, GRADIENT}, {PRE, MASKED, GRADIENT}, {POST, MASKED, GRADIENT}

PRE_LOOK, PRE_THINK = (
    "X = X + self.attention(self.norm1(X), mask)",
    "return X + self.down(gelu(self.up(self.norm2(X))))",
)
POST_LOOK, POST_THINK = (
    "X = self.norm1(X + self.attention(X, mask))",
    "return self.norm2(X + self.down(gelu(self.up(X))))",
)

BESIDE = (
    PRE_LOOK + "\n            " + PRE_THINK,
    "return X + self.attention(self.norm1(X), mask) + self.down(gelu(self.up(self.norm2(X))))",
)


def both(pre: tuple[str, str], post: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the edits of a slip that was made for both kinds."""
    return pre, post


def bend(name: str) -> tuple[tuple[str, str], ...]:
    """Return the edits with which another function stands for gelu."""
    return (("gelu(", f"{name}("),)


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
            EARLY,
            (PRE_LOOK, "X = self.norm1(X)\n            X = X + self.attention(X, mask)"),
        ),
        Misconception(
            "With the norm after, it comes after the *sum*: norm1(X + attention(X)), not X + norm1(attention(X)).",
            LATE,
            (POST_LOOK, "X = X + self.norm1(self.attention(X, mask))"),
            forms=(
                [(POST_LOOK, "X = X + self.norm1(self.attention(X, mask))"),
                 (POST_THINK, "return X + self.norm2(self.down(gelu(self.up(X))))")],
                (POST_THINK, "return X + self.norm2(self.down(gelu(self.up(X))))"),
            ),
        ),
        Misconception(
            "With the norm before, what attention finds takes the place of X: it is to be *added* to X.",
            EARLY,
            (PRE_LOOK, "X = self.attention(self.norm1(X), mask)"),
        ),
        Misconception(
            "With the norm after, what attention finds takes the place of X: it is to be *added* to X.",
            LATE,
            (POST_LOOK, "X = self.norm1(self.attention(X, mask))"),
        ),
        Misconception(
            "With the norm before, what the network says must be added to X, too.",
            EARLY,
            (PRE_THINK, "return self.down(gelu(self.up(self.norm2(X))))"),
        ),
        Misconception(
            "With the norm after, what the network says must be added to X, too.",
            LATE,
            (POST_THINK, "return self.norm2(self.down(gelu(self.up(X))))"),
        ),
        Misconception(
            "The mask is not used where the norm comes after.", {MASKED}, ("self.attention(X, mask)", "self.attention(X)")
        ),
        Misconception(
            "The mask is not used where the norm comes before.",
            {MASKED},
            ("self.attention(self.norm1(X), mask)", "self.attention(self.norm1(X))"),
        ),
        Misconception(
            "The mask is used by neither kind: hand it to `self.attention`.", {MASKED}, edits=((", mask)", ")"),)
        ),
        Misconception(
            "The mask is turned round: True means that a token may be looked at, as `MultiHead` has it.",
            {MASKED},
            edits=((", mask)", ", None if mask is None else ~mask)"),),
        ),
        Misconception(
            "What attention finds takes the place of X, with the norm before and after: it is to be *added* to X.",
            ALL,
            edits=both((PRE_LOOK, "X = self.attention(self.norm1(X), mask)"), (POST_LOOK, "X = self.norm1(self.attention(X, mask))")),
        ),
        Misconception(
            "What the network says takes the place of X, with the norm before and after: it is to be *added* to X.",
            ALL,
            edits=both((PRE_THINK, "return self.down(gelu(self.up(self.norm2(X))))"),
                       (POST_THINK, "return self.norm2(self.down(gelu(self.up(X))))")),
        ),
        Misconception(
            "Nothing is added, neither what attention finds nor what the network says.",
            ALL,
            edits=(("X + self.", "self."),),
        ),
        Misconception(
            "Both steps use norm1: the second has a norm of its own, norm2.",
            ALL,
            edits=(("self.norm2(", "self.norm1("),),
            forms=((PRE_THINK, PRE_THINK.replace("norm2", "norm1")), (POST_THINK, POST_THINK.replace("norm2", "norm1"))),
        ),
        Misconception(
            "Both steps use norm2: the first has a norm of its own, norm1.",
            ALL,
            edits=(("self.norm1(", "self.norm2("),),
            forms=((PRE_LOOK, PRE_LOOK.replace("norm1", "norm2")), (POST_LOOK, POST_LOOK.replace("norm1", "norm2"))),
        ),
        Misconception(
            "norm1 and norm2 are exchanged.",
            ALL,
            edits=(("self.norm1(", "self.norm0("), ("self.norm2(", "self.norm1("), ("self.norm0(", "self.norm2(")),
        ),
        Misconception(
            "The network reads the block's *input*, beside attention. It must read what attention has left: first look, then think.",
            ALL,
            edits=both(BESIDE, (POST_LOOK + "\n        " + POST_THINK, "Y = self.norm1(X + self.attention(X, mask))\n        " + POST_THINK.replace("X + ", "Y + "))),
            forms=(
                BESIDE,
                [BESIDE, (POST_LOOK + "\n        " + POST_THINK, "return self.norm2(X + self.norm1(self.attention(X, mask)) + self.down(gelu(self.up(X))))")],
                [BESIDE, (POST_LOOK + "\n        " + POST_THINK, "return self.norm1(X + self.attention(X, mask)) + self.norm2(self.down(gelu(self.up(X))))")],
                [BESIDE, (POST_LOOK + "\n        " + POST_THINK, "return self.norm2(self.norm1(X + self.attention(X, mask) + self.down(gelu(self.up(X)))))")],
                [BESIDE, (POST_LOOK + "\n        " + POST_THINK, "return self.norm1(X + self.attention(X, mask) + self.down(gelu(self.up(X))))")],
                [BESIDE, (POST_LOOK + "\n        " + POST_THINK, "return self.norm2(X + self.attention(X, mask) + self.down(gelu(self.up(X))))")],
            ),
        ),
        Misconception(
            "What the network says is added to the block's *input*, so what attention found is lost from the road.",
            ALL,
            edits=both((PRE_LOOK, "old = X\n            " + PRE_LOOK), (POST_LOOK, "old = X\n        " + POST_LOOK))
            + both((PRE_THINK, PRE_THINK.replace("X + ", "old + ")), (POST_THINK, POST_THINK.replace("X + ", "old + "))),
            forms=([(PRE_LOOK, "old = X\n            " + PRE_LOOK), (PRE_THINK, PRE_THINK.replace("X + ", "old + "))],
                   [(POST_LOOK, "old = X\n        " + POST_LOOK), (POST_THINK, POST_THINK.replace("X + ", "old + "))]),
        ),
        Misconception(
            "With the norm before, the network reads X without its norm2.", EARLY, ("self.up(self.norm2(X))", "self.up(X)")
        ),
        Misconception(
            "With the norm before, attention reads X without its norm1.", EARLY, ("self.attention(self.norm1(X), mask)", "self.attention(X, mask) ")
        ),
        Misconception(
            "With the norm after, one of both norms is missing: each sum is followed by its own.",
            LATE,
            (POST_LOOK, "X = X + self.attention(X, mask)"),
            forms=((POST_THINK, "return X + self.down(gelu(self.up(X)))"),),
        ),
        Misconception(
            "The gelu between `up` and `down` is missing, and two layers in a row are one.",
            ALL,
            edits=bend(""),
            forms=(("self.down(gelu(self.up(X))))", "self.down(self.up(X)))"), ("gelu(self.up(self.norm2(X)))", "self.up(self.norm2(X))")),
        ),
        Misconception(
            "Another bend than gelu stands between `up` and `down`.",
            ALL,
            edits=bend("torch.relu"),
            forms=(list(bend("torch.tanh")), list(bend("torch.sigmoid")), list(bend("nn.functional.silu")),
                   list(bend("nn.functional.elu")), list(bend("nn.functional.leaky_relu")),
                   list(bend("(lambda Z: gelu(Z, approximate='tanh'))"))),
        ),
        Misconception(
            "The gelu stands behind `down`. It belongs between the two layers: down(gelu(up(X))).",
            ALL,
            edits=(("self.down(gelu(self.up(", "gelu(self.down(self.up("),),
        ),
        Misconception(
            "The gelu stands before `up`. It belongs between the two layers: down(gelu(up(X))).",
            ALL,
            edits=(("self.down(gelu(self.up(self.norm2(X))))", "self.down(self.up(gelu(self.norm2(X))))"),
                   ("self.down(gelu(self.up(X)))", "self.down(self.up(gelu(X)))")),
        ),
        Misconception(
            "Both kinds are exchanged: `pre` means that the norm comes before.", ALL, ("if self.pre:", "if not self.pre:")
        ),
        Misconception(
            "The norm always comes before: where `self.pre` is False it comes after each sum.", LATE, ("if self.pre:", "if True:")
        ),
        Misconception(
            "The norm always comes after: where `self.pre` is True it comes before each step.", EARLY, ("if self.pre:", "if False:")
        ),
        Misconception(
            "The network comes first. First tokens look (attention), then each thinks.",
            ALL,
            edits=both(
                (PRE_LOOK + "\n            " + PRE_THINK,
                 "X = X + self.down(gelu(self.up(self.norm2(X))))\n            return X + self.attention(self.norm1(X), mask)"),
                (POST_LOOK + "\n        " + POST_THINK,
                 "X = self.norm2(X + self.down(gelu(self.up(X))))\n        return self.norm1(X + self.attention(X, mask))"),
            ),
        ),
        Misconception(
            "The values are right, but the gradient is not whole: a part of the result is cut from the graph.",
            {GRADIENT},
            edits=(("self.attention(", "self.attention.eval().requires_grad_(False)("),
                   ("return X + ", "return X.detach() + "), ("return self.norm2(X + ", "return self.norm2(X.detach() + ")),
            forms=(
                [(PRE_THINK, PRE_THINK.replace("return X +", "return X.detach() +"))],
                [("mask)\n            return", "mask).detach()\n            return"), ("(X, mask))", "(X, mask).detach())")],
            ),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            edits=((PRE_THINK, PRE_THINK.replace("return ", "return (") + ").detach()"), (POST_THINK, POST_THINK + ".detach()")),
        ),
    ],
    hints=[
        "Two steps, and each has the form: old + new. The only question is where the norm stands.",
        r"before: $X \leftarrow X + \text{attention}(\text{norm}_1 X)$, then $X + \text{down}(\text{gelu}(\text{up}(\text{norm}_2 X)))$; "
        r"after: $X \leftarrow \text{norm}_1(X + \text{attention}(X))$, then $\text{norm}_2(X + \dots)$",
        "`X = X + self.attention(self.norm1(X), mask)` and `return X + self.down(gelu(self.up(self.norm2(X))))`; "
        "else `X = self.norm1(X + ...)` and `return self.norm2(X + ...)`",
    ],
)  # fmt: skip
