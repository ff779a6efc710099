"""Lesson 02: the heavy ball and Nesterov's."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def gradients(rng: Generator, steps: int, d: int = 3) -> ndarray:
    """Draw a gradient for each step (steps, d), no entry near zero or near another step's."""
    return rng.uniform(0.5, 2, (steps, d)) * rng.choice([-1.0, 1.0], (steps, d))


def pushes(rng: Generator, steps: int) -> Iterator[Case]:
    """Weights, a gradient for each step, η and β; a constant slope first; a ball that is rolling already."""
    yield Case({"w": np.array([1.0]), "G": np.ones((steps, 1)), "eta": 0.1, "beta": 0.9})
    first = np.array([[2.0, -1.0, 4.0], [-1.0, 3.0, 0.5]])[: min(steps, 2)]
    yield Case({"w": np.array([1.0, 2.0, 3.0]), "G": first, "eta": 0.2, "beta": 0.7})
    if steps > 1:
        inputs = {"w": np.array([1.0, 2.0]), "G": np.array([[3.0, -1.0]]), "eta": 0.1, "beta": 0.6}
        yield Case(inputs | {"v": np.array([2.0, -4.0])})
    for _ in range(2):
        eta, beta = float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.3, 0.7))
        yield Case({"w": rng.normal(size=3), "G": gradients(rng, steps), "eta": eta, "beta": beta})


# ---------------------------------------------------------------- tasks

PUSH, MOVE = "v = beta * v + g", "w = w - eta * v"

TWO_LINES = f"{PUSH}\n    {MOVE}"

MOMENTUM = Task(
    "momentum_step",
    points=2,
    answers=["momentum_step"],
    reference=REFERENCE + "momentum_step",
    probe=PROBES + "momentum",
    parts=[
        Part("the first step, from rest", partial(pushes, steps=1), weight=0.5),
        Part("it builds up speed", partial(pushes, steps=6), weight=1.5),
    ],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "Nothing is remembered: v is the gradient itself, and this is plain descent (with a changing η it is a "
            "*schedule*). Momentum keeps a share β of the last velocity.",
            {"it builds up speed"},
            (PUSH, "v = g"),
        ),
        Misconception(
            "The velocity is updated but never used: w must move along v, not along g.",
            {"it builds up speed"},
            ("w - eta * v", "w - eta * g"),
        ),
        Misconception(
            "You move before you push: w uses the velocity of the last step. Update v first.",
            {"the first step, from rest", "it builds up speed"},
            (TWO_LINES, f"{MOVE}\n    {PUSH}"),
        ),
        Misconception(
            "The velocity that comes back is the old one, so the next step knows nothing of this one.",
            {"the first step, from rest", "it builds up speed"},
            wrong="def momentum_step(w, v, g, eta, beta):\n    return w - eta * (beta * v + g), v\n",
        ),
        Misconception(
            "The velocity is a running mean, with 1 - β before the gradient. The heavy ball adds the whole gradient (so "
            "β = 0.9 makes it up to 10 times as fast).",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * v + (1 - beta) * g"),
        ),
        Misconception(
            "β and 1 - β are swapped: β is the share of the velocity that is *kept*.",
            {"it builds up speed"},
            ("beta * v + g", "(1 - beta) * v + g"),
            forms=(("beta * v + g", "(1 - beta) * v + beta * g"),),
        ),
        Misconception(
            "β multiplies the new gradient too. Only the old velocity is damped.",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * (v + g)"),
        ),
        Misconception(
            "β multiplies the gradient instead of the velocity.",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "v + beta * g"),
        ),
        Misconception(
            "β is missing: without friction the ball never comes to rest.",
            {"it builds up speed"},
            ("beta * v + g", "v + g"),
        ),
        Misconception(
            "The gradient is used twice: it is in the new velocity already.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - eta * (v + g)"),
        ),
        Misconception(
            "The step has the wrong sign: v gathers gradients, which point uphill.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w + eta * v"),
        ),
        Misconception(
            "Your v gathers -g, and w climbs with it or goes down by it. Here v gathers the gradients as they are, and the "
            "minus stands in the step.",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * v - g"),
            forms=([("beta * v + g", "beta * v - g"), ("w - eta * v", "w + eta * v")],),
        ),
        Misconception(
            "The step is divided by 1 - β as well. The velocity grows to g/(1 - β) by itself.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - eta / (1 - beta) * v"),
            forms=(("w - eta * v", "w - eta * v / (1 - beta)"),),
        ),
        Misconception(
            "The step is multiplied by 1 - β. It is η times v.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - (1 - beta) * eta * v"),
        ),
        Misconception(
            "β multiplies the weights. It multiplies the old velocity only.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "beta * w - eta * v"),
        ),
        Misconception(
            "β is used twice, in the velocity and in the step.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - eta * beta * v"),
        ),
        Misconception(
            "What comes back as v is the step, η times v. Keep the velocity itself.",
            {"the first step, from rest", "it builds up speed"},
            ("return w, v", "return w, eta * v"),
            forms=(("return w, v", "return w, -eta * v"),),
        ),
        Misconception(
            "The learning rate is missing: w moves by η times v.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - v"),
        ),
        Misconception(
            "That is Nesterov's form. The heavy ball moves along v itself.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - eta * (g + beta * v)"),
        ),
        Misconception(
            "That is another convention: your v holds η already. The path is the same while η is constant, but here v "
            "gathers gradients, and η enters with the step.",
            {"the first step, from rest", "it builds up speed"},
            (TWO_LINES, "v = beta * v - eta * g\n    w = w + v"),
            forms=((TWO_LINES, "v = beta * v + eta * g\n    w = w - v"),),
        ),
        Misconception(
            "η is used twice, in the velocity and in the step.",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * v + eta * g"),
        ),
        Misconception(
            "The old arrays are changed in place: the caller's `w` or `v` is no longer what it was. Make new ones, "
            "`v = beta * v + g`.",
            {"the first step, from rest", "it builds up speed"},
            (TWO_LINES, "v *= beta\n    v += g\n    w -= eta * v"),
            forms=((MOVE, "w -= eta * v"), (PUSH, "v *= beta\n    v += g")),
        ),
        Misconception(
            "The two results are in the other order: first w, then v.",
            {"the first step, from rest", "it builds up speed"},
            ("return w, v", "return v, w"),
        ),
        Misconception(
            "Only w comes back. Return two arrays, the new w and the new v.",
            {"the first step, from rest", "it builds up speed"},
            ("return w, v", "return w"),
        ),
    ],
    hints=[
        "What must be kept from one step to the next, so that a steady slope makes the ball faster and faster?",
        r"$v \leftarrow \beta v + g$, then $w \leftarrow w - \eta v$ with the *new* $v$",
        "`v = beta * v + ...`, `w = w - eta * ...`, `return w, v`",
    ],
)

