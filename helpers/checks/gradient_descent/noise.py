"""Lesson 02: the training loop, and the ball in which its noise ends."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def lines_to_fit(rng: Generator, epochs: int) -> Iterator[Case]:
    """Weights to begin with, rows and targets that no line fits, all in one batch."""
    small = {"w": np.array([1.0, -1.0]), "X": np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 3.0]])}
    yield Case(small | {"y": np.array([1.0, 0.0, 2.0]), "eta": 0.1, "b": 3, "epochs": epochs, "seed": 1})
    for _ in range(2):
        d = int(rng.integers(2, 4))
        w, X, y = rng.normal(size=d), rng.normal(size=(24, d)), rng.normal(size=24)
        inputs = {"w": w, "X": X, "y": y, "eta": 0.05, "b": 24, "epochs": epochs}
        yield Case(inputs | {"seed": int(rng.integers(2**31))})


def numbered(rng: Generator) -> Iterator[Case]:
    """Rows whose first column is their number, as is that of their labels; the last batch may be smaller."""
    for n, b, k in [(16, 6, 0), (15, 5, 2)]:
        X = np.column_stack([np.arange(n), np.ones(n)]).astype(float)
        y = np.arange(n, dtype=float) if not k else np.column_stack([np.arange(n)] * k).astype(float)
        w = np.array([2.0, 0.0]) if not k else np.array([[2.0, 0.0], [3.0, -1.0], [1.5, 4.0]])
        yield Case({"w": w, "X": X, "y": y, "eta": 0.1, "b": b, "epochs": 2, "seed": 1})
    n, b, eta = 17, int(rng.integers(3, 8)), float(rng.uniform(0.05, 0.3))
    X = np.column_stack([np.arange(n), rng.normal(size=(n, 2))])
    seed = int(rng.integers(2**31))
    inputs = {"w": rng.normal(size=3), "X": X, "y": X[:, 0].copy(), "eta": eta, "b": b}
    yield Case(inputs | {"epochs": 3, "seed": seed})


def exact_lines(rng: Generator) -> Iterator[Case]:
    """100 rows whose targets one w fits exactly, the truth; it is far from where w begins."""
    for _ in range(3):
        w, X = rng.normal(size=3), rng.normal(size=(100, 3))
        w_true = w + rng.uniform(2, 4, 3) * rng.choice([-1, 1], 3)
        inputs = {"w": w, "X": X, "y": X @ w_true, "eta": 0.05, "b": 10, "epochs": 20}
        yield Case(inputs | {"seed": int(rng.integers(2**31))}, truth=w_true)


def fits(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for the weights that the targets were made with, to within 0.01."""
    truth = np.asarray(case.truth)
    if np.shape(got) != truth.shape:
        return f"expected w of shape {truth.shape}, got shape {np.shape(got)}."
    gap = float(np.max(np.abs(np.asarray(got, dtype=float) - truth)))
    return None if gap <= 0.01 else (
        f"these targets are fitted exactly by one w, and after {case.inputs['epochs']} epochs it should be there; "
        f"yours is {gap:.2g} away."
    )  # fmt: skip


def noise(rng: Generator, fixed: tuple[tuple[float, float, int], ...], b: int) -> Iterator[Case]:
    """A learning rate, a spread and a batch size: some that are easy to compute, and a random one."""
    for eta, sigma, size in fixed:
        yield Case({"eta": eta, "sigma": sigma, "b": size})
    yield Case({"eta": float(rng.uniform(0.05, 1.5)), "sigma": float(rng.uniform(1.5, 3)), "b": b})


# ---------------------------------------------------------------- tasks

LINE = "w = w - eta * gradient(w, X[rows], y[rows])"

