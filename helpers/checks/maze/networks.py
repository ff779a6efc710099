"""Lesson 12: what a network's Q is taught, and a policy that is paid by results."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.maze.ways import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def moved(rng: Generator) -> Iterator[Case]:
    """A game that goes on, one that is over, a wall with the best value, values below 0, no way out at the end."""
    yield after([1.0], [[2.0, 4.0]], [[1, 1]], [0], 0.5)
    yield after([1.0, 0.0], [[2.0, 4.0], [3.0, 8.0]], [[1, 1], [1, 1]], [1, 0], 0.5)
    yield after([0.0], [[2.0, 9.0, -1.0, 4.0]], [[1, 0, 1, 1]], [0], 0.25)
    yield after([-1.0], [[-2.0, -4.0, 0.0]], [[1, 1, 0]], [0], 0.5)
    yield after([3.0, 0.0], [[1.0, 2.0], [1.0, 2.0]], [[0, 0], [1, 0]], [1, 0], 1.0)
    n = 4
    legal = rng.random((n, 4)) < 0.6
    legal[:, 0] = True
    yield Case(
        {
            "r": rng.normal(size=n),
            "q2": rng.normal(size=(n, 4)),
            "legal2": legal,
            "done": np.array([False, True, False, False]),
            "gamma": 0.9,
        }
    )


def after(
    r: list[float], q2: list[list[float]], legal2: list[list[int]], done: list[int], gamma: float
) -> Case:
    """Return a case of these lists."""
    masks = {"legal2": np.array(legal2, dtype=bool), "done": np.array(done, dtype=bool)}
    return Case({"r": np.array(r), "q2": np.array(q2), **masks, "gamma": gamma})


def games(rng: Generator) -> Iterator[Case]:
    """Two games, three, returns that are all alike, many."""
    yield Case({"logp": np.array([-1.0, -2.0]), "G": np.array([1.0, 0.0])})
    yield Case({"logp": np.array([-1.0, -2.0, -4.0]), "G": np.array([3.0, 0.0, 1.0])})
    yield Case({"logp": np.array([-1.0, -3.0, -2.0]), "G": np.array([5.0, 5.0, 5.0])})
    yield Case({"logp": -rng.exponential(size=6), "G": rng.normal(size=6) + 2})


# ---------------------------------------------------------------- tasks

ENDED = "best.masked_fill(done, 0.0)"
ALLOWED = ".masked_fill(~legal2, -torch.inf)"

Q_TARGETS = Task(
    "q_targets",
    points=2,
    answers=["q_targets"],
    reference=REFERENCE + "q_targets",
    parts=[
        Part("targets", moved, probe=PROBES + "values"),
        Part("no gradient", moved, probe=PROBES + "targets", weight=0.34),
    ],
    misconceptions=[
        Misconception(
            "After the end nothing comes: where `done`, the target is r alone.",
            {"targets", "no gradient"},
            (ENDED, "best"),
        ),
        Misconception(
            "`done` is turned round: next values count while the game goes on.",
            {"targets", "no gradient"},
            (ENDED, "best.masked_fill(~done, 0.0)"),
        ),
        Misconception(
            "0 times -inf is NaN: a game that is over may have no legal move. Put 0 there, do not multiply by it.",
            {"targets", "no gradient"},
            (ENDED, "best * (~done)"),
        ),
        Misconception(
            "A wall can have the best value. Only legal moves count.",
            {"targets", "no gradient"},
            (ALLOWED, ""),
        ),
        Misconception(
            "An illegal move has the value 0 with you: where all others are below 0 it is the best.",
            {"targets", "no gradient"},
            (ALLOWED, ".masked_fill(~legal2, 0.0)"),
        ),
        Misconception(
            "You mask the legal moves: turn the mask round.",
            {"targets", "no gradient"},
            (ALLOWED, ".masked_fill(legal2, -torch.inf)"),
        ),
        Misconception(
            "The next value is not discounted: gamma is missing.",
            {"targets", "no gradient"},
            ("gamma * best", "best"),
        ),
        Misconception(
            "gamma discounts the reward, too. It is earned now.",
            {"targets", "no gradient"},
            ("r + gamma * " + ENDED, f"gamma * (r + {ENDED})"),
        ),
        Misconception(
            "Your targets carry a gradient: descent would bend the target toward the guess. Detach them.",
            {"no gradient"},
            ("q2.detach()", "q2"),
        ),
    ],
    hints=[
        "It is `q_step`'s target, for n moves at once. Two masks: what can't be done, and what is over.",
        "r + gamma max over the legal q2; 0 for the second term where done. And nothing that is learned from: detach.",
        "`best = q2.detach().masked_fill(~legal2, -torch.inf).max(dim=1).values`, and `masked_fill(done, 0.0)` before it is added.",
    ],
)

OTHERS = "(G.sum() - G) / (len(G) - 1)"
PAY = "-(logp * (G - baseline)).mean()"

POLICY_LOSS = Task(
    "policy_loss",
    points=2,
    answers=["policy_loss"],
    reference=REFERENCE + "policy_loss",
    parts=[
        Part("loss", games, probe=PROBES + "worth", weight=0.5),
        Part("gradient", games, probe=PROBES + "gradient"),
        Part("returns are fixed", games, probe=PROBES + "through", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The minus is missing: descent would make what was good less likely.",
            {"loss", "gradient"},
            (PAY, PAY[1:]),
        ),
        Misconception(
            "There is no baseline: where all returns are positive, all moves become likelier.",
            {"loss", "gradient"},
            ("(G - baseline)", "G"),
        ),
        Misconception(
            "A game's own return is in its baseline. Take the mean of the *other* games.",
            {"loss", "gradient"},
            (OTHERS, "G.mean()"),
        ),
        Misconception(
            "The baseline is added. Take it off.",
            {"loss", "gradient"},
            ("(G - baseline)", "(G + baseline)"),
        ),
        Misconception(
            "The baseline divides by all games, but sums over the others: there is one fewer.",
            {"loss", "gradient"},
            ("(len(G) - 1)", "len(G)"),
        ),
        Misconception(
            "The baseline is a sum. It is the *mean* of the other returns.",
            {"loss", "gradient"},
            (OTHERS, "G.sum() - G"),
        ),
        Misconception(
            "That is a sum over the games. A loss is a mean.",
            {"loss", "gradient"},
            (PAY, PAY.replace("mean", "sum")),
        ),
        Misconception(
            "You weigh probabilities, not their logarithms: drop the exp.",
            {"loss", "gradient"},
            ("(logp * (G", "(logp.exp() * (G"),
        ),
        Misconception(
            "The gradient runs through the returns. They are what the game paid, not what the network said: detach.",
            {"returns are fixed"},
            ("    G = G.detach()\n", ""),
        ),
    ],
    hints=[
        "A game that paid more than the others should become likelier, one that paid less, less likely.",
        "The loss is minus the mean of logp times (G - baseline); the baseline of game i is the mean of all G but its own.",
        "`baseline = (G.sum() - G) / (len(G) - 1)`, then `-(logp * (G - baseline)).mean()`, with G detached.",
    ],
)
