"""Lesson 03, part 7: gradients through any graph."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain


def graph(
    rng: Generator, parents: list[list[int]], sizes: Sequence[int], plain: bool = False, **runs: Plain
) -> Case:
    """Return a case: a Jacobian for each edge, or none where gradients are handed on as they are.

    Args:
        rng: draws the Jacobians.
        parents: of each node, all of them before it; the last node is a single number.
        sizes: how many entries each of the others has, in turn.
        plain: whether the nodes hand their gradients on, all but the last.
        runs: from which nodes `backward` is run, one after the other, and whether gradients are there already.
    """
    last = len(parents) - 1
    n = [sizes[i % len(sizes)] for i in range(last)]

    def jacobian(child: int, parent: int) -> ndarray | None:
        if plain and child != last:
            return None
        shape = (n[parent],) if child == last else (n[child], n[parent])
        return rng.integers(1, 4, shape) * rng.choice([-1.0, 1.0], shape) / 2

    jacobians = [[jacobian(i, p) for p in mine] for i, mine in enumerate(parents)]
    return Case({"parents": parents, "sizes": n, "jacobians": jacobians, "runs": runs.get("runs", [last]),
                 "left": runs.get("left", False)})  # fmt: skip


def used_once(rng: Generator) -> Iterator[Case]:
    """Graphs in which each node has one consumer; the first is the same for all."""
    yield graph(np.random.default_rng(1), [[], [0], [1]], (2,))
    yield graph(rng, [[], [0], [1], [2]], (2, 3))
    yield graph(rng, [[], [], [0, 1], [], [2, 3]], (2, 3, 3))


def used_twice(rng: Generator) -> Iterator[Case]:
    """A node that is used twice by one, by two, and across layers."""
    yield graph(np.random.default_rng(1), [[], [0, 0]], (2,))
    yield graph(np.random.default_rng(2), [[], [0], [0], [1, 2]], (2,))
    yield graph(np.random.default_rng(3), [[], [0], [1, 0], [2, 1]], (2,))
    for parents in ([[], [0], [1, 0], [2, 1], [3, 0]], [[], [], [0, 1], [0, 2], [2, 3], [4, 3]]):
        yield graph(rng, parents, (3, 2))


def handed_on(rng: Generator) -> Iterator[Case]:
    """Two sums that share a term: both hand on their gradient as it is, the same array."""
    parents = [[], [], [], [0, 1], [0, 2], [3, 4]]
    yield graph(np.random.default_rng(1), parents, (2,), plain=True)
    yield graph(rng, parents, (3,), plain=True)


def run_twice(rng: Generator) -> Iterator[Case]:
    """The same graph two times in a row, and gradients left by an earlier graph."""
    yield graph(np.random.default_rng(1), [[], [0]], (2,), runs=[1, 1])
    yield graph(np.random.default_rng(1), [[], [0]], (2,), left=True)
    yield graph(rng, [[], [0], [1, 0], [2, 1]], (3, 2), runs=[3, 3])


BACK = {"nodes used once", "nodes used twice", "shared arrays", "run twice"}


BACKWARD = Task(
    "backward",
    points=2,
    answers=["backward"],
    reference=REFERENCE + "backward",
    probe=PROBES + "gradients",
    parts=[
        Part("nodes used once", used_once, weight=0.5),
        Part("nodes used twice", used_twice),
        Part("shared arrays", handed_on, weight=0.25),
        Part("run twice", run_twice, weight=0.25),
    ],
    uses=["topological_order"],
    misconceptions=[
        Misconception(
            "A node that is used twice keeps only the gradient that arrives last. They must be added.",
            {"nodes used twice", "shared arrays", "run twice"},
            ("g if parent.grad is None else parent.grad + g", "g"),
        ),
        Misconception(
            "A node that is used twice keeps only the gradient that arrives first. They must be added.",
            {"nodes used twice", "shared arrays", "run twice"},
            ("g if parent.grad is None else parent.grad + g", "g if parent.grad is None else parent.grad"),
        ),
        Misconception(
            "`+=` changes an array in place, and a sum hands the *same* array to both its terms: you changed a "
            "gradient that belongs to another node too. Write `parent.grad = parent.grad + g`.",
            {"shared arrays"},
            ("else parent.grad + g", "else np.add(parent.grad, g, out=parent.grad)"),
        ),
        Misconception(
            "You start at the leaves. Gradients flow from the loss, so go through the order from its end.",
            BACK,
            ("in reversed(order)", "in order"),
        ),
        Misconception(
            "The second run adds to what the first one left: clear every `grad` before you start.",
            {"run twice"},
            ("node.grad = None", "pass"),
        ),
        Misconception(
            "The gradient of the loss with respect to itself is 1, not 0.",
            BACK,
            ("np.ones_like(", "np.zeros_like("),
        ),
        Misconception(
            "The loss begins with its own value. Its gradient with respect to itself is 1.",
            BACK,
            ("np.ones_like(loss.data)", "loss.data"),
        ),
        Misconception(
            "Each pull wants the gradient of its *own* node, `node.grad`; you give them all the loss's.",
            BACK,
            ("pull(node.grad)", "pull(loss.grad)"),
        ),
        Misconception(
            "A pull takes the gradient itself: `pull(node.grad)`. To ask it for the slope and to multiply afterwards is "
            "right for single numbers, not for arrays.",
            {"nodes used once", "nodes used twice", "run twice"},
            ("pull(node.grad)", "pull(np.ones_like(node.data)) * node.grad"),
            forms=(
                ("pull(node.grad)", "node.grad * pull(np.ones(np.shape(node.grad)))"),
                ("pull(node.grad)", "node.grad * pull(1.0)"),
            ),
        ),
        Misconception(
            "You hand a gradient on before it is complete, and then once more: a node waits until *all* its consumers have "
            "had their turn. That is what the topological order is for.",
            {"nodes used twice", "run twice"},
            wrong="""
def backward(loss):
    for node in topological_order(loss):
        node.grad = None
    loss.grad = np.ones_like(loss.data)

    def visit(node):
        for parent, pull in node.edges:
            g = pull(node.grad)
            parent.grad = g if parent.grad is None else parent.grad + g
            visit(parent)

    visit(loss)
""",
        ),
        Misconception(
            "Only the parents of the loss get a gradient: every node of the order hands its own on.",
            BACK,
            ("in reversed(order)", "in [loss]"),
        ),
    ],
    hints=[
        "When a node's turn comes, its own gradient must be complete. In which order does that hold? And what if a "
        "gradient arrives where one is already?",
        r"$\bar v = \sum_{u \text{ uses } v} \text{pull}_{u \to v}(\bar u)$, consumers first, and $\bar L = 1$",
        "`for node in reversed(order): for parent, pull in node.edges:` compute `g = pull(node.grad)`; the first g is "
        "kept, each later one is added, not in place",
    ],
)
