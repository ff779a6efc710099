"""Lesson 08, part 3: marks of places, and how much their products depend on where they stand."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE


def small_waves(rng: Generator) -> Iterator[Case]:
    """Few places, few pairs; a single pair, a single place."""
    for n, d in [(2, 4), (3, 2), (4, 6), (1, 8), (int(rng.integers(3, 8)), 6)]:
        yield Case({"n": n, "d": d})


def wide_waves(rng: Generator) -> Iterator[Case]:
    """More places and wider rows."""
    for _ in range(2):
        yield Case({"n": int(rng.integers(10, 30)), "d": 2 * int(rng.integers(8, 40))})


RANGES = [  # which diagonal of P Pᵀ has the largest range
    [[1, 0], [0, 3], [2, 1]],  # the main one
    [[1, 0], [1, 0], [0, 1]],  # its neighbour, in rows of length 1
    [[1, 0], [0, 1], [1, 0], [0, -1]],  # the next but one
    [[3, 0], [0, 2], [0, -2]],  # the main one; the largest and the smallest product are in different rows
]


def any_rows(rng: Generator) -> Iterator[Case]:
    """Any rows, more than columns and fewer, and some of length 1."""
    for P in RANGES:
        yield Case({"P": np.array(P, dtype=float)})
    for n, d in [(5, 3), (4, 6), (int(rng.integers(6, 10)), 4)]:
        yield Case({"P": rng.normal(size=(n, d))})
    yield from unit_rows(rng)


def unit_rows(rng: Generator) -> Iterator[Case]:
    """Rows of length 1: the main diagonal is flat, others are not."""
    yield Case({"P": np.array(RANGES[2], dtype=float)})
    yield Case({"P": np.array([[1, 0], [0, 1], [1, 0]], dtype=float)})  # each diagonal is flat
    for n, d in [(5, 3), (4, 6)]:
        P = rng.normal(size=(n, d))
        yield Case({"P": P / np.linalg.norm(P, axis=1, keepdims=True)})


FEW, MANY = "a few places", "many places"
WAVES = {FEW, MANY}
TOGETHER = "torch.stack([angle.sin(), angle.cos()], dim=-1)"

POSITIONS = Task(
    "positions",
    points=2,
    answers=["positions"],
    reference=REFERENCE + "positions",
    parts=[Part(FEW, small_waves, tol=1e-5), Part(MANY, wide_waves, tol=2e-5)],
    misconceptions=[
        Misconception(
            "Each *coordinate* has a frequency of its own. A pair shares one: 2i is twice the number of the pair, for "
            "the sine and the cosine.",
            WAVES,
            wrong="def positions(n, d):\n    j = torch.arange(d, dtype=torch.float64)\n"
            "    angle = torch.arange(n)[:, None] / 10000 ** (2 * j / d)\n"
            "    return torch.where(j % 2 == 0, angle.sin(), angle.cos())\n",
            forms=(
                "def positions(n, d):\n    j = torch.arange(d, dtype=torch.float64)\n"
                "    angle = torch.arange(n)[:, None] / 10000 ** (j / d)\n"
                "    return torch.where(j % 2 == 0, angle.sin(), angle.cos())\n",
            ),
        ),
        Misconception(
            "All sines come first and all cosines after. The two of a pair stand side by side: columns 2i and 2i + 1.",
            WAVES,
            (TOGETHER, "torch.cat([angle.sin(), angle.cos()], dim=-1)"),
        ),
        Misconception("The exponent is i/d. It is 2i/d, from 0 to nearly 1.", WAVES, ("(2 * i / d)", "(i / d)")),
        Misconception(
            "The exponent is twice too large. It is 2i/d: for the last pair nearly 1.",
            WAVES,
            ("(2 * i / d)", "(4 * i / d)"),
        ),
        Misconception(
            "The exponent is not divided by d. It is 2i/d, from 0 to nearly 1.",
            WAVES,
            ("(2 * i / d)", "(2 * i)"),
            forms=(("(2 * i / d)", "i"),),
        ),
        Misconception(
            "The exponent is divided by d - 1 or by d - 2, as if it had to reach 1. It is 2i/d.",
            WAVES,
            ("(2 * i / d)", "(2 * i / (d - 1))"),
            forms=(("(2 * i / d)", "(2 * i / max(d - 2, 1))"),),
        ),
        Misconception(
            "The hands slow down by another base: it is 10000.",
            WAVES,
            (" 10000 **", " 1000 **"),
            forms=tuple((" 10000 **", f" {base} **") for base in ("100", "100000", "torch.e", "10")),
        ),
        Misconception(
            "The pairs are counted from 1: the first hand turns by one radian from place to place, i = 0.",
            WAVES,
            ("torch.arange(d // 2, dtype", "torch.arange(1, d // 2 + 1, dtype"),
        ),
        Misconception(
            "Places are counted from 0: the first row is 0, 1, 0, 1, …",
            WAVES,
            ("torch.arange(n)[:, None]", "torch.arange(1, n + 1)[:, None]"),
        ),
        Misconception(
            "Sine and cosine are exchanged: the sine stands in the even columns.",
            WAVES,
            ("[angle.sin(), angle.cos()]", "[angle.cos(), angle.sin()]"),
        ),
        Misconception(
            "Each pair has its sine twice: the second column is the cosine.",
            WAVES,
            ("[angle.sin(), angle.cos()]", "[angle.sin(), angle.sin()]"),
        ),
        Misconception(
            "The angle grows by 10000^(2i/d) from place to place; it should shrink with i: divide.",
            WAVES,
            ("[:, None] / 10000", "[:, None] * 10000"),
        ),
        Misconception(
            "Angles are in radians, just place / 10000^(2i/d): neither turns (2π) nor degrees.",
            WAVES,
            ("torch.arange(n)[:, None]", "2 * torch.pi * torch.arange(n)[:, None]"),
            forms=(("torch.arange(n)[:, None]", "torch.pi * torch.arange(n)[:, None]"),
                   ("torch.arange(n)[:, None]", "torch.pi / 180 * torch.arange(n)[:, None]")),
        ),
        Misconception(
            "The places are divided by their number: a mark must not depend on how long the text is.",
            WAVES,
            ("torch.arange(n)[:, None]", "torch.arange(n)[:, None] / n"),
        ),
    ],
    hints=[
        "Make the d/2 angles of all places first, an (n, d/2) array. Each angle gives two columns that stand side by side.",
        r"$P_{p,2i} = \sin(p / 10000^{2i/d})$, $P_{p,2i+1} = \cos(\text{the same})$, for the pairs $i = 0 \dots d/2 - 1$",
        "`angle = torch.arange(n)[:, None] / 10000 ** (2 * i / d)` with `i = torch.arange(d // 2)`, then "
        "`torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(...)`",
    ],
)  # fmt: skip

ANY, UNIT = "any rows", "rows of length 1"
SPREADS = {ANY, UNIT}
RANGE = "return max(float(g.max() - g.min()) for g in diagonals)"


def other(measure: str) -> tuple[str, str]:
    """Return the edit that measures each diagonal in another way."""
    return "float(g.max() - g.min())", f"float({measure})"


SPREAD = Task(
    "spread",
    points=1,
    answers=["spread"],
    reference=REFERENCE + "spread",
    probe=PROBES + "tensors",
    parts=[Part(ANY, any_rows), Part(UNIT, unit_rows)],
    misconceptions=[
        Misconception(
            "That is the range of all products. Compare only those at the same distance: along each diagonal.",
            SPREADS,
            ("diagonals = [G.diagonal(k) for k in range(len(P))]", "diagonals = [G]"),
        ),
        Misconception(
            "Only the main diagonal is looked at, the lengths of the rows. Distances go from 0 to n - 1.",
            SPREADS,
            ("range(len(P))", "range(1)"),
        ),
        Misconception(
            "The main diagonal, distance 0, is left out.",
            {ANY},
            ("range(len(P))", "range(1, len(P))"),
        ),
        Misconception(
            "Only the neighbours, distance 1, are looked at: distances go from 0 to n - 1.",
            SPREADS,
            ("range(len(P))", "[1]"),
        ),
        Misconception("The largest distances are left out.", SPREADS, ("range(len(P))", "range(2)")),
        Misconception(
            "Those are products of columns. The products of two places are P @ P.T.", SPREADS, ("P @ P.T", "P.T @ P")
        ),
        Misconception(
            "The smallest range is returned: what is asked for is the worst diagonal.", SPREADS, ("return max(", "return min(")
        ),
        Misconception(
            "The ranges are added up or averaged: what is asked for is the largest.",
            SPREADS,
            ("return max(", "return sum("),
            forms=((RANGE, "return sum(float(g.max() - g.min()) for g in diagonals) / len(P)"),),
        ),
        Misconception(
            "That is a standard deviation or a variance. The range of a diagonal is its largest entry minus its smallest.",
            SPREADS,
            other("g.std(correction=0)"),
            forms=(other("g.var(correction=0)"), other("g.std() if len(g) > 1 else 0.0"), other("g.var() if len(g) > 1 else 0.0")),
        ),
        Misconception(
            "A diagonal's last entry minus its first is not its range: take the largest minus the smallest.",
            SPREADS,
            other("g[-1] - g[0]"),
            forms=(other("abs(g[-1] - g[0])"), other("g[0] - g[-1]")),
        ),
        Misconception(
            "Only the largest entry of a diagonal is used. Its range is the largest minus the smallest.",
            SPREADS,
            other("g.max()"),
            forms=(other("g.abs().max()"),),
        ),
        Misconception(
            "The range is of absolute values: signs count.", SPREADS, other("g.abs().max() - g.abs().min()")
        ),
        Misconception(
            "Those diagonals run the other way, from the top right: along them the *sum* of two places is the same, "
            "not their distance.",
            SPREADS,
            ("G.diagonal(k)", "G.flip(1).diagonal(k)"),
            forms=("def spread(P):\n    G = (P @ P.T).flip(1)\n"
                   "    diagonals = [G.diagonal(k) for k in range(-len(P) + 1, len(P))]\n"
                   "    return max(float(g.max() - g.min()) for g in diagonals)\n",),
        ),
        Misconception(
            "Rows or columns of P Pᵀ are compared: the same distance stands along the *diagonals*.",
            SPREADS,
            ("G.diagonal(k)", "G[k]"),
        ),
        Misconception(
            "The diagonals run on from the other side (`roll`): a place near the end is not near the beginning.",
            SPREADS,
            ("G.diagonal(k)", "torch.stack([G[p, (p + k) % len(P)] for p in range(len(P))])"),
        ),
        Misconception(
            "The rows are brought to length 1 first. What counts are the products as they are.",
            {ANY},
            ("G = P @ P.T", "G = (P / P.norm(dim=1, keepdim=True)) @ (P / P.norm(dim=1, keepdim=True)).T"),
        ),
    ],
    hints=[
        "P @ P.T holds all products. Which entries belong to the same distance?",
        r"$\max_k \left( \max_p G_{p,p+k} - \min_p G_{p,p+k} \right)$ with $G = P P^\top$",
        "`[G.diagonal(k) for k in range(len(P))]`, and of each `g.max() - g.min()`",
    ],
)  # fmt: skip