SGD = Task(
    "sgd",
    points=2,
    answers=["sgd"],
    reference=REFERENCE + "sgd",
    probe=PROBES + "least_squares",
    uses=["batches"],
    forbids=["torch.optim.*"],
    parts=[
        Part("one batch of all rows", partial(lines_to_fit, epochs=4)),
        Part("a step for each batch", numbered, weight=0.5, probe=PROBES + "asked"),
        Part("it learns", exact_lines, weight=0.5, judge=fits),
    ],
    misconceptions=[
        Misconception(
            "Each step asks for the gradient of *all* rows. That is gradient descent, not its stochastic form: use the "
            "batch's rows only.",
            {"a step for each batch"},
            ("X[rows], y[rows]", "X, y"),
        ),
        Misconception(
            "The labels do not belong to the rows: index `y` with the same row numbers as `X`.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("y[rows]", "y[: len(rows)]"),
            forms=(
                "def sgd(gradient, w, X, y, eta, b, epochs, rng):\n"
                "    for _ in range(epochs):\n"
                "        for i, rows in enumerate(batches(len(X), b, rng)):\n"
                "            w = w - eta * gradient(w, X[rows], y[i * b : i * b + len(rows)])\n"
                "    return w\n",
            ),
        ),
        Misconception(
            "You climb: a step down *subtracts* the gradient.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("w - eta", "w + eta"),
        ),
        Misconception(
            "The learning rate is missing: a step is η times the gradient.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("eta * gradient", "gradient"),
        ),
        Misconception(
            "One epoch only: sweep over the rows `epochs` times.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("range(epochs)", "range(1)"),
        ),
        Misconception(
            "One epoch too few: `range(1, epochs)` makes `epochs` - 1 sweeps.",
            {"one batch of all rows", "a step for each batch"},
            ("range(epochs)", "range(1, epochs)"),
        ),
        Misconception(
            "You make one step in each epoch. Every batch deserves one.",
            {"a step for each batch", "it learns"},
            ("batches(len(X), b, rng):", "list(batches(len(X), b, rng))[:1]:"),
            forms=((LINE, LINE + "\n            break"),),
        ),
        Misconception(
            "You return after the first step, or the first epoch. Is the `return` inside a loop?",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("    return w", "            return w"),
            forms=(("    return w", "        return w"),),
        ),
        Misconception(
            "Only the last batch of each epoch makes a step: is the step outside of the inner loop?",
            {"a step for each batch", "it learns"},
            ("            " + LINE, "            pass\n        " + LINE),
        ),
        Misconception(
            "All steps of an epoch start from the weights that it began with: each must ask for the gradient at the "
            "weights as they are *now*.",
            {"a step for each batch"},
            edits=(
                ("for _ in range(epochs):", "for _ in range(epochs):\n        old = w"),
                ("gradient(w,", "gradient(old,"),
            ),
        ),
        Misconception(
            "One step for each epoch, along the mean of its batches' gradients. Every batch deserves its own.",
            {"a step for each batch", "it learns"},
            wrong="def sgd(gradient, w, X, y, eta, b, epochs, rng):\n"
            "    for _ in range(epochs):\n"
            "        w = w - eta * np.mean([gradient(w, X[r], y[r]) for r in batches(len(X), b, rng)], axis=0)\n"
            "    return w\n",
        ),
        Misconception(
            "The gradient is asked for at the weights of the start in every step.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            edits=(
                ("    for _ in range(epochs):", "    first = w\n    for _ in range(epochs):"),
                ("gradient(w,", "gradient(first,"),
            ),
        ),
        Misconception(
            "Every epoch has the same batches: make them anew in each, inside the outer loop.",
            {"a step for each batch"},
            edits=(
                (
                    "    for _ in range(epochs):",
                    "    cut = list(batches(len(X), b, rng))\n    for _ in range(epochs):",
                ),
                ("in batches(len(X), b, rng):", "in cut:"),
            ),
        ),
        Misconception(
            "The `rng` is not used: hand it on to `batches`, or every run and every epoch has the same order.",
            {"a step for each batch"},
            ("batches(len(X), b, rng)", "batches(len(X), b, np.random.default_rng(0))"),
        ),
        Misconception(
            "The last, smaller batch makes no step.",
            {"a step for each batch"},
            (LINE, "if len(rows) < b:\n                continue\n            " + LINE),
        ),
        Misconception(
            "The step is divided by the batch size once more: the gradient is already that of a mean.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("eta * gradient", "eta / len(rows) * gradient"),
            forms=(("eta * gradient", "eta / b * gradient"),),
        ),
        Misconception(
            "The step is multiplied by the batch size: the gradient is that of a mean, and stays one.",
            {"one batch of all rows", "a step for each batch"},
            ("eta * gradient", "eta * len(rows) * gradient"),
            forms=(("eta * gradient", "eta * b * gradient"),),
        ),
        Misconception(
            "You return all the points on the way. Asked for is the last w.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            wrong="def sgd(gradient, w, X, y, eta, b, epochs, rng):\n    path = [w]\n    for _ in range(epochs):\n        for rows in batches(len(X), b, rng):\n            w = w - eta * gradient(w, X[rows], y[rows])\n            path.append(w)\n    return np.array(path)\n",
        ),
        Misconception(
            "`batches` takes the number of rows first, then b: batches(len(X), b, rng).",
            {"a step for each batch", "it learns"},
            ("batches(len(X), b, rng)", "batches(b, len(X), rng)"),
        ),
        Misconception(
            "`gradient` takes the weights first: gradient(w, X, y).",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("gradient(w, X[rows], y[rows])", "gradient(X[rows], y[rows], w)"),
        ),
        Misconception(
            "`w -= ...` changes the caller's weights in place. `w = w - ...` makes new ones.",
            {"one batch of all rows", "a step for each batch", "it learns"},
            ("w = w - eta * gradient", "w -= eta * gradient"),
        ),
    ],
    hints=[
        "Two loops: over the epochs, and in each over the `batches`. What does one batch do to w?",
        r"$w \leftarrow w - \eta\, \nabla J_B(w)$, with $J_B$ the mean loss over the rows of the batch $B$",
        "`for rows in batches(len(X), b, rng):` take a step with `gradient(w, X[rows], ...)`.",
    ],
)

