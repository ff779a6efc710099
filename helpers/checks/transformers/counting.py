"""Lesson 08, deeper: how many numbers an encoder learns."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import REFERENCE


def architectures(rng: Generator) -> Iterator[Case]:
    """Tiny ones, and any."""
    yield Case({"words": 10, "longest": 5, "d": 4, "layers": 1})
    yield Case({"words": 7, "longest": 3, "d": 2, "layers": 3})
    for _ in range(2):
        words, longest, d, layers = (int(rng.integers(*r)) for r in [(50, 999), (8, 99), (8, 99), (2, 9)])
        yield Case({"words": words, "longest": longest, "d": d, "layers": layers})


COUNT = {"count"}
TABLES, BLOCK = "(words + longest + 2) * d", "12 * d**2 + 13 * d"

PARAMETERS = Task(
    "parameters",
    points=0,
    answers=["parameters"],
    reference=REFERENCE + "parameters",
    parts=[Part("count", architectures)],
    misconceptions=[
        Misconception("The biases are missing: 13 d in each block.", COUNT, (BLOCK, "12 * d**2"),
                      forms=((BLOCK, "12 * d**2 + 4 * d"), (BLOCK, "12 * d**2 + 2 * d"))),
        Misconception(
            "The inner network is counted as wide as the tokens; it is four times as wide: 8 d² + 5 d.",
            COUNT,
            (BLOCK, "6 * d**2 + 10 * d"),
        ),
        Misconception(
            "Exactly 2 d are missing: the two kinds, or the norm behind the tables.", COUNT, (" + 2 * d +", " +"),
        ),
        Misconception(
            "d² + d are too many: the last layer on `[CLS]` that BERT has and this encoder has not.",
            COUNT,
            (" + 2 * d +", " + 2 * d + d * (d + 1) +"),
        ),
        Misconception("The table of places is missing.", COUNT, (TABLES, "(words + 2) * d")),
        Misconception("The table of words is missing.", COUNT, (TABLES, "(longest + 2) * d")),
        Misconception("The tables are missing, or their norm.", COUNT, (TABLES + " + 2 * d", "0"), forms=((TABLES, "0"), (TABLES + " + 2 * d", "(words + longest) * d"))),
        Misconception("Only one block is counted: times `layers`.", COUNT, ("layers * (", "1 * (")),
        Misconception("The tables are counted once for each layer.", COUNT, (TABLES + " + 2 * d + layers * (" + BLOCK + ")", "layers * (" + TABLES + " + 2 * d + " + BLOCK + ")")),
        Misconception("A block has *two* norms, each with a gain and a bias: 4 d.", COUNT, (BLOCK, "12 * d**2 + 11 * d"),
                      forms=((BLOCK, "12 * d**2 + 9 * d"),)),
        Misconception("Attention has *four* layers: q, k, v and out.", COUNT, (BLOCK, "11 * d**2 + 12 * d"), forms=((BLOCK, "9 * d**2 + 10 * d"),)),
        Misconception("The norm behind the tables is counted in each layer, or a third norm in each block.", COUNT, (BLOCK, "12 * d**2 + 15 * d")),
        Misconception("The layer that scores words is counted. This encoder has none.", COUNT, (TABLES, TABLES + " + words * d"),
                      forms=((TABLES, TABLES + " + words * (d + 1)"), (TABLES, TABLES + " + words"))),
    ],
    hints=[
        "Three tables and a norm, then as many blocks as there are layers.",
        r"$(\text{words} + \text{longest} + 2)\,d + 2d + \text{layers}\,(12 d^2 + 13 d)$",
        "attention 4 (d² + d), the network 8 d² + 5 d, two norms 4 d: together `12 * d**2 + 13 * d` for each layer",
    ],
)  # fmt: skip
