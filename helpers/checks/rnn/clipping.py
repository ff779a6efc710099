"""Lesson 06, part 6: gradients that are too long."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def long(rng: Generator) -> Iterator[Case]:
    """Gradients whose common norm is twice the limit and more; no single one decides."""
    yield Case({"gradients": [np.array([2.0, -1.0]), np.array([[2.0]])], "limit": 1.5})
    yield Case({"gradients": [np.array([[3.0, 0.0]]), np.array([4.0])], "limit": 2.0})
    yield from norms(rng, 2.5)


def norms(rng: Generator, scale: float) -> Iterator[Case]:
    """Gradients of several shapes whose common norm is `scale` times the limit."""
    for shapes in ([(3, 4), (4,)], [(2, 2), (2, 2), (5,)]):
        gradients = [rng.normal(size=s) for s in shapes]
        norm = float(np.sqrt(sum((g**2).sum() for g in gradients)))
        limit = float(rng.uniform(2.5, 4))
        yield Case({"gradients": [g * scale * limit / norm for g in gradients], "limit": limit})


def calm(rng: Generator) -> Iterator[Case]:
    """Gradients below the limit, at it, and all zero; then a long one, so that to do nothing is not enough."""
    yield Case({"gradients": [np.array([0.5, -0.25]), np.array([[0.5]])], "limit": 1.0})
    yield Case({"gradients": [np.zeros((2, 2)), np.zeros(3)], "limit": 1.0})
    yield Case({"gradients": [np.array([3.0, 4.0])], "limit": 5.0})
    yield Case({"gradients": [np.array([3.0, 4.0])], "limit": 1.0})
    yield from norms(rng, 0.7)


# ---------------------------------------------------------------- task

TOO, SHORT = {"too long"}, {"short enough, or one array"}
NORM, FACTOR, EACH = (
    "np.sqrt(sum((g**2).sum() for g in gradients))",
    "limit / max(norm, limit)",
    "[factor * g for g in gradients]",
)
CLIP = Task(
    "clip",
    points=1,
    answers=["clip"],
    reference=REFERENCE + "clip",
    parts=[Part("too long", long, tol=1e-5), Part("short enough, or one array", calm, tol=1e-5)],
    misconceptions=[
        Misconception(
            "Each array is scaled by itself, which turns the direction. All get one factor, from their common norm.",
            TOO,
            (EACH, "[g * limit / max(np.sqrt((g**2).sum()), limit) for g in gradients]"),
        ),
        Misconception(
            "You cut every entry by itself, which turns the direction. Scale all by one factor.",
            TOO | SHORT,
            (EACH, "[np.clip(g, -limit, limit) for g in gradients]"),
        ),
        Misconception(
            "Gradients that are short enough stay as they are: never stretch them, and mind a norm of 0.",
            SHORT,
            (FACTOR, "limit / norm"),
            forms=((FACTOR, "limit / (norm if norm > 0 else 1)"), (FACTOR, "limit / (norm + 1e-12)")),
        ),
        Misconception(
            "The norm is the *root* of the sum of squares.",
            TOO | SHORT,
            (NORM, "sum((g**2).sum() for g in gradients)"),
        ),
        Misconception(
            "Too long gradients get length 1 here, whatever the limit. They are cut to the limit.",
            TOO,
            (FACTOR, "1 / norm if norm > limit else 1.0"),
            forms=((FACTOR, "1 / norm if norm > 1 else 1.0"), (FACTOR, "1 / max(norm, limit)"),
                   (FACTOR, "1 / max(norm, 1e-12)")),
        ),
        Misconception(
            "Only one array's norm decides. The common norm is that of all of them as one long vector.",
            TOO,
            (NORM, "np.sqrt((gradients[0]**2).sum())"),
            forms=((NORM, "np.sqrt((gradients[-1]**2).sum())"), (NORM, "max(np.sqrt((g**2).sum()) for g in gradients)")),
        ),
        Misconception(
            "You measured the largest entry. The norm is the root of the sum of the squares of all entries.",
            TOO | SHORT,
            (NORM, "max(abs(g).max() for g in gradients)"),
            forms=((NORM, "max(g.max() for g in gradients)"),),
        ),
        Misconception(
            "You added up absolute values. The norm is the root of the sum of squares.",
            TOO | SHORT,
            (NORM, "sum(abs(g).sum() for g in gradients)"),
        ),
        Misconception(
            "The norms of the arrays don't add up: their *squares* do, and then comes the root.",
            TOO | SHORT,
            (NORM, "sum(np.sqrt((g**2).sum()) for g in gradients)"),
        ),
        Misconception(
            "You took a mean of squares. The norm is the root of their *sum*.",
            TOO | SHORT,
            (NORM, "np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients]) ** 2))"),
            forms=((NORM, "np.sqrt(sum((g**2).mean() for g in gradients))"),
                   (NORM, "np.sqrt(sum((g**2).sum() for g in gradients) / len(gradients))")),
        ),
        Misconception(
            "Too long a gradient is thrown away. It keeps its direction, and gets the length of the limit.",
            TOO | SHORT,
            (EACH, "[(factor == 1) * g for g in gradients]"),
        ),
        Misconception(
            "Long gradients stay as they are. Those above the limit are shortened.",
            TOO | SHORT,
            (FACTOR, "min(1.0, 1.0)"),
            forms=((FACTOR, "limit / min(norm, limit) if norm else 1.0"),),
        ),
        Misconception(
            "The factor is upside down: it is limit / norm, below 1.",
            TOO | SHORT,
            (FACTOR, "max(norm, limit) / limit"),
        ),
        Misconception(
            "A list of arrays is wanted, each of the shape that it had.",
            TOO | SHORT,
            (EACH, "np.concatenate([(factor * g).ravel() for g in gradients])"),
            forms=((EACH, "[(factor * g).ravel() for g in gradients]"), (EACH, "[factor * g for g in gradients][0]")),
        ),
    ],
    hints=[
        "All gradients together are one long vector. How long is it, and by what must it be multiplied?",
        r"$g \leftarrow g \cdot \min\big(1, \text{limit} / \lVert g \rVert\big)$ with "
        r"$\lVert g \rVert^2 = \sum_{\text{arrays}} \sum_{\text{entries}} g^2$",
        "`norm = np.sqrt(sum((g**2).sum() for g in gradients))`, `factor = limit / max(norm, limit)`, then a list",
    ],
)  # fmt: skip
