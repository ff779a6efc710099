"""Lesson 06, parts 1 to 3: names as numbers, a model by counting, sampling, perplexity."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.rnn."
PROBES = "helpers.probes.rnn."

# ---------------------------------------------------------------- cases


def word(rng: Generator, length: int) -> str:
    """Draw a word of this many letters."""
    return "".join(chr(97 + int(i)) for i in rng.integers(0, 26, length))


def lists(rng: Generator) -> Iterator[Case]:
    """Names of different lengths: two that one can check by eye, then others."""
    yield Case({"names": ["anna", "bo"]})
    for lengths in ((3, 7, 2, 5), (6,), (2, 9, 4)):
        yield Case({"names": [word(rng, n) for n in lengths]})


def lengths_mask(rng: Generator, n: int, T: int) -> ndarray:
    """Draw a mask of n rows: each True up to its length, one of full length and one of a single letter."""
    lengths = rng.permutation([T, 1, *rng.integers(1, T + 1, max(0, n - 2))][:n])
    return np.arange(T) < lengths[:, None]


def texts(rng: Generator, padded: bool) -> Iterator[Case]:
    """Letters and their followers, few different ones, so that pairs repeat."""
    for n, T, alpha in [(6, 7, 1.0), (5, 9, 0.1)]:
        X, Y = rng.integers(0, 4, (n, T)), rng.integers(0, 6, (n, T))
        mask = lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool)
        yield Case({"X": X, "Y": Y, "mask": mask, "alpha": alpha})


def table(rng: Generator, *shape: int) -> ndarray:
    """Draw rows of probabilities; STOP (number 0) never comes."""
    P = rng.uniform(0.1, 2, shape)
    P[..., 0] = 0
    return P / P.sum(axis=-1, keepdims=True)


def chains(rng: Generator, *taus: float | None) -> Iterator[Case]:
    """Tables for what follows each letter, and darts, for each temperature."""
    for tau in taus:
        for _ in range(3):
            yield Case({"tables": table(rng, 1, 6, 6), "darts": rng.uniform(0.02, 0.98, 8), "tau": tau})


def ends(rng: Generator) -> Iterator[Case]:
    """Words that are certain: one that stops on its way, one that stops at once, one for which the darts run out."""
    for stop in (4, 1, 7):
        order = [0, *(1 + rng.permutation(5)).tolist()]  # of the letters; the first follows START
        tables = np.zeros((1, 6, 6))
        for k, now in enumerate(order):
            tables[0, now, 0 if k + 1 == stop else order[1 + k % 5]] = 1
        yield Case({"tables": tables, "darts": rng.uniform(0.05, 0.95, 7), "tau": None})


def long_memory(rng: Generator) -> Iterator[Case]:
    """What comes next depends on everything so far."""
    for _ in range(4):
        yield Case({"table": table(rng, 7, 6), "darts": rng.uniform(0.02, 0.98, 9)})


def surprises(rng: Generator, padded: bool) -> Iterator[Case]:
    """Log-probabilities of the letters that came; in the padding stands anything, even -inf."""
    for n, T in [(4, 6), (5, 8)]:
        log_p = np.log(rng.uniform(0.02, 0.9, (n, T)))
        mask = lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool)
        log_p[~mask] = rng.choice([-np.inf, 0.0, -50.0], size=int((~mask).sum()))
        yield Case({"log_p": log_p, "mask": mask})


def long_texts(rng: Generator) -> Iterator[Case]:
    """2000 letters: their probabilities multiply to less than the smallest number there is."""
    log_p = np.log(rng.uniform(0.1, 0.3, (20, 100)))
    yield Case({"log_p": log_p, "mask": np.ones(log_p.shape, dtype=bool)})


# ---------------------------------------------------------------- tasks

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
            "Your mask is True everywhere. After a name's own STOP there is only padding.",
            {"mask"},
            ("np.zeros(X.shape, dtype=bool)", "np.ones(X.shape, dtype=bool)"),
        ),
        Misconception(
            "Number 0 is the full stop, so `a` is 1: look letters up in LETTERS.",
            {"inputs", "targets"},
            ("LETTERS.index(letter)", "LETTERS.index(letter) - 1"),
        ),
    ],
    hints=[
        "Write `anna` on paper, a full stop on both sides. X is all but the last sign, Y is all but the first.",
        r"for a name of $L$ letters: `X` = 0, letters, then padding; `Y` = letters, 0, then padding; the mask is "
        r"True at the first $L + 1$ places, and $T = \max L + 1$",
        "`T = max(...) + 1`, arrays of zeros, then for each name `ids = [LETTERS.index(letter) for letter in name]`, "
        "`X[i, 1 : len(ids) + 1] = ids`, `Y[i, : len(ids)] = ids`, `mask[i, : len(ids) + 1] = True`",
    ],
)

BIGRAM = Task(
    "bigram",
    points=2,
    answers=["bigram"],
    reference=REFERENCE + "bigram",
    parts=[
        Part("no padding", lambda rng: texts(rng, padded=False), pure=True),
        Part("padding", lambda rng: texts(rng, padded=True), pure=True),
    ],
    misconceptions=[
        Misconception(
            "`counts[X, Y] += 1` counts a pair once, however often it occurs: NumPy adds to each place only once. "
            "`np.add.at` does it every time, and so does a loop.",
            {"no padding", "padding"},
            ("np.add.at(counts, (X[mask], Y[mask]), 1)", "counts[X[mask], Y[mask]] += 1"),
        ),
        Misconception(
            "Padding was counted as if names were full of stops: use only the places that the mask keeps.",
            {"padding"},
            ("(X[mask], Y[mask])", "(X, Y)"),
        ),
        Misconception(
            "You normalised the columns. Each *row* holds what may follow one letter, and sums to 1.",
            {"no padding", "padding"},
            ("axis=1", "axis=0"),
        ),
        Misconception(
            "The pair is turned round: the row is the letter that was read, the column the one that follows.",
            {"no padding", "padding"},
            ("(X[mask], Y[mask])", "(Y[mask], X[mask])"),
        ),
        Misconception(
            "That is the probability of the *pair*: divide each row by its own sum, not all by the sum of all.",
            {"no padding", "padding"},
            ("counts.sum(axis=1, keepdims=True)", "counts.sum()"),
        ),
        Misconception(
            "Without alpha a letter that was never read has a row of 0 / 0: every count starts at alpha.",
            {"no padding", "padding"},
            ("alpha, dtype=float", "0.0, dtype=float"),
        ),
    ],
    hints=[
        "A table with a row for each letter that was read and a column for each that may follow. Start it with "
        "alpha everywhere.",
        r"$P_{ij} = \dfrac{\alpha + \#(i \to j)}{\sum_k \big(\alpha + \#(i \to k)\big)}$",
        "`counts = np.full((27, 27), alpha)`, `np.add.at(counts, (X[mask], Y[mask]), 1)`, then divide by "
        "`counts.sum(axis=1, keepdims=True)`",
    ],
)

SAMPLE = Task(
    "sample",
    points=2,
    answers=["sample"],
    reference=REFERENCE + "sample",
    probe=PROBES + "grown",
    parts=[
        Part("letters", lambda rng: chains(rng, None)),
        Part("the end", ends, weight=0.5),
        Part("temperature", lambda rng: chains(rng, 0.3, 3.0), weight=1.5),
        Part("the whole past", long_memory, probe=PROBES + "remembered"),
    ],
    misconceptions=[
        Misconception(
            "You always take the most likely letter. The dart decides: likely letters have a wider stretch.",
            {"letters", "temperature", "the whole past"},
            ('int(np.searchsorted(np.cumsum(p), u, side="right"))', "int(p.argmax())"),
        ),
        Misconception(
            "The temperature goes the wrong way: p^(1/tau), so that a *low* temperature makes likely letters likelier.",
            {"temperature"},
            ("** (1 / tau)", "** tau"),
        ),
        Misconception(
            "After the temperature the probabilities no longer sum to 1: divide by their sum before throwing the dart.",
            {"temperature"},
            ("p = p / p.sum()", "p = p + 0"),
        ),
        Misconception(
            "You throw the same dart for every letter. Each letter has a dart of its own.",
            {"letters", "temperature", "the whole past"},
            ("np.cumsum(p), u,", "np.cumsum(p), darts[0],"),
        ),
        Misconception(
            "The STOP is not part of the name: leave the loop before appending it.",
            {"the end"},
            ("if i == 0:\n            break\n        ids.append(i)", "ids.append(i)\n        if i == 0:\n            break"),
        ),
        Misconception(
            "You hand `predict` only the last letter. It may want to know all that came before.",
            {"the whole past"},
            ("predict(ids)", "predict(ids[-1:])"),
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

PERPLEXITY = Task(
    "perplexity",
    points=1,
    answers=["perplexity"],
    reference=REFERENCE + "perplexity",
    parts=[
        Part("no padding", lambda rng: surprises(rng, padded=False)),
        Part("padding", lambda rng: surprises(rng, padded=True), weight=2),
        Part("long texts", long_texts),
    ],
    misconceptions=[
        Misconception(
            "You multiplied probabilities. Of 2000 letters the product is smaller than any number a computer has: "
            "add logarithms instead.",
            {"long texts"},
            ("np.exp(-log_p[mask].mean())", "np.prod(np.exp(log_p[mask])) ** (-1 / mask.sum())"),
        ),
        Misconception(
            "Padding counts in your mean. Only the places that the mask keeps are letters.",
            {"padding"},
            ("log_p[mask].mean()", "log_p.mean()"),
        ),
        Misconception(
            "0 times -inf is not 0 but NaN, so multiplying by the mask is not enough: *select* with it.",
            {"padding"},
            ("log_p[mask].mean()", "(log_p * mask).sum() / mask.sum()"),
        ),
        Misconception(
            "That is the mean surprise, the cross-entropy. Perplexity is its exponential.",
            {"no padding", "padding", "long texts"},
            ("float(np.exp(-log_p[mask].mean()))", "float(-log_p[mask].mean())"),
        ),
        Misconception(
            "The sign: log-probabilities are negative, surprise is positive, and a perplexity is at least 1.",
            {"no padding", "padding", "long texts"},
            ("np.exp(-log_p", "np.exp(log_p"),
        ),
        Misconception(
            "These are natural logarithms: the exponential must be e's, not a power of 2.",
            {"no padding", "padding", "long texts"},
            ("np.exp(-log_p[mask].mean())", "np.exp2(-log_p[mask].mean())"),
        ),
    ],
    hints=[
        "Which entries belong to names? Average the surprise over those, then undo the logarithm.",
        r"$\exp\Big(-\frac{1}{N} \sum_{\text{mask}} \log p\Big)$, where $N$ is the number of places that are True",
        "`np.exp(-log_p[mask]...)`",
    ],
)

COUNTING = [ENCODE, BIGRAM, SAMPLE, PERPLEXITY]
