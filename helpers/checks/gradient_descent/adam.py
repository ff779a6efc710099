"""Lesson 02: Adam."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.gradient_descent.momentum import gradients
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def moments(rng: Generator) -> Iterator[Case]:
    """Weights and gradients, for Adam's two memories: with its own constants, and with others."""
    yield Case({"w": np.zeros(2), "G": np.array([[2.0, 4.0], [-1.0, 3.0]])})
    constants = {"eta": 0.01, "beta1": 0.8, "beta2": 0.95}
    yield Case({"w": np.zeros(2), "G": np.array([[2.0, 4.0], [-1.0, 3.0]])} | constants)
    fading = {"eta": 0.01, "beta1": 0.8, "beta2": 0.6}
    yield Case({"w": np.zeros(2), "G": np.array([[2.0, 4.0], [0.1, -1.0]])} | fading)  # v becomes smaller
    constants = {"eta": 0.01, "beta1": float(rng.uniform(0.5, 0.7)), "beta2": float(rng.uniform(0.8, 0.95))}
    yield Case({"w": rng.normal(size=3), "G": gradients(rng, 5)} | constants)


def adam_runs(rng: Generator, steps: int, scale: float = 1.0, eps: float = 1e-8) -> Iterator[Case]:
    """Weights, gradients of a given size, and all of Adam's constants; first those that it has by itself."""
    known = np.array([[2.0, -4.0, 0.0], [-1.0, 3.0, 1.0], [0.5, 2.0, 0.0]])[: min(steps, 3)]
    yield Case({"w": np.array([1.0, 2.0, 3.0]), "G": (1e-8 if scale < 1 else 1) * known})
    constants = {"eta": 0.1, "beta1": 0.7, "beta2": 0.9, "eps": eps}
    yield Case({"w": np.array([1.0, 2.0, 3.0]), "G": scale * known} | constants)
    for beta1, beta2 in [(0.9, 0.999), (float(rng.uniform(0.5, 0.8)), float(rng.uniform(0.85, 0.95)))]:
        w = rng.uniform(2, 4, 3) * rng.choice([-1, 1], 3)  # large: ε = 1e-8 must not decide by chance
        inputs = {"w": w, "G": scale * gradients(rng, steps), "eta": 0.01}
        yield Case(inputs | {"beta1": beta1, "beta2": beta2, "eps": eps})


# ---------------------------------------------------------------- tasks

HATS = "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)"

MEANS = "m = beta1 * m + (1 - beta1) * g\n    v = beta2 * v + (1 - beta2) * g**2"

STEP = "w = w - eta * m_hat / (np.sqrt(v_hat) + eps)"

