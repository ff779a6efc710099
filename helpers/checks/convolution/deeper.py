"""Lesson 05, the practice after it: convolution as a matrix, dilation, average pooling, fields."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.cases import SETTINGS, different, drawn, maps
from helpers.checks.convolution.forward import LIBRARIES, PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def kernels_in_a_row(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Kernels of length k for rows of n; sizes are k, n, and stride and pad; 1, 2, 3 first."""
    for i, (k, n, *settings) in enumerate(sizes):
        w = rng.normal(size=k) if i else np.arange(1.0, k + 1)
        yield Case({"w": w, "n": n, **dict(zip(SETTINGS, settings, strict=False))})


def spread(rng: Generator) -> Iterator[Case]:
    """Kernels and dilations, 1 included."""
    yield Case({"K": np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), "d": 2})
    yield Case({"K": np.arange(1.0, 10).reshape(1, 1, 3, 3), "d": 2})
    for m, c, k, d in [(2, 3, 4, 2), (1, 2, 2, 3), (3, 1, 3, 1)]:
        yield Case({"K": rng.normal(size=(m, c, k, k)), "d": d})


def towers(rng: Generator, strides: bool = False) -> Iterator[Case]:
    """Layers [k, stride]: the lesson's, and drawn ones; all strides above 1 if asked."""
    fixed = [[[5, 1], [2, 2], [5, 1], [2, 2]], [[3, 2], [2, 3], [5, 1]]] if strides else [[[3, 1]] * 3]
    yield from (Case({"layers": layers}) for layers in fixed)
    for n in (3, 4, 5):
        layers = [[int(rng.integers(2, 6)), int(rng.integers(2, 4)) if strides else 1] for _ in range(n)]
        yield Case({"layers": layers})


# ---------------------------------------------------------------- tasks

TOEPLITZ = Task(
    "toeplitz",
    points=0,
    answers=["toeplitz"],
    reference=REFERENCE + "toeplitz",
    parts=[
        Part("stride 1", lambda rng: kernels_in_a_row(rng, (3, 6), (2, 5, 1, 0), (4, 9))),
        Part(
            "stride and padding",
            lambda rng: kernels_in_a_row(rng, (3, 7, 2, 1), (2, 6, 1, 1), (3, 8, 2, 0), (4, 9, 3, 2)),
        ),
    ],
    uses=["out_size"],
    misconceptions=[
        Misconception(
            "There is a row for each pixel, and the last ones are cut off or zero. There is one for each *output*: "
            "n - k + 1 of them.",
            {"stride 1", "stride and padding"},
            (
                "np.zeros((out_size(n, len(w), stride, pad), n + 2 * pad))\n    for i in range(len(T)):",
                "np.zeros((n, n + 2 * pad))\n    for i in range(out_size(n, len(w), stride, pad)):",
            ),
        ),
        Misconception(
            "The kernel is reversed. Here it slides as it is.",
            {"stride 1", "stride and padding"},
            ("i * stride + len(w)] = w", "i * stride + len(w)] = w[::-1]"),
        ),
        Misconception(
            "Every row is the same: the kernel does not move from one output to the next.",
            {"stride 1", "stride and padding"},
            ("T[i, i * stride : i * stride + len(w)]", "T[i, : len(w)]"),
        ),
        Misconception(
            "The kernel of the first row begins at the wrong place: pixel 0 has `pad` zeros on its left, and as many stand "
            "behind the last pixel.",
            {"stride and padding"},
            ("T[:, pad : pad + n]", "T[:, 2 * pad : 2 * pad + n]"),
            forms=(("T[:, pad : pad + n]", "T[:, :n]"),),
        ),
        Misconception(
            "Each row is moved by one whatever the stride.",
            {"stride and padding"},
            ("T[i, i * stride : i * stride + len(w)]", "T[i, i : i + len(w)]"),
        ),
        Misconception(
            "The columns of the padding are still there: they meet zeros only, so leave them away.",
            {"stride and padding"},
            ("T[:, pad : pad + n]", "T"),
        ),
    ],
    hints=[
        "Row i holds the kernel where it stands for output i, and zeros elsewhere.",
        r"$T_{i,\; s i + j - P} = w_j$",
        "`T[i, i * stride : i * stride + k] = w` on n + 2 pad columns; then keep `T[:, pad : pad + n]`",
    ],
)

