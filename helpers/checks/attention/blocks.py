"""Lesson 07, deeper: attention without its table."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, READY_MADE, REFERENCE, floats, triple
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

ONE, MANY, HUGE, MEMORY = "one block", "many blocks", "huge scores", "memory"
ALL, LATER = {ONE, MANY, HUGE, MEMORY}, {MANY, HUGE, MEMORY}


def one_block(rng: Generator) -> Iterator[Case]:
    """All keys in a single block."""
    yield Case({"Q": floats([[1, 0, 1, 1], [0, 2, 0, 0]]), "K": floats([[1, 0, 1, 0], [0, 1, 0, 1], [2, 1, 0, 0]]),
                "V": floats([[10], [20], [40]]), "block": 3})  # fmt: skip
    for n, m in [(3, 4), (2, 5)]:
        yield Case({**triple(rng, n, m, 3, 2), "block": m + 1})


def many_blocks(rng: Generator) -> Iterator[Case]:
    """Blocks that fit, and blocks that don't, with one key over; the largest score comes early, late, anywhere."""
    yield Case({"Q": floats([[1, 0, 1, 1], [0, 2, 0, 0]]), "K": floats([[1, 0, 1, 0], [0, 1, 0, 1], [2, 1, 0, 0]]),
                "V": floats([[10], [20], [40]]), "block": 2})  # fmt: skip
    for n, m, block in [(3, 6, 2), (4, 7, 3), (2, 5, 1)]:
        yield Case({**triple(rng, n, m, 3, 2), "block": block})


def huge_blocks(rng: Generator) -> Iterator[Case]:
    """Scores in the thousands, which rise for one query and fall for another."""
    yield Case({"Q": floats([[1], [-1]]), "K": floats([[1000], [2000], [2001]]),
                "V": floats([[10, 1], [20, 2], [40, 3]]), "block": 1})  # fmt: skip
    inputs = triple(rng, 2, 6, 2, 2)
    inputs["Q"] = floats([[1, 0], [-1, 0]])
    inputs["K"][:, 0] = 2000 + 600 * rng.permutation(6).cumsum() / 15
    yield Case({**inputs, "block": 2})


LONG = 300  # tokens; a table of scores of them takes 0.7 MB
LITTLE = 400_000  # bytes, where the whole table does not fit in


def long_sequences(rng: Generator) -> Iterator[Case]:
    """A long sequence in blocks of 16."""
    yield Case({**triple(rng, LONG, LONG, 2, 2), "block": 16})


def holds_little(value: Plain) -> Plain:
    """Whether the table of all scores could have been there."""
    return {"out": value["out"], "less than the whole table": bool(value["bytes"] < LITTLE)}


OUT, TOTAL = "out = shrink * out + E @ V[j : j + block]", "total = shrink * total + E.sum"
NEW = "new = np.maximum(top, S.max(axis=1, keepdims=True))"
SCALE = " / np.sqrt(Q.shape[1])"

BLOCKWISE = Task(
    "blockwise",
    points=0,
    answers=["blockwise"],
    reference=REFERENCE + "blockwise",
    parts=[
        Part(ONE, one_block),
        Part(MANY, many_blocks),
        Part(HUGE, huge_blocks),
        Part(MEMORY, long_sequences, probe=PROBES + "peak", means=holds_little),
    ],
    forbids=[READY_MADE],
    misconceptions=[
        Misconception(
            "Each block is normalised by itself. Weights of different blocks share one sum: divide at the end.",
            LATER,
            (OUT, "out = out + (E / E.sum(axis=1, keepdims=True)) @ V[j : j + block]\n        total = 1.0"),
        ),
        Misconception(
            "When a larger score turns up, what was summed before must shrink: times e^(old top - new top).",
            LATER,
            ("shrink = np.exp(S - new), np.exp(top - new)", "shrink = np.exp(S - new), 1.0"),
        ),
        Misconception(
            "The sum shrinks but the output does not, when a larger score turns up.",
            LATER,
            ("out = shrink * out", "out = out"),
        ),
        Misconception(
            "The output shrinks but the sum does not, when a larger score turns up.",
            LATER,
            ("total = shrink * total", "total = total"),
        ),
        Misconception(
            "What was summed before grows where it must shrink: times e^(old top - new top).",
            LATER,
            ("np.exp(top - new)", "np.exp(np.where(np.isfinite(top), new - top, -np.inf))"),
        ),
        Misconception(
            "The new block is shrunk as well. Only what was summed before is.",
            ALL,
            (OUT, "out = shrink * (out + E @ V[j : j + block])"),
            forms=(
                [(OUT, "out = shrink * (out + E @ V[j : j + block])"),
                 (TOTAL + "(axis=1, keepdims=True)", "total = shrink * (total + E.sum(axis=1, keepdims=True))")],
            ),
        ),
        Misconception(
            "The largest score so far is not kept: set it to the new one at the end of each block.",
            LATER,
            ("        top = new\n", ""),
        ),
        Misconception(
            "The largest score of the *last* block takes the place of the largest so far, which may be larger.",
            {HUGE},
            (NEW, "new = S.max(axis=1, keepdims=True)"),
        ),
        Misconception(
            "No largest score is subtracted, and e^1000 overflows.",
            {HUGE},
            (NEW, "new = np.zeros((len(Q), 1))"),
            forms=([(NEW, "new = 0"), ("np.exp(top - new)", "1")],),
        ),
        Misconception(
            "That is right, but the whole table of scores is there at once: take block after block of keys.",
            {MEMORY},
            ("range(0, len(K), block):", "range(0, len(K), block := len(K)):"),
        ),
        Misconception(
            "It ends after the first block: divide and return after the loop.",
            LATER,
            ("        top = new\n    return", "        top = new\n        return"),
        ),
        Misconception(
            "The last, shorter block is left out.",
            {MANY, MEMORY},
            ("range(0, len(K), block)", "range(0, max(1, len(K) - block + 1), block)"),
            forms=(("range(0, len(K), block)", "range(0, len(K) // block * block or len(K), block)"),),
        ),
        Misconception("The scale 1/√d_k is missing.", {ONE, MANY, MEMORY}, (SCALE, "")),
        Misconception("You divide by d_k, not by its root.", {ONE, MANY, MEMORY}, (SCALE, " / Q.shape[1]")),
        Misconception(
            "The weighted sum is not divided by the sum of exponentials.",
            ALL,
            ("return out / total", "return out"),
        ),
        Misconception(
            "Each block meets the first values: take the rows of V that belong to its keys.",
            LATER,
            ("E @ V[j : j + block]", "E @ V[: E.shape[1]]"),
        ),
        Misconception(
            'The sum of exponentials is that of the last block: it goes on from block to block.',
            LATER,
            ("total = shrink * total + E.sum", "total = E.sum"),
        ),
        Misconception(
            'One largest score serves all queries. Each has its own: where it is far smaller, everything underflows.',
            {HUGE},
            (NEW, "new = np.maximum(top, S.max())"),
        ),
    ],
    hints=[
        "Keep three things for each query: the largest score so far, the sum of exponentials, the weighted sum of values.",
        r"For a new block with largest score $m'$: $r = e^{m - m'}$ where $m'$ is the larger of both; sum and output are "
        r"multiplied by $r$, then the block's are added.",
        "`new = np.maximum(top, S.max(axis=1, keepdims=True))`, `E, shrink = np.exp(S - new), np.exp(top - new)`, "
        "`total = shrink * total + ...`, `out = shrink * out + E @ V[j : j + block]`",
    ],
)  # fmt: skip
