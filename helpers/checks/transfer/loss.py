"""Lesson 09, part 3: the loss of a linear probe."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE


def losses(rng: Generator) -> Iterator[Case]:
    """Weights, features and classes; the first two are the same for all, without a penalty and with one."""
    by_hand = {
        "W": np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]]),
        "b": np.array([0.0, 1.0, -0.5]),
        "F": np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0], [2.0, 0.0]]),
        "y": np.array([0, 2, 1, 1]),
    }
    for lam in (0.0, 0.5):
        yield Case({**by_hand, "lam": lam})
    for n, d, K, lam in [(6, 2, 4, 0.7), (4, 5, 3, 3.0)]:
        inputs = {"W": rng.normal(size=(d, K)), "b": rng.normal(size=K), "F": rng.normal(size=(n, d))}
        yield Case({**inputs, "y": rng.integers(0, K, n), "lam": lam})


def penalised(rng: Generator) -> Iterator[Case]:
    """The same with a penalty always."""
    return (case for case in losses(rng) if case.inputs["lam"])


CROSS, SQUARES = "cross_entropy(F @ W + b, y)", "(W**2).sum()"
BOTH = {"value", "gradient"}
PROBE_LOSS = Task(
    "probe_loss",
    points=1,
    answers=["probe_loss"],
    reference=REFERENCE + "probe_loss",
    parts=[
        Part("value", losses, probe=PROBES + "loss_value"),
        Part("gradient", penalised, probe=PROBES + "loss_gradient"),
    ],
    misconceptions=[
        Misconception(
            "The penalty has no gradient: the value is right, but nothing pulls W towards zero.",
            {"gradient"},
            (SQUARES, "(W.detach()**2).sum()"),
            forms=[(SQUARES, "(W**2).sum().item()")],
        ),
        Misconception(
            "The bias is penalised, too. It says how frequent a class is, and may be as large as it likes.",
            BOTH,
            (SQUARES, "((W**2).sum() + (b**2).sum())"),
        ),
        Misconception(
            "The bias is penalised in place of W.",
            BOTH,
            (SQUARES, "(b**2).sum()"),
        ),
        Misconception(
            "The features are penalised in place of W.",
            BOTH,
            (SQUARES, "(F**2).sum()"),
            forms=[(SQUARES, "((F @ W + b) ** 2).sum()")],
        ),
        Misconception(
            "The penalty is missing: with `lam` > 0 it adds to the loss.",
            BOTH,
            (" + lam / 2 * (W**2).sum()", ""),
        ),
        Misconception(
            "The penalty has the wrong size: it is lam *half* times the sum of squares.",
            BOTH,
            ("lam / 2", "lam"),
            forms=[("lam / 2", "lam / 4"), ("lam / 2", "2 * lam"), ("lam / 2", "lam**2 / 2"), ("lam / 2", "0.5")],
        ),
        Misconception(
            "The penalty is subtracted: large weights would be rewarded.",
            BOTH,
            (" + lam / 2", " - lam / 2"),
        ),
        Misconception(
            "The squares are averaged; here they are summed.",
            BOTH,
            (SQUARES, "(W**2).mean()"),
            forms=[(SQUARES, "(W**2).sum(0).mean()"), (SQUARES, "(W**2).sum(1).mean()")],
        ),
        Misconception(
            "The penalty is divided by the number of rows; it does not depend on how many there are.",
            BOTH,
            ("lam / 2", "lam / (2 * len(F))"),
            forms=[("lam / 2", "lam / len(F)")],
        ),
        Misconception(
            "The penalty is multiplied by the number of rows; it does not depend on how many there are.",
            BOTH,
            ("lam / 2", "lam * len(F) / 2"),
        ),
        Misconception(
            "The penalty takes the length of W; it is the length squared.",
            BOTH,
            (SQUARES, "(W**2).sum().sqrt()"),
            forms=[("lam / 2 * (W**2).sum()", "lam * (W**2).sum().sqrt()")],
        ),
        Misconception(
            "The penalty takes the absolute values of W; it is the sum of their squares.",
            BOTH,
            (SQUARES, "W.abs().sum()"),
            forms=[("lam / 2 * (W**2).sum()", "lam * W.abs().sum()")],
        ),
        Misconception(
            "You square the sum of W; square each number, then sum.",
            BOTH,
            (SQUARES, "W.sum() ** 2"),
            forms=[(SQUARES, "W.sum()")],
        ),
        Misconception(
            "The loss has no gradient: a number was taken out of the graph (`.item()`, `.detach()`, float, NumPy).",
            {"gradient"},
            ("return cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()", "return (cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()).detach()"),
            forms=[(CROSS, "cross_entropy(F @ W + b, y).detach()"), ("F @ W + b", "(F @ W + b).detach()")],
        ),
        Misconception(
            "The cross-entropies are summed; a loss is a mean.",
            BOTH,
            (CROSS, "cross_entropy(F @ W + b, y, reduction='sum')"),
        ),
        Misconception(
            "The cross-entropy has the wrong sign: it is *minus* the mean logarithm of the right class's probability.",
            BOTH,
            (CROSS, "-cross_entropy(F @ W + b, y)"),
        ),
        Misconception(
            "Probabilities instead of scores go into the cross-entropy, which takes a softmax itself.",
            BOTH,
            ("F @ W + b", "torch.softmax(F @ W + b, dim=1)"),
        ),
        Misconception(
            "The bias is missing in the scores F W + b.",
            BOTH,
            ("F @ W + b", "F @ W"),
        ),
        Misconception(
            "The softmax goes over the rows; each row has its own classes, along dim=1.",
            BOTH,
            (CROSS, "-torch.log_softmax(F @ W + b, dim=0)[range(len(y)), y].mean()"),
        ),
    ],
    hints=[
        "cross_entropy takes scores and class numbers and gives the mean. Add the penalty.",
        r"$\text{cross-entropy}(FW + b, y) + \frac{\lambda}{2}\sum_{ij} W_{ij}^2$",
        "`cross_entropy(F @ W + b, y) + lam / 2 * ...`",
    ],
)  # fmt: skip
