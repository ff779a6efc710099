"""Lesson 13, part 2: a norm without a mean, and a network with a gate."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import REFERENCE, TORCH
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases

BY_HAND = np.array([[3.0, 4.0, 0.0], [1.0, -1.0, 2.0]])
GAIN = np.array([1.0, 2.0, -0.5])


def rows(rng: Generator) -> Iterator[Case]:
    """Rows whose mean is not 0, single rows, batches, as many rows as columns."""
    yield Case({"X": BY_HAND, "gain": GAIN})
    yield Case({"X": BY_HAND[0], "gain": GAIN})
    for shape in [(4, 4), (2, 3, 5), (2, 1, 3, 2)]:
        yield Case({"X": 3 * rng.normal(size=shape) + 2, "gain": rng.normal(size=shape[-1])})


def small(rng: Generator) -> Iterator[Case]:
    """Rows of zeros and of nearly zeros, where eps decides: the default, and others."""
    yield Case({"X": np.zeros((1, 3)), "gain": GAIN})
    yield Case({"X": np.array([[0.001, 0.002, -0.001]]), "gain": GAIN})
    yield Case({"X": np.array([[0.3, 0.4, 0.0]]), "gain": GAIN, "eps": 0.25})
    yield Case({"X": 0.01 * rng.normal(size=(2, 4)), "gain": rng.normal(size=4), "eps": 1e-4})


def slopes(rng: Generator) -> Iterator[Case]:
    """Rows and gains whose gradients are asked for."""
    yield Case({"X": BY_HAND, "gain": GAIN})
    yield Case({"X": rng.normal(size=(2, 3, 4)) + 1, "gain": rng.normal(size=4)})


def gated(rng: Generator) -> Iterator[Case]:
    """One row by hand, rows and batches, narrow and wide inside, negative gates."""
    one = {"X": np.array([[1.0, -2.0]]), "W": np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]])}
    yield Case(
        one
        | {
            "V": np.array([[1.0, 1.0, 0.0], [0.0, 2.0, -1.0]]),
            "W2": np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]]),
        }
    )
    for shape, d, m in [((3, 2), 2, 4), ((2, 3, 4), 4, 3), ((5,), 5, 2)]:
        W, V = rng.normal(size=(2, d, m))
        yield Case({"X": 2 * rng.normal(size=shape), "W": W, "V": V, "W2": rng.normal(size=(m, d))})


# ---------------------------------------------------------------- tasks

ROWS, SMALL, GRADIENT = "rows", "small rows", "gradient"
ALL = {ROWS, SMALL, GRADIENT}
SQUARE = "(X**2).mean(dim=-1, keepdim=True)"
NORM = f"X * torch.rsqrt({SQUARE} + eps) * gain"

RMS_NORM = Task(
    "rms_norm",
    points=1,
    answers=["rms_norm"],
    reference=REFERENCE + "rms_norm",
    probe=TORCH + "tensors",
    parts=[
        Part(ROWS, rows),
        Part(SMALL, small, weight=0.5),
        Part(GRADIENT, slopes, weight=0.5, probe=TORCH + "gradients"),
    ],
    forbids=["torch.nn.RMSNorm", "torch.*rms_norm", "torch.nn.functional.rms_norm"],
    misconceptions=[
        Misconception(
            "You subtract the mean first, as layer norm does. Here nothing is subtracted.",
            ALL,
            (NORM, NORM.replace("X", "(X - X.mean(dim=-1, keepdim=True))")),
            forms=((SQUARE, "X.var(dim=-1, keepdim=True, unbiased=False)"),),
        ),
        Misconception(
            "eps belongs under the root, beside the mean square.",
            ALL,
            (f"torch.rsqrt({SQUARE} + eps)", f"1 / (torch.sqrt({SQUARE}) + eps)"),
        ),
        Misconception("eps is missing: a row of zeros gives 0/0.", ALL, (" + eps", "")),
        Misconception(
            "eps has a value of its own here: use the one that is given.", {SMALL}, ("+ eps", "+ 1e-6")
        ),
        Misconception("The gain is missing.", ALL, (" * gain", "")),
        Misconception(
            "You divide by the mean square, not by its root.",
            ALL,
            (f"torch.rsqrt({SQUARE} + eps)", f"1 / ({SQUARE} + eps)"),
        ),
        Misconception(
            "You divide by the row's length, the root of the *sum* of squares. The mean is asked for.",
            ALL,
            (SQUARE, "(X**2).sum(dim=-1, keepdim=True)"),
        ),
        Misconception(
            "All rows share one scale. Each row has its own: the mean over the last axis.",
            {ROWS, SMALL, GRADIENT},
            (SQUARE, "(X**2).mean()"),
        ),
        Misconception(
            "You divide by the mean of the absolute values. It is the root of the mean square.",
            ALL,
            (SQUARE, "X.abs().mean(dim=-1, keepdim=True) ** 2"),
        ),
        Misconception(
            "The values are right, but not the gradient: the scale depends on X, so leave it in the graph.",
            {GRADIENT},
            (SQUARE, f"{SQUARE}.detach()"),
        ),
    ],
    hints=[
        "Layer norm with two things left out: the mean, and the bias.",
        r"$x \,/\, \sqrt{\tfrac1d \sum_j x_j^2 + \varepsilon}\; \odot$ gain, for each row by itself.",
        "`X / torch.sqrt((X**2).mean(dim=-1, keepdim=True) + eps) * gain`",
    ],
)

VALUES = "values"
GATED = "(silu(X @ W) * (X @ V)) @ W2"

SWIGLU = Task(
    "swiglu",
    points=1,
    answers=["swiglu"],
    reference=REFERENCE + "swiglu",
    probe=TORCH + "tensors",
    parts=[Part(VALUES, gated), Part(GRADIENT, gated, weight=0.5, probe=TORCH + "gradients")],
    misconceptions=[
        Misconception(
            "Both halves are gated. Only X W goes through silu.",
            {VALUES, GRADIENT},
            (GATED, "(silu(X @ W) * silu(X @ V)) @ W2"),
        ),
        Misconception(
            "The wrong half is gated: silu belongs to X W.",
            {VALUES, GRADIENT},
            (GATED, "((X @ W) * silu(X @ V)) @ W2"),
        ),
        Misconception(
            "You gate by a sigmoid. silu(z) is z times sigmoid(z).",
            {VALUES, GRADIENT},
            ("silu(X @ W)", "torch.sigmoid(X @ W)"),
        ),
        Misconception(
            "The product with X V is missing: there is no gate.",
            {VALUES, GRADIENT},
            (GATED, "silu(X @ W) @ W2"),
        ),
        Misconception(
            "You add the halves. They are multiplied, number by number.",
            {VALUES, GRADIENT},
            (GATED, "(silu(X @ W) + X @ V) @ W2"),
        ),
        Misconception(
            "silu comes after the product. It bends X W alone.",
            {VALUES, GRADIENT},
            (GATED, "silu((X @ W) * (X @ V)) @ W2"),
        ),
        Misconception(
            "That is ReLU for silu (ReGLU).", {VALUES, GRADIENT}, ("silu(X @ W)", "torch.relu(X @ W)")
        ),
        Misconception(
            "That is gelu for silu (GEGLU, of the same paper).",
            {VALUES, GRADIENT},
            ("silu(X @ W)", "nn.functional.gelu(X @ W)"),
        ),
        Misconception(
            "The way back to width d, W2, is missing.", {VALUES, GRADIENT}, (GATED, "silu(X @ W) * (X @ V)")
        ),
    ],
    hints=[
        "Two ways up from width d to width m; one of them is bent, and opens or closes the other.",
        r"$(\operatorname{silu}(X W) \odot X V)\, W_2$ with silu$(z) = z \cdot \sigma(z)$.",
        "`(silu(X @ W) * (X @ V)) @ W2`",
    ],
)
