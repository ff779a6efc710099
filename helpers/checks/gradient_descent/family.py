"""Lesson 02: Adagrad and RMSProp, the relatives of Adam."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.gradient_descent.momentum import gradients
from helpers.checks.task import Case, Misconception, Part, Task


def scaled_runs(rng: Generator, own: float, eps: float, tiny: bool, beta: bool) -> Iterator[Case]:
    """Weights and gradients, large or tiny, for Adagrad or (beta) RMSProp; first with the constants it has.

    Args:
        rng: for the random cases.
        own: the ε that it has by itself, as large as the tiny gradients of the first case.
        eps: the ε of the other cases.
        tiny: whether ε decides.
        beta: whether there is one.
    """
    known = np.array([[2.0, -4.0, 0.0], [-1.0, 3.0, 1.0]])
    yield Case({"w": np.array([1.0, 2.0, 3.0]), "G": (own if tiny else 1) * known, "eta": 0.1})
    constants = {"eta": 0.1, **({"beta": 0.8} if beta else {}), "eps": eps}
    yield Case({"w": np.array([1.0, 2.0, 3.0]), "G": (1e-3 if tiny else 1) * known} | constants)
    for steps in (1, 6):
        G = (1e-3 if tiny else 1) * gradients(rng, steps)
        share = {"beta": float(rng.uniform(0.6, 0.9))} if beta else {}
        yield Case({"w": rng.normal(size=3), "G": G, "eta": 0.1} | share | {"eps": eps})


GATHER, STEP = "s = s + g**2", "w = w - eta * g / (np.sqrt(s) + eps)"

ADAGRAD = Task(
    "adagrad_step",
    points=0,
    answers=["adagrad_step"],
    reference=REFERENCE + "adagrad_step",
    probe=PROBES + "scaled",
    parts=[
        Part("steps", partial(scaled_runs, own=1e-10, eps=1e-10, tiny=False, beta=False)),
        Part("tiny gradients", partial(scaled_runs, own=1e-10, eps=1e-3, tiny=True, beta=False)),
    ],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "s adds the *squares* of the gradients.",
            {"steps", "tiny gradients"},
            ("s + g**2", "s + g"),
            forms=(("s + g**2", "s + np.abs(g)"),),
        ),
        Misconception("The root is missing: divide by √s.", {"steps", "tiny gradients"}, ("np.sqrt(s)", "s")),
        Misconception(
            "s is updated before it is used, or the first step divides by 0.",
            {"steps", "tiny gradients"},
            (f"{GATHER}\n    {STEP}", f"{STEP}\n    {GATHER}"),
        ),
        Misconception(
            "ε stands under the root. It is added to the root.",
            {"tiny gradients"},
            ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
        ),
        Misconception(
            "ε is missing: a weight that never saw a gradient divides 0 by 0.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s) + eps", "np.sqrt(s)"),
        ),
        Misconception(
            "ε is added to the quotient, not to what divides it: brackets around √s + ε.",
            {"steps", "tiny gradients"},
            ("eta * g / (np.sqrt(s) + eps)", "(eta / np.sqrt(s) + eps) * g"),
        ),
        Misconception(
            "You divide by the size of *this* gradient, so every step is ±η. Divide by the length of all so far, √s.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s)", "np.abs(g)"),
        ),
        Misconception(
            "Nothing is gathered: s is this gradient's square alone.",
            {"steps", "tiny gradients"},
            ("s = s + g**2", "s = g**2"),
        ),
        Misconception(
            "That is RMSProp: s forgets. Adagrad's sum keeps all.",
            {"steps", "tiny gradients"},
            ("s + g**2", "0.99 * s + 0.01 * g**2"),
            forms=(("s + g**2", "0.9 * s + 0.1 * g**2"), ("s + g**2", "0.9 * s + g**2")),
        ),
        Misconception(
            "What comes back as s is its root. Keep s itself.",
            {"steps", "tiny gradients"},
            ("return w, s", "return w, np.sqrt(s)"),
            forms=((f"{GATHER}\n    {STEP}", "s = np.sqrt(s + g**2)\n    w = w - eta * g / (s + eps)"),),
        ),
        Misconception(
            "What comes back as s is the old one: the sum never grows.",
            {"steps", "tiny gradients"},
            wrong="def adagrad_step(w, s, g, eta, eps=1e-10):\n    return w - eta * g / (np.sqrt(s + g**2) + eps), s\n",
        ),
        Misconception(
            "One length for all weights: you sum over the entries. Each weight has its own s.",
            {"steps", "tiny gradients"},
            ("s + g**2", "s + np.sum(g**2)"),
        ),
        Misconception(
            "You divide by the length of this gradient, one number for all weights. Each weight has its own √s.",
            {"steps", "tiny gradients"},
            ("(np.sqrt(s) + eps)", "np.linalg.norm(g)"),
        ),
        Misconception(
            "The default of ε is another than 1e-10: leave the first line as it is.",
            {"tiny gradients"},
            ("eps: float = 1e-10", "eps: float = 1e-8"),
        ),
        Misconception(
            "The gradient is missing in the step: η g/(√s + ε).",
            {"steps", "tiny gradients"},
            ("eta * g /", "eta /"),
        ),
        Misconception(
            "The learning rate is missing: η g/(√s + ε).", {"steps", "tiny gradients"}, ("eta * g /", "g /")
        ),
        Misconception(
            "You climb: the step is subtracted.", {"steps", "tiny gradients"}, ("w - eta", "w + eta")
        ),
        Misconception(
            "The old arrays are changed in place: the caller's `w` or `s` is no longer what it was. Make new ones.",
            {"steps", "tiny gradients"},
            (f"{GATHER}\n    w = w - eta", "s += g**2\n    w -= eta"),
            forms=((GATHER, "s += g**2"), ("w = w - eta", "w -= eta")),
        ),
        Misconception(
            "The two results are in the other order: first w, then s.",
            {"steps", "tiny gradients"},
            ("return w, s", "return s, w"),
        ),
    ],
    hints=[
        "Each weight has its own learning rate: η divided by the length of all its gradients so far.",
        r"$s \leftarrow s + g^2$, then $w \leftarrow w - \eta\, g / (\sqrt s + \epsilon)$",
        "`s = s + g**2`, then `w = w - eta * g / (...)`; return both.",
    ],
)

FADE = "s = beta * s + (1 - beta) * g**2"

RMSPROP = Task(
    "rmsprop_step",
    points=0,
    answers=["rmsprop_step"],
    reference=REFERENCE + "rmsprop_step",
    probe=PROBES + "scaled",
    parts=[
        Part("steps", partial(scaled_runs, own=1e-8, eps=1e-8, tiny=False, beta=True)),
        Part("tiny gradients", partial(scaled_runs, own=1e-8, eps=1e-3, tiny=True, beta=True)),
    ],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "That is Adagrad: s grows for ever. RMSProp forgets, with (1 - β) before the new square.",
            {"steps", "tiny gradients"},
            (FADE, "s = s + g**2"),
        ),
        Misconception(
            "1 - β is missing before the new square.",
            {"steps", "tiny gradients"},
            ("(1 - beta) * g**2", "g**2"),
        ),
        Misconception("β is missing before the old s.", {"steps", "tiny gradients"}, ("beta * s +", "s +")),
        Misconception(
            "β and 1 - β are swapped: β is what is *kept*.",
            {"steps", "tiny gradients"},
            ("beta * s + (1 - beta) * g**2", "(1 - beta) * s + beta * g**2"),
        ),
        Misconception(
            "The defaults are others than 0.99 and 1e-8: leave the first line as it is.",
            {"steps", "tiny gradients"},
            ("beta: float = 0.99", "beta: float = 0.9"),
            forms=(("eps: float = 1e-8", "eps: float = 1e-10"),),
        ),
        Misconception(
            "RMSProp has no bias correction: that is Adam's.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s)", "np.sqrt(s / (1 - beta))"),
        ),
        Misconception("The root is missing: divide by √s.", {"steps", "tiny gradients"}, ("np.sqrt(s)", "s")),
        Misconception(
            "s averages the *squares* of the gradients.",
            {"steps", "tiny gradients"},
            ("(1 - beta) * g**2", "(1 - beta) * g"),
            forms=(
                ("(1 - beta) * g**2", "(1 - beta) * np.abs(g)"),
                ("(1 - beta) * g**2", "((1 - beta) * g) ** 2"),
            ),
        ),
        Misconception(
            "ε stands under the root. It is added to the root.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
        ),
        Misconception(
            "ε is missing: a weight that never saw a gradient divides 0 by 0.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s) + eps", "np.sqrt(s)"),
        ),
        Misconception(
            "You divide by the size of *this* gradient, so every step is ±η. Divide by √s.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s)", "np.abs(g)"),
        ),
        Misconception(
            "s is updated before it is used: the step divides by the new √s.",
            {"steps", "tiny gradients"},
            (f"{FADE}\n    {STEP}", f"{STEP}\n    {FADE}"),
        ),
        Misconception(
            "What comes back as s is its root. Keep s itself.",
            {"steps", "tiny gradients"},
            ("return w, s", "return w, np.sqrt(s)"),
            forms=(
                (
                    f"{FADE}\n    {STEP}",
                    "s = np.sqrt(beta * s + (1 - beta) * g**2)\n    w = w - eta * g / (s + eps)",
                ),
            ),
        ),
        Misconception(
            "What comes back as s is the old one: the average never moves.",
            {"steps", "tiny gradients"},
            wrong="def rmsprop_step(w, s, g, eta, beta=0.99, eps=1e-8):\n"
            "    return w - eta * g / (np.sqrt(beta * s + (1 - beta) * g**2) + eps), s\n",
        ),
        Misconception(
            "One average for all weights: you take the mean over the entries. Each weight has its own s.",
            {"steps", "tiny gradients"},
            ("g**2", "np.mean(g**2)"),
            forms=(("g**2", "np.sum(g**2)"),),
        ),
        Misconception(
            "The gradient is missing in the step: η g/(√s + ε).",
            {"steps", "tiny gradients"},
            ("eta * g /", "eta /"),
        ),
        Misconception(
            "The learning rate is missing: η g/(√s + ε).", {"steps", "tiny gradients"}, ("eta * g /", "g /")
        ),
        Misconception(
            "You climb: the step is subtracted.", {"steps", "tiny gradients"}, ("w - eta", "w + eta")
        ),
        Misconception(
            "The old arrays are changed in place: the caller's `w` or `s` is no longer what it was. Make new ones.",
            {"steps", "tiny gradients"},
            (f"{FADE}\n    w = w - eta", "s *= beta\n    s += (1 - beta) * g**2\n    w -= eta"),
            forms=((FADE, "s *= beta\n    s += (1 - beta) * g**2"), ("w = w - eta", "w -= eta")),
        ),
        Misconception(
            "The two results are in the other order: first w, then s.",
            {"steps", "tiny gradients"},
            ("return w, s", "return s, w"),
        ),
    ],
    hints=[
        "Adagrad with a memory that fades.",
        r"$s \leftarrow \beta s + (1 - \beta) g^2$, then $w \leftarrow w - \eta\, g / (\sqrt s + \epsilon)$",
        "`s = beta * s + (1 - beta) * ...`; the step is Adagrad's.",
    ],
)