DILATE = Task(
    "dilate",
    points=0,
    answers=["dilate"],
    reference=REFERENCE + "dilate",
    parts=[Part("kernels", spread)],
    misconceptions=[
        Misconception(
            "There is a rim of zeros behind the last weight: the size is d (k - 1) + 1, not d k.",
            {"kernels"},
            ("d * (k - 1) + 1", "d * k"),
        ),
        Misconception(
            "There are d zeros between neighbours, and it should be d - 1: with d = 1 nothing changes.",
            {"kernels"},
            edits=(("d * (k - 1) + 1", "(d + 1) * (k - 1) + 1"), ("::d, ::d", ":: d + 1, :: d + 1")),
        ),
        Misconception(
            "The weights stand side by side in a corner: they belong d places apart.",
            {"kernels"},
            ("spread[:, :, ::d, ::d] = K", "spread[:, :, :k, :k] = K"),
        ),
        Misconception(
            "Only the diagonal is filled: row i goes to d · i and column j to d · j, each by its own index.",
            {"kernels"},
            (
                "spread[:, :, ::d, ::d] = K",
                "for i in range(k):\n        for j in range(k):\n            spread[:, :, d * i, d * i] = K[:, :, i, j]",
            ),
            forms=(
                (
                    "spread[:, :, ::d, ::d] = K",
                    "for i in range(k):\n        spread[:, :, d * i, d * i] = K[:, :, i, i]",
                ),
            ),
        ),
        Misconception(
            "The weights are repeated where zeros belong.",
            {"kernels"},
            ("    return spread\n", "    return np.repeat(np.repeat(K, d, 2), d, 3)[:, :, :span, :span]\n"),
        ),
        Misconception(
            "Only the rows are spread: columns too.",
            {"kernels"},
            ("spread[:, :, ::d, ::d] = K", "spread[:, :, ::d, :k] = K"),
            forms=(("spread[:, :, ::d, ::d] = K", "spread[:, :, :k, ::d] = K"),),
        ),
        Misconception(
            "The spread kernel is moved: weight (0, 0) stays in the upper left corner.",
            {"kernels"},
            ("    return spread\n", "    return np.roll(spread, 1, axis=-1)\n"),
        ),
        Misconception(
            "The weights are divided, or multiplied, by d. They stay as they are.",
            {"kernels"},
            ("spread[:, :, ::d, ::d] = K", "spread[:, :, ::d, ::d] = K / d"),
            forms=(
                ("spread[:, :, ::d, ::d] = K", "spread[:, :, ::d, ::d] = K * d"),
                ("spread[:, :, ::d, ::d] = K", "spread[:, :, ::d, ::d] = K / d**2"),
            ),
        ),
    ],
    hints=[
        "How long is a row of k weights with d - 1 zeros in each of its k - 1 gaps?",
        r"$K'_{d i,\, d j} = K_{ij}$, size $d (k - 1) + 1$",
        "`spread = np.zeros((m, c, span, span))`, then `spread[:, :, ::d, ::d] = K`",
    ],
)