AT_REST = "eta * sigma**2 / (b * (2 - eta))"

NOISE_BALL = Task(
    "noise_ball",
    points=1,
    answers=["noise_ball"],
    reference=REFERENCE + "noise_ball",
    parts=[
        Part("one sample", partial(noise, fixed=((0.5, 3.0, 1), (1.5, 2.0, 1)), b=1), weight=0.5),
        Part("a batch of b", partial(noise, fixed=((0.5, 3.0, 4), (1.2, 2.0, 5)), b=16), weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "That is the limit for small η. The exact variance has 2 - η below the line.",
            {"one sample", "a batch of b"},
            ("(b * (2 - eta))", "(b * 2)"),
        ),
        Misconception(
            "That is the spread, the root of the variance. Return the variance.",
            {"one sample", "a batch of b"},
            (AT_REST, f"np.sqrt({AT_REST})"),
        ),
        Misconception(
            "sigma is a standard deviation: the samples' variance is its square.",
            {"one sample", "a batch of b"},
            ("sigma**2", "sigma"),
        ),
        Misconception(
            "The batch size is missing: the mean of b samples has the variance σ²/b.",
            {"a batch of b"},
            ("(b * (2 - eta))", "(2 - eta)"),
        ),
        Misconception(
            "The mean of b samples has the variance σ²/b, not σ²/b².",
            {"a batch of b"},
            ("(b * (2 - eta))", "(b**2 * (2 - eta))"),
        ),
        Misconception(
            "The mean of b samples has the *spread* σ/√b. Its variance is σ²/b.",
            {"a batch of b"},
            ("(b * (2 - eta))", "(np.sqrt(b) * (2 - eta))"),
        ),
        Misconception(
            "A larger batch makes less noise: divide by b.",
            {"a batch of b"},
            (AT_REST, "b * eta * sigma**2 / (2 - eta)"),
        ),
        Misconception(
            "That is the noise of a single step, η²σ²/b. It adds up over all earlier steps.",
            {"one sample", "a batch of b"},
            (AT_REST, "eta**2 * sigma**2 / b"),
        ),
        Misconception(
            "An η too many: η² over η (2 - η) is η over 2 - η.",
            {"one sample", "a batch of b"},
            (AT_REST, "eta**2 * sigma**2 / (b * (2 - eta))"),
        ),
        Misconception(
            "An η is missing above the line: η²σ²/b over η (2 - η) leaves one.",
            {"one sample", "a batch of b"},
            (AT_REST, "sigma**2 / (b * (2 - eta))"),
        ),
        Misconception(
            "2 - η belongs below the line: brackets around b (2 - η).",
            {"one sample", "a batch of b"},
            ("/ (b * (2 - eta))", "/ b * (2 - eta)"),
            forms=(("/ (b * (2 - eta))", "* (2 - eta) / b"),),
        ),
        Misconception(
            "That is upside down: σ² and η stand above the line, b (2 - η) below.",
            {"one sample", "a batch of b"},
            (AT_REST, "b * (2 - eta) / (eta * sigma**2)"),
        ),
        Misconception(
            "1 - (1 - η)² is η (2 - η), so 2 - η stands below the line, not 1 - η.",
            {"one sample", "a batch of b"},
            ("(2 - eta)", "(1 - eta)"),
        ),
        Misconception(
            "The factor 1 - η is squared in a variance: V = (1 - η)² V + η²σ²/b.",
            {"one sample", "a batch of b"},
            ("(b * (2 - eta))", "b"),
        ),
        Misconception(
            "The old variance goes to the other side with a *minus*: V - (1 - η)² V.",
            {"one sample", "a batch of b"},
            (AT_REST, "eta**2 * sigma**2 / (b * (1 + (1 - eta) ** 2))"),
            forms=(("(2 - eta)", "(2 + eta)"),),
        ),
    ],
    hints=[
        "At rest the variance V is the same before and after a step. Write that as an equation for V.",
        r"$V = (1 - \eta)^2\, V + \eta^2\, \sigma^2 / b$, and $1 - (1 - \eta)^2 = \eta\,(2 - \eta)$",
        "`return eta * sigma**2 / (b * (...))`",
    ],
)
