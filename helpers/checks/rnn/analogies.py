"""Lesson 06, the practice after it: arithmetic with names."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE, word
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases

PLANE = {  # a is to b as c is to …: the step is (0, 1), the goal (3, 1), and long holds it twice over
    "back": (-3, -1), "a": (1, 0), "b": (1, 1), "c": (3, 0), "long": (6, 2), "near": (3, 0.5), "large": (20, 4), "tiny": (0.125, 0.0375),
    "turned": (3, -1), "unstepped": (4, 1), "step": (0, 5),
}  # fmt: skip


def clear(rng: Generator) -> Iterator[Case]:
    """Points of a plane, each of them the answer to another question; a row of four; then drawn ones."""
    yield Case(
        {"a": "a", "b": "b", "c": "c", "names": [*PLANE], "vectors": np.array([*PLANE.values()], dtype=float)}
    )
    far = np.array([[1.0, 0], [1, 1], [3, 0], [-1, 0.5]])
    yield Case({"a": "a", "b": "b", "c": "c", "names": ["a", "b", "c", "d"], "vectors": far})
    yield from riddles(rng, tempting=False)


def tempting(rng: Generator) -> Iterator[Case]:
    """Nearest to b - a + c is one of the three themselves: c, b and a in turn, and then d."""
    for a, b, c in [((1, 0), (1, 0.25), (0, 4)), ((1, 0), (0, 4), (1, 0.25)), ((1, 0), (1, 1), (1, -1))]:
        goal = np.subtract(b, a) + c
        tiny = [goal[0] - goal[1] / 4, goal[1] + goal[0] / 4] * np.array(0.015625)
        vectors = np.array([a, b, c, goal + np.array([0.5, 0.25]), -goal, [2, 8.5], tiny], dtype=float)
        yield Case({"a": "a", "b": "b", "c": "c", "names": [*"abcdefg"], "vectors": vectors})
    yield from riddles(rng, tempting=True)


def riddles(rng: Generator, tempting: bool) -> Iterator[Case]:
    """Nine vectors; nearest to b - a + c is d, or (tempting) c itself, then d. The step turned round leads to e."""
    for _ in range(3):
        names = [word(rng, 3) + str(i) for i in range(9)]
        V = rng.normal(size=(9, 6)) * rng.uniform(0.5, 3, size=(9, 1))
        a, b, c, d, e = (int(i) for i in rng.permutation(9)[:5])
        x, y, z, u, *_ = np.linalg.qr(rng.normal(size=(6, 6)))[0]  # at right angles
        step = y if tempting else 4 * y
        aside = 1.3 * z if tempting else 0.1 * z
        V[a], V[b], V[c] = 3 * u, 3 * u + step, 4 * x
        V[d], V[e] = 0.4 * (4 * x + step + aside), 0.7 * (4 * x - step - aside)
        yield Case({"a": names[a], "b": names[b], "c": names[c], "names": names, "vectors": V})


# ---------------------------------------------------------------- task

CLEAR, NEAREST = {"clear"}, {"an input is nearest"}
COSINE, GOAL = "vectors @ goal / np.linalg.norm(vectors, axis=1)", "of[b] - of[a] + of[c]"
ANALOGY = Task(
    "analogy",
    points=0,
    answers=["analogy"],
    reference=REFERENCE + "analogy",
    parts=[Part("clear", clear), Part("an input is nearest", tempting)],
    misconceptions=[
        Misconception(
            "You returned one of the three inputs. They are nearly always the nearest; leave all of them out.",
            CLEAR | NEAREST,
            ("if names[i] not in (a, b, c)", "if True"),
            forms=(("(a, b, c))", "(c,))"), ("(a, b, c))", "(a, b))"), ("(a, b, c))", "(b, c))"), ("(a, b, c))", "(a, c))"),
                   ("(a, b, c))", "(b,))"), ("(a, b, c))", "(a,))")),
        ),
        Misconception(
            "a is to b: the step is from a to b, so b - a, added to c.",
            CLEAR | NEAREST,
            (GOAL, "of[a] - of[b] + of[c]"),
        ),
        Misconception(
            "The step from a to b is b - a: a is not taken off in your goal.", CLEAR | NEAREST, (GOAL, "of[b] + of[c]")
        ),
        Misconception(
            "You look for what is near c. The step from a to b has to be taken there.", CLEAR | NEAREST, (GOAL, "of[c] + 0")
        ),
        Misconception(
            "You look for what is near the step b - a. It has to be taken from c.", CLEAR | NEAREST, (GOAL, "of[b] - of[a]")
        ),
        Misconception(
            "You return the *farthest* name: the largest cosine is wanted.", CLEAR | NEAREST, ("np.argsort(-cosines)", "np.argsort(cosines)")
        ),
        Misconception(
            "You measure distances. Near means the largest cosine, whatever the length of the vectors.",
            CLEAR | NEAREST,
            (COSINE, "-np.linalg.norm(vectors - goal, axis=1)"),
            forms=((COSINE, "-np.abs(vectors - goal).sum(axis=1)"),),
        ),
        Misconception(
            "Long vectors win in your measure: divide the product by their length.", CLEAR | NEAREST, (COSINE, "vectors @ goal")
        ),
        Misconception(
            "Short vectors win in your measure: divide the product by their length, once, and not by its square.",
            CLEAR | NEAREST,
            (COSINE, "vectors @ goal / (vectors**2).sum(axis=1)"),
        ),
        Misconception(
            "You return the number of a row. The name in it is wanted.", CLEAR | NEAREST, ("next(names[i] for", "next(int(i) for")
        ),
        Misconception(
            "The sign of the cosine counts: what points the other way is far.", CLEAR | NEAREST, (COSINE, f"abs({COSINE})")
        ),
    ],
    hints=[
        "Where do you arrive when you take the step from a to b, but starting at c? And who is near?",
        r"the largest $\cos(v, g) = \dfrac{v \cdot g}{\lVert v \rVert\, \lVert g \rVert}$ for $g = v_b - v_a + v_c$, "
        "over all names but a, b and c",
        "`goal = ...`, `cosines = vectors @ goal / np.linalg.norm(vectors, axis=1)`, then the first of "
        "`np.argsort(-cosines)` that is none of the three",
    ],
)  # fmt: skip
