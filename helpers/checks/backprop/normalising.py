"""Lesson 03, deeper: batch normalisation."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def batches(rng: Generator, count: int, new: bool | None = None) -> Iterator[Case]:
    """Batches of columns with different means and spreads; then new rows, or none, where the probe asks.

    The first are the same for all, small, and their layer has settings of its own; the others keep the defaults.
    """
    table = np.array([[1.0, 20.0], [3.0, 10.0], [2.0, 60.0]])
    fixed = [table + 2 * i for i in range(count + 1)]
    settings = {"momentum": 0.25, "eps": 0.5}
    yield Case(
        {"batches": fixed[:-1], **settings} | ({} if new is None else {"X_new": fixed[-1] if new else None})
    )
    for n, d in [(4, 3), (6, 2)]:
        centre, spread = rng.normal(size=d) * 5, rng.uniform(0.5, 4, size=d)
        drawn = [centre + spread * rng.normal(size=(n, d)) for _ in range(count + 1)]
        case = {"batches": drawn[:-1], "momentum": None, "eps": None}
        yield Case(case if new is None else case | {"X_new": drawn[-1] if new else None})


def fresh(rng: Generator) -> Iterator[Case]:
    """Two layers of different widths: what each has at the start, and whether one changes the other."""
    yield Case({"d": 2, "other": 3})


ALWAYS_MOVING = """
class BatchNorm:
    def __init__(self, d, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(d), np.zeros(d)
        self.mean, self.var = np.zeros(d), np.ones(d)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, X):
        mean, var = X.mean(axis=0), X.var(axis=0)
        self.mean = self.mean + self.momentum * (mean - self.mean)
        self.var = self.var + self.momentum * (X.var(axis=0, ddof=1) - self.var)
        if not self.training:
            mean, var = self.mean, self.var
        return self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta
