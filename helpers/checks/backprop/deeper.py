"""Lesson 03, the practice after it: cost, depth, batch normalisation, universality, symmetry."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.hand import PROBES, REFERENCE, network
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def smooth(rng: Generator) -> Iterator[Case]:
    """A matrix and a place; the probe makes a smooth function of the matrix."""
    for m, d in [(3, 2), (4, 5)]:
        yield Case({"A": rng.normal(size=(m, d)), "w": rng.normal(size=d)})


def layer_sizes(rng: Generator, activation: str) -> Iterator[Case]:
    """Widths of a layer's input and output, never the same."""
    yield Case({"d_in": 784, "d_out": 128, "activation": activation})
    for _ in range(2):
        d_in, d_out = rng.choice(np.arange(2, 500), size=2, replace=False)
        yield Case({"d_in": int(d_in), "d_out": int(d_out), "activation": activation})


def batches(rng: Generator, count: int, new: bool | None = None) -> Iterator[Case]:
    """Batches of columns with different means and spreads; then new rows, or none, where the probe asks."""
    for n, d in [(4, 3), (6, 2)]:
        centre, spread = rng.normal(size=d) * 5, rng.uniform(0.5, 4, size=d)
        drawn = [centre + spread * rng.normal(size=(n, d)) for _ in range(count + 1)]
        case = {"batches": drawn[:-1]}
        yield Case(case if new is None else case | {"X_new": drawn[-1] if new else None})


def curves(rng: Generator) -> Iterator[Case]:
    """Points of a curve, unevenly spaced, and the places to ask the network at: them, and between."""
    for m in (2, 3, 6):
        x = np.cumsum(rng.uniform(0.3, 1.5, size=m)) - 2
        at = np.sort(np.concatenate([x, (x[1:] + x[:-1]) / 2, rng.uniform(x[0], x[-1], size=3)]))
        yield Case({"x": x, "y": rng.normal(size=m) * 2, "at": at})


def reordered(rng: Generator) -> Iterator[Case]:
    """Weights, and an order of the hidden neurons that is not its own inverse."""
    for d, h, k in [(4, 5, 3), (4, 4, 4)]:
        w = network(rng, d, h, k)
        yield Case({"order": np.roll(np.arange(h), 1), "W1": w["W1"], "b1": w["b1"], "W2": w["W2"]})


# ---------------------------------------------------------------- tasks

NUMERIC_GRADIENT = Task(
    "numeric_gradient",
    points=0,
    answers=["numeric_gradient"],
    reference=REFERENCE + "numeric_gradient",
    probe=PROBES + "numeric",
    parts=[Part("values", smooth, tol=1e-7, pure=True)],
    misconceptions=[
        Misconception(
            "That is a one-sided difference: its error is of the order of eps, that of (f(w + e) - f(w - e)) / 2 eps "
            "of the order of eps².",
            {"values"},
            ("(f(w + step) - f(w - step)) / (2 * eps)", "(f(w + step) - f(w)) / eps"),
        ),
        Misconception(
            "The two places are 2 eps apart, but you divide by eps.", {"values"}, ("(2 * eps)", "eps")
        ),
        Misconception(
            "You move all entries of w at once: that gives one slope, not one for each entry.",
            {"values"},
            ("step[i] = eps", "step[:] = eps"),
        ),
    ],
    hints=[
        "Move one entry of w a little up, then a little down. What does f do?",
        r"$\partial_i f \approx \dfrac{f(w + \epsilon e_i) - f(w - \epsilon e_i)}{2 \epsilon}$",
        "`step = np.zeros_like(w); step[i] = eps`, then `(f(w + step) - f(w - step)) / (2 * eps)`",
    ],
)

WEIGHT_STD = Task(
    "weight_std",
    points=0,
    answers=["weight_std"],
    reference=REFERENCE + "weight_std",
    parts=[
        Part("tanh", lambda rng: layer_sizes(rng, "tanh")),
        Part("ReLU", lambda rng: layer_sizes(rng, "relu")),
    ],
    misconceptions=[
        Misconception(
            "That is the variance. The standard deviation is its square root.",
            {"tanh"},
            ("float(np.sqrt(2 / (d_in + d_out)))", "2 / (d_in + d_out)"),
        ),
        Misconception(
            "For ReLU the 2 is missing: half of the neurons are silent, so the rest must make up for them.",
            {"ReLU"},
            ("np.sqrt(2 / d_in)", "np.sqrt(1 / d_in)"),
        ),
        Misconception(
            "What is kept is the size of a *sum over the inputs*: divide by d_in, not by d_out.",
            {"ReLU"},
            ("np.sqrt(2 / d_in)", "np.sqrt(2 / d_out)"),
        ),
        Misconception(
            "Glorot's variance is 1 over the *mean* of d_in and d_out: 2 over their sum.",
            {"tanh"},
            ("np.sqrt(2 / (d_in + d_out))", "np.sqrt(1 / (d_in + d_out))"),
        ),
    ],
    hints=[
        "A score is a sum of d_in products. How large is it if each weight has variance v?",
        r"tanh: $\sqrt{2/(d_\text{in} + d_\text{out})}$; ReLU: $\sqrt{2/d_\text{in}}$",
        '`if activation == "tanh": return np.sqrt(2 / (...))`',
    ],
)

