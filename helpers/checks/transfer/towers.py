"""Lesson 09, part 8: two towers that meet, and a class that is a sentence."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE


def towers(rng: Generator, tau: float | None = None) -> Iterator[Case]:
    """Rows of different lengths, as many on both sides; the first are the same for all."""
    A, B = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 3.0]]), np.array([[1.0, 0.0], [3.0, 1.0], [1.0, -1.0]])
    yield Case({"A": A, "B": B, "tau": 0.5 if tau is None else tau})
    for n, d in [(2, 3), (5, 3), (4, 6)]:
        A, B = rng.normal(size=(2, n, d)) * rng.uniform(0.2, 5, (2, n, 1))
        yield Case({"A": A, "B": B, "tau": float(rng.uniform(0.2, 0.8)) if tau is None else tau})


def classes(rng: Generator, p: int) -> Iterator[Case]:
    """Pictures, and several prompts for each class, of different lengths; the first are the same for all."""
    prompts = np.array([[[3.0, 4.0], [0.0, 2.0], [5.0, 0.0]], [[1.0, -1.0], [-2.0, 0.0], [0.0, -0.5]]])[:, :p]
    yield Case({"Z": np.array([[1.0, 2.0], [-3.0, 0.0], [0.5, 0.5]]), "prompts": prompts})
    for n, K, d in [(4, 3, 5), (3, 2, 4)]:
        prompts = rng.normal(size=(K, p, d)) * rng.uniform(0.2, 5, (K, p, 1))
        yield Case({"Z": rng.normal(size=(n, d)) * rng.uniform(0.2, 5, (n, 1)), "prompts": prompts})


UNIT, COSINES = "normalize(A, dim=1), normalize(B, dim=1)", "S = A @ B.T / tau"
LOSS = "(cross_entropy(S, own) + cross_entropy(S.T, own)) / 2"
BOTH = {"value", "cold", "gradient"}
CONTRASTIVE = Task(
    "contrastive_loss",
    points=2,
    answers=["contrastive_loss"],
    reference=REFERENCE + "contrastive_loss",
    parts=[
        Part("value", towers, probe=PROBES + "contrast"),
        Part("cold", partial(towers, tau=1e-3), probe=PROBES + "contrast", weight=0.5),
        Part("gradient", towers, probe=PROBES + "contrast_gradient", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The loss has no gradient: a number was taken out of the graph (`.item()`, `.detach()`, NumPy).",
            {"gradient"},
            (LOSS, "((cross_entropy(S, own) + cross_entropy(S.T, own)) / 2).detach()"),
        ),
        Misconception(
            "One tower gets no gradient: only the other one would learn.",
            {"gradient"},
            (COSINES, "S = A @ B.detach().T / tau"),
            forms=[(COSINES, "S = A.detach() @ B.T / tau")],
        ),
        Misconception(
            "Only one direction counts: rows of A find their partners in B. Each row of B must find its own in A, too.",
            BOTH,
            (LOSS, "cross_entropy(S, own)"),
            forms=[("cross_entropy(S.T, own)", "cross_entropy(S, own)")],
        ),
        Misconception(
            "Only one direction counts: rows of B find their partners in A. Each row of A must find its own in B, too.",
            BOTH,
            (LOSS, "cross_entropy(S.T, own)"),
        ),
        Misconception(
            "Only one direction counts, and by half: the loss is the mean of *both* cross-entropies.",
            BOTH,
            (LOSS, "cross_entropy(S, own) / 2"),
            forms=[(LOSS, "cross_entropy(S.T, own) / 2")],
        ),
        Misconception(
            "The rows are not brought to length 1: long vectors win every comparison.",
            BOTH,
            (UNIT, "A, B"),
        ),
        Misconception(
            "Only the rows of A are brought to length 1; those of B must be, too.",
            BOTH,
            (UNIT, "normalize(A, dim=1), B"),
        ),
        Misconception(
            "Only the rows of B are brought to length 1; those of A must be, too.",
            BOTH,
            (UNIT, "A, normalize(B, dim=1)"),
        ),
        Misconception(
            "Each matrix is divided by its length as a whole; each *row* has its own: dim=1.",
            BOTH,
            (UNIT, "A / A.norm(), B / B.norm()"),
        ),
        Misconception(
            "The rows are divided by their sum of absolute values, or by their length squared; divide by the length.",
            BOTH,
            (UNIT, "normalize(A, p=1, dim=1), normalize(B, p=1, dim=1)"),
            forms=[(UNIT, "A / (A**2).sum(1, keepdim=True), B / (B**2).sum(1, keepdim=True)")],
        ),
        Misconception(
            "You normalise the columns. A row is a sample: dim=1.",
            BOTH,
            (UNIT, "normalize(A, dim=0), normalize(B, dim=0)"),
        ),
        Misconception(
            "You multiply by the temperature; divide, so that a small one makes differences large.",
            BOTH,
            ("/ tau", "* tau"),
        ),
        Misconception(
            "The temperature is missing: divide the cosines by it.",
            BOTH,
            (" / tau", ""),
            forms=[("/ tau", "/ 0.1")],
        ),
        Misconception(
            "The temperature counts in one direction only.",
            BOTH,
            ("cross_entropy(S.T, own)", "cross_entropy(tau * S.T, own)"),
            forms=[("cross_entropy(S, own)", "cross_entropy(tau * S, own)")],
        ),
        Misconception(
            "The temperature enters by its root or its square; divide by `tau` itself.",
            BOTH,
            ("/ tau", "/ tau**0.5"),
            forms=[("/ tau", "/ tau**2")],
        ),
        Misconception(
            "The two directions are added; the loss is their mean.",
            BOTH,
            (f"{LOSS}", "cross_entropy(S, own) + cross_entropy(S.T, own)"),
        ),
        Misconception(
            "The cross-entropies are summed over the batch; a loss is a mean.",
            BOTH,
            (LOSS, "(cross_entropy(S, own, reduction='sum') + cross_entropy(S.T, own, reduction='sum')) / 2"),
            forms=[(LOSS, "cross_entropy(S, own, reduction='sum') + cross_entropy(S.T, own, reduction='sum')")],
        ),
        Misconception(
            "Probabilities instead of scores go into the cross-entropy, which takes a softmax itself.",
            BOTH,
            (COSINES, "S = torch.softmax(A @ B.T / tau, dim=1)"),
            forms=[(LOSS, "(cross_entropy(S.softmax(1), own) + cross_entropy(S.T.softmax(1), own)) / 2"),
                   (LOSS, "(cross_entropy(S.log_softmax(1), own) + cross_entropy(S.softmax(0).T, own)) / 2"),
                   (COSINES, "S = torch.sigmoid(A @ B.T / tau)")],
        ),
        Misconception(
            "The sign is wrong: the loss must fall when partners move together.",
            BOTH,
            (LOSS, "-(cross_entropy(S, own) + cross_entropy(S.T, own)) / 2"),
            forms=[(COSINES, "S = -A @ B.T / tau")],
        ),
        Misconception(
            "Distances stand where cosines are meant: the nearest partner would get the smallest score.",
            BOTH,
            (COSINES, "S = torch.cdist(A, B) / tau"),
            forms=[(COSINES, "S = (1 - A @ B.T) / tau")],
        ),
        Misconception(
            "The rows of A are compared with each other, not with those of B.",
            BOTH,
            (COSINES, "S = A @ A.T / tau"),
        ),
        Misconception(
            "Only the partners' cosines count; without the others of the batch nothing pushes pairs apart.",
            BOTH,
            (LOSS, "(1 - tau * S.diagonal()).mean()"),
            forms=[(LOSS, "-S.diagonal().mean()"), (LOSS, "-(tau * S).diagonal().mean()")],
        ),
        Misconception(
            "The size of a batch is written down; take it from the rows: len(A).",
            BOTH,
            ("torch.arange(len(S))", "torch.arange(64)"),
        ),
        Misconception(
            "The right answer is taken to be another row's: for row i of A it is row i of B.",
            BOTH,
            ("torch.arange(len(S))", "torch.zeros(len(S), dtype=int)"),
            forms=[("torch.arange(len(S))", "torch.arange(len(S)).flip(0)")],
        ),
    ],
    hints=[
        "All cosines are one matrix product. Row i of it is a question with n answers, of which the i-th is right.",
        r"$S = \hat A \hat B^\top / \tau$ with rows of length 1; the mean of the cross-entropies of S and of Sᵀ, targets 0 … n−1.",
        "`S = normalize(A, dim=1) @ normalize(B, dim=1).T / tau`, `own = torch.arange(len(S))`, "
        "`(cross_entropy(S, own) + cross_entropy(...)) / 2`",
    ],
)  # fmt: skip

ONE, SEVERAL = "one prompt for each class", "several prompts"
DIRECTIONS = "directions = prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)"
MEAN, AGAIN = "directions.mean(axis=1)", "T = T / np.linalg.norm(T, axis=1, keepdims=True)"
RESULT = "return Z / np.linalg.norm(Z, axis=1, keepdims=True) @ T.T"
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
            (AGAIN, "T = T * 1"),
        ),
        Misconception(
            "The pictures' vectors are not brought to length 1; a cosine lies between −1 and 1.",
            {ONE, SEVERAL},
            (RESULT, "return Z @ T.T"),
        ),
        Misconception(
            "All pictures are divided by one number; each row of Z has its own length: axis=1.",
            {ONE, SEVERAL},
            (RESULT, "return Z / np.linalg.norm(Z) @ T.T"),
        ),
        Misconception(
            "You normalise columns of Z; each row has its own length: axis=1.",
            {ONE, SEVERAL},
            (RESULT, "return Z / np.linalg.norm(Z, axis=0) @ T.T"),
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
            ("np.linalg.norm(T, axis=1, keepdims=True)", "np.linalg.norm(T, axis=0, keepdims=True)"),
            forms=[("np.linalg.norm(T, axis=1, keepdims=True)", "np.linalg.norm(T)")],
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
            edits=((MEAN, "directions.sum(axis=1)"), (AGAIN, "T = T * 1")),
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
            (RESULT, "return (Z / np.linalg.norm(Z, axis=1, keepdims=True) @ T.T).argmax(axis=1)"),
        ),
        Misconception(
            "Probabilities come back; return the cosines themselves.",
            {ONE, SEVERAL},
            (RESULT, "S = np.exp(Z / np.linalg.norm(Z, axis=1, keepdims=True) @ T.T); return S / S.sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "The distance, 1 minus the cosine, comes back; return the cosine.",
            {ONE, SEVERAL},
            (RESULT, "return 1 - Z / np.linalg.norm(Z, axis=1, keepdims=True) @ T.T"),
        ),
    ],
    hints=[
        "A class is a direction: the mean of the directions of its prompts. How near is each picture's direction?",
        "prompts / length → mean over p → / length again; then the product of the unit rows of Z with these.",
        "`T = (prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)).mean(axis=1)`, normalise T and Z by their rows, "
        "`Z @ T.T`",
    ],
)  # fmt: skip

TOWERS = [CONTRASTIVE, ZERO_SHOT]
