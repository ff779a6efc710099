"""Lesson 10: noise added in one go, and predicted."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.generative.copying import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

SHARES = np.array([1.0, 0.81, 0.36, 0.04])  # what is left of the variance at the times 0, 1, 2, 3

# ---------------------------------------------------------------- cases


def schedule(rng: Generator, T: int) -> np.ndarray:
    """Return shares that fall from 1, at times 0 to T."""
    return np.concatenate([[1.0], np.cumprod(rng.uniform(0.5, 0.95, T))])


def rows(rng: Generator) -> Iterator[Case]:
    """Rows at different times, the first and the last among them; noise alone, and no noise."""
    X = np.array([[1.0, -2.0], [3.0, 0.0], [0.5, 1.0], [4.0, 4.0]])
    eps = np.array([[1.0, 1.0], [-1.0, 2.0], [0.0, -2.0], [0.5, -0.5]])
    yield Case({"X": X, "t": np.array([2, 0, 3, 1]), "eps": eps, "a": SHARES})
    yield Case({"X": X[:2], "t": np.array([2, 2]), "eps": 0 * X[:2], "a": SHARES})
    for n, d, T in [(3, 5, 6), (5, 2, 9)]:
        yield Case(
            {"X": rng.normal(size=(n, d)), "t": rng.integers(1, T + 1, n), "eps": rng.normal(size=(n, d)), "a": schedule(rng, T)}
        )  # fmt: skip


def models(rng: Generator) -> Iterator[Case]:
    """Linear models, to which the rows' times matter, and their batches."""
    for case in rows(rng):
        d = np.shape(case.inputs["X"])[1]
        W, v = (
            (np.eye(2)[::-1] * 0.5 + 0.25, np.array([0.1, -0.2]))
            if d == 2
            else (rng.normal(size=(d, d)), rng.normal(size=d))
        )
        yield Case({"W": W, "v": v, **case.inputs})  # fmt: skip


# ---------------------------------------------------------------- tasks

MIX = "left.sqrt() * X + (1 - left).sqrt() * eps"

NOISED = Task(
    "noised",
    points=2,
    answers=["noised"],
    reference=REFERENCE + "noised",
    probe=PROBES + "tensors",
    parts=[Part("noisy rows", rows)],
    misconceptions=[
        Misconception(
            "The roots are missing: variances add up to 1, so each share goes in by its root.",
            {"noisy rows"},
            (MIX, "left * X + (1 - left) * eps"),
        ),
        Misconception(
            "Only the row's share has its root; the noise's needs one, too.",
            {"noisy rows"},
            ("(1 - left).sqrt() * eps", "(1 - left) * eps"),
        ),
        Misconception(
            "Only the noise's share has its root; the row's needs one, too.",
            {"noisy rows"},
            ("left.sqrt() * X", "left * X"),
        ),
        Misconception(
            "You take 1 - √a for the noise. It is √(1 - a): the squares of both have to sum to 1.",
            {"noisy rows"},
            ("(1 - left).sqrt() * eps", "(1 - left.sqrt()) * eps"),
        ),
        Misconception(
            "Row and noise are exchanged: at time 0 there should be no noise.",
            {"noisy rows"},
            (MIX, "left.sqrt() * eps + (1 - left).sqrt() * X"),
        ),
        Misconception(
            "The row does not shrink: noise is added on top, and the variance grows.",
            {"noisy rows"},
            ("left.sqrt() * X", "X"),
        ),
        Misconception(
            "The noise is not scaled: it is as strong at time 1 as at the end.",
            {"noisy rows"},
            ("(1 - left).sqrt() * eps", "eps"),
        ),
        Misconception(
            "All rows are at the first row's time. Each has its own.",
            {"noisy rows"},
            ("a[t][:, None]", "a[t[0]].reshape(1, 1)"),
        ),
        Misconception(
            "You look one time too early in `a`: a[t] belongs to time t, and a[0] = 1.",
            {"noisy rows"},
            ("a[t]", "a[(t - 1).clamp(min=0)]"),
        ),
        Misconception(
            "The noise is subtracted.",
            {"noisy rows"},
            ("+ (1 - left)", "- (1 - left)"),
        ),
        Misconception(
            "The shares are multiplied up once more: a[t] is already what is left after all steps until t.",
            {"noisy rows"},
            ("a[t]", "torch.cumprod(a, 0)[t]"),
        ),
        Misconception(
            "You draw noise of your own. Use the `eps` that you are given: it is what has to be predicted.",
            {"noisy rows"},
            (
                "* eps",
                "* torch.randn(eps.shape, dtype=eps.dtype, generator=torch.Generator().manual_seed(5))",
            ),
        ),
    ],
    hints=[
        "Look up each row's share, and make it a column.",
        "√a_t x + √(1 - a_t) ε, with each row's own t.",
        "`left = a[t][:, None]`, then two terms with `.sqrt()`.",
    ],
)

