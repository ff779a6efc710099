"""Lesson 06, part 1: names as numbers."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE, word
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def lists(rng: Generator) -> Iterator[Case]:
    """Names of different lengths, some that one can check by eye, then others."""
    for names in (["anna", "bo"], ["z"], ["al", "eve", "bob"]):
        yield Case({"names": names})
    for lengths in ((3, 7, 2, 5), (6,), (2, 9, 4)):
        yield Case({"names": [word(rng, n) for n in lengths]})


# ---------------------------------------------------------------- task

FIT = "    X = np.zeros((len(names), T), dtype=int)"
TOO_NARROW = """
def encode(names):
    T = max(len(name) for name in names)
    X = np.zeros((len(names), T), dtype=int)
    Y, mask = np.zeros_like(X), np.zeros(X.shape, dtype=bool)
    for i, name in enumerate(names):
        ids = [LETTERS.index(letter) for letter in name]
        X[i, 1 : len(ids) + 1] = ids[: T - 1]
        Y[i, : len(ids)] = ids
        mask[i, : len(ids) + 1] = True
    return X, Y, mask
"""
NO_START = """
def encode(names):
    T = max(len(name) for name in names)
    X = np.zeros((len(names), T), dtype=int)
    Y, mask = np.zeros_like(X), np.zeros(X.shape, dtype=bool)
    for i, name in enumerate(names):
        ids = [LETTERS.index(letter) for letter in name]
        X[i, : len(ids)] = ids
        Y[i, : len(ids)] = [*ids[1:], 0]
        mask[i, : len(ids)] = True
    return X, Y, mask
"""
NO_STOP = NO_START.replace("X[i, : len(ids)] = ids", "X[i, 1 : len(ids)] = ids[:-1]").replace(
    "[*ids[1:], 0]", "ids"
)
AT_THE_RIGHT = """
def encode(names):
    T = max(len(name) for name in names) + 1
    X = np.zeros((len(names), T), dtype=int)
    Y, mask = np.zeros_like(X), np.zeros(X.shape, dtype=bool)
    for i, name in enumerate(names):
        ids = [LETTERS.index(letter) for letter in name]
        X[i, T - len(ids) :] = ids
        Y[i, T - len(ids) - 1 : T - 1] = ids
        mask[i, T - len(ids) - 1 :] = True
    return X, Y, mask
"""
ENCODE = Task(
    "encode",
    points=2,
    answers=["encode"],
    reference=REFERENCE + "encode",
    parts=[
        Part("inputs", lists, probe=FIRST),
        Part("targets", lists, probe=SECOND),
        Part("mask", lists, probe=PROBES + "third", weight=2),
    ],
    misconceptions=[
        Misconception(
            "Your targets stand under the same letters of X. The target of a letter is the *next* one: no shift, and "
            "the model only has to copy what it reads.",
            {"targets"},
            ("Y[i, : len(ids)]", "Y[i, 1 : len(ids) + 1]"),
        ),
        Misconception(
            "X must begin with START (0), so that the first letter has something to follow.",
            {"inputs"},
            ("X[i, 1 : len(ids) + 1]", "X[i, : len(ids)]"),
        ),
        Misconception(
            "The STOP at the end is a target too: the mask is True at len(name) + 1 places.",
            {"mask"},
            ("mask[i, : len(ids) + 1]", "mask[i, : len(ids)]"),
        ),
        Misconception(
            "Your mask is False at the first place. START is read there, and the first letter has to be guessed.",
            {"mask"},
            ("mask[i, : len(ids) + 1]", "mask[i, 1 : len(ids) + 1]"),
        ),
        Misconception(
            "Your mask is True everywhere. After a name's own STOP there is only padding.",
            {"mask"},
            ("np.zeros(X.shape, dtype=bool)", "np.ones(X.shape, dtype=bool)"),
        ),
        Misconception(
            "Your mask is turned round: it is True where there is a name, False in the padding.",
            {"mask"},
            edits=(("np.zeros(X.shape, dtype=bool)", "np.ones(X.shape, dtype=bool)"), ("] = True", "] = False")),
        ),
        Misconception(
            "Number 0 is the full stop, so `a` is 1: look letters up in LETTERS.",
            {"inputs", "targets"},
            ("LETTERS.index(letter)", "LETTERS.index(letter) - 1"),
        ),
        Misconception(
            "A column is missing: T is one more than the longest name has letters, as START or STOP needs a place, too.",
            {"inputs", "targets", "mask"},
            wrong=TOO_NARROW,
            forms=(NO_START, NO_STOP),
        ),
        Misconception(
            "There are too many columns: T is one more than the longest name has letters.",
            {"inputs", "targets", "mask"},
            ("for name in names) + 1", "for name in names) + 2"),
            forms=([("for name in names) + 1", "for name in names) + 3")], [(FIT, FIT.replace("T)", "T + 15)"))]),
        ),
        Misconception(
            "Your names stand at the right end. They begin at the first column, and the padding comes after them.",
            {"inputs", "targets", "mask"},
            wrong=AT_THE_RIGHT,
        ),
        Misconception(
            "Shorter names are padded with 0, and with no other number.",
            {"inputs", "targets"},
            edits=(("np.zeros((len(names), T), dtype=int)", "np.full((len(names), T), -1)"), ("np.zeros_like(X)", "np.full(X.shape, -1)"),
                   ("X[i, 1 : len(ids) + 1] = ids", "X[i, : len(ids) + 1] = [0, *ids]"), ("Y[i, : len(ids)] = ids", "Y[i, : len(ids) + 1] = [*ids, 0]")),
        ),
        Misconception(
            "X and Y are exchanged: X is what is read, Y what comes next.",
            {"inputs", "targets"},
            ("return X, Y, mask", "return Y, X, mask"),
        ),
        Misconception(
            "The letters of each name stand in alphabetical or in reverse order. Keep the order of the name.",
            {"inputs", "targets"},
            ("for letter in name]", "for letter in sorted(name)]"),
            forms=(("for letter in name]", "for letter in reversed(name)]"),),
        ),
    ],
    hints=[
        "Write `anna` on paper, a full stop on both sides. X is all but the last symbol, Y is all but the first.",
        r"for a name of $L$ letters: `X` = 0, letters, then padding; `Y` = letters, 0, then padding; the mask is "
        r"True at the first $L + 1$ places, and $T = \max L + 1$",
        "`T = max(...) + 1`, arrays of zeros, then for each name `ids = [LETTERS.index(letter) for letter in name]`, "
        "`X[i, 1 : len(ids) + 1] = ids`, `Y[i, : len(ids)] = ids`, `mask[i, : len(ids) + 1] = True`",
    ],
)  # fmt: skip