"""


BATCH_NORM = Task(
    "BatchNorm",
    points=0,
    answers=["BatchNorm"],
    reference=REFERENCE + "BatchNorm",
    parts=[
        Part("training", lambda rng: batches(rng, 1, new=False), probe=PROBES + "normalises"),
        Part("running statistics", lambda rng: batches(rng, 3), probe=PROBES + "statistics"),
        Part("evaluation", lambda rng: batches(rng, 3, new=True), probe=PROBES + "normalises"),
        Part("a new layer", fresh, probe=PROBES + "new_layer"),
    ],
    misconceptions=[
        Misconception(
            "Out of training the batch must not matter: normalise with the running statistics.",
            {"evaluation"},
            ("mean, var = self.mean, self.var", "mean, var = X.mean(axis=0), X.var(axis=0)"),
        ),
        Misconception(
            "In training the batch's own mean and variance count, not the running ones.",
            {"training", "a new layer"},
            (
                "return self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta",
                "return self.gamma * (X - self.mean) / np.sqrt(self.var + self.eps) + self.beta",
            ),
        ),
        Misconception(
            "The running statistics never move. In training they follow each batch by the share `momentum`.",
            {"running statistics", "evaluation"},
            edits=(
                ("self.mean = self.mean + self.momentum * (mean - self.mean)", "pass"),
                ("self.var = self.var + self.momentum * (unbiased - self.var)", "pass"),
            ),
        ),
        Misconception(
            "The running statistics are those of the last batch alone. They move towards each by the share `momentum`.",
            {"running statistics", "evaluation"},
            edits=(
                ("self.mean + self.momentum * (mean - self.mean)", "mean"),
                ("self.var + self.momentum * (unbiased - self.var)", "unbiased"),
            ),
            forms=(
                [
                    ("self.mean + self.momentum * (mean - self.mean)", "mean"),
                    ("self.var + self.momentum * (unbiased - self.var)", "var"),
                ],
            ),
        ),
        Misconception(
            "The running variance is the unbiased one, over n - 1; only the batch itself is normalised with n.",
            {"running statistics", "evaluation"},
            ("X.var(axis=0, ddof=1)", "X.var(axis=0)"),
        ),
        Misconception(
            "The batch itself is normalised with its variance over n; only the *running* variance is over n - 1.",
            {"training", "a new layer"},
            ("X.mean(axis=0), X.var(axis=0)", "X.mean(axis=0), X.var(axis=0, ddof=1)"),
        ),
        Misconception(
            "The learnable scale and shift, gamma and beta, are missing.",
            {"training", "evaluation"},
            ("self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta",
             "(X - mean) / np.sqrt(var + self.eps)"),
        ),
        Misconception(
            "The shift beta is missing.",
            {"training", "evaluation"},
            (" / np.sqrt(var + self.eps) + self.beta", " / np.sqrt(var + self.eps)"),
        ),
        Misconception(
            "The scale gamma is missing.",
            {"training", "evaluation"},
            ("self.gamma * (X - mean)", "(X - mean)"),
        ),
        Misconception(
            "The mean is not subtracted.",
            {"training", "evaluation", "a new layer"},
            ("self.gamma * (X - mean)", "self.gamma * X"),
        ),
        Misconception(
            "You divide by the variance. Dividing by its square root gives the column spread 1.",
            {"training", "evaluation", "a new layer"},
            ("np.sqrt(var + self.eps)", "(var + self.eps)"),
        ),
        Misconception(
            "eps stands in another place, or is missing: √(v + ε), inside the root.",
            {"training", "evaluation", "a new layer"},
            ("np.sqrt(var + self.eps)", "(np.sqrt(var) + self.eps)"),
            forms=(("np.sqrt(var + self.eps)", "np.sqrt(var)"), ("np.sqrt(var + self.eps)", "np.sqrt(var + 1e-5)")),
        ),
        Misconception(
            "The momentum is the share of the *new* batch (0.1), as in PyTorch: the old value keeps 0.9.",
            {"running statistics", "evaluation"},
            edits=(("self.momentum *", "(1 - self.momentum) *"),),
            forms=(("self.momentum * (mean - self.mean)", "(1 - self.momentum) * (mean - self.mean)"),),
        ),
        Misconception(
            "The momentum is 0.1 whatever the layer was made with: use `self.momentum`.",
            {"running statistics", "evaluation"},
            edits=(("self.momentum *", "0.1 *"),),
        ),
        Misconception(
            "You normalise each row. Batch normalisation works on each *column*, across the rows of the batch.",
            {"training", "running statistics", "evaluation", "a new layer"},
            ("mean, var = X.mean(axis=0), X.var(axis=0)",
             "mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)"),
        ),
        Misconception(
            "One mean and one variance for the whole batch. Each *column* has its own.",
            {"training", "running statistics", "evaluation", "a new layer"},
            ("X.mean(axis=0), X.var(axis=0)", "X.mean(), X.var()"),
            forms=(
                [("X.mean(axis=0), X.var(axis=0)", "X.mean(), X.var()"),
                 ("X.var(axis=0, ddof=1)", "X.var(ddof=1)")],
            ),
        ),
        Misconception(
            "The running statistics move out of training too: what is said about one row would then change the next.",
            {"evaluation"},
            wrong=ALWAYS_MOVING,
        ),
    ],
    hints=[
        "Which mean and which variance? That depends on `self.training`; the last line is the same for both.",
        r"$\gamma \odot \dfrac{X - \mu}{\sqrt{v + \epsilon}} + \beta$, and in training "
        r"$\mu_\text{run} \leftarrow \mu_\text{run} + m\,(\mu - \mu_\text{run})$",
        "In training: `mean, var = X.mean(axis=0), X.var(axis=0)`, then move `self.mean` towards `mean` and `self.var` "
        "towards `X.var(axis=0, ddof=1)` by the share `self.momentum`.",
    ],
)  # fmt: skip
