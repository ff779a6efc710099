"""Lesson 09, part 8: two towers that meet."""

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
