"""Lesson 05, the practice after it: blocks, and how near is equal."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.forward import LIBRARIES, PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def branches(rng: Generator) -> Iterator[Case]:
    """An image and convolutions with kernels of odd sizes, 1 included."""
    for c, widths in [(3, ((2, 1), (3, 3), (1, 5))), (2, ((2, 3), (2, 1)))]:
        pairs = [[rng.normal(size=(m, c, k, k)), rng.normal(size=m)] for m, k in widths]
        yield Case({"X": rng.normal(size=(2, c, 5, 6)), "branches": pairs})


def shortcuts(rng: Generator) -> Iterator[Case]:
    """An image and the two convolutions of a residual block."""
    for c, m in [(2, 3), (3, 3)]:
        shapes = {"K1": (m, c, 3, 3), "b1": (m,), "K2": (c, m, 3, 3), "b2": (c,)}
        yield Case(
            {"X": rng.normal(size=(2, c, 4, 5)), **{n: rng.normal(size=s) / 2 for n, s in shapes.items()}}
        )


def nearly_equal(rng: Generator) -> Iterator[Case]:
    """Arrays of any shape and scale, of which the largest entry is negative; ours is once less and once more."""
    yield Case({"ours": np.array([1.0, 2, -9]), "theirs": np.array([1.0, 4, -8])})
    yield Case({"ours": np.array([3.0, 2, -4]), "theirs": np.array([1.0, 2, -5])})
    for shape, scale in [((7,), 1.0), ((3, 4), 1e-3), ((2, 3, 4), 1e3)]:
        theirs = scale * rng.normal(size=shape)
        theirs.flat[int(rng.integers(theirs.size))] = -4 * scale
        off = 1e-3 * scale * rng.normal(size=shape)
        off.flat[int(rng.integers(off.size))] = -scale * rng.uniform(5e-3, 9e-3)  # ours is the smaller one
        yield Case({"ours": theirs + off, "theirs": theirs})


# ---------------------------------------------------------------- tasks

BLOCKS = Task(
    "blocks",
    points=0,
    answers=["inception", "residual"],
    reference=REFERENCE + "inception",
    parts=[
        Part("inception", branches, probe=PROBES + "stacked"),
        Part("residual", shortcuts, probe=PROBES + "added"),
    ],
    uses=["out_size", "windows", "conv"],
    forbids=LIBRARIES,
    misconceptions=[
        Misconception(
            "The branches are added up. They are stacked: the channels of one after those of the other.",
            {"inception"},
            (
                "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                "np.sum([conv(X, K, b, pad=K.shape[-1] // 2).sum(axis=1) for K, b in branches], axis=0)",
            ),
            forms=(
                (
                    "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                    "sum(conv(X, K, b, pad=K.shape[-1] // 2).mean(axis=1, keepdims=True) for K, b in branches)",
                ),
                (
                    "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                    "sum(conv(X, K, b, pad=K.shape[-1] // 2).sum(axis=1, keepdims=True) for K, b in branches)",
                ),
            ),
        ),
        Misconception(
            "The branches are stacked along another axis than the channels: these are axis 1.",
            {"inception"},
            ("axis=1)", "axis=0)"),
            forms=(("axis=1)", "axis=-1)"), ("axis=1)", "axis=2)")),
        ),
        Misconception(
            "The input is added after the last ReLU; here, as in the paper, before it.",
            {"residual"},
            ("np.maximum(X + conv(H, K2, b2, pad=1), 0)", "X + np.maximum(conv(H, K2, b2, pad=1), 0)"),
        ),
        Misconception(
            "What the shortcut adds has lost its negative numbers: it is X itself that is added.",
            {"residual"},
            ("np.maximum(X + conv(", "np.maximum(np.maximum(X, 0) + conv("),
        ),
        Misconception(
            "The shortcut is missing: add X.",
            {"residual"},
            ("np.maximum(X + conv(", "np.maximum(conv("),
        ),
        Misconception(
            "The ReLU between the two convolutions is missing: without it they are one.",
            {"residual"},
            ("np.maximum(conv(X, K1, b1, pad=1), 0)", "conv(X, K1, b1, pad=1)"),
        ),
        Misconception(
            "The image itself stands among the maps. Only what the branches make is stacked.",
            {"inception"},
            (
                "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                "np.concatenate([X, *(conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches)], axis=1)",
            ),
            forms=(
                (
                    "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                    "np.concatenate([*(conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches), X], axis=1)",
                ),
            ),
        ),
        Misconception(
            "The branches' negative numbers have become 0: there is no ReLU in this block.",
            {"inception"},
            (
                "np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)",
                "np.maximum(np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1), 0)",
            ),
        ),
        Misconception(
            "The padding is the same for all branches. A kernel of k needs k // 2 to keep the size.",
            {"inception"},
            ("pad=K.shape[-1] // 2", "pad=1"),
            forms=(
                ("pad=K.shape[-1] // 2", "pad=0"),
                ("pad=K.shape[-1] // 2", "pad=2"),
            ),
        ),
        Misconception(
            "The branches stand in the other order.",
            {"inception"},
            ("for K, b in branches]", "for K, b in branches[::-1]]"),
        ),
        Misconception(
            "The last ReLU is missing: it comes after the sum.",
            {"residual"},
            ("return np.maximum(X + conv(H, K2, b2, pad=1), 0)", "return X + conv(H, K2, b2, pad=1)"),
        ),
        Misconception(
            "The input is taken from F(X). It is added.",
            {"residual"},
            ("np.maximum(X + conv(H, K2, b2, pad=1), 0)", "np.maximum(conv(H, K2, b2, pad=1) - X, 0)"),
            forms=(
                ("np.maximum(X + conv(H, K2, b2, pad=1), 0)", "np.maximum(X - conv(H, K2, b2, pad=1), 0)"),
            ),
        ),
    ],
    hints=[
        "A kernel of odd size k keeps the image's size with padding (k - 1) / 2. Then maps of several kernels fit "
        "on each other, and on the image.",
        r"inception: $[\,X * K_1, X * K_2, \dots]$ along the channels; residual: "
        r"$\mathrm{relu}(X + \mathrm{relu}(X * K_1 + b_1) * K_2 + b_2)$",
        "`np.concatenate([conv(X, K, b, pad=K.shape[-1] // 2) for K, b in branches], axis=1)`",
    ],
)

APART = Task(
    "apart",
    points=0,
    answers=["apart"],
    reference=REFERENCE + "apart",
    parts=[Part("any scale", nearly_equal)],
    misconceptions=[
        Misconception(
            "This is the difference itself. 0.001 is nothing among thousands and everything among thousandths: "
            "divide by the largest entry.",
            {"any scale"},
            (" / np.abs(theirs).max()", ""),
        ),
        Misconception(
            "A difference may be negative: the largest in absolute value counts.",
            {"any scale"},
            ("np.abs(ours - theirs).max()", "(ours - theirs).max()"),
        ),
        Misconception(
            "The mean hides a single entry that is far off: take the largest difference.",
            {"any scale"},
            ("np.abs(ours - theirs).max()", "np.abs(ours - theirs).mean()"),
            forms=(
                (
                    "np.abs(ours - theirs).max() / np.abs(theirs).max()",
                    "np.abs(ours - theirs).mean() / np.abs(theirs).mean()",
                ),
            ),
        ),
        Misconception(
            "It is divided by the largest entry of *ours*; theirs is the measure.",
            {"any scale"},
            ("/ np.abs(theirs).max()", "/ np.abs(ours).max()"),
        ),
        Misconception(
            "These are percents: a part of one is asked for.",
            {"any scale"},
            ("np.abs(ours - theirs).max() / ", "100 * np.abs(ours - theirs).max() / "),
        ),
        Misconception(
            "It is divided by the largest entry with its sign, which is not the largest in size: take absolute values "
            "there, too.",
            {"any scale"},
            ("/ np.abs(theirs).max()", "/ theirs.max()"),
            forms=(("/ np.abs(theirs).max()", "/ abs(theirs.max())"),),
        ),
        Misconception(
            "Each difference is divided by its own entry, and an entry near 0 makes that huge. Divide by the "
            "largest entry.",
            {"any scale"},
            (
                "np.abs(ours - theirs).max() / np.abs(theirs).max()",
                "(np.abs(ours - theirs) / np.abs(theirs)).max()",
            ),
        ),
        Misconception(
            "These are lengths, over all entries. The *largest* difference and the largest entry are asked for.",
            {"any scale"},
            (
                "np.abs(ours - theirs).max() / np.abs(theirs).max()",
                "np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)",
            ),
        ),
        Misconception(
            "The difference is squared.",
            {"any scale"},
            ("np.abs(ours - theirs).max()", "((ours - theirs) ** 2).max()"),
            forms=(
                (
                    "np.abs(ours - theirs).max() / np.abs(theirs).max()",
                    "((ours - theirs) ** 2).max() / (theirs**2).max()",
                ),
            ),
        ),
        Misconception(
            "It is divided by the mean entry, or by the sum of all. The *largest* is the measure.",
            {"any scale"},
            ("/ np.abs(theirs).max()", "/ np.abs(theirs).mean()"),
            forms=(("/ np.abs(theirs).max()", "/ np.abs(theirs).sum()"),),
        ),
        Misconception(
            "It is upside down: the difference is a part of the largest entry, not the entry a part of the difference.",
            {"any scale"},
            (
                "np.abs(ours - theirs).max() / np.abs(theirs).max()",
                "np.abs(theirs).max() / np.abs(ours - theirs).max()",
            ),
        ),
    ],
    hints=[
        "Two numbers: how far apart the arrays are where it is worst, and how large they are at all.",
        r"$\dfrac{\max |a - b|}{\max |b|}$",
        "`np.abs(ours - theirs).max() / np.abs(theirs).max()`",
    ],
)