BATCH_NORM = Task(
    "BatchNorm",
    points=0,
    answers=["BatchNorm"],
    reference=REFERENCE + "BatchNorm",
    parts=[
        Part("training", lambda rng: batches(rng, 1, new=False), probe=PROBES + "normalises"),
        Part("running statistics", lambda rng: batches(rng, 3), probe=PROBES + "statistics"),
        Part("evaluation", lambda rng: batches(rng, 3, new=True), probe=PROBES + "normalises"),
    ],
    misconceptions=[
        Misconception(
            "Out of training the batch must not matter: normalise with the running statistics.",
            {"evaluation"},
            ("mean, var = self.mean, self.var", "mean, var = X.mean(axis=0), X.var(axis=0)"),
        ),
        Misconception(
            "The running variance is the unbiased one, over n - 1; only the batch itself is normalised with n.",
            {"running statistics", "evaluation"},
            ("X.var(axis=0, ddof=1)", "X.var(axis=0)"),
        ),
        Misconception(
            "The learnable scale and shift, gamma and beta, are missing.",
            {"training", "evaluation"},
            ("self.gamma * (X - mean) / np.sqrt(var + self.eps) + self.beta",
             "(X - mean) / np.sqrt(var + self.eps)"),
        ),
        Misconception(
            "You divide by the variance. Dividing by its square root gives the column spread 1.",
            {"training", "evaluation"},
            ("np.sqrt(var + self.eps)", "(var + self.eps)"),
        ),
        Misconception(
            "The momentum is the share of the *new* batch (0.1), as in PyTorch: the old value keeps 0.9.",
            {"running statistics", "evaluation"},
            ("self.momentum * (mean - self.mean)", "(1 - self.momentum) * (mean - self.mean)"),
        ),
        Misconception(
            "You normalise each row. Batch normalisation works on each *column*, across the rows of the batch.",
            {"training", "running statistics", "evaluation"},
            ("mean, var = X.mean(axis=0), X.var(axis=0)",
             "mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)"),
        ),
    ],
    hints=[
        "Which mean and which variance? That depends on `self.training`; the last line is the same for both.",
        r"$\gamma \odot \dfrac{X - \mu}{\sqrt{v + \epsilon}} + \beta$, and in training "
        r"$\mu_\text{run} \leftarrow \mu_\text{run} + m\,(\mu - \mu_\text{run})$",
        "In training: `mean, var = X.mean(axis=0), X.var(axis=0)`, then move `self.mean` towards `mean` and `self.var` "
        "towards `X.var(axis=0, ddof=1)` by the share `self.momentum`.",
    ],
)  # fmt: skip

INTERPOLATE = Task(
    "interpolate",
    points=0,
    answers=["interpolate"],
    reference=REFERENCE + "interpolate",
    probe=PROBES + "interpolated",
    parts=[Part("the curve", curves, tol=1e-6)],
    misconceptions=[
        Misconception(
            "Each neuron keeps its slope for ever, so it adds the *change* of slope, not the slope.",
            {"the curve"},
            ("np.diff(slopes, prepend=0)", "slopes"),
        ),
        Misconception(
            "The network starts at 0: the output's bias must be the first value y[0].",
            {"the curve"},
            ("float(y[0])", "0.0"),
        ),
        Misconception(
            "The neurons bend at -x: relu(t - x_i) has the bias -x_i.", {"the curve"}, ("-x[:-1]", "x[:-1]")
        ),
        Misconception(
            "A slope is rise over run: divide by the distances of the points.",
            {"the curve"},
            (" / np.diff(x)", ""),
        ),
    ],
    hints=[
        "relu(t - x_i) is zero up to x_i and then rises with slope 1. What must each piece add to those before it?",
        r"$f(t) = y_0 + \sum_i (s_i - s_{i-1})\,\mathrm{relu}(t - x_i)$ with slopes $s_i$ and $s_{-1} = 0$",
        "`slopes = np.diff(y) / np.diff(x)`, `w2 = np.diff(slopes, prepend=0)`, `b1 = -x[:-1]`",
    ],
)

PERMUTE_HIDDEN = Task(
    "permute_hidden",
    points=0,
    answers=["permute_hidden"],
    reference=REFERENCE + "permute_hidden",
    parts=[Part("weights", reordered)],
    misconceptions=[
        Misconception(
            "A hidden neuron is a *column* of W1 (its inputs), not a row.",
            {"weights"},
            ("W1[:, order]", "W1[order]"),
        ),
        Misconception(
            "What a hidden neuron sends on is a *row* of W2.", {"weights"}, ("W2[order]", "W2[:, order]")
        ),
        Misconception(
            "The biases stay with their neurons: permute b1 too.", {"weights"}, ("b1[order]", "b1")
        ),
        Misconception(
            "Only the first layer is permuted: the second still listens to the old places.",
            {"weights"},
            ("W2[order]", "W2"),
        ),
    ],
    hints=[
        "Which numbers belong to one hidden neuron? It has weights coming in, a bias, and weights going out.",
        r"column $j$ of $W_1$, entry $j$ of $b_1$, row $j$ of $W_2$",
        "`return W1[:, order], b1[...], W2[...]`",
    ],
)

DEEPER = [NUMERIC_GRADIENT, WEIGHT_STD, BATCH_NORM, INTERPOLATE, PERMUTE_HIDDEN]