AHEAD = "(g + beta * v)"

NESTEROV = Task(
    "nesterov_step",
    points=0,
    answers=["nesterov_step"],
    reference=REFERENCE + "nesterov_step",
    probe=PROBES + "momentum",
    parts=[
        Part("the first step, from rest", partial(pushes, steps=1)),
        Part("many steps", partial(pushes, steps=6)),
    ],
    forbids=["torch.optim.*"],
    misconceptions=[
        Misconception(
            "That is the heavy ball: with the *old* velocity g + βv is just the new v. Nesterov adds g to β times the "
            "*new* velocity.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "v"),
            forms=(
                (
                    "v = beta * v + g\n    w = w - eta * (g + beta * v)",
                    "w = w - eta * (g + beta * v)\n    v = beta * v + g",
                ),
            ),
        ),
        Misconception(
            "The fresh gradient is missing: it moves along g + βv.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "(beta * v)"),
        ),
        Misconception(
            "That is plain descent: w must move along g + βv.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "g"),
        ),
        Misconception(
            "β is missing before the velocity.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "(g + v)"),
        ),
        Misconception(
            "It is g *plus* βv: the look ahead goes on in the direction of v.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "(g - beta * v)"),
        ),
        Misconception(
            "β stands before the wrong one: it is g + βv, not βg + v.",
            {"many steps"},
            (AHEAD, "(beta * g + v)"),
        ),
        Misconception(
            "β is used twice: the new velocity holds it already, and g + βv needs it once more, not twice.",
            {"the first step, from rest", "many steps"},
            (AHEAD, "(g + beta**2 * v)"),
        ),
        Misconception(
            "The velocity that comes back is the old one, so the next step knows nothing of this one.",
            {"the first step, from rest", "many steps"},
            wrong="def nesterov_step(w, v, g, eta, beta):\n    return w - eta * (g + beta * (beta * v + g)), v\n",
            forms=("def nesterov_step(w, v, g, eta, beta):\n    return w - eta * (g + beta * v), v\n",),
        ),
        Misconception(
            "What comes back as v is the step's direction g + βv. Keep the velocity itself.",
            {"the first step, from rest", "many steps"},
            ("w = w - eta * (g + beta * v)", "v = g + beta * v\n    w = w - eta * v"),
        ),
        Misconception(
            "The velocity is a running mean, with 1 - β before the gradient; here it adds the whole gradient.",
            {"the first step, from rest", "many steps"},
            ("v = beta * v + g", "v = beta * v + (1 - beta) * g"),
        ),
        Misconception(
            "That is another convention: your v holds η already. Here v gathers gradients, and η enters with the step.",
            {"the first step, from rest", "many steps"},
            wrong="def nesterov_step(w, v, g, eta, beta):\n    old, v = v, beta * v - eta * g\n    return w - beta * old + (1 + beta) * v, v\n",
            forms=(
                "def nesterov_step(w, v, g, eta, beta):\n    v = beta * v + eta * g\n    return w - (eta * g + beta * v), v\n",
                "def nesterov_step(w, v, g, eta, beta):\n    v = beta * v - eta * g\n    return w - eta * g + beta * v, v\n",
            ),
        ),
        Misconception(
            "η stands before g only. It multiplies all of g + βv.",
            {"the first step, from rest", "many steps"},
            ("w - eta * (g + beta * v)", "w - eta * g - beta * v"),
        ),
        Misconception(
            "The learning rate is missing: w moves by η times g + βv.",
            {"the first step, from rest", "many steps"},
            ("w - eta * (", "w - ("),
        ),
        Misconception(
            "You climb: the step is subtracted.",
            {"the first step, from rest", "many steps"},
            ("w - eta", "w + eta"),
        ),
        Misconception(
            "The old arrays are changed in place: the caller's `w` or `v` is no longer what it was. Make new ones.",
            {"the first step, from rest", "many steps"},
            ("v = beta * v + g\n    w = w - eta", "v *= beta\n    v += g\n    w -= eta"),
            forms=(("w = w - eta", "w -= eta"), ("v = beta * v + g", "v *= beta\n    v += g")),
        ),
        Misconception(
            "The two results are in the other order: first w, then v.",
            {"the first step, from rest", "many steps"},
            ("return w, v", "return v, w"),
        ),
    ],
    hints=[
        "The velocity is that of the heavy ball. Only the step differs.",
        r"$v \leftarrow \beta v + g$, then $w \leftarrow w - \eta\,(g + \beta v)$",
        "`w = w - eta * (g + ...)`",
    ],
)
