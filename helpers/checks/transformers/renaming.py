"""Lesson 08, part 8: other people's names for the same weights."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import REFERENCE

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
NESTED = {"output.dense": "down", "attention.output.dense": "attention.out"}


def word(rng: Generator) -> str:
    """Draw a word that no other contains."""
    return "".join(rng.choice(LETTERS, size=6))


def single_pieces(rng: Generator) -> Iterator[Case]:
    """Names with one known piece, also twice, and one without any."""
    yield Case({"name": "block.3.query.weight", "table": {"query": "q", "key": "k"}})
    yield Case({"name": "layer.0.layer.1.bias", "table": {"layer": "block"}})
    yield Case({"name": "head.weight", "table": {"body": "blocks"}})
    for _ in range(2):
        a, b, c = (word(rng) for _ in range(3))
        yield Case({"name": f"{a}.{int(rng.integers(12))}.{b}.weight", "table": {b: c.upper(), c: "NO"}})


def many_pieces(rng: Generator) -> Iterator[Case]:
    """Names with several known pieces, and some that stay."""
    yield Case(
        {"name": "layer.3.self.query.bias", "table": {"self.query": "q", "layer": "block", "key": "k"}}
    )
    for _ in range(2):
        a, b, c, stays = (word(rng) for _ in range(4))
        name = f"{a}.{stays}.{int(rng.integers(12))}.{b}.{c}.bias"
        yield Case({"name": name, "table": {c: "C", f"{a}.": "A", b: "B"}})


def nested_pieces(rng: Generator) -> Iterator[Case]:
    """A short piece stands in a longer one, before or after it in the table; what they become says nothing."""
    for order in (1, -1):
        table = dict(list(NESTED.items())[::order])
        for name in ("attention.output.dense.bias", "output.dense.bias"):
            yield Case({"name": name, "table": table})
        yield Case({"name": "aaab.b", "table": dict([("aab", "1"), ("b", "two")][::order])})
        yield Case({"name": "self.key.bias", "table": dict([("key", "KEY"), ("self.key", "k")][::order])})
    for order in (1, -1):
        a, b, c = (word(rng) for _ in range(3))
        table = dict(list({f"{b}.{c}": "SHORT", f"{a}.{b}.{c}": "LONG"}.items())[::order])
        for name in (f"x.{a}.{b}.{c}.weight", f"x.{b}.{c}.weight"):
            yield Case({"name": name, "table": table})


ONE, SEVERAL, INSIDE = "one piece", "several pieces", "pieces in pieces"
ALL = {ONE, SEVERAL, INSIDE}
ORDER, STEP = "sorted(table, key=len, reverse=True)", "name = name.replace(theirs, table[theirs])"
THEIRS = """
def rename(name, table):
    pieces = {
        "embeddings.LayerNorm": "norm", "embeddings.word_embeddings": "word",
        "embeddings.position_embeddings": "place", "embeddings.token_type_embeddings": "kind",
        "encoder.layer": "blocks", "output.dense": "down", "output.LayerNorm": "norm2", "intermediate.dense": "up",
        "self.query": "q", "self.key": "k", "self.value": "v",
        "attention.output.dense": "attention.out", "attention.output.LayerNorm": "norm1",
    }
    for theirs in sorted(pieces, key=len, reverse=True):
        name = name.replace(theirs, pieces[theirs])
    return name
"""

RENAME = Task(
    "rename",
    points=1,
    answers=["rename"],
    reference=REFERENCE + "rename",
    parts=[Part(ONE, single_pieces), Part(SEVERAL, many_pieces), Part(INSIDE, nested_pieces, weight=2)],
    misconceptions=[
        Misconception(
            "The pieces are replaced in the order of the table. A short one that is part of a longer one gets there first.",
            {INSIDE},
            (ORDER, "table"),
            forms=((ORDER, "reversed(table)"),),
        ),
        Misconception(
            "The shortest pieces come first, and break the longer ones: `reverse=True`.", {INSIDE}, ("key=len, reverse=True", "key=len")
        ),
        Misconception(
            "The pieces are sorted by the alphabet. What counts is their length.", {INSIDE}, (ORDER, "sorted(table)"),
            forms=((ORDER, "sorted(table, reverse=True)"),),
        ),
        Misconception(
            "The order is by the length of the *new* names. What counts is the length of the piece that is replaced.",
            {INSIDE},
            (ORDER, "sorted(table, key=lambda piece: len(table[piece]), reverse=True)"),
            forms=((ORDER, "sorted(table, key=table.get, reverse=True)"), (ORDER, "sorted(table, key=lambda piece: len(table[piece]))")),
        ),
        Misconception(
            "You stop after the first piece that fits: there may be several.",
            {SEVERAL, INSIDE},
            (STEP, "if theirs in name:\n            return name.replace(theirs, table[theirs])"),
        ),
        Misconception(
            "A piece is replaced at its first place only. Replace it wherever it occurs.", {ONE}, (STEP, "name = name.replace(theirs, table[theirs], 1)")
        ),
        Misconception(
            "The new name is returned alone: the rest of the name stays as it is.",
            ALL,
            (STEP, "name = table[theirs] if theirs in name else name"),
        ),
        Misconception(
            "Only a piece at the end (or at the beginning) of a name is replaced. It may stand anywhere.",
            ALL,
            (STEP, "name = name.removesuffix(theirs) + table[theirs] if name.endswith(theirs) else name"),
            forms=((STEP, "name = table[theirs] + name.removeprefix(theirs) if name.startswith(theirs) else name"),),
        ),
        Misconception(
            "Only pieces between two dots are replaced. A piece of the table may hold dots itself.",
            {SEVERAL, INSIDE},
            wrong='def rename(name, table):\n    return ".".join(table.get(piece, piece) for piece in name.split("."))\n',
        ),
        Misconception(
            "The table of the lesson is used, whatever table is handed in: use the argument `table`.", ALL, wrong=THEIRS
        ),
        Misconception(
            "The table is read backwards: it leads from *their* names to ours.", ALL, (STEP, "name = name.replace(table[theirs], theirs)")
        ),
        Misconception("The name comes back as it was.", ALL, (STEP, "name.replace(theirs, table[theirs])")),
        Misconception(
            "The pieces are thrown out, and nothing stands in their place.", ALL, (STEP, 'name = name.replace(theirs, "")')
        ),
    ],
    hints=[
        "Go through the pieces and replace each. The order matters where one piece is a part of another.",
        "sort the keys by length, longest first; `str.replace` does nothing where the piece does not occur",
        "`for theirs in sorted(table, key=len, reverse=True): name = name.replace(...)`",
    ],
)  # fmt: skip
