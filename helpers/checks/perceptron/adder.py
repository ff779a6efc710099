"""A half adder made of NAND: worth no points."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.perceptron.neuron import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def two_digits(rng: Generator) -> Iterator[Case]:
    """All sums of two binary digits."""
    for a in (0, 1):
        for b in (0, 1):
            yield Case({"a": a, "b": b})


HALF_ADDER = Task(
    "half_adder",
    points=0,
    answers=["half_adder"],
    reference=REFERENCE + "half_adder",
    probe=PROBES + "wired",
    parts=[Part("all four sums", two_digits)],
    misconceptions=[
        Misconception(
            "Your carry is upside down: NAND of both is 0 where the carry is 1. Turn it round once more, NAND(c, c).",
            {"all four sums"},
            ("nand(c, c)", "c"),
        ),
        Misconception(
            "Your digit is OR: it stays 1 for 1 + 1, where the digit is 0 and 1 is carried.",
            {"all four sums"},
            ("nand(nand(a, c), nand(b, c))", "nand(nand(a, a), nand(b, b))"),
        ),
        Misconception(
            "The two are swapped: the digit comes first, then the carry.",
            {"all four sums"},
            (
                "return nand(nand(a, c), nand(b, c)), nand(c, c)",
                "return nand(c, c), nand(nand(a, c), nand(b, c))",
            ),
        ),
        Misconception(
            "Your digit is NAND: it is 1 for 0 + 0, where the digit is 0.",
            {"all four sums"},
            ("nand(nand(a, c), nand(b, c))", "c"),
        ),
        Misconception(
            "Your digit is one of the inputs, and the other has no say: it is 1 exactly if one of the two is.",
            {"all four sums"},
            ("nand(nand(a, c), nand(b, c))", "a"),
            forms=(("nand(nand(a, c), nand(b, c))", "b"),),
        ),
        Misconception(
            "Your carry is OR: it is 1 for 1 + 0, where nothing is carried.",
            {"all four sums"},
            ("nand(c, c)", "nand(nand(a, a), nand(b, b))"),
        ),
        Misconception(
            "Your digit is upside down: it is 1 where both are equal.",
            {"all four sums"},
            (
                "nand(nand(a, c), nand(b, c))",
                "nand(nand(nand(a, c), nand(b, c)), nand(nand(a, c), nand(b, c)))",
            ),
        ),
    ],
    hints=[
        "The digit is XOR, the carry is AND. Begin with c = NAND(a, b): how do you turn one gate round?",
        "The carry is NAND(c, c). The digit is NAND of NAND(a, c) and NAND(b, c).",
        "`c = nand(a, b)`, then `return nand(..., ...), nand(c, c)`",
    ],
)