AVERAGE_POOL = Task(
    "average_pool",
    points=0,
    answers=["average_pool"],
    reference=REFERENCE + "average_pool",
    probe=PROBES + "pool_gradient",
    parts=[
        Part(
            "value",
            lambda rng: [
                *maps(different, (1, 1, 2, 4), (1, 2, 2, 2)),
                *maps(drawn(rng), (2, 3, 6, 4, 2, 2), (1, 2, 5, 6, 3, 2)),
            ],
            probe=PROBES + "pooled",
        ),
        Part(
            "gradient",
            lambda rng: [
                *maps(different, (1, 1, 2, 4), (1, 1, 3, 3, 2, 1), G=True),
                *maps(drawn(rng), (2, 3, 6, 5, 2, 2), (1, 2, 5, 7, 3, 1), G=True),
            ],
        ),
    ],
    uses=["windows", "fold", "out_size"],
    forbids=LIBRARIES,
    misconceptions=[
        Misconception("You keep the largest.", {"value"}, ("V.mean(axis=(2, 3))", "V.max(axis=(2, 3))")),
        Misconception("You keep the sum.", {"value"}, ("V.mean(axis=(2, 3))", "V.sum(axis=(2, 3))")),
        Misconception(
            "Each entry of a window gets the whole gradient. It had a share of 1 / k² in the mean, so that is what it gets.",
            {"gradient"},
            (" / (k * k)", ""),
        ),
        Misconception(
            "The whole gradient goes to one entry of each window, as in max pooling. All of them acted on the mean: each "
            "gets 1 / k².",
            {"gradient"},
            (
                "return fold(np.broadcast_to(share, V.shape), X.shape, stride)",
                "D = np.zeros(V.shape)\n        D[:, :, 0, 0] = G\n        return fold(D, X.shape, stride)",
            ),
            forms=(
                (
                    "return fold(np.broadcast_to(share, V.shape), X.shape, stride)",
                    "D = (np.arange(k * k)[:, None, None] == V.reshape(*V.shape[:2], k * k, *V.shape[4:])"
                    ".argmax(axis=2)[:, :, None]) * G[:, :, None]\n"
                    "        return fold(D.reshape(V.shape), X.shape, stride)",
                ),
            ),
        ),
        Misconception(
            "The share of each entry is 1 / k², as a window has k rows and k columns.",
            {"gradient"},
            (" / (k * k)", " / k"),
        ),
        Misconception(
            "The sum is divided by k. A window holds k · k numbers.",
            {"value"},
            ("V.mean(axis=(2, 3))", "V.sum(axis=(2, 3)) / k"),
        ),
        Misconception(
            "The share of each entry is 1 / 4 whatever the window: it is 1 / k².",
            {"gradient"},
            ("/ (k * k)", "/ 4"),
        ),
        Misconception(
            "That is the gradient with respect to the *windows*. `fold` brings it home to the image.",
            {"gradient"},
            (
                "return fold(np.broadcast_to(share, V.shape), X.shape, stride)",
                "return share * np.ones(V.shape)",
            ),
        ),
    ],
    hints=[
        "It is `max_pool` with another way to make one number of k · k, and another share for each.",
        r"$Z = \frac{1}{k^2} \sum_{ij} V_{ij}$, and each entry of a window gets $G / k^2$",
        "`np.broadcast_to(G[:, :, None, None] / (k * k), V.shape)`, then `fold`",
    ],
)

RECEPTIVE_FIELD = Task(
    "receptive_field",
    points=0,
    answers=["receptive_field"],
    reference=REFERENCE + "receptive_field",
    probe=PROBES + "receptive",
    parts=[Part("stride 1", towers), Part("strides", lambda rng: towers(rng, True))],
    misconceptions=[
        Misconception(
            "The kernels are added up whole. Each adds k - 1 pixels, as neighbouring windows overlap.",
            {"stride 1", "strides"},
            ("(k - 1) * step", "k * step"),
            forms=(("(k - 1) * step", "k"),),
        ),
        Misconception(
            "The strides are forgotten: after a stride of 2, one step on the map is two pixels.",
            {"strides"},
            ("(k - 1) * step", "(k - 1)"),
        ),
        Misconception(
            "A layer's own stride does not widen what *it* sees, only what the next ones see.",
            {"strides"},
            ("(k - 1) * step", "(k - 1) * step * stride"),
        ),
        Misconception(
            "The layers are read from the top down as if they were from the bottom up: a stride widens the layers *above* "
            "it.",
            {"strides"},
            ("for k, stride in layers:", "for k, stride in layers[::-1]:"),
        ),
        Misconception(
            "Strides multiply: two of 2 are one of 4.",
            {"strides"},
            ("step *= stride", "step += stride - 1"),
            forms=(("step *= stride", "step += stride"), ("step *= stride", "step = stride")),
        ),
        Misconception(
            "A single pixel sees itself: begin with 1.",
            {"stride 1", "strides"},
            ("field, step = 1, 1", "field, step = 0, 1"),
        ),
        Misconception(
            "The kernels are multiplied. Each layer *adds* k - 1 steps.",
            {"stride 1", "strides"},
            ("field += (k - 1) * step", "field *= k"),
        ),
        Misconception(
            "Only the last layer counts: each one adds to the field so far.",
            {"stride 1", "strides"},
            ("field += (k - 1) * step", "field = 1 + (k - 1) * step"),
        ),
    ],
    hints=[
        "Go up layer by layer. Keep two numbers: the field so far, and how many pixels one step on the map is.",
        r"$r \leftarrow r + (k - 1)\, t$, then $t \leftarrow t \cdot s$; at first $r = t = 1$",
        "`field += (k - 1) * step`, then `step *= stride`",
    ],
)
