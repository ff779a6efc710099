"""Lesson 13, parts 6 and 7: rewards from comparisons, and a model that learns from them without any."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import PROBES, REFERENCE, TORCH
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def choices(rng: Generator) -> Iterator[Case]:
    """Choices that were likely and unlikely, one and many."""
    yield Case({"chosen": np.array([2.0]), "rejected": np.array([1.0])})
    yield Case({"chosen": np.array([1.0, 0.0, -1.0]), "rejected": np.array([0.0, 3.0, -1.0])})
    yield Case({"chosen": 2 * rng.normal(size=7), "rejected": 2 * rng.normal(size=7)})


def extremes(rng: Generator) -> Iterator[Case]:
    """Rewards so far apart that a sigmoid is 0 or 1 in a computer."""
    yield Case({"chosen": np.array([-1000.0]), "rejected": np.array([1000.0])})
    yield Case({"chosen": np.array([1000.0, 5.0]), "rejected": np.array([-1000.0, 905.0])})


def moved(rng: Generator) -> Iterator[Case]:
    """A model that has not moved, that moved one way and the other, weak and strong beta."""
    at = np.array([-3.0, -5.0])
    yield Case({"pi_c": at, "pi_r": at[::-1].copy(), "ref_c": at, "ref_r": at[::-1].copy(), "beta": 0.5})
    yield Case(
        {
            "pi_c": np.array([-2.0, -6.0, -4.0]),
            "pi_r": np.array([-4.0, -1.0, -4.5]),
            "ref_c": np.array([-3.0, -5.0, -1.0]),
            "ref_r": np.array([-3.5, -2.0, -7.0]),
            "beta": 0.5,
        }
    )
    for n, beta in [(4, 0.1), (6, 2.0)]:
        logs = -5 + 2 * rng.normal(size=(4, n))
        yield Case(dict(zip(("pi_c", "pi_r", "ref_c", "ref_r"), logs, strict=True)) | {"beta": beta})


def far(rng: Generator) -> Iterator[Case]:
    """Log-probabilities of long answers, far from where they began."""
    yield Case(
        {
            "pi_c": np.array([-2000.0]),
            "pi_r": np.array([-10.0]),
            "ref_c": np.array([-20.0]),
            "ref_r": np.array([-1500.0]),
            "beta": 1.0,
        }
    )


# ---------------------------------------------------------------- tasks

VALUES, FAR, GRADIENT = "values", "far apart", "gradient"
CHOICE = "softplus(rejected - chosen).mean()"

BRADLEY_TERRY = Task(
    "bradley_terry",
    points=1,
    answers=["bradley_terry"],
    reference=REFERENCE + "bradley_terry",
    probe=TORCH + "tensors",
    parts=[
        Part(VALUES, choices),
        Part(FAR, extremes, weight=0.5),
        Part(GRADIENT, choices, weight=0.5, probe=TORCH + "gradients"),
    ],
    misconceptions=[
        Misconception(
            "Chosen and rejected are exchanged: you pay for what was turned down.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "softplus(chosen - rejected).mean()"),
        ),
        Misconception(
            "Far apart, the sigmoid is 0 in a computer, and its logarithm is -∞. Use `logsigmoid` or `softplus`.",
            {FAR},
            (CHOICE, "-torch.log(torch.sigmoid(chosen - rejected)).mean()"),
            forms=((CHOICE, "torch.log(1 + torch.exp(rejected - chosen)).mean()"),),
        ),
        Misconception(
            "The sigmoid is taken twice.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "-logsigmoid(torch.sigmoid(chosen - rejected)).mean()"),
        ),
        Misconception(
            "You return how likely the choices are. The loss is the surprise: minus the logarithm.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "torch.sigmoid(chosen - rejected).mean()"),
            forms=((CHOICE, "-torch.sigmoid(chosen - rejected).mean()"), (CHOICE, "1 - torch.sigmoid(chosen - rejected).mean()")),
        ),
        Misconception(
            "The loss is negative: surprise is *minus* the logarithm.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "logsigmoid(chosen - rejected).mean()"),
        ),
        Misconception(
            "A loss is a mean over the choices; you add up.", {VALUES, FAR, GRADIENT}, (CHOICE, "softplus(rejected - chosen).sum()")
        ),
        Misconception(
            "You take the mean of the rewards first. Each choice has a surprise of its own.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "softplus(rejected.mean() - chosen.mean())"),
        ),
        Misconception(
            "Each reward gets a sigmoid of its own. It is the *difference* that decides.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "-(logsigmoid(chosen) + logsigmoid(-rejected)).mean()"),
            forms=((CHOICE, "-torch.log(torch.sigmoid(chosen) - torch.sigmoid(rejected)).mean()"),),
        ),
        Misconception(
            "That is a hinge. The chance of a choice is a sigmoid of the difference.",
            {VALUES, FAR, GRADIENT},
            (CHOICE, "torch.clamp(1 - (chosen - rejected), min=0).mean()"),
        ),
        Misconception(
            "A difference in rewards is no loss yet.", {VALUES, FAR, GRADIENT}, (CHOICE, "(rejected - chosen).mean()")
        ),
    ],
    hints=[
        "The chance that the better one is chosen is a sigmoid of how much better it is. Which is the surprise?",
        r"mean of $-\log \sigma(r_{\text{chosen}} - r_{\text{rejected}}) = \log(1 + e^{r_{\text{rejected}} - r_{\text{chosen}}})$",
        "`softplus(rejected - chosen).mean()`",
    ],
)  # fmt: skip

NO_GRADIENT = "reference stands still"
DETACH = "ref_c, ref_r = ref_c.detach(), ref_r.detach()"
LOSS = "-logsigmoid(beta * ((pi_c - ref_c) - (pi_r - ref_r))).mean()"

DPO_LOSS = Task(
    "dpo_loss",
    points=2,
    answers=["dpo_loss"],
    uses=["bradley_terry"],
    reference=REFERENCE + "dpo_loss",
    probe=TORCH + "tensors",
    parts=[
        Part(VALUES, moved),
        Part(FAR, far, weight=0.5),
        Part(NO_GRADIENT, moved, weight=0.5, probe=PROBES + "learned"),
    ],
    misconceptions=[
        Misconception(
            "The reference learns with you: `detach` its log-probabilities.",
            {NO_GRADIENT},
            (DETACH, "pass"),
            forms=((DETACH, "ref_c = ref_c.detach()"), (DETACH, "ref_r = ref_r.detach()")),
        ),
        Misconception(
            "The model that learns is detached as well, so nobody learns.",
            {NO_GRADIENT},
            (DETACH, "pi_c, pi_r, ref_c, ref_r = pi_c.detach().requires_grad_(), pi_r.detach().requires_grad_(), ref_c.detach(), ref_r.detach()"),
        ),
        Misconception(
            "Chosen and rejected are exchanged.",
            {VALUES, FAR, NO_GRADIENT},
            (LOSS, LOSS.replace("beta *", "-beta *")),
        ),
        Misconception(
            "The reference is missing: what the answer's probability *was* is taken off.",
            {VALUES, FAR, NO_GRADIENT},
            (LOSS, "-logsigmoid(beta * (pi_c - pi_r)).mean()"),
        ),
        Misconception(
            "The reference is added. The reward is the *gain* over it, pi - ref.",
            {VALUES, FAR, NO_GRADIENT},
            (LOSS, "-logsigmoid(beta * ((pi_c + ref_c) - (pi_r + ref_r))).mean()"),
            forms=((LOSS, "-logsigmoid(beta * ((pi_c - pi_r) + (ref_c - ref_r))).mean()"),),
        ),
        Misconception("beta is missing.", {VALUES, NO_GRADIENT}, ("beta * ", "")),
        Misconception(
            "beta stands before the loss. It belongs inside the sigmoid.",
            {VALUES, NO_GRADIENT},
            (LOSS, "-beta * logsigmoid((pi_c - ref_c) - (pi_r - ref_r)).mean()"),
        ),
        Misconception("beta acts twice.", {VALUES, NO_GRADIENT}, ("beta * ", "beta * beta * ")),
        Misconception("You divide by beta.", {VALUES, NO_GRADIENT}, ("beta * ", "1 / beta * ")),
        Misconception(
            "The loss is negative: surprise is *minus* the logarithm.",
            {VALUES, FAR, NO_GRADIENT},
            ("return -logsigmoid", "return logsigmoid"),
        ),
        Misconception(
            "A loss is a mean over the pairs; you add up.", {VALUES, NO_GRADIENT}, (LOSS, LOSS.replace(".mean()", ".sum()"))
        ),
        Misconception(
            "Far from where it began the sigmoid is 0 in a computer, and its logarithm is -∞. Use `logsigmoid`.",
            {FAR},
            (LOSS, "-torch.log(torch.sigmoid(beta * ((pi_c - ref_c) - (pi_r - ref_r)))).mean()"),
        ),
        Misconception(
            "You divide probabilities. Of logarithms one takes the difference.",
            {VALUES, FAR, NO_GRADIENT},
            (LOSS, "-logsigmoid(beta * (pi_c / ref_c - pi_r / ref_r)).mean()"),
        ),
        Misconception(
            "Only the chosen answer counts. It is compared with the rejected one.",
            {VALUES, FAR, NO_GRADIENT},
            (LOSS, "-logsigmoid(beta * (pi_c - ref_c)).mean()"),
        ),
    ],
    hints=[
        "It is Bradley and Terry's loss; an answer's reward is how much likelier it has become, times beta.",
        r"mean of $-\log \sigma\big(\beta\,[(\pi_c - \text{ref}_c) - (\pi_r - \text{ref}_r)]\big)$; the reference gets no gradient.",
        "`-logsigmoid(beta * ((pi_c - ref_c.detach()) - (pi_r - ref_r.detach()))).mean()`",
    ],
)  # fmt: skip
