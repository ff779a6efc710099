"""Lesson 06, part 2: darts that grow a name."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def table(rng: Generator, *shape: int) -> ndarray:
    """Draw rows of probabilities; STOP (number 0) never comes."""
    P = rng.uniform(0.1, 2, shape)
    P[..., 0] = 0
    return P / P.sum(axis=-1, keepdims=True)


HALVES = np.array([[[0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5], [0, 0.5, 0, 0.5], [0, 0.5, 0.5, 0]]])
STOPS = np.array([[[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]])


def letters(rng: Generator) -> Iterator[Case]:
    """Pieces of a half, and darts within them and on their borders, 0 included; then drawn ones."""
    for darts in ([0.25, 0.75, 0.75, 0.25], [0.0, 0.5, 0.5, 0.0, 0.5]):
        yield Case({"tables": HALVES, "darts": np.array(darts), "tau": None})
    yield from chains(rng, None)


def chains(rng: Generator, *taus: float | None) -> Iterator[Case]:
    """Tables for what follows each letter, and darts, for each temperature."""
    for tau in taus:
        for _ in range(3):
            yield Case({"tables": table(rng, 1, 6, 6), "darts": rng.uniform(0.02, 0.98, 8), "tau": tau})


def ends(rng: Generator) -> Iterator[Case]:
    """Words that stop on their way, at once, at the last dart and not at all; no dart; then certain ones."""
    for darts in (
        [0.25, 0.75, 0.25, 0.75, 0.75],
        [0.75, 0.25, 0.75],
        [0.25, 0.75, 0.75, 0.25],
        [0.25, 0.75],
        [],
    ):
        yield Case({"tables": STOPS, "darts": np.array(darts), "tau": None})
    yield Case({"tables": STOPS[:, [1, 1, 2]], "darts": np.array([0.25, 0.75, 0.25]), "tau": None})  # nothing
    for stop in (4, 7):
        order = [0, *(1 + rng.permutation(5)).tolist()]  # of the letters; the first follows START
        tables = np.zeros((1, 6, 6))
        for k, now in enumerate(order):
            tables[0, now, 0 if k + 1 == stop else order[1 + k % 5]] = 1
        yield Case({"tables": tables, "darts": rng.uniform(0.05, 0.95, 7), "tau": None})


def heated(rng: Generator) -> Iterator[Case]:
    """Pieces of 0.8 and 0.2, which a half makes 0.94 and 0.06 and a two 0.67 and 0.33; then drawn ones."""
    tables = np.array([[[0, 0.8, 0.2]] * 3])
    for tau in (0.5, 2.0):
        yield Case({"tables": tables, "darts": np.array([0.3, 0.7, 0.9, 0.98]), "tau": tau})
    yield from chains(rng, 0.3, 3.0)


def long_memory(rng: Generator) -> Iterator[Case]:
    """What comes next depends on everything so far."""
    sure = np.array([[0.0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0.5, 0, 0.5]])
    yield Case({"table": sure, "darts": np.array([0.25, 0.75, 0.25, 0.75, 0.25])})
    for _ in range(4):
        yield Case({"table": table(rng, 7, 6), "darts": rng.uniform(0.02, 0.98, 9)})


# ---------------------------------------------------------------- task

HIT = 'int(np.searchsorted(np.cumsum(p), u, side="right"))'
LEAVE = "        if i == 0:\n            break\n        ids.append(i)"
THREE, ALL = (
    {"letters", "temperature", "the whole past"},
    {"letters", "the end", "temperature", "the whole past"},
)
SAMPLE = Task(
    "sample",
    points=2,
    answers=["sample"],
    reference=REFERENCE + "sample",
    probe=PROBES + "grown",
    parts=[
        Part("letters", letters),
        Part("the end", ends, weight=0.5),
        Part("temperature", heated, weight=1.5),
        Part("the whole past", long_memory, probe=PROBES + "remembered"),
    ],
    misconceptions=[
        Misconception(
            "You always take the most likely letter. The dart decides: likely letters have a wider stretch.",
            ALL,
            (HIT, "int(p.argmax())"),
        ),
        Misconception(
            "The temperature goes the wrong way: p^(1/tau), so that a *low* temperature makes likely letters likelier.",
            {"temperature"},
            ("** (1 / tau)", "** tau"),
        ),
        Misconception(
            "The temperature changes nothing here: each probability is raised to the power 1/tau.",
            {"temperature"},
            ("** (1 / tau)", "** 1"),
        ),
        Misconception(
            "After the temperature the probabilities no longer sum to 1: divide by their sum before throwing the dart.",
            {"temperature"},
            ("p = p / p.sum()", "p = p + 0"),
        ),
        Misconception(
            "Probabilities went into a softmax. They are raised to the power 1/tau and divided by their sum.",
            ALL,
            ("predict(ids) ** (1 / tau)", "np.exp(predict(ids) / tau)"),
        ),
        Misconception(
            "You throw the same dart for every letter. Each letter has a dart of its own.",
            ALL,
            ("np.cumsum(p), u,", "np.cumsum(p), darts[0],"),
        ),
        Misconception(
            "A dart on a border belongs to the piece that begins there, so that a piece of length 0 is never hit: the "
            "smallest i whose sum is *greater* than u.",
            {"letters"},
            (', side="right"', ""),
        ),
        Misconception(
            "The STOP is not part of the name: leave the loop before appending it.",
            {"the end"},
            (LEAVE, "        ids.append(i)\n        if i == 0:\n            break"),
        ),
        Misconception(
            "After STOP your name goes on. It ends there, whatever darts are left.",
            {"the end"},
            ("break", "continue"),
            forms=((LEAVE, "        ids.append(i)"),),
        ),
        Misconception(
            "At the very start, too, STOP ends the name, which is empty then.",
            {"the end"},
            ("if i == 0:", "if i == 0 and ids:"),
        ),
        Misconception(
            "You hand `predict` only the last letter. It may want to know all that came before.",
            {"the whole past"},
            ("predict(ids)", "predict(ids[-1:])"),
        ),
        Misconception(
            "`predict` gets START, too, in your code. It wants the letters so far, and none at the beginning.",
            {"the whole past"},
            ("predict(ids)", "predict([0, *ids])"),
        ),
        Misconception(
            "`predict` does not hear of the letters that were drawn: yours asks what comes first, again and again.",
            ALL,
            ("predict(ids)", "predict([])"),
        ),
        Misconception(
            "Only the first letter comes back: does the `return` stand inside the loop?",
            ALL,
            ("ids.append(i)\n", "ids.append(i)\n        return ids\n"),
            forms=(("ids.append(i)\n    return ids", "ids.append(i)\n        return ids"),),
        ),
        Misconception(
            "The first dart's letter is missing: each dart draws a letter, also the first.",
            ALL,
            ("for u in darts:", "for u in darts[1:]:"),
        ),
        Misconception(
            "You return text. Numbers are asked for: what is to become of them, the caller decides.",
            ALL,
            ("return ids", 'return "".join(LETTERS[i] for i in ids)'),
            forms=(("return ids", "return [LETTERS[i] for i in ids]"),),
        ),
        Misconception(
            "Every letter is one too high: piece number i is letter number i, as STOP has the piece 0.",
            ALL,
            (HIT, HIT + " + 1"),
        ),
        Misconception(
            "Every letter is one too low: the letter is the first whose sum of pieces is greater than u.",
            ALL,
            (HIT, HIT + " - 1"),
        ),
        Misconception(
            "START and STOP are no letters of a name: only what the darts hit in between is returned.",
            ALL,
            ("return ids", "return [0, *ids]"),
            forms=(("return ids", "return [0, *ids, 0]"), ("return ids", "return [*ids, 0]")),
        ),
        Misconception(
            "The pieces are laid out in another order. They stand in the order of the letters, STOP first.",
            ALL,
            (HIT, HIT.replace("(np.cumsum(p), u", "(np.cumsum(np.sort(p)), u")),
            forms=((HIT, HIT.replace("(np.cumsum(p), u", "(np.cumsum(np.sort(p)[::-1]), u")),
                   (HIT, "len(p) - 1 - " + HIT.replace("(np.cumsum(p), u", "(np.cumsum(p[::-1]), u"))),
        ),
    ],
    hints=[
        "Cut a stick of length 1 into 27 pieces, as long as the probabilities. In which piece does the dart u land?",
        r"the letter is the smallest $i$ with $p_0 + \dots + p_i > u$, where $p$ is `predict(ids)` to the power "
        r"$1/\tau$, divided by its sum",
        "for each u: `p = predict(ids) ** (1 / tau)`, `p = p / p.sum()`, "
        '`i = int(np.searchsorted(np.cumsum(p), u, side="right"))`, and `break` if it is 0',
    ],
)  # fmt: skip
