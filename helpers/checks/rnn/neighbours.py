"""Lesson 06, the practice after it: the pairs that word2vec learns from."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def sentences(rng: Generator) -> Iterator[Case]:
    """Texts of different words, in which a pair tells its places; then words that come again."""
    for n, w in [(4, 1), (5, 2)]:
        yield Case({"ids": np.arange(10, 10 + n), "w": w})
    for n, w in [(12, 3), (9, 4)]:
        yield Case({"ids": rng.integers(0, 6, n), "w": w})


# ---------------------------------------------------------------- task

FAILS = {"pairs"}
SKIPGRAMS = Task(
    "skipgrams",
    points=0,
    answers=["skipgrams"],
    reference=REFERENCE + "skipgrams",
    probe=PROBES + "in_order",
    parts=[Part("pairs", sentences)],
    misconceptions=[
        Misconception(
            "Only neighbours on one side are there. The window reaches w words to the left *and* to the right.",
            FAILS,
            ("pairs += [(ids[k:], ids[:-k]), (ids[:-k], ids[k:])]", "pairs += [(ids[k:], ids[:-k])]"),
            forms=(("pairs += [(ids[k:], ids[:-k]), (ids[:-k], ids[k:])]", "pairs += [(ids[:-k], ids[k:])]"),),
        ),
        Misconception(
            "The words at distance w are missing: w words to each side, the last of them included.",
            FAILS,
            ("range(1, w + 1)", "range(1, max(w, 2))"),
        ),
        Misconception(
            "Your window is too wide by a word: w words to each side.",
            FAILS,
            ("range(1, w + 1)", "range(1, w + 2)"),
        ),
        Misconception(
            "A word is paired with itself. Its own place is not among its neighbours.",
            FAILS,
            ("    return ", "    pairs.append((ids, ids))\n    return "),
        ),
        Misconception(
            "Only the words at distance w are there. All that are nearer belong to the window, too.",
            FAILS,
            ("range(1, w + 1)", "range(w, w + 1)"),
        ),
        Misconception(
            "Each pair is there once. A pair that occurs several times in the text counts several times.",
            FAILS,
            ("np.hstack(pairs).T", "np.unique(np.hstack(pairs).T, axis=0)"),
        ),
        Misconception(
            "Words without a full window are left out. At the ends of the text the window is cut, not the word.",
            FAILS,
            wrong='''
def skipgrams(ids, w):
    places = range(w, len(ids) - w)
    pairs = [(ids[i], ids[i + k]) for i in places for k in range(-w, w + 1) if k]
    return np.array(pairs, dtype=int).reshape(-1, 2)
''',
        ),
        Misconception(
            "Your pairs are numbers of places. Those of the words that stand there are wanted.",
            FAILS,
            ("    pairs = []\n", "    pairs, ids = [], np.arange(len(ids))\n"),
        ),
    ],
    hints=[
        "Stand on a word. Who is at most w steps away? And who is that at the ends of the text?",
        r"all $(x_i, x_j)$ with $0 < |i - j| \le w$",
        "two loops: `for i in range(len(ids)):`, `for j in range(max(0, i - w), min(len(ids), i + w + 1)):`, "
        "and `if i != j`",
    ],
)  # fmt: skip
