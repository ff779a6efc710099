"""Lesson 10: two players, and the best judge that there is."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def scores(rng: Generator) -> Iterator[Case]:
    """A judge that knows nothing, one that is right, one that is fooled; unequal numbers of rows."""
    yield Case({"real": np.zeros(2), "fake": np.zeros(3)})
    yield Case({"real": np.array([2.0, 1.0]), "fake": np.array([-3.0, -1.0, 0.5])})
    yield Case({"real": np.array([-2.0, 0.5, 0.0]), "fake": np.array([3.0])})
    yield Case({"real": 2 * rng.normal(size=5), "fake": 2 * rng.normal(size=4)})


def huge(rng: Generator) -> Iterator[Case]:
    """A judge that is sure beyond what exp can say, and right, and wrong."""
    yield Case({"real": np.array([900.0, 1000.0]), "fake": np.array([-1000.0])})
    yield Case({"real": np.array([-900.0]), "fake": np.array([1000.0, 800.0])})


def both(rng: Generator) -> Iterator[Case]:
    """Moderate and huge scores."""
    yield from scores(rng)
    yield from huge(rng)


def densities(rng: Generator) -> Iterator[Case]:
    """Places where both come, one of them, neither; a line and a table."""
    yield Case({"p": np.array([0.2, 0.3, 0.5, 0.0, 0.0]), "q": np.array([0.2, 0.1, 0.0, 0.7, 0.0])})
    yield Case({"p": np.array([4.0]), "q": np.array([1.0])})
    yield Case({"p": rng.uniform(size=(2, 3)), "q": rng.uniform(size=(2, 3))})


# ---------------------------------------------------------------- tasks

JUDGE, FORGER, STABLE, SLOPE = (
    "the judge's loss",
    "the forger's loss",
    "scores of any size",
    "the forger's slope",
)
FIRST_LOSS, SECOND_LOSS = "softplus(-real).mean() + softplus(fake).mean()", "softplus(-fake).mean()"
BOTH = f"return {FIRST_LOSS}, {SECOND_LOSS}"

GAN_LOSSES = Task(
    "gan_losses",
    points=2,
    answers=["gan_losses"],
    reference=REFERENCE + "gan_losses",
    parts=[
        Part(JUDGE, scores, probe=PROBES + "judge", weight=0.75),
        Part(FORGER, scores, probe=PROBES + "forger", weight=0.5),
        Part(STABLE, huge, probe=PROBES + "tensors", weight=0.5),
        Part(SLOPE, both, probe=PROBES + "forger_gradient", weight=0.25),
    ],
    misconceptions=[
        Misconception(
            "The judge's labels are exchanged: it learns to call real rows forged.",
            {JUDGE, STABLE},
            (FIRST_LOSS, "softplus(real).mean() + softplus(-fake).mean()"),
        ),
        Misconception(
            "The forger is paid for being caught: its rows should be called real, label 1.",
            {FORGER, STABLE, SLOPE},
            (SECOND_LOSS, "softplus(fake).mean()"),
        ),
        Misconception(
            "Your forger minimises log(1 - D). Where the judge is sure, as at the start, that has no slope; -log D has one.",
            {FORGER, STABLE, SLOPE},
            (SECOND_LOSS, "-softplus(fake).mean()"),
        ),
        Misconception(
            "The judge looks at forged rows alone.",
            {JUDGE, STABLE},
            (FIRST_LOSS, "softplus(fake).mean()"),
        ),
        Misconception(
            "The judge looks at real rows alone: it may call everything real.",
            {JUDGE, STABLE},
            (FIRST_LOSS, "softplus(-real).mean()"),
        ),
        Misconception(
            "You halve the judge's loss. It is the sum of two means.",
            {JUDGE, STABLE},
            (FIRST_LOSS, f"({FIRST_LOSS}) / 2"),
        ),
        Misconception(
            "You take one mean over all rows. Real and forged ones have a mean each, however many they are.",
            {JUDGE, STABLE},
            (FIRST_LOSS, "torch.cat([softplus(-real), softplus(fake)]).mean()"),
            forms=((FIRST_LOSS, "2 * torch.cat([softplus(-real), softplus(fake)]).mean()"),),
        ),
        Misconception(
            "You return sums over the rows. Losses are means.",
            {JUDGE, FORGER, STABLE, SLOPE},
            (BOTH, "return softplus(-real).sum() + softplus(fake).sum(), softplus(-fake).sum()"),
        ),
        Misconception(
            "Where the judge is sure there is infinity, NaN or a cut: the logarithm of a sigmoid that is exactly 0. Write it with `softplus`.",
            {STABLE, SLOPE},
            (
                BOTH,
                "D, G = torch.sigmoid(real), torch.sigmoid(fake)\n"
                "    return -torch.log(D).mean() - torch.log(1 - G).mean(), -torch.log(G).mean()",
            ),
        ),
        Misconception(
            "No gradient reaches the forger: its loss was cut from the scores.",
            {SLOPE},
            (SECOND_LOSS, "(softplus(-fake).mean().detach() + 0 * fake.sum())"),
            forms=((SECOND_LOSS, "softplus(-fake.detach()).mean()"),),
        ),
        Misconception(
            "You return (forger, judge). The judge comes first.",
            {JUDGE, FORGER, STABLE, SLOPE},
            (BOTH, f"return {SECOND_LOSS}, {FIRST_LOSS}"),
        ),
        Misconception(
            "These are scores, before the sigmoid, and you take their own difference: that is another game (Wasserstein's).",
            {JUDGE, FORGER, STABLE, SLOPE},
            (BOTH, "return fake.mean() - real.mean(), -fake.mean()"),
        ),
    ],
    hints=[
        "Three sentences: real rows should be called real, forged ones forged; and the forger wants its rows to be called real.",
        "-log σ(s) = log(1 + e^-s) = softplus(-s), and -log(1 - σ(s)) = softplus(s).",
        "`softplus(-real).mean() + softplus(...).mean()`, and `softplus(...).mean()` for the forger.",
    ],
)  # fmt: skip

SHARE = "np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)"

BEST_JUDGE = Task(
    "best_judge",
    points=1,
    answers=["best_judge"],
    reference=REFERENCE + "best_judge",
    parts=[Part("probabilities", densities)],
    misconceptions=[
        Misconception(
            "Where neither ever comes there is 0/0. Nobody can tell there: ½.",
            {"probabilities"},
            (SHARE, "p / np.where(total > 0, total, np.nan)"),
        ),
        Misconception(
            "Where neither ever comes you say 0: surely forged. Nobody can tell there: ½.",
            {"probabilities"},
            ("0.5)", "0.0)"),
        ),
        Misconception(
            "You return p/q, which is no probability: it is the odds.",
            {"probabilities"},
            (SHARE, "p / np.where(q > 0, q, 1)"),
        ),
        Misconception(
            "You return p - q, which may be negative. A probability is a share: p / (p + q).",
            {"probabilities"},
            (SHARE, "p - q"),
        ),
        Misconception(
            "You return the probability of \"forged\", q / (p + q).",
            {"probabilities"},
            ("p / np.where", "q / np.where"),
        ),
        Misconception(
            "You say 0 or 1, the likelier of the two. A judge that pays by logarithms says how sure it is.",
            {"probabilities"},
            (SHARE, "np.where(p == q, 0.5, p > q)"),
        ),
        Misconception(
            "You divide by the sum over all places. Each place is judged by itself.",
            {"probabilities"},
            (SHARE, "p / total.sum()"),
        ),
        Misconception(
            "You squash the difference: σ(p - q). The best judge is σ(log p - log q).",
            {"probabilities"},
            (SHARE, "1 / (1 + np.exp(q - p))"),
        ),
    ],
    hints=[
        "At one place, out of all rows that come there, which share is real?",
        "p / (p + q), and ½ where p + q = 0.",
        "`np.where(p + q > 0, p / np.where(p + q > 0, p + q, 1), 0.5)`",
    ],
)  # fmt: skip
