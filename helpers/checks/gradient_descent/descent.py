"""Lesson 02: the loop of descent."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task

REFERENCE = "helpers.reference.gradient_descent."
PROBES = "helpers.probes.gradient_descent."

# ---------------------------------------------------------------- cases


def starts(rng: Generator, steps: int) -> Iterator[Case]:
    """A gradient a tanh(x - c), a start, a learning rate: one for all, or one for each entry."""
    one = {"a": np.array([2.0]), "c": np.array([0.0]), "x": np.array([1.0])}
    yield Case(one | {"eta": 0.25, "steps": steps})
    yield Case({"a": np.array(3.0), "c": np.array(1.0), "x": np.array(-1.0), "eta": 0.1, "steps": steps})
    plane = {"a": np.ones((2, 2)), "c": np.zeros((2, 2)), "x": np.array([[1.0, -2.0], [0.5, 3.0]])}
    yield Case(plane | {"eta": np.array([[0.1, 0.2], [0.3, 0.4]]), "steps": steps})
    for shape in [(3,), (2, 4)]:
        a, c, x = rng.uniform(0.5, 3, shape), rng.normal(size=shape), 3 * rng.normal(size=shape)
        yield Case({"a": a, "c": c, "x": x, "eta": float(rng.uniform(0.1, 0.3)), "steps": steps})


# ---------------------------------------------------------------- tasks

STEP = "x = x - eta * gradient(x)"

DESCEND = Task(
    "descend",
    points=2,
    answers=["descend"],
    reference=REFERENCE + "descend",
    probe=PROBES + "path",
    parts=[
        Part("one step", partial(starts, steps=1)),
        Part("a path", partial(starts, steps=6)),
    ],
    misconceptions=[
        Misconception(
            "You climb: the gradient points uphill, so a step down *subtracts* it.",
            {"one step", "a path"},
            ("x - eta", "x + eta"),
        ),
        Misconception(
            "The learning rate is missing: the step is η times the gradient.",
            {"one step", "a path"},
            ("eta * gradient(x)", "gradient(x)"),
        ),
        Misconception(
            "You divide by the gradient. Downhill is the *opposite* of the gradient, -g, not its inverse.",
            {"one step", "a path"},
            ("eta * gradient(x)", "eta / gradient(x)"),
        ),
        Misconception(
            "Only the gradient's direction is used: every step has the length η. It should be η times the gradient.",
            {"one step", "a path"},
            ("eta * gradient(x)", "eta * np.sign(gradient(x))"),
            forms=(("eta * gradient(x)", "eta * gradient(x) / np.linalg.norm(gradient(x))"),),
        ),
        Misconception(
            "You use the gradient at the start in every step. It must be asked again at each new point.",
            {"a path"},
            ("gradient(x)", "gradient(path[0])"),
        ),
        Misconception(
            "Every step begins at the start again. It begins where the last one ended.",
            {"a path"},
            (STEP, "x = path[0] - eta * gradient(x)"),
        ),
        Misconception(
            "`x -= ...` changes the array in place, so every entry of your path is the same array (and the caller's "
            "start has moved too). `x = x - ...` makes a new one.",
            {"one step", "a path"},
            (STEP, "x -= eta * gradient(x)"),
        ),
        Misconception(
            "`x -= ...` moves the caller's start: the path is right, but the array that you were given has changed.",
            {"one step", "a path"},
            edits=(
                ("path = [x]", "path = [x.copy()]"),
                (STEP, "x -= eta * gradient(x)"),
                ("path.append(x)", "path.append(x.copy())"),
            ),
        ),
        Misconception(
            "The path lacks its start: `steps` steps visit `steps` + 1 points.",
            {"one step", "a path"},
            ("path = [x]", "path = []"),
        ),
        Misconception(
            "The start is there twice and the last point is missing: take the step first, then keep the point.",
            {"one step", "a path"},
            (STEP + "\n        path.append(x)", "path.append(x)\n        " + STEP),
        ),
        Misconception(
            "You return the last point only. Return the whole path, a row for each point.",
            {"one step", "a path"},
            ("np.array(path)", "np.array(path[-1])"),
        ),
        Misconception(
            "Your path is one step short: it has `steps` points, with the start it needs `steps` + 1.",
            {"one step", "a path"},
            ("range(steps)", "range(1, steps)"),
        ),
        Misconception(
            "Your path is one step too long: `steps` steps visit `steps` + 1 points.",
            {"one step", "a path"},
            ("range(steps)", "range(steps + 1)"),
        ),
        Misconception(
            "Your path ends after its first step. Is the `return` inside the loop?",
            {"a path"},
            ("    return np.array(path)", "        return np.array(path)"),
        ),
        Misconception(
            "The learning rate shrinks from step to step. Here it is the same in all of them.",
            {"a path"},
            edits=(("for _ in range", "for t in range"), ("eta * gradient", "eta / (t + 1) * gradient")),
            forms=(
                ("path.append(x)", "path.append(x)\n        eta = eta / 2"),
                ("path.append(x)", "path.append(x)\n        eta = 0.9 * eta"),
            ),
        ),
        Misconception(
            "Every point is one step from the start: x itself never moves on.",
            {"a path"},
            (STEP + "\n        path.append(x)", "path.append(x - eta * gradient(x))"),
        ),
        Misconception(
            "Your path holds the gradients, not the points.",
            {"one step", "a path"},
            (STEP + "\n        path.append(x)", "path.append(gradient(x))\n        " + STEP),
        ),
        Misconception(
            "Your path holds the steps, not the points.",
            {"one step", "a path"},
            (STEP + "\n        path.append(x)", "path.append(-eta * gradient(x))\n        " + STEP),
        ),
        Misconception(
            "The path lies on its side: a row for each point, so no transpose.",
            {"one step", "a path"},
            ("np.array(path)", "np.array(path).T"),
        ),
        Misconception(
            "Your path stops where the slope is small. Take all `steps` steps.",
            {"a path"},
            (STEP, "if np.linalg.norm(gradient(x)) < 1:\n            break\n        " + STEP),
            forms=((STEP, "if np.linalg.norm(gradient(x)) < 0.1:\n            break\n        " + STEP),),
        ),
    ],
    hints=[
        "Keep a list of the points. Which point does it hold before the first step?",
        r"$x_{t+1} = x_t - \eta\, \nabla J(x_t)$ for $t = 0, \dots, \text{steps} - 1$",
        "`path = [x]`, then in a loop `x = x - eta * ...` and `path.append(x)`; return `np.array(path)`.",
    ],
)
