"""An adder of NAND gates, least squares, the hinge, and layers without a bend: worth no points."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.learning import with_ones
from helpers.checks.perceptron.neuron import PROBES, REFERENCE, batch
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def two_digits(rng: Generator) -> Iterator[Case]:
    """All sums of two binary digits."""
    for a in (0, 1):
        for b in (0, 1):
            yield Case({"a": a, "b": b})


def regression(rng: Generator) -> Iterator[Case]:
    """Inputs and targets, the columns independent."""
    yield Case({"X": with_ones(np.array([[0.0], [1.0], [2.0]])), "y": np.array([1.0, 3.0, 5.0])})
    for n, d in [(8, 3), (20, 4)]:
        yield Case({"X": rng.normal(size=(n, d)), "y": rng.normal(size=n)})


def collinear(rng: Generator) -> Iterator[Case]:
    """The same, with one column that is the sum of two others, in whole numbers."""
    X = rng.integers(-4, 5, size=(9, 3)).astype(float)
    yield Case({"X": np.column_stack([X, X[:, 0] + X[:, 1]]), "y": rng.normal(size=9)})


def signed(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and signs: rows beyond the margin, inside it, and on the wrong side."""
    w, s = np.array([1.0, 0.0]), np.array([1.0, 1.0, -1.0, -1.0])
    yield Case({"w": w, "X": np.array([[3.0, 1.0], [0.5, 0.0], [1.0, 2.0], [-4.0, 0.0]]), "s": s})
    X, w, _ = batch(rng, 9, 3)
    yield Case({"w": w, "X": 2 * X, "s": np.resize([1.0, -1.0], 9)})


def two_layers(rng: Generator) -> Iterator[Case]:
    """Weights and biases of two layers of different widths."""
    for d, h, k in [(2, 3, 4), (5, 4, 2)]:
        shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
        yield Case({name: rng.normal(size=shape) for name, shape in shapes.items()})


# ---------------------------------------------------------------- tasks


HALF_ADDER = Task(
    "half_adder",
    points=0,
    answers=["half_adder"],
    reference=REFERENCE + "half_adder",
    probe=PROBES + "wired",
    parts=[Part("all four sums", two_digits)],
    misconceptions=[
        Misconception(
            "Your carry is upside down: NAND of both is 0 where the carry is 1. Turn it round once more, NAND(c, c).",
            {"all four sums"},
            ("nand(c, c)", "c"),
        ),
        Misconception(
            "Your digit is OR: it stays 1 for 1 + 1, where the digit is 0 and 1 is carried.",
            {"all four sums"},
            ("nand(nand(a, c), nand(b, c))", "nand(nand(a, a), nand(b, b))"),
        ),
        Misconception(
            "The two are swapped: the digit comes first, then the carry.",
            {"all four sums"},
            (
                "return nand(nand(a, c), nand(b, c)), nand(c, c)",
                "return nand(c, c), nand(nand(a, c), nand(b, c))",
            ),
        ),
        Misconception(
            "Your digit is upside down: it is 1 where both are equal.",
            {"all four sums"},
            (
                "nand(nand(a, c), nand(b, c))",
                "nand(nand(nand(a, c), nand(b, c)), nand(nand(a, c), nand(b, c)))",
            ),
        ),
    ],
    hints=[
        "The digit is XOR, the carry is AND. Begin with c = NAND(a, b): how do you turn one gate round?",
        "The carry is NAND(c, c). The digit is NAND of NAND(a, c) and NAND(b, c).",
        "`c = nand(a, b)`, then `return nand(..., ...), nand(c, c)`",
    ],
)

NORMAL_EQUATIONS = Task(
    "normal_equations",
    points=0,
    answers=["normal_equations"],
    reference=REFERENCE + "normal_equations",
    parts=[Part("independent columns", regression, tol=1e-6), Part("collinear columns", collinear, tol=1e-6)],
    forbids=["numpy.linalg.lstsq", "torch.linalg.lstsq", "scipy.*", "sklearn.*"],
    misconceptions=[
        Misconception(
            "With collinear columns XᵀX has no inverse: `np.linalg.pinv` gives the shortest of all solutions.",
            {"collinear columns"},
            ("np.linalg.pinv(", "np.linalg.inv("),
        ),
        Misconception(
            "The transpose is in the wrong place: XᵀX is (d, d), one equation for each weight.",
            {"independent columns", "collinear columns"},
            ("pinv(X.T @ X)", "pinv(X @ X.T)"),
        ),
        Misconception(
            "Only one side was divided by n: the n cancels if both are.",
            {"independent columns", "collinear columns"},
            ("(X.T @ y)", "(X.T @ y) / len(X)"),
        ),
    ],
    hints=[
        "At the minimum the gradient is zero: write it down and solve for w.",
        r"$X^\top X\, w = X^\top y$",
        "`np.linalg.pinv(X.T @ X) @ ...`",
    ],
)

HINGE = Task(
    "hinge",
    points=0,
    answers=["hinge"],
    reference=REFERENCE + "hinge",
    parts=[Part("loss", signed)],
    misconceptions=[
        Misconception(
            "The margin is missing: a row on the right side but closer than 1 costs something too.",
            {"loss"},
            ("1 - s * (X @ w)", "-s * (X @ w)"),
        ),
        Misconception(
            "A row beyond the margin costs 0, never less: clip at 0.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "1 - s * (X @ w)"),
        ),
        Misconception("The loss is a sum; here losses are means.", {"loss"}, ("np.mean(", "np.sum(")),
        Misconception(
            "The signs s are not used: every row is treated as positive.",
            {"loss"},
            ("s * (X @ w)", "(X @ w)"),
        ),
    ],
    hints=[
        "A row costs nothing once its score is on the right side by at least 1.",
        r"$\frac1n\sum_i \max(0,\, 1 - s_i z_i)$",
        "`np.mean(np.maximum(0, ...))`",
    ],
)

COLLAPSE = Task(
    "collapse",
    points=0,
    answers=["collapse"],
    reference=REFERENCE + "collapse",
    parts=[Part("weights", two_layers, probe=FIRST), Part("bias", two_layers, probe=SECOND)],
    misconceptions=[
        Misconception(
            "With rows as samples, X @ W1 @ W2 is X @ (W1 @ W2): the order stays.",
            {"weights"},
            ("return W1 @ W2", "return W2.T @ W1.T"),
        ),
        Misconception(
            "The first bias is lost: it goes through the second layer, b1 @ W2 + b2.",
            {"bias"},
            ("b1 @ W2 + b2", "b2"),
        ),
        Misconception(
            "The two biases have different lengths: b1 must go through W2 before it can be added.",
            {"weights", "bias"},
            ("b1 @ W2 + b2", "b1 + b2"),
        ),
        Misconception("The second bias is missing.", {"bias"}, ("b1 @ W2 + b2", "b1 @ W2")),
    ],
    hints=[
        "Put the first layer's formula into the second's and multiply out.",
        r"$(X W_1 + b_1) W_2 + b_2 = X (W_1 W_2) + (b_1 W_2 + b_2)$",
        "`return W1 @ W2, b1 @ ... + ...`",
    ],
)

DEEPER = [HALF_ADDER, NORMAL_EQUATIONS, HINGE, COLLAPSE]