ADAM = Task(
    "adam_step",
    points=4,
    answers=["adam_step"],
    reference=REFERENCE + "adam_step",
    probe=PROBES + "adam_weights",
    parts=[
        Part("the two averages", moments, probe=PROBES + "adam_averages"),
        Part("the first step", partial(adam_runs, steps=1)),
        Part("many steps", partial(adam_runs, steps=20)),
        Part("tiny gradients", partial(adam_runs, steps=3, scale=1e-3, eps=1e-3)),
    ],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "The bias correction of both averages is missing: m and v start at 0 and are too small at first.",
            {"the first step", "many steps", "tiny gradients"},
            (HATS, "m_hat = m\n    v_hat = v"),
        ),
        Misconception(
            "The bias correction of m is missing: divide it by 1 - β₁ᵗ.",
            {"the first step", "many steps", "tiny gradients"},
            ("m / (1 - beta1**t)", "m"),
        ),
        Misconception(
            "The bias correction of v is missing: divide it by 1 - β₂ᵗ.",
            {"the first step", "many steps", "tiny gradients"},
            ("v / (1 - beta2**t)", "v"),
        ),
        Misconception(
            "You return the corrected averages. The correction is for this step only; what is kept is m and v.",
            {"the two averages", "many steps", "tiny gradients"},
            ("return w, m, v", "return w, m_hat, v_hat"),
        ),
        Misconception(
            "ε stands under the root. It is added to the root: √v̂ + ε.",
            {"tiny gradients"},
            ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),
        ),
        Misconception(
            "ε is missing: where all gradients are 0 you divide 0 by 0.",
            {"the first step", "many steps", "tiny gradients"},
            ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat)"),
        ),
        Misconception(
            "ε is added to the root of v before its correction. It is √v̂ + ε, with the corrected v̂.",
            {"tiny gradients"},
            (STEP, "w = w - eta * m_hat / ((np.sqrt(v) + eps) / np.sqrt(1 - beta2**t))"),
        ),
        Misconception(
            "The root is missing: m̂/v̂ has the unit of 1/gradient, m̂/√v̂ has none.",
            {"the first step", "many steps", "tiny gradients"},
            ("np.sqrt(v_hat)", "v_hat"),
        ),
        Misconception(
            "v must average the *squares* of the gradients.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("g**2", "np.abs(g)"),
            forms=(("g**2", "g"),),
        ),
        Misconception(
            "You square the average. v is an average of squares: (1 - β₂) g².",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("(1 - beta2) * g**2", "((1 - beta2) * g) ** 2"),
        ),
        Misconception(
            "v averages the squares of g, not of m.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("g**2", "m**2"),
        ),
        Misconception(
            "m adds the whole gradient, as the heavy ball does. Here it is a running mean: (1 - β₁) g.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("(1 - beta1) * g\n", "g\n"),
        ),
        Misconception(
            "v adds the whole square. Here it is a running mean: (1 - β₂) g².",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("(1 - beta2) * g**2", "g**2"),
        ),
        Misconception(
            "β and 1 - β are swapped: β is the share that is kept, 1 - β that of the new gradient.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            (MEANS, "m = (1 - beta1) * m + beta1 * g\n    v = (1 - beta2) * v + beta2 * g**2"),
        ),
        Misconception(
            "β₁ and β₂ are exchanged: β₁ belongs to m, β₂ to v.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            edits=(
                ("beta1 * m + (1 - beta1)", "beta2 * m + (1 - beta2)"),
                ("beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)"),
            ),
            forms=(
                [
                    ("beta1 * m + (1 - beta1)", "beta2 * m + (1 - beta2)"),
                    ("beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)"),
                    ("beta1**t", "BETA**t"),
                    ("beta2**t", "beta1**t"),
                    ("BETA**t", "beta2**t"),
                ],
            ),
        ),
        Misconception(
            "The step uses the averages of before: update m and v first.",
            {"the first step", "many steps", "tiny gradients"},
            (f"{MEANS}\n    {HATS}\n    {STEP}", f"{HATS}\n    {STEP}\n    {MEANS}"),
        ),
        Misconception(
            "t counts from 1, so the exponent is t itself.",
            {"the first step", "many steps", "tiny gradients"},
            (HATS, "m_hat = m / (1 - beta1 ** (t + 1))\n    v_hat = v / (1 - beta2 ** (t + 1))"),
            forms=(
                (
                    HATS,
                    "m_hat = m / (1 - beta1 ** max(t - 1, 1))\n    v_hat = v / (1 - beta2 ** max(t - 1, 1))",
                ),
                (HATS, "m_hat = m / (1 - beta1 ** (t - 1))\n    v_hat = v / (1 - beta2 ** (t - 1))"),
            ),
        ),
        Misconception(
            "The correction does not grow with t: divide by 1 - βᵗ, a power.",
            {"many steps", "tiny gradients"},
            (HATS, "m_hat = m / (1 - beta1)\n    v_hat = v / (1 - beta2)"),
            forms=((HATS, "m_hat = m / (1 - beta1 * t)\n    v_hat = v / (1 - beta2 * t)"),),
        ),
        Misconception(
            "You multiply by 1 - βᵗ. The averages are too small at first, so they are *divided* by it.",
            {"the first step", "many steps", "tiny gradients"},
            (HATS, "m_hat = m * (1 - beta1**t)\n    v_hat = v * (1 - beta2**t)"),
        ),
        Misconception(
            "Both corrections use the same β: m belongs to β₁, v to β₂.",
            {"the first step", "many steps", "tiny gradients"},
            ("beta2**t", "beta1**t"),
            forms=(("beta1**t", "beta2**t"),),
        ),
        Misconception(
            "The correction of v belongs under the root: √(v/(1 - β₂ᵗ)).",
            {"the first step", "many steps", "tiny gradients"},
            (STEP, "w = w - eta * m_hat / (np.sqrt(v) / (1 - beta2**t) + eps)"),
        ),
        Misconception(
            "The averages that come back are the old ones, so the next step begins with nothing.",
            {"the two averages", "many steps", "tiny gradients"},
            wrong="def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):\n    m_new, v_new = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2\n    step = eta * m_new / (1 - beta1**t) / (np.sqrt(v_new / (1 - beta2**t)) + eps)\n    return w - step, m, v\n",
        ),
        Misconception(
            "v never becomes smaller: that is AMSGrad. Adam's v is a plain running mean.",
            {"the two averages", "many steps", "tiny gradients"},
            ("v = beta2 * v + (1 - beta2) * g**2", "v = np.maximum(v, beta2 * v + (1 - beta2) * g**2)"),
        ),
        Misconception(
            "The constants of the call are not used: η, β₁, β₂ and ε may be others than Adam's own.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            wrong="def adam_step(w, m, v, g, t, eta=0.001, beta1=0.9, beta2=0.999, eps=1e-8):\n    m, v = 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g**2\n    return w - 0.001 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v\n",
        ),
        Misconception(
            "The defaults are others than Adam's own, 0.001, 0.9, 0.999 and 1e-8: leave the first line as it is.",
            {"the first step", "many steps", "tiny gradients"},
            ("eta: float = 0.001", "eta: float = 0.01"),
            forms=(
                ("beta1: float = 0.9", "beta1: float = 0.99"),
                ("beta2: float = 0.999", "beta2: float = 0.99"),
                ("eps: float = 1e-8", "eps: float = 1e-7"),
            ),
        ),
        Misconception(
            "The step goes along g. It goes along m̂, the average.",
            {"many steps", "tiny gradients"},
            ("eta * m_hat", "eta * g"),
        ),
        Misconception(
            "The learning rate is missing: the step is η m̂/(√v̂ + ε).",
            {"the first step", "many steps", "tiny gradients"},
            ("eta * m_hat", "m_hat"),
        ),
        Misconception(
            "You climb: the step is subtracted.",
            {"the first step", "many steps", "tiny gradients"},
            ("w - eta", "w + eta"),
        ),
        Misconception(
            "The old arrays are changed in place: the caller's `w`, `m` or `v` is no longer what it was. Make new ones.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            edits=(
                ("m = beta1 * m + (1 - beta1) * g", "m *= beta1\n    m += (1 - beta1) * g"),
                ("v = beta2 * v + (1 - beta2) * g**2", "v *= beta2\n    v += (1 - beta2) * g**2"),
                ("w = w - eta", "w -= eta"),
            ),
            forms=(
                ("w = w - eta", "w -= eta"),
                [
                    ("m = beta1 * m + (1 - beta1) * g", "m *= beta1\n    m += (1 - beta1) * g"),
                    ("v = beta2 * v + (1 - beta2) * g**2", "v *= beta2\n    v += (1 - beta2) * g**2"),
                ],
            ),
        ),
        Misconception(
            "The results are in another order: w, then m, then v.",
            {"the two averages", "many steps", "tiny gradients"},
            ("return w, m, v", "return w, v, m"),
            forms=(("return w, m, v", "return m, v, w"),),
        ),
        Misconception(
            "Only w comes back. Return three arrays: w, m, v.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("return w, m, v", "return w"),
        ),
    ],
    hints=[
        "Two running means, of g and of g²; each is divided by how much of it is filled; then one step.",
        r"$m \leftarrow \beta_1 m + (1-\beta_1) g$, $\ v \leftarrow \beta_2 v + (1-\beta_2) g^2$, "
        r"$\ \hat m = \frac{m}{1-\beta_1^t}$, $\ \hat v = \frac{v}{1-\beta_2^t}$, "
        r"$\ w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}$",
        "Four lines for `m`, `v`, `m_hat`, `v_hat`, then `w = w - eta * m_hat / (np.sqrt(...) + eps)`; return `w, m, v`.",
    ],
)
