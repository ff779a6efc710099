"""Lesson 09, part 8: a class is a sentence."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import REFERENCE


def classes(rng: Generator, p: int) -> Iterator[Case]:
    """Pictures, and several prompts for each class, of different lengths; the first are the same for all."""
    prompts = np.array([[[3.0, 4.0], [0.0, 2.0], [5.0, 0.0]], [[1.0, -1.0], [-2.0, 0.0], [0.0, -0.5]]])[:, :p]
    yield Case({"Z": np.array([[1.0, 2.0], [-3.0, 0.0], [0.5, 0.5]]), "prompts": prompts})
    for n, K, d in [(4, 3, 5), (3, 2, 4)]:
        prompts = rng.normal(size=(K, p, d)) * rng.uniform(0.2, 5, (K, p, 1))
        yield Case({"Z": rng.normal(size=(n, d)) * rng.uniform(0.2, 5, (n, 1)), "prompts": prompts})


ONE, SEVERAL = "one prompt for each class", "several prompts"
DIRECTIONS = "directions = prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)"
MEAN, AGAIN = "directions.mean(axis=1)", "C = C / np.linalg.norm(C, axis=1, keepdims=True)"
RESULT = "return Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T"
ZERO_SHOT = Task(
    "zero_shot",
    points=2,
    answers=["zero_shot"],
    reference=REFERENCE + "zero_shot",
    parts=[Part(ONE, partial(classes, p=1)), Part(SEVERAL, partial(classes, p=3))],
    misconceptions=[
        Misconception(
            "The prompts are averaged as they are, and the longest decides: bring each to length 1 first.",
            {SEVERAL},
            (MEAN, "prompts.mean(axis=1)"),
            forms=[(DIRECTIONS, "directions = prompts / np.linalg.norm(prompts)")],
        ),
        Misconception(
            "A mean of unit vectors is shorter than 1, the more its prompts disagree: bring it to length 1 again.",
            {SEVERAL},
            (AGAIN, "C = C * 1"),
        ),
        Misconception(
            "The pictures' vectors are not brought to length 1; a cosine lies between −1 and 1.",
            {ONE, SEVERAL},
            (RESULT, "return Z @ C.T"),
        ),
        Misconception(
            "All pictures are divided by one number; each row of Z has its own length: axis=1.",
            {ONE, SEVERAL},
            (RESULT, "return Z / np.linalg.norm(Z) @ C.T"),
        ),
        Misconception(
            "You normalise columns of Z; each row has its own length: axis=1.",
            {ONE, SEVERAL},
            (RESULT, "return Z / np.linalg.norm(Z, axis=0) @ C.T"),
        ),
        Misconception(
            "You normalise along the prompts; a prompt's length is over its d numbers, the last axis.",
            {ONE, SEVERAL},
            ("np.linalg.norm(prompts, axis=-1, keepdims=True)", "np.linalg.norm(prompts, axis=1, keepdims=True)"),
        ),
        Misconception(
            "You normalise over the classes; a prompt's length is over its d numbers, the last axis.",
            {ONE, SEVERAL},
            ("np.linalg.norm(prompts, axis=-1, keepdims=True)", "np.linalg.norm(prompts, axis=0, keepdims=True)"),
        ),
        Misconception(
            "The classes' directions are normalised over the classes; each has its own length: axis=1.",
            {ONE, SEVERAL},
            ("np.linalg.norm(C, axis=1, keepdims=True)", "np.linalg.norm(C, axis=0, keepdims=True)"),
            forms=[("np.linalg.norm(C, axis=1, keepdims=True)", "np.linalg.norm(C)")],
        ),
        Misconception(
            "You average over the classes. The prompts of a class lie along axis 1.",
            {ONE, SEVERAL},
            (MEAN, "np.repeat(directions.mean(axis=(0, 1))[None], len(prompts), axis=0)"),
            forms=[(MEAN, "directions.mean(axis=0)")],
        ),
        Misconception(
            "Only the first prompt of each class is used.",
            {SEVERAL},
            (MEAN, "directions[:, 0]"),
        ),
        Misconception(
            "Only the last prompt of each class is used.",
            {SEVERAL},
            (MEAN, "directions[:, -1]"),
        ),
        Misconception(
            "The largest cosine of a class's prompts comes back; it is the cosine with their mean direction.",
            {SEVERAL},
            (RESULT, "return np.einsum('nd,kpd->nkp', Z / np.linalg.norm(Z, axis=1, keepdims=True), directions).max(axis=2)"),
        ),
        Misconception(
            "The product of the cosines comes back; it is the cosine with the prompts' mean direction.",
            {SEVERAL},
            (RESULT, "return np.einsum('nd,kpd->nkp', Z / np.linalg.norm(Z, axis=1, keepdims=True), directions).prod(axis=2)"),
        ),
        Misconception(
            "The middle direction is meant as the mean, not the median.",
            {SEVERAL},
            (MEAN, "np.median(directions, axis=1)"),
        ),
        Misconception(
            "The sum over the prompts stands where a direction of length 1 is meant.",
            {SEVERAL},
            edits=((MEAN, "directions.sum(axis=1)"), (AGAIN, "C = C * 1")),
        ),
        Misconception(
            "The numbers of the lesson are written down; take classes and prompts from the shape of `prompts`.",
            {ONE, SEVERAL},
            (DIRECTIONS, "directions = prompts.reshape(10, 3, -1) / np.linalg.norm(prompts, axis=-1, keepdims=True)"),
            forms=["""
def zero_shot(Z, prompts):
    D = prompts.reshape(10, 3, -1)
    return D
"""],
        ),
        Misconception(
            "A class for each picture comes back; return the cosines of all pictures with all classes.",
            {ONE, SEVERAL},
            (RESULT, "return (Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T).argmax(axis=1)"),
        ),
        Misconception(
            "Probabilities come back; return the cosines themselves.",
            {ONE, SEVERAL},
            (RESULT, "S = np.exp(Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T); return S / S.sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "The distance, 1 minus the cosine, comes back; return the cosine.",
            {ONE, SEVERAL},
            (RESULT, "return 1 - Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T"),
        ),
    ],
    hints=[
        "A class is a direction: the mean of the directions of its prompts. How near is each picture's direction?",
        "prompts / length → mean over p → / length again; then the product of the unit rows of Z with these.",
        "`C = (prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)).mean(axis=1)`, normalise C and Z by their rows, "
        "`Z @ C.T`",
    ],
)  # fmt: skip
