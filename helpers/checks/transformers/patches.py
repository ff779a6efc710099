"""Lesson 08, deeper: a picture as a text of patches."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE


def counted(*shape: int) -> Case:
    """Return pictures whose pixels are numbered, in patches of 2 x 2."""
    return Case({"images": np.arange(np.prod(shape), dtype=float).reshape(shape), "p": 2})


def grey(rng: Generator) -> Iterator[Case]:
    """Pictures of one channel, also in patches of a single pixel."""
    yield counted(1, 1, 4, 6)
    for h, w, p in [(4, 4, 2), (6, 9, 3), (2, 3, 1)]:
        yield Case({"images": rng.normal(size=(2, 1, h, w)), "p": p})


def coloured(rng: Generator) -> Iterator[Case]:
    """Pictures of several channels."""
    yield counted(1, 3, 2, 4)
    for c, h, w, p in [(3, 4, 6, 2), (2, 3, 3, 3)]:
        yield Case({"images": rng.normal(size=(2, c, h, w)), "p": p})


def picture_gradients(rng: Generator) -> Iterator[Case]:
    """Pictures whose gradient is asked for."""
    yield counted(1, 3, 2, 4)


GREY, COLOURED, GRADIENT = "grey", "coloured", "gradient"
ALL = {GREY, COLOURED, GRADIENT}
ORDER = "cut.permute(0, 2, 4, 1, 3, 5)"
RESULT = ORDER + ".reshape(B, -1, c * p * p)"


def order(*axes: int) -> tuple[str, str]:
    """Return the edit that brings the axes into another order."""
    return ORDER, f"cut.permute({', '.join(map(str, axes))})"


PATCHIFY = Task(
    "patchify",
    points=0,
    answers=["patchify"],
    reference=REFERENCE + "patchify",
    probe=PROBES + "tensors",
    parts=[Part(GREY, grey), Part(COLOURED, coloured), Part(GRADIENT, picture_gradients, probe=PROBES + "gradients")],
    misconceptions=[
        Misconception(
            "A plain reshape cuts rows of pixels, not squares: first cut both axes, then bring the cuts together.",
            ALL,
            (RESULT, "images.reshape(B, -1, c * p * p)"),
            forms=((RESULT, "cut.reshape(B, -1, c * p * p)"),),
        ),
        Misconception("The patches go down the columns first: row by row, please.", {GREY, COLOURED}, order(0, 4, 2, 1, 3, 5)),
        Misconception(
            "The colours stand innermost; a convolution's weights have them first: channel, row, column.",
            {COLOURED, GRADIENT},
            order(0, 2, 4, 3, 5, 1),
        ),
        Misconception("Each patch is transposed: rows of pixels come before columns.", ALL, order(0, 2, 4, 1, 5, 3),
                      forms=(order(0, 2, 4, 5, 3, 1),)),
        Misconception(
            "The colours stand between the rows and columns of a patch: channel, row, column.", {COLOURED, GRADIENT}, order(0, 2, 4, 3, 1, 5)
        ),
        Misconception(
            "Patches and their pixels are mixed: the axes that name a patch come first, then those within it.",
            ALL,
            order(0, 3, 5, 1, 2, 4),
            forms=(order(0, 2, 3, 1, 4, 5), order(0, 1, 2, 3, 4, 5)),
        ),
        Misconception(
            "Each colour has patches of its own. A patch holds all colours of its square.",
            {COLOURED, GRADIENT},
            (RESULT, "cut.permute(0, 1, 2, 4, 3, 5).reshape(B, -1, p * p)"),
            forms=((RESULT, "cut.permute(0, 1, 2, 4, 3, 5).reshape(B, -1, c * p * p)"), (RESULT, "cut.permute(0, 2, 4, 1, 3, 5).reshape(B, -1, p * p)")),
        ),
        Misconception(
            "The patches keep their grid. What is asked for is one row of patches: (B, n, pixels).",
            {GREY, COLOURED},
            (RESULT, ORDER + ".reshape(B, h // p, w // p, c * p * p)"),
            forms=((RESULT, ORDER), (RESULT, ORDER + ".flatten(1, 2)"), (RESULT, ORDER + ".reshape(B, -1, c, p, p)")),
        ),
        Misconception(
            "Each patch stands in a *column*. It is a row: (B, n, pixels).", ALL, (RESULT, RESULT + ".transpose(1, 2)")
        ),
        Misconception("The pictures of the batch run together: keep the axis B.", {GREY, COLOURED}, (RESULT, ORDER + ".reshape(-1, c * p * p)")),
        Misconception(
            "The patches overlap: each begins p pixels behind the last.",
            ALL,
            (RESULT, "nn.functional.unfold(images, p).transpose(1, 2)"),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            (RESULT, RESULT + ".detach()"),
        ),
    ],
    hints=[
        "Cut the height into (h/p, p) and the width into (w/p, p). Then which axes name a patch, and which a pixel in it?",
        "(B, c, h, w) → (B, c, h/p, p, w/p, p) → (B, h/p, w/p, c, p, p) → (B, n, c p p)",
        "`images.reshape(B, c, h // p, p, w // p, p).permute(...)` and a last reshape",
    ],
)  # fmt: skip
