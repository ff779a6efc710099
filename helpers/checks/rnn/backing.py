"""Lesson 06, part 3: a table that backs off to shorter contexts."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE, word
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def tables(rng: Generator) -> Iterator[Case]:
    """Contexts of which some end alike; the last table has contexts of a single letter."""
    yield Case(
        {"table": {"ab": np.array([2.0, 0, 1]), "cb": np.array([5.0, 0, 0]), "bc": np.array([0.0, 3, 1])}}
    )
    yield Case({"table": {"a": np.array([4.0, 1, 0]), "b": np.array([0.0, 1, 0])}})
    contexts = dict.fromkeys(word(rng, 2) + "abc"[int(rng.integers(3))] for _ in range(9))
    yield Case({"table": {context: rng.integers(0, 4, 5).astype(float) for context in contexts}})


def counted(rng: Generator, gaps: bool) -> Iterator[Case]:
    """Counts after longer and longer contexts, an integer or a float each; with gaps some that were never met."""
    short, longer, longest = np.array([3.0, 1, 4, 0]), np.array([2.0, 0, 2, 0]), np.array([0.0, 0, 1, 0])
    never = np.zeros(4)
    yield Case({"rows": [short, longer, never] if gaps else [short], "discount": 0.5})
    yield Case({"rows": [short, never, longest] if gaps else [short, longer, longest], "discount": 0.75})
    for k in (2, 4):
        rows = [rng.integers(0, 9 - k, 6).astype(float) + np.eye(6)[k] for _ in range(k)]
        yield Case({"rows": [*rows, np.zeros(6)] if gaps else rows, "discount": float(rng.uniform(0.3, 0.9))})


# ---------------------------------------------------------------- task

SHORTER, MIXING, UNMET = "shorter contexts", "mixing", "a context never met"
BOTH = {MIXING, UNMET}
MIX = "np.maximum(row - discount, 0) / n + discount * (row > 0).sum() / n * p"
BACKOFF = Task(
    "backoff",
    points=0,
    answers=["shorter", "backoff"],
    reference=REFERENCE + "shorter",
    probe=PROBES + "mixed",
    parts=[
        Part(SHORTER, tables, probe=PROBES + "shortened"),
        Part(MIXING, lambda rng: counted(rng, gaps=False)),
        Part(UNMET, lambda rng: counted(rng, gaps=True)),
    ],
    misconceptions=[
        Misconception(
            "You add up the counts. A longer context counts once, however often the letter followed it: in how many "
            "*different* contexts did it?",
            {SHORTER},
            ("+ (row > 0)", "+ row"),
        ),
        Misconception(
            "The letter furthest back is dropped, the first: \"mar\" becomes \"ar\".",
            {SHORTER},
            ("short[context[1:]] = short.get(context[1:],", "short[context[:-1]] = short.get(context[:-1],"),
        ),
        Misconception(
            "Contexts that become alike have to be added up; yours keeps one of them.",
            {SHORTER},
            ("short.get(context[1:], np.zeros(len(row))) + (row > 0)", "(row > 0) + 0.0"),
            forms=(("short.get(context[1:], np.zeros(len(row))) + (row > 0)",
                    "np.maximum(short.get(context[1:], np.zeros(len(row))), row > 0)"),),
        ),
        Misconception(
            "Your contexts are still as long as they were.",
            {SHORTER},
            ("short[context[1:]] = short.get(context[1:],", "short[context] = short.get(context,"),
        ),
        Misconception(
            "What the discount frees is lost: it goes to the shorter contexts, so that the result sums to 1.",
            BOTH,
            (MIX, "np.maximum(row - discount, 0) / n"),
        ),
        Misconception(
            "What is freed is the discount once for each letter that *did* follow, over n; not for each of the alphabet, "
            "and not once in all.",
            BOTH,
            ("discount * (row > 0).sum()", "discount * len(row)"),
            forms=(("discount * (row > 0).sum()", "discount"), ("discount * (row > 0).sum() / n * p", "discount * p")),
        ),
        Misconception(
            "Nothing is taken off the counts, and yet something is given to the shorter contexts: the sum is above 1.",
            BOTH,
            ("np.maximum(row - discount, 0)", "row"),
        ),
        Misconception(
            "A count of 0 must not become negative: max(count - discount, 0).",
            BOTH,
            ("np.maximum(row - discount, 0)", "(row - discount)"),
        ),
        Misconception(
            "A context that was met alone decides in your mixture. Each is mixed with what the shorter ones say.",
            BOTH,
            (MIX, "row / n"),
        ),
        Misconception(
            "The contexts are mixed from the longest to the shortest: begin with the empty one.",
            BOTH,
            ("for row in rows:", "for row in rows[::-1]:"),
        ),
        Misconception(
            "At the bottom, below the empty context, all letters are equally likely: begin with 1 / their number.",
            BOTH,
            ("np.full(len(rows[0]), 1 / len(rows[0]))", "np.zeros(len(rows[0]))"),
            forms=(("np.full(len(rows[0]), 1 / len(rows[0]))", "np.ones(len(rows[0]))"),
                   ("np.full(len(rows[0]), 1 / len(rows[0]))", "rows[0] / rows[0].sum()")),
        ),
        Misconception(
            "A row of zeros was never met: it has nothing to say, and 0 / 0 is no number. Leave it out.",
            {UNMET},
            ("if n > 0:", "if True:"),
        ),
        Misconception(
            "Where a context was never met your mixture ends, or begins anew. It goes on with what the others say.",
            {UNMET},
            ("        if n > 0:", "        if n == 0:\n            p = np.full(len(row), 1 / len(row))\n        if n > 0:"),
            forms=(("        if n > 0:", "        if n == 0:\n            break\n        if n > 0:"),),
        ),
        Misconception(
            "Only the empty context has a say in your result.",
            BOTH,
            ("for row in rows:", "for row in rows[:1]:"),
        ),
    ],
    hints=[
        "For `shorter`: each longer context votes once for each letter that ever followed it. For `backoff`: take a "
        "little from every count. How much is that in all, and who gets it?",
        r"$p \leftarrow \dfrac{\max(\text{row} - d, 0)}{n} + \dfrac{d \cdot \#\{\text{row} > 0\}}{n}\, p$, from "
        r"$p = 1 / 27$ on, for every row with $n = \sum \text{row} > 0$",
        "`short[context[1:]] = short.get(context[1:], 0.0) + (row > 0)`; and "
        "`p = np.maximum(row - discount, 0) / n + discount * (row > 0).sum() / n * p`",
    ],
)  # fmt: skip
