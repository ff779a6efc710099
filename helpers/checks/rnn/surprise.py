"""Lesson 06, part 3: one number for all."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE, lengths_mask
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def surprises(rng: Generator, padded: bool) -> Iterator[Case]:
    """Log-probabilities of the letters that came; in the padding stands anything, even -inf."""
    p = np.array([[0.5, 0.25, 0.125, 0.5], [0.25, 0.125, 1.0, 0.0]])
    if padded:
        with np.errstate(divide="ignore"):
            yield Case({"log_p": np.log(p), "mask": np.array([[True] * 4, [True] * 2 + [False] * 2])})
    else:
        yield Case({"log_p": np.log(p[:, :2]), "mask": np.ones((2, 2), dtype=bool)})
    for n, T in [(4, 6), (5, 8)]:
        log_p = np.log(rng.uniform(0.02, 0.9, (n, T)))
        mask = lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool)
        log_p[~mask] = rng.choice([-np.inf, 0.0, -50.0], size=int((~mask).sum()))
        yield Case({"log_p": log_p, "mask": mask})


def long_texts(rng: Generator) -> Iterator[Case]:
    """2000 letters: their probabilities multiply to less than the smallest number there is."""
    log_p = np.log(rng.uniform(0.1, 0.3, (20, 100)))
    yield Case({"log_p": log_p, "mask": np.ones(log_p.shape, dtype=bool)})


# ---------------------------------------------------------------- task

ALL = {"no padding", "padding", "long texts"}
WHOLE = "np.exp(-log_p[mask].mean())"
PERPLEXITY = Task(
    "perplexity",
    points=1,
    answers=["perplexity"],
    reference=REFERENCE + "perplexity",
    parts=[
        Part("no padding", partial(surprises, padded=False)),
        Part("padding", partial(surprises, padded=True), weight=2),
        Part("long texts", long_texts),
    ],
    misconceptions=[
        Misconception(
            "You multiplied probabilities. Of 2000 letters the product is smaller than any number a computer has: "
            "add logarithms instead.",
            {"long texts"},
            (WHOLE, "np.prod(np.exp(log_p[mask])) ** (-1 / mask.sum())"),
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
            "You divide by the number of all places, padding included. The mean is over the letters alone.",
            {"padding"},
            ("log_p[mask].mean()", "log_p[mask].sum() / log_p.size"),
            forms=(("log_p[mask].mean()", "np.where(mask, log_p, 0).mean()"),),
        ),
        Misconception(
            "The mean is over letters, not over names: a long name counts for more than a short one.",
            {"padding"},
            ("log_p[mask].mean()", "np.mean([row[real].mean() for row, real in zip(log_p, mask)])"),
        ),
        Misconception(
            "You average perplexities or probabilities. The *surprises* are averaged, over all letters, and then "
            "comes the exponential, once.",
            ALL,
            (WHOLE, "1 / np.exp(log_p[mask]).mean()"),
            forms=((WHOLE, "np.exp(-log_p[mask]).mean()"),
                   (WHOLE, "np.mean([np.exp(-row[real].mean()) for row, real in zip(log_p, mask)])")),
        ),
        Misconception(
            "You divide by the number of names: the mean is over all letters.",
            ALL,
            ("log_p[mask].mean()", "log_p[mask].sum() / len(log_p)"),
        ),
        Misconception(
            "That is the mean surprise, the cross-entropy. Perplexity is its exponential.",
            ALL,
            ("float(np.exp(-log_p[mask].mean()))", "float(-log_p[mask].mean())"),
        ),
        Misconception(
            "The sign: log-probabilities are negative, surprise is positive, and a perplexity is at least 1.",
            ALL,
            ("np.exp(-log_p", "np.exp(log_p"),
            forms=((WHOLE, "-np.exp(log_p[mask].mean())"),),
        ),
        Misconception(
            "These are natural logarithms: the exponential must be e's, not a power of another number.",
            ALL,
            (WHOLE, "np.exp2(-log_p[mask].mean())"),
            forms=((WHOLE, "10 ** (-log_p[mask].mean())"),),
        ),
        Misconception(
            "You take the exponential of the *sum* of all surprises. Perplexity belongs to their mean.",
            ALL,
            ("log_p[mask].mean()", "log_p[mask].sum()"),
        ),
        Misconception(
            "Only the first name counts in your result.",
            ALL,
            ("log_p[mask]", "log_p[0][mask[0]]"),
        ),
        Misconception(
            "Your mask is used the other way round: True is where there is a letter.",
            ALL,
            ("log_p[mask]", "log_p[~mask]"),
        ),
    ],
    hints=[
        "Which entries belong to names? Average the surprise over those, then undo the logarithm.",
        r"$\exp\Big(-\frac{1}{N} \sum_{\text{mask}} \log p\Big)$, where $N$ is the number of places that are True",
        "`np.exp(-log_p[mask]...)`",
    ],
)  # fmt: skip
