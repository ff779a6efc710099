"""Lesson 08, deeper: which words speak for which label."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE

THREE = np.array([[0.5, 0.1, 0.3, 0.1], [0.1, 0.2, 0.2, 0.5], [0.1, 0.25, 0.35, 0.3]])


def guesses(rng: Generator, sizes: tuple[int, ...]) -> Iterator[Case]:
    """Probabilities of words, and which words speak for which label."""
    for labels in (["good", "bad"], ["sports", "science", "trade"]):
        p = rng.dirichlet(np.full(12, 0.7), size=6)
        ids = rng.permutation(12)
        words, at = {}, 0
        for label, size in zip(labels, sizes, strict=False):
            words[label] = ids[at : at + size].tolist()
            at += size
        yield Case({"p": p, "words": words})


def single_words(rng: Generator) -> Iterator[Case]:
    """A word for each label."""
    yield Case({"p": THREE, "words": {"sea": [3], "land": [0]}})
    yield from guesses(rng, (1, 1, 1))


MANY = np.array([
    [0.50, 0.02, 0.02, 0.30, 0.16],  # one word is likely, the mean is 0.18 against 0.30
    [0.22, 0.22, 0.01, 0.17, 0.38],  # the sum and the median are for the first label, the mean is not
    [0.00, 0.42, 0.42, 0.10, 0.06],  # the first word says no, the mean 0.28 yes
])  # fmt: skip


def several_words(rng: Generator) -> Iterator[Case]:
    """Several words for a label, not equally many."""
    yield Case({"p": MANY, "words": {"good": [0, 1, 2], "bad": [3]}})
    for _ in range(3):
        yield from guesses(rng, (4, 1, 2))


ONE, SEVERAL = "a word each", "several words"
MEAN = "p[:, ids].mean(dim=1)"
BEST = "return [labels[int(i)] for i in means.argmax(dim=1)]"

VERBALISE = Task(
    "verbalise",
    points=0,
    answers=["verbalise"],
    reference=REFERENCE + "verbalise",
    probe=PROBES + "tensors",
    parts=[Part(ONE, single_words), Part(SEVERAL, several_words)],
    misconceptions=[
        Misconception("The *sum* favours labels with many words: take the mean.", {SEVERAL}, (MEAN, MEAN.replace("mean", "sum"))),
        Misconception("The least likely label is returned.", {ONE, SEVERAL}, ("argmax(dim=1)", "argmin(dim=1)")),
        Misconception("Only the first word of each label is asked.", {SEVERAL}, ("p[:, ids]", "p[:, ids[:1]]")),
        Misconception("Only the last word of each label is asked.", {SEVERAL}, ("p[:, ids]", "p[:, ids[-1:]]")),
        Misconception("The *likeliest* word of each label decides: take the mean of its words.", {SEVERAL}, (MEAN, "p[:, ids].amax(dim=1)")),
        Misconception("The *least likely* word of each label decides: take the mean of its words.", {SEVERAL}, (MEAN, "p[:, ids].amin(dim=1)")),
        Misconception(
            "The probabilities of a label's words are multiplied, or their logarithms averaged. Take the plain mean.",
            {SEVERAL},
            (MEAN, "p[:, ids].log().mean(dim=1)"),
            forms=((MEAN, "p[:, ids].prod(dim=1)"),),
        ),
        Misconception("The median of a label's words decides: take the mean.", {SEVERAL}, (MEAN, "p[:, ids].median(dim=1).values"),
                      forms=((MEAN, "p[:, ids].quantile(0.5, dim=1)"),)),
        Misconception(
            "The labels are compared over the whole batch. Each row has its own answer.",
            {ONE, SEVERAL},
            ("means.argmax(dim=1)", "means.argmax(dim=0)"),
            forms=(
                (BEST, "return [labels[int(i) % len(labels)] for i in means.argmax(dim=0)]"),(BEST, "return labels[int(means.mean(dim=0).argmax())]"), (BEST, "return [labels[int(means.mean(dim=0).argmax())]] * len(p)"),
                   (BEST, "return labels[int(means[0].argmax())]")),
        ),
        Misconception(
            "Numbers of labels come back. What is asked for are the labels themselves.",
            {ONE, SEVERAL},
            (BEST, "return [int(i) for i in means.argmax(dim=1)]"),
            forms=((BEST, "return means.argmax(dim=1)"),),
        ),
        Misconception("The probabilities come back. What is asked for is the likeliest label of each row.", {ONE, SEVERAL}, (BEST, "return means")),
        Misconception(
            "The labels are taken in the order of the alphabet: their order is that of `words`.", {ONE, SEVERAL}, ("labels = list(words)", "labels = sorted(words)")
        ),
        Misconception(
            "The words come back. What is asked for is the label that they speak for.",
            {ONE, SEVERAL},
            (BEST, "return [words[labels[int(i)]] for i in means.argmax(dim=1)]"),
        ),
    ],
    hints=[
        "For each label, how likely are its words on average? Then the best label of each row.",
        r"$\operatorname{argmax}_y \frac{1}{|W_y|} \sum_{w \in W_y} p_w$",
        "`torch.stack([p[:, ids].mean(dim=1) for ids in words.values()], dim=1)`, then `argmax(dim=1)`",
    ],
)  # fmt: skip
