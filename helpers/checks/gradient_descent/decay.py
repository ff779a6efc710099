"""Lesson 02: Adam with decoupled weight decay."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.gradient_descent.momentum import gradients
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def decays(rng: Generator) -> Iterator[Case]:
    """Weights, gradients, η and a weight decay."""
    yield Case({"w": np.array([2.0, -4.0]), "G": np.array([[1.0, 3.0]]), "eta": 0.1, "decay": 0.5})
    known = np.array([[1.0, 3.0], [-2.0, 0.5]])
    yield Case({"w": np.array([2.0, -4.0]), "G": known, "eta": 0.1, "decay": 0.5})
    for steps in (1, 5):
        eta, decay = float(rng.uniform(0.01, 0.1)), float(rng.uniform(0.5, 2))
        yield Case({"w": 3 * rng.normal(size=3), "G": gradients(rng, steps), "eta": eta, "decay": decay})


# ---------------------------------------------------------------- tasks

WHOLE = "return adam_step((1 - eta * decay) * w, m, v, g, t, eta)"

SHRUNK = "(1 - eta * decay) * w"

ADAMW = Task(
    "adamw_step",
    points=0,
    answers=["adamw_step"],
    reference=REFERENCE + "adamw_step",
    probe=PROBES + "adam",
    uses=["adam_step"],
    parts=[Part("steps", decays)],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "That is Adam with an L2 penalty: it goes through the averages and is divided by √v̂. Decoupled decay "
            "shrinks w directly.",
            {"steps"},
            (WHOLE, "return adam_step(w, m, v, g + decay * w, t, eta)"),
        ),
        Misconception(
            "The weights decay twice: directly, and through the gradient. Adam sees g alone.",
            {"steps"},
            ("g, t, eta", "g + decay * w, t, eta"),
        ),
        Misconception(
            "The decay is not multiplied by η: w shrinks by the factor 1 - ηλ.",
            {"steps"},
            ("(1 - eta * decay)", "(1 - decay)"),
        ),
        Misconception("The weights do not decay at all.", {"steps"}, (SHRUNK, "w")),
        Misconception(
            "η is used twice in the decay: w shrinks by 1 - ηλ.",
            {"steps"},
            ("(1 - eta * decay)", "(1 - eta**2 * decay)"),
        ),
        Misconception(
            "ηλ is subtracted as it is. It is a share of w: w - ηλw.",
            {"steps"},
            ("(1 - eta * decay) * w", "w - eta * decay"),
        ),
        Misconception(
            "λ is missing: w shrinks by 1 - ηλ.", {"steps"}, ("(1 - eta * decay) * w", "(1 - eta) * w")
        ),
        Misconception("The weights grow: it is 1 *minus* ηλ.", {"steps"}, ("(1 - eta", "(1 + eta")),
        Misconception(
            "w is replaced by ηλ of itself. It keeps the share 1 - ηλ.",
            {"steps"},
            (SHRUNK, "eta * decay * w"),
        ),
        Misconception(
            "The decay is halved or doubled: the gradient of λ/2 |w|² is λw, and w shrinks by 1 - ηλ.",
            {"steps"},
            (SHRUNK, "(1 - eta * decay / 2) * w"),
            forms=((SHRUNK, "(1 - 2 * eta * decay) * w"),),
        ),
        Misconception(
            "You shrink what the step has made, and so the step itself. Shrink w first, or by its old value.",
            {"steps"},
            (WHOLE, "w, m, v = adam_step(w, m, v, g, t, eta)\n    return (1 - eta * decay) * w, m, v"),
        ),
        Misconception(
            "The averages m and v shrink too. The decay is for the weights alone.",
            {"steps"},
            (f"{SHRUNK}, m, v", f"{SHRUNK}, (1 - eta * decay) * m, (1 - eta * decay) * v"),
            forms=((f"{SHRUNK}, m, v", f"{SHRUNK}, (1 - eta * decay) * m, v"),),
        ),
        Misconception(
            "Adam takes its step with a learning rate of its own, 0.001: hand η on.",
            {"steps"},
            ("t, eta)", "t)"),
        ),
        Misconception(
            "λ arrives in Adam as its β₁: only η follows t.", {"steps"}, ("t, eta)", "t, eta, decay)")
        ),
        Misconception(
            "The step that `adam_step` counts is not t: hand it on as it is.",
            {"steps"},
            ("t, eta)", "t + 1, eta)"),
            forms=(("t, eta)", "1, eta)"),),
        ),
        Misconception(
            "`w *= ...` changes the caller's weights in place. Make new ones.",
            {"steps"},
            (WHOLE, "w *= 1 - eta * decay\n    return adam_step(w, m, v, g, t, eta)"),
            forms=((WHOLE, "w -= eta * decay * w\n    return adam_step(w, m, v, g, t, eta)"),),
        ),
        Misconception(
            "Only w comes back. Return three arrays: w, m, v.", {"steps"}, ("t, eta)", "t, eta)[0]")
        ),
    ],
    hints=[
        "The gradient that Adam sees must not know of the decay.",
        r"$w \leftarrow (1 - \eta\lambda)\, w$, then a step of Adam",
        "`return adam_step((...) * w, m, v, g, t, eta)`",
    ],
)
