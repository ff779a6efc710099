"""Lesson 13, deeper: experts that are asked by turns, and a recurrence without a bend."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import PROBES, REFERENCE, TORCH
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def tokens(rng: Generator) -> Iterator[Case]:
    """One expert for each token, two of three, all of them; evenly and unevenly asked."""
    X = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [1.0, -1.0]])
    R = np.array([[1.0, 0.0, -1.0], [0.0, 2.0, 0.5]])
    for k in (1, 2, 3):
        yield Case({"X": X, "R": R, "k": k})
    yield Case({"X": rng.normal(size=(6, 3)), "R": rng.normal(size=(3, 5)), "k": 2})
    yield Case({"X": rng.normal(size=(5, 4)), "R": rng.normal(size=(4, 4)), "k": 1})


def signals(rng: Generator) -> Iterator[Case]:
    """A single beat, a step, states that keep and forget, one state and several."""
    yield Case(
        {"x": np.array([1.0, 0.0, 0.0]), "a": np.array([0.5]), "b": np.array([2.0]), "c": np.array([3.0])}
    )
    yield Case(
        {
            "x": np.array([1.0, 1.0, 1.0, -1.0]),
            "a": np.array([1.0, 0.5]),
            "b": np.array([1.0, 2.0]),
            "c": np.array([1.0, -1.0]),
        }
    )
    a, b, c = rng.uniform(0, 1, 3), *rng.normal(size=(2, 3))
    yield Case({"x": rng.normal(size=7), "a": a, "b": b, "c": c})


# ---------------------------------------------------------------- tasks

WEIGHTS, BALANCE, OUTPUT, GRADIENT = "weights", "balance", "outputs", "gradient"
CHOSEN = "weights = torch.softmax(S.masked_fill(chosen == 0, -torch.inf), dim=-1)"
EVEN = "S.shape[-1] * (share * torch.softmax(S, dim=-1).mean(dim=0)).sum()"

ROUTE = Task(
    "route",
    points=0,
    answers=["route"],
    reference=REFERENCE + "route",
    parts=[Part(WEIGHTS, tokens, probe=PROBES + "weights"), Part(BALANCE, tokens, probe=PROBES + "balance", tol=1e-6)],
    misconceptions=[
        Misconception(
            "The softmax is over all experts, so that the weights of those asked don't sum to 1.",
            {WEIGHTS},
            (CHOSEN, "weights = torch.softmax(S, dim=-1) * chosen"),
        ),
        Misconception(
            "All experts are asked. Only the k best are: the others have weight 0.",
            {WEIGHTS},
            (CHOSEN, "weights = torch.softmax(S, dim=-1)"),
        ),
        Misconception(
            "Those asked count alike with you. Their weights are a softmax of their scores.",
            {WEIGHTS},
            (CHOSEN, "weights = chosen / k"),
        ),
        Misconception(
            "The factor E is missing: even experts are to give 1.", {BALANCE}, ("S.shape[-1] * (share", "(share")
        ),
        Misconception(
            "The shares of the choices don't sum to 1: each token makes k choices.",
            {BALANCE},
            ("chosen.mean(dim=0) / k", "chosen.mean(dim=0)"),
        ),
        Misconception(
            "Share times share has no slope. One of the two factors is the mean probability.",
            {BALANCE},
            (EVEN, "S.shape[-1] * (share * share).sum()"),
        ),
    ],
    hints=[
        "Which k experts does each token ask? What does a softmax over those alone give?",
        r"$E \sum_e f_e P_e$, with $f_e$ the share of choices, $P_e$ the mean of the softmax over *all* experts.",
        "`S.topk(k, dim=-1).indices`, `scatter` ones, `masked_fill` the others with -∞, softmax.",
    ],
)  # fmt: skip

STATE_SPACE = Task(
    "state_space",
    points=0,
    answers=["state_space"],
    reference=REFERENCE + "state_space",
    probe=TORCH + "tensors",
    parts=[Part(OUTPUT, signals), Part(GRADIENT, signals, probe=TORCH + "gradients")],
    misconceptions=[
        Misconception(
            "The output is read before the state has heard of x[t].",
            {OUTPUT, GRADIENT},
            wrong="def state_space(x, a, b, c):\n"
            "    h, y = torch.zeros_like(a), []\n"
            "    for t in range(len(x)):\n"
            "        y.append((c * h).sum())\n"
            "        h = a * h + b * x[t]\n"
            "    return torch.stack(y)\n",
        ),
        Misconception(
            "The state forgets everything: a · h is missing.", {OUTPUT, GRADIENT}, ("h = a * h + b * x[t]", "h = b * x[t]")
        ),
        Misconception(
            "The new input is damped, too: h = a h + b x, not a (h + b x).",
            {OUTPUT, GRADIENT},
            ("h = a * h + b * x[t]", "h = a * (h + b * x[t])"),
        ),
        Misconception(
            "There is a bend in your recurrence. This one is linear: that is its point.",
            {OUTPUT, GRADIENT},
            ("h = a * h + b * x[t]", "h = torch.tanh(a * h + b * x[t])"),
        ),
        Misconception("c is not used.", {OUTPUT, GRADIENT}, ("(c * h).sum()", "h.sum()")),
    ],
    hints=[
        "A recurrent network without a bend: each number of the state has a memory of its own.",
        "h ← a h + b x[t], number by number; y[t] = sum of c h.",
        "`h = a * h + b * x[t]`; `y.append((c * h).sum())`; `torch.stack(y)`",
    ],
)  # fmt: skip

DEEPER = [ROUTE, STATE_SPACE]
