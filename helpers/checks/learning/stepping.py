"""One step of training in PyTorch."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.learning.counting import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def batches(rng: Generator, n: int, optimisers: tuple[str, ...]) -> Iterator[Case]:
    """Weights, rows and labels: a small batch that is the same for everyone, then random ones."""
    W, b = np.array([[1.0, 0.0, -1.0], [0.5, -2.0, 1.0]]), np.array([0.0, 0.5, -0.5])
    X, y = np.array([[1.0, 2.0], [-1.0, 1.0], [3.0, 0.0], [0.5, -1.0]]), np.array([2, 0, 1, 2])
    for optimiser in optimisers:
        yield Case({"W": W, "b": b, "X": X, "y": y, "optimiser": optimiser, "n": n})
        drawn = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=4), "X": rng.normal(size=(5, 3))}
        yield Case({**drawn, "y": rng.integers(0, 4, size=5), "optimiser": optimiser, "n": n})


def once(rng: Generator) -> Iterator[Case]:
    """One step of plain descent."""
    yield from batches(rng, 1, ("SGD",))


def often(rng: Generator) -> Iterator[Case]:
    """Three steps, by plain descent and by Adam."""
    yield from batches(rng, 3, ("SGD", "Adam"))


TRAIN_STEP = Task(
    "train_step",
    points=2,
    answers=["train_step"],
    reference=REFERENCE + "train_step",
    parts=[
        Part("loss", once, probe=PROBES + "losses", weight=0.5),
        Part("one step", once, probe=PROBES + "numbers", weight=0.75),
        Part("several steps", often, probe=PROBES + "numbers", weight=0.75),
    ],
    misconceptions=[
        Misconception(
            "The gradients pile up: `backward` *adds* to what is there, so each step goes along all gradients so far. "
            "`optimiser.zero_grad()` clears them.",
            {"several steps"},
            ("    optimiser.zero_grad()\n", ""),
        ),
        Misconception(
            "Nothing moves: at the moment of `step` there is no gradient, or nobody steps. First clear, then `backward`, "
            "then `step`.",
            {"one step", "several steps"},
            (
                "    optimiser.zero_grad()\n    loss.backward()\n",
                "    loss.backward()\n    optimiser.zero_grad()\n",
            ),
            forms=(
                (
                    "    loss.backward()\n    optimiser.step()\n",
                    "    optimiser.step()\n    loss.backward()\n",
                ),
                ("    optimiser.step()\n", ""),
                ("    loss.backward()\n", ""),
            ),
        ),
        Misconception(
            "`step` comes before `backward`: it goes along the gradients of the batch before.",
            {"one step", "several steps"},
            (
                "    optimiser.zero_grad()\n    loss.backward()\n    optimiser.step()\n",
                "    optimiser.step()\n    optimiser.zero_grad()\n    loss.backward()\n",
            ),
        ),
        Misconception(
            "A softmax stands before `cross_entropy`, which has one inside: it wants scores.",
            {"loss", "one step", "several steps"},
            ("cross_entropy(model(X), y)", "cross_entropy(torch.softmax(model(X), dim=1), y)"),
        ),
        Misconception(
            "The loss is a sum over the rows. Here losses are means.",
            {"loss", "one step", "several steps"},
            ("cross_entropy(model(X), y)", 'cross_entropy(model(X), y, reduction="sum")'),
        ),
        Misconception(
            "You return the loss as a tensor, which can hold on to the whole graph behind it. `loss.item()` is the number.",
            {"loss"},
            ("loss.item()", "loss"),
            forms=(("loss.item()", "loss.detach()"),),
        ),
        Misconception(
            "You return the loss after the step. The one before it is asked for: it is there already.",
            {"loss"},
            ("loss.item()", "nn.functional.cross_entropy(model(X), y).item()"),
        ),
    ],
    hints=[
        "Four things happen: predict and measure, clear old gradients, compute new ones, step. Only one order works.",
        r"$g = \nabla J$ by `backward()`, then $w \leftarrow w - \eta g$ by `step()`; `backward()` adds to the old $g$.",
        "`loss = nn.functional.cross_entropy(...)`, `optimiser.zero_grad()`, `loss....`, `optimiser....`, and "
        "`return loss.item()`.",
    ],
)