LOSS = "((model(noised(X, t, eps, a), t) - eps) ** 2).mean()"
VALUE, GRADIENT = "value", "gradient"

NOISE_LOSS = Task(
    "noise_loss",
    points=2,
    answers=["noise_loss"],
    reference=REFERENCE + "noise_loss",
    uses=["noised"],
    parts=[
        Part(VALUE, models, probe=PROBES + "noise_value"),
        Part(GRADIENT, models, probe=PROBES + "noise_gradient"),
    ],
    misconceptions=[
        Misconception(
            "The model sees the clean rows. It has to find the noise in noisy ones.",
            {VALUE, GRADIENT},
            ("model(noised(X, t, eps, a), t)", "model(X, t)"),
        ),
        Misconception(
            "You compare with the clean rows. What is predicted is the noise.",
            {VALUE, GRADIENT},
            (", t) - eps)", ", t) - X)"),
        ),
        Misconception(
            "You compare with the noisy rows. What is predicted is the noise in them.",
            {VALUE, GRADIENT},
            (", t) - eps)", ", t) - noised(X, t, eps, a))"),
        ),
        Misconception(
            "You compare with the noise as it was scaled for the mixture. The model predicts it with variance 1.",
            {VALUE, GRADIENT},
            (", t) - eps)", ", t) - (1 - a[t][:, None]).sqrt() * eps)"),
        ),
        Misconception(
            "The squares are summed. Losses are means.",
            {VALUE, GRADIENT},
            (".mean()", ".sum()"),
        ),
        Misconception(
            "The squares are summed over the columns and averaged over rows alone: the loss grows with the width.",
            {VALUE, GRADIENT},
            (".mean()", ".sum(dim=1).mean()"),
        ),
        Misconception(
            "You take absolute errors. They are squared.",
            {VALUE, GRADIENT},
            (LOSS, "(model(noised(X, t, eps, a), t) - eps).abs().mean()"),
        ),
        Misconception(
            "You take the root of the mean. The loss is the mean of squares itself.",
            {VALUE, GRADIENT},
            (LOSS, f"({LOSS}).sqrt()"),
        ),
        Misconception(
            "The model is not told the right times: it gets 0 for all rows.",
            {VALUE, GRADIENT},
            ("a), t)", "a), 0 * t)"),
        ),
        Misconception(
            "The model is told the shares a[t]. It is asked with the times t.",
            {VALUE, GRADIENT},
            ("a), t)", "a), a[t])"),
        ),
        Misconception(
            "The loss has no gradient: it was taken out of the graph.",
            {GRADIENT},
            (LOSS, f"({LOSS}).detach().requires_grad_()"),
            forms=(("model(noised(X, t, eps, a), t)", "model(noised(X, t, eps, a), t).detach().requires_grad_()"),),
        ),
    ],
    hints=[
        "Make the rows noisy with the noise that you are given. What should the model say of them?",
        "mean of (model(x_t, t) - ε)², with x_t = `noised(X, t, eps, a)`.",
        "`((model(noised(...), t) - ...) ** 2).mean()`",
    ],
)  # fmt: skip
