"""Lesson 13, part 3: the fewest tokens that together are likely enough."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import REFERENCE, TORCH
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def one_row(rng: Generator) -> Iterator[Case]:
    """A threshold that is reached exactly, passed, reached by the best alone, and by all."""
    p = np.array([0.125, 0.5, 0.0625, 0.25, 0.0625])
    for threshold in (0.75, 0.8, 0.4, 0.5, 1.0):
        yield Case({"p": p, "threshold": threshold})
    for K, threshold in [(6, 0.6), (9, 0.9)]:
        yield Case({"p": rng.dirichlet(np.ones(K)), "threshold": threshold})


def ties(rng: Generator) -> Iterator[Case]:
    """Equal probabilities, of which only some are needed."""
    yield Case({"p": np.array([0.25, 0.25, 0.25, 0.25]), "threshold": 0.5})
    yield Case({"p": np.array([0.125, 0.25, 0.25, 0.25, 0.125]), "threshold": 0.6})
    yield Case({"p": np.array([0.125, 0.25, 0.5, 0.125]), "threshold": 0.8})


def batches(rng: Generator) -> Iterator[Case]:
    """Rows that need different numbers of tokens."""
    yield Case({"p": np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]), "threshold": 0.6})
    yield Case({"p": rng.dirichlet(np.ones(5), size=(2, 3)), "threshold": 0.7})


# ---------------------------------------------------------------- task

ROW, TIES, ROWS = "one row", "ties", "rows"
ALL = {ROW, TIES, ROWS}
SORT = "sorted_p, order = p.sort(dim=-1, descending=True, stable=True)"
BEFORE = "before = sorted_p.cumsum(dim=-1) - sorted_p"
KEPT = "torch.zeros_like(p).scatter(-1, order, torch.where(before < threshold, sorted_p, 0.0))"
RENEWED = "return kept / kept.sum(dim=-1, keepdim=True)"

TOP_P = Task(
    "top_p",
    points=2,
    answers=["top_p"],
    reference=REFERENCE + "top_p",
    probe=TORCH + "tensors",
    parts=[Part(ROW, one_row), Part(TIES, ties, weight=0.5), Part(ROWS, batches, weight=0.5)],
    misconceptions=[
        Misconception(
            "You stop one token too early: the one that *reaches* the threshold is kept, too.",
            ALL,
            ("before < threshold", "(before + sorted_p <= threshold) | (before == 0)"),
            forms=(
                ("before < threshold", "before + sorted_p <= threshold"),
                ("before < threshold", "before + sorted_p < threshold"),
                ("before < threshold", "(before + sorted_p < threshold) | (before == 0)"),
            ),
        ),
        Misconception(
            "You keep one token too many: where the threshold is reached, nothing more is needed.",
            {ROW, TIES},
            ("before < threshold", "before <= threshold"),
        ),
        Misconception(
            "What is left does not sum to 1.", ALL, (RENEWED, "return kept")
        ),
        Misconception(
            "The tokens come back sorted. They must stand at their places again.",
            ALL,
            (KEPT, "torch.where(before < threshold, sorted_p, 0.0)"),
        ),
        Misconception(
            "You keep tokens that are likely *each*. The fewest are asked for that are likely enough *together*.",
            ALL,
            (KEPT, "torch.where(p >= threshold, p, 0.0)"),
            forms=((KEPT, "torch.where(p >= 1 - threshold, p, 0.0)"), (KEPT, "torch.where(p >= p.max(dim=-1, keepdim=True).values * threshold, p, 0.0)")),
        ),
        Misconception(
            "Of equally probable tokens you keep all. The first of them go first, until the threshold is reached.",
            {TIES, ROWS},
            (KEPT, "torch.where(p >= torch.where(before < threshold, sorted_p, 2.0).min(dim=-1, keepdim=True).values, p, 0.0)"),
        ),
        Misconception(
            "Of equally probable tokens you keep the last. The first go first.",
            {TIES, ROWS},
            wrong="def top_p(p, threshold):\n"
            "    sorted_p, order = p.flip(-1).sort(dim=-1, descending=True, stable=True)\n"
            "    before = sorted_p.cumsum(dim=-1) - sorted_p\n"
            "    kept = torch.zeros_like(p).scatter(-1, order, torch.where(before < threshold, sorted_p, 0.0)).flip(-1)\n"
            "    return kept / kept.sum(dim=-1, keepdim=True)\n",
        ),
        Misconception(
            "You add up in the order of the tokens, not from the best downwards.",
            {ROW, TIES, ROWS},
            (SORT, "sorted_p, order = p, torch.arange(p.shape[-1]).expand(p.shape)"),
        ),
        Misconception(
            "You begin with the *least* probable tokens.",
            {ROW, TIES, ROWS},
            (SORT, SORT.replace("descending=True, ", "")),
        ),
        Misconception(
            "What is cut off still has a chance: renew by dividing by the sum, not by a softmax.",
            ALL,
            (RENEWED, "return torch.softmax(kept, dim=-1)"),
        ),
        Misconception(
            "All rows are renewed by one sum. Each row must sum to 1.",
            {ROWS},
            (RENEWED, "return kept / kept.sum()"),
        ),
        Misconception(
            "You return which tokens are kept. Their probabilities are asked for.",
            ALL,
            (RENEWED, "return (kept > 0).to(p.dtype)"),
        ),
        Misconception(
            "Those that are kept have the same chance each. They keep their proportions.",
            ALL,
            (RENEWED, "return (kept > 0) / (kept > 0).sum(dim=-1, keepdim=True)"),
        ),
    ],
    hints=[
        "Sort, the best first. How much is there *before* each token? Then put everything back in place.",
        "token i of the sorted ones stays if p₀ + … + pᵢ₋₁ < threshold; then divide by what is left.",
        "`sorted_p, order = p.sort(dim=-1, descending=True, stable=True)`; `before = sorted_p.cumsum(-1) - sorted_p`; "
        "`torch.zeros_like(p).scatter(-1, order, ...)`",
    ],
)  # fmt: skip
