"""Lesson 08, part 1: layer norm."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE

X_BY_HAND = np.array([[1.0, 3.0, 8.0], [2.0, 6.0, 4.0]])
GAIN_BY_HAND, BIAS_BY_HAND = np.array([1.0, 2.0, -0.5]), np.array([0.5, -1.0, 3.0])


def by_hand(X: ndarray = X_BY_HAND) -> Case:
    """Return a case that is the same for everyone; it leaves eps out."""
    return Case({"X": X, "gain": GAIN_BY_HAND, "bias": BIAS_BY_HAND})


def drawn(rng: Generator, *shape: int) -> Case:
    """Draw rows far from mean 0 and variance 1."""
    X, (gain, bias) = 3 * rng.normal(size=shape) + 2, rng.normal(size=(2, shape[-1]))
    return Case({"X": X, "gain": gain, "bias": bias})


def rows_to_norm(rng: Generator) -> Iterator[Case]:
    """Rows of several widths, as many as numbers in each included."""
    yield by_hand()
    for shape in [(3, 4), (5, 2), (4, 4)]:
        yield drawn(rng, *shape)


def batches_to_norm(rng: Generator) -> Iterator[Case]:
    """A single row, batches of sequences, also of a single token, and batches of batches."""
    yield by_hand(X_BY_HAND[:1, None])
    yield by_hand(X_BY_HAND[0])
    for shape in [(2, 3, 4), (3, 1, 5), (2, 1, 3, 2)]:
        yield drawn(rng, *shape)


def flat_rows(rng: Generator) -> Iterator[Case]:
    """A row of equal numbers, and ones of nearly equal ones: eps decides, the default and another."""
    almost = np.array([[0.5, 0.501, 0.504]])
    yield by_hand(almost)
    yield Case(dict(by_hand(almost).inputs) | {"eps": 0.25})
    for size in (0.0, 1e-3):
        X, (gain, bias) = np.full((2, 4), 0.5) + size * rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
        yield Case({"X": X, "gain": gain, "bias": bias, "eps": float(rng.uniform(1e-6, 1e-5))})


def norm_gradients(rng: Generator) -> Iterator[Case]:
    """Rows, gains and biases whose gradients are asked for."""
    yield by_hand()
    yield drawn(rng, 2, 3, 4)


ROWS, BATCHES, FLAT, GRADIENT = "rows", "batches", "flat rows", "gradient"
ALL = {ROWS, BATCHES, FLAT, GRADIENT}
MEAN, VARIANCE = "X.mean(dim=-1, keepdim=True)", "(centred**2).mean(dim=-1, keepdim=True)"
RESULT = "return centred / torch.sqrt(variance + eps) * gain + bias"


def over(dims: str) -> list[tuple[str, str]]:
    """Return the edits with which mean and variance are taken over other axes."""
    return [
        (MEAN, f"X.mean(dim={dims}, keepdim=True)"),
        (VARIANCE, f"(centred**2).mean(dim={dims}, keepdim=True)"),
    ]


LAYER_NORM = Task(
    "layer_norm",
    points=2,
    answers=["layer_norm"],
    reference=REFERENCE + "layer_norm",
    probe=PROBES + "tensors",
    parts=[
        Part(ROWS, rows_to_norm),
        Part(BATCHES, batches_to_norm),
        Part(FLAT, flat_rows, weight=0.5),
        Part(GRADIENT, norm_gradients, probe=PROBES + "gradients", weight=0.5),
    ],
    forbids=["torch.nn.LayerNorm", "torch.*layer_norm", "torch.nn.functional.layer_norm"],
    misconceptions=[
        Misconception(
            "You divide by d - 1 (as torch's `var` and `std` do unless told otherwise). Here the variance is a plain mean.",
            ALL,
            (VARIANCE, "X.var(dim=-1, keepdim=True)"),
        ),
        Misconception("The mean is not subtracted.", ALL, ("return centred /", "return X /")),
        Misconception(
            "You divide by the variance, not by its root.",
            ALL,
            ("torch.sqrt(variance + eps)", "(variance + eps)"),
        ),
        Misconception(
            "eps belongs under the root, beside the variance.",
            ALL,
            ("torch.sqrt(variance + eps)", "(torch.sqrt(variance) + eps)"),
            forms=(("torch.sqrt(variance + eps)", "torch.sqrt(variance) + eps"),),
        ),
        Misconception("eps is not used: a row of equal numbers gives 0/0.", ALL, ("variance + eps", "variance")),
        Misconception("The bias is missing.", ALL, (" * gain + bias", " * gain")),
        Misconception("The gain is missing.", ALL, (" * gain + bias", " + bias")),
        Misconception("Neither gain nor bias is used.", ALL, (" * gain + bias", "")),
        Misconception(
            "You normalise over the tokens. Layer norm looks at *one* row at a time: the last axis.",
            ALL,
            wrong="def layer_norm(X, gain, bias, eps=1e-5):\n"
            "    dim = -2 if X.ndim > 1 else -1\n"
            "    centred = X - X.mean(dim=dim, keepdim=True)\n"
            "    variance = (centred**2).mean(dim=dim, keepdim=True)\n"
            "    return centred / torch.sqrt(variance + eps) * gain + bias\n",
            forms=(over("0"), over("-2")),
        ),
        Misconception(
            "All rows share one mean and one variance. Each row has its own.",
            ALL,
            edits=((MEAN, "X.mean()"), (VARIANCE, "(centred**2).mean()")),
            forms=(over("(-2, -1)"), over("(0, -1)")),
        ),
        Misconception(
            "The variance is taken around 0: it is the mean of (x - mean)², not of x².",
            ALL,
            (VARIANCE, "(X**2).mean(dim=-1, keepdim=True)"),
        ),
        Misconception(
            "You divide each row by its root mean square and subtract no mean. (That is another norm, RMS norm.)",
            ALL,
            edits=((VARIANCE, "(X**2).mean(dim=-1, keepdim=True)"), ("return centred /", "return X /")),
        ),
        Misconception(
            "The variance is a *mean* of squares, and you take their sum.",
            ALL,
            (VARIANCE, "(centred**2).sum(dim=-1, keepdim=True)"),
        ),
        Misconception(
            "You divide by the mean distance from the mean. Take the root of the mean *square* distance.",
            ALL,
            (VARIANCE, "centred.abs().mean(dim=-1, keepdim=True) ** 2"),
        ),
        Misconception(
            "`eps` has a fixed value of its own here: use the one that is handed in.",
            {FLAT},
            ("variance + eps", "variance + 1e-5"),
        ),
        Misconception(
            "The gain also scales the bias: multiply first, then add.",
            ALL,
            (RESULT, "return (centred / torch.sqrt(variance + eps) + bias) * gain"),
        ),
        Misconception("The bias is subtracted.", ALL, (" * gain + bias", " * gain - bias")),
        Misconception("You divide by the gain.", ALL, (" * gain + bias", " / gain + bias")),
        Misconception("Gain and bias are exchanged.", ALL, (" * gain + bias", " * bias + gain")),
        Misconception(
            "The values are right, but not the gradient: mean and variance depend on X too, so leave them in the "
            "graph (no `detach`, no `no_grad`).",
            {GRADIENT},
            edits=((MEAN, "X.detach().mean(dim=-1, keepdim=True)"), (VARIANCE, VARIANCE + ".detach()")),
            forms=((MEAN, "X.detach().mean(dim=-1, keepdim=True)"), (VARIANCE, VARIANCE + ".detach()")),
        ),
        Misconception(
            "The result is cut from the graph: no gradient gets back through it (`detach`, `no_grad`, a new tensor).",
            {GRADIENT},
            (RESULT, RESULT.replace("return ", "return (") + ").detach()"),
        ),
    ],
    hints=[
        "One row at a time: make its mean 0, then its variance 1, then let gain and bias undo what they like.",
        r"$\dfrac{x - \bar x}{\sqrt{\overline{(x - \bar x)^2} + \varepsilon}} \cdot \text{gain} + \text{bias}$, means over "
        "the last axis.",
        "`centred = X - X.mean(dim=-1, keepdim=True)`, `variance = (centred**2).mean(dim=-1, keepdim=True)`, "
        "`centred / torch.sqrt(...) * gain + bias`",
    ],
)  # fmt: skip
