"""Lesson 02, second part: schedules, momentum, Adam and their relatives."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def gradients(rng: Generator, steps: int, d: int = 3) -> ndarray:
    """Draw a gradient for each step (steps, d), no entry near zero or near another step's."""
    return rng.uniform(0.5, 2, (steps, d)) * rng.choice([-1.0, 1.0], (steps, d))


def clock(rng: Generator, warm: bool) -> Iterator[Case]:
    """A step within the warm-up, or after it (once in a run without any)."""
    for warmup in (4, int(rng.integers(5, 12)), int(rng.integers(5, 12)) if warm else 0):
        T = warmup + int(rng.integers(20, 60))
        low, high = (0, warmup) if warm else (warmup, T)
        for t in {low, int(rng.integers(low + 1, high - 1)), high - 1}:
            yield Case({"t": t, "T": T, "eta": float(rng.uniform(0.1, 2)), "warmup": warmup})


def pushes(rng: Generator, steps: int) -> Iterator[Case]:
    """Weights, a gradient for each step, η and β; a constant slope first."""
    yield Case({"w": np.array([1.0]), "G": np.ones((steps, 1)), "eta": 0.1, "beta": 0.9})
    for _ in range(2):
        eta, beta = float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.3, 0.7))
        yield Case({"w": rng.normal(size=3), "G": gradients(rng, steps), "eta": eta, "beta": beta})


def moments(rng: Generator) -> Iterator[Case]:
    """Weights, gradients and Adam's two memories."""
    yield Case({"w": np.zeros(1), "G": np.array([[2.0], [-1.0]]), "beta1": 0.9, "beta2": 0.99})
    beta1, beta2 = float(rng.uniform(0.5, 0.7)), float(rng.uniform(0.8, 0.95))
    yield Case({"w": rng.normal(size=3), "G": gradients(rng, 5), "beta1": beta1, "beta2": beta2})


def adam_runs(rng: Generator, steps: int, scale: float = 1.0, eps: float = 1e-8) -> Iterator[Case]:
    """Weights, gradients of a given size, and all of Adam's constants; first those it is known for."""
    for beta1, beta2 in [(0.9, 0.999), (float(rng.uniform(0.5, 0.8)), float(rng.uniform(0.85, 0.95)))]:
        inputs = {"w": rng.normal(size=3), "G": scale * gradients(rng, steps), "eta": 0.01}
        yield Case(inputs | {"beta1": beta1, "beta2": beta2, "eps": eps})


def scaled_runs(rng: Generator, scale: float, eps: float, beta: bool) -> Iterator[Case]:
    """Weights and gradients of a given size, for Adagrad or (beta) RMSProp."""
    for steps in (1, 6):
        inputs = {"w": rng.normal(size=3), "G": scale * gradients(rng, steps), "eta": 0.1}
        yield Case(inputs | ({"beta": float(rng.uniform(0.6, 0.9))} if beta else {}) | {"eps": eps})


def decays(rng: Generator) -> Iterator[Case]:
    """Weights, gradients, η and a weight decay."""
    for steps in (1, 5):
        eta, decay = float(rng.uniform(0.01, 0.1)), float(rng.uniform(0.5, 2))
        yield Case({"w": 3 * rng.normal(size=3), "G": gradients(rng, steps), "eta": eta, "decay": decay})


# ---------------------------------------------------------------- tasks


REFERENCE = "helpers.reference.gradient_descent."
PROBES = "helpers.probes.gradient_descent."

SCHEDULE = Task(
    "schedule",
    points=1,
    answers=["schedule"],
    reference=REFERENCE + "schedule",
    parts=[
        Part("warm-up", partial(clock, warm=True), weight=0.5),
        Part("cosine", partial(clock, warm=False), weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "Your first step has η = 0 and is wasted: step t of the warm-up has the share (t + 1)/warmup.",
            {"warm-up"},
            ("(t + 1) / warmup", "t / warmup"),
        ),
        Misconception(
            "The warm-up is steps 0 to warmup - 1. At t = warmup the cosine begins: compare with `<`.",
            {"cosine"},
            ("if t < warmup", "if t <= warmup"),
        ),
        Misconception(
            "Your cosine starts at step 0. It starts when the warm-up ends: t - warmup, of T - warmup.",
            {"cosine"},
            ("(t - warmup) / (T - warmup)", "t / T"),
        ),
        Misconception(
            "The cosine alone falls to -η. Half of (1 + cos) falls from 1 to 0.",
            {"cosine"},
            ("eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2",
             "eta * np.cos(np.pi * (t - warmup) / (T - warmup))"),
        ),
        Misconception(
            "1 + cos falls from 2 to 0: the half is missing.",
            {"cosine"},
            ("(T - warmup))) / 2", "(T - warmup)))"),
        ),
        Misconception(
            "That is a whole wave, down and up again. From 0 to π the cosine falls once.",
            {"cosine"},
            ("np.pi", "2 * np.pi"),
        ),
        Misconception(
            "It falls in a straight line. Here it follows half a wave of the cosine.",
            {"cosine"},
            ("eta * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2", "eta * (1 - (t - warmup) / (T - warmup))"),
        ),
    ],
    hints=[
        "Two cases. In the second, how far along is step t, as a share between 0 and 1?",
        r"$\eta\,\frac{t+1}{\text{warmup}}$ while $t < \text{warmup}$, then $\frac{\eta}{2}\,(1 + \cos \pi s)$ with "
        r"$s = \frac{t - \text{warmup}}{T - \text{warmup}}$",
        "`if t < warmup: return eta * (t + 1) / ...`, else `eta * (1 + np.cos(np.pi * ...)) / 2`",
    ],
)  # fmt: skip

TWO_LINES = "v = beta * v + g\n    w = w - eta * v"

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
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "Nothing is remembered: v is the gradient itself, and this is plain descent (with a changing η it is a "
            "*schedule*). Momentum keeps a share β of the last velocity.",
            {"it builds up speed"},
            ("v = beta * v + g", "v = g"),
        ),
        Misconception(
            "The velocity is updated but never used: w must move along v, not along g.",
            {"it builds up speed"},
            ("w - eta * v", "w - eta * g"),
        ),
        Misconception(
            "You move before you push: w uses the velocity of the last step. Update v first.",
            {"the first step, from rest", "it builds up speed"},
            (TWO_LINES, "w = w - eta * v\n    v = beta * v + g"),
        ),
        Misconception(
            "That is a running mean, with 1 - β before the gradient. The heavy ball adds the whole gradient (so β = 0.9 "
            "makes it up to 10 times as fast).",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * v + (1 - beta) * g"),
        ),
        Misconception(
            "β multiplies the new gradient too. Only the old velocity is damped.",
            {"the first step, from rest", "it builds up speed"},
            ("beta * v + g", "beta * (v + g)"),
        ),
        Misconception(
            "The step has the wrong sign: v gathers gradients, which point uphill.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w + eta * v"),
        ),
        Misconception(
            "That is Nesterov's form. The heavy ball moves along v itself.",
            {"the first step, from rest", "it builds up speed"},
            ("w - eta * v", "w - eta * (g + beta * v)"),
        ),
        Misconception(
            "That is another convention: your v holds η already, v = βv - ηg and w + v. The path is the same while η is "
            "constant, but here v gathers gradients, and η enters with the step.",
            {"the first step, from rest", "it builds up speed"},
            (TWO_LINES, "v = beta * v - eta * g\n    w = w + v"),
        ),
        Misconception(
            "β is missing: without friction the ball never comes to rest.",
            {"it builds up speed"},
            ("beta * v + g", "v + g"),
        ),
    ],
    hints=[
        "What must be kept from one step to the next, so that a steady slope makes the ball faster and faster?",
        r"$v \leftarrow \beta v + g$, then $w \leftarrow w - \eta v$ with the *new* $v$",
        "`v = beta * v + ...`, `w = w - eta * ...`, `return w, v`",
    ],
)

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
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The bias correction of both averages is missing: m and v start at 0 and are too small at first.",
            {"the first step", "many steps", "tiny gradients"},
            ("m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)", "m_hat = m\n    v_hat = v"),
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
            {"tiny gradients"},
            ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat)"),
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
        ),
        Misconception(
            "You square the average. v is an average of squares: (1 - β₂) g².",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("(1 - beta2) * g**2", "((1 - beta2) * g) ** 2"),
        ),
        Misconception(
            "m adds the whole gradient, as the heavy ball does. Here it is a running mean: (1 - β₁) g.",
            {"the two averages", "the first step", "many steps", "tiny gradients"},
            ("(1 - beta1) * g\n", "g\n"),
        ),
        Misconception(
            "t counts from 1, so the exponent is t itself.",
            {"the first step", "many steps", "tiny gradients"},
            ("m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
             "m_hat = m / (1 - beta1 ** (t + 1))\n    v_hat = v / (1 - beta2 ** (t + 1))"),
        ),
        Misconception(
            "You climb: the step is subtracted.",
            {"the first step", "many steps", "tiny gradients"},
            ("w - eta", "w + eta"),
        ),
    ],
    hints=[
        "Two running means, of g and of g²; each is divided by how much of it is filled; then one step.",
        r"$m \leftarrow \beta_1 m + (1-\beta_1) g$, $\ v \leftarrow \beta_2 v + (1-\beta_2) g^2$, "
        r"$\ \hat m = \frac{m}{1-\beta_1^t}$, $\ \hat v = \frac{v}{1-\beta_2^t}$, "
        r"$\ w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}$",
        "Four lines for `m`, `v`, `m_hat`, `v_hat`, then `w = w - eta * m_hat / (np.sqrt(...) + eps)`; return `w, m, v`.",
    ],
)  # fmt: skip

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
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "That is the heavy ball. Nesterov adds the gradient to β times the new velocity.",
            {"the first step, from rest", "many steps"},
            ("(g + beta * v)", "v"),
        ),
        Misconception(
            "The fresh gradient is missing: it moves along g + βv.",
            {"the first step, from rest", "many steps"},
            ("(g + beta * v)", "(beta * v)"),
        ),
        Misconception(
            "β is missing before the velocity.",
            {"the first step, from rest", "many steps"},
            ("(g + beta * v)", "(g + v)"),
        ),
        Misconception(
            "The velocity is a running mean, with 1 - β before the gradient; here it adds the whole gradient.",
            {"the first step, from rest", "many steps"},
            ("v = beta * v + g", "v = beta * v + (1 - beta) * g"),
        ),
    ],
    hints=[
        "The velocity is that of the heavy ball. Only the step differs.",
        r"$v \leftarrow \beta v + g$, then $w \leftarrow w - \eta\,(g + \beta v)$",
        "`w = w - eta * (g + ...)`",
    ],
)  # fmt: skip

ADAGRAD = Task(
    "adagrad_step",
    points=0,
    answers=["adagrad_step"],
    reference=REFERENCE + "adagrad_step",
    probe=PROBES + "adagrad",
    parts=[
        Part("steps", partial(scaled_runs, scale=1.0, eps=1e-10, beta=False)),
        Part("tiny gradients", partial(scaled_runs, scale=1e-3, eps=1e-3, beta=False)),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "s adds the *squares* of the gradients.", {"steps", "tiny gradients"}, ("s + g**2", "s + g")
        ),
        Misconception(
            "The root is missing: divide by √s.", {"steps", "tiny gradients"}, ("np.sqrt(s)", "s")
        ),
        Misconception(
            "s is updated before it is used, or the first step divides by 0.",
            {"steps", "tiny gradients"},
            ("s = s + g**2\n    w = w - eta * g / (np.sqrt(s) + eps)", "w = w - eta * g / (np.sqrt(s) + eps)\n    s = s + g**2"),
        ),
        Misconception(
            "ε stands under the root. It is added to the root.",
            {"tiny gradients"},
            ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
        ),
    ],
    hints=[
        "Each weight has its own learning rate: η divided by the length of all its gradients so far.",
        r"$s \leftarrow s + g^2$, then $w \leftarrow w - \eta\, g / (\sqrt s + \epsilon)$",
        "`s = s + g**2`, then `w = w - eta * g / (...)`; return both.",
    ],
)  # fmt: skip

RMSPROP = Task(
    "rmsprop_step",
    points=0,
    answers=["rmsprop_step"],
    reference=REFERENCE + "rmsprop_step",
    probe=PROBES + "rmsprop",
    parts=[
        Part("steps", partial(scaled_runs, scale=1.0, eps=1e-8, beta=True)),
        Part("tiny gradients", partial(scaled_runs, scale=1e-3, eps=1e-3, beta=True)),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "That is Adagrad: s grows for ever. RMSProp forgets, with (1 - β) before the new square.",
            {"steps", "tiny gradients"},
            ("beta * s + (1 - beta) * g**2", "s + g**2"),
        ),
        Misconception(
            "1 - β is missing before the new square.",
            {"steps", "tiny gradients"},
            ("(1 - beta) * g**2", "g**2"),
        ),
        Misconception(
            "β and 1 - β are swapped: β is what is *kept*.",
            {"steps", "tiny gradients"},
            ("beta * s + (1 - beta) * g**2", "(1 - beta) * s + beta * g**2"),
        ),
        Misconception(
            "RMSProp has no bias correction: that is Adam's.",
            {"steps", "tiny gradients"},
            ("np.sqrt(s)", "np.sqrt(s / (1 - beta))"),
        ),
    ],
    hints=[
        "Adagrad with a memory that fades.",
        r"$s \leftarrow \beta s + (1 - \beta) g^2$, then $w \leftarrow w - \eta\, g / (\sqrt s + \epsilon)$",
        "`s = beta * s + (1 - beta) * ...`; the step is Adagrad's.",
    ],
)

ADAMW = Task(
    "adamw_step",
    points=0,
    answers=["adamw_step"],
    reference=REFERENCE + "adamw_step",
    probe=PROBES + "adamw",
    uses=["adam_step"],
    parts=[Part("steps", decays)],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "That is Adam with an L2 penalty: it goes through the averages and is divided by √v̂. Decoupled decay "
            "shrinks w directly.",
            {"steps"},
            (
                "adam_step((1 - eta * decay) * w, m, v, g, t, eta)",
                "adam_step(w, m, v, g + decay * w, t, eta)",
            ),
        ),
        Misconception(
            "The decay is not multiplied by η: w shrinks by the factor 1 - ηλ.",
            {"steps"},
            ("(1 - eta * decay)", "(1 - decay)"),
        ),
        Misconception("The weights do not decay at all.", {"steps"}, ("(1 - eta * decay) * w", "w")),
        Misconception("The weights grow: it is 1 *minus* ηλ.", {"steps"}, ("(1 - eta", "(1 + eta")),
    ],
    hints=[
        "The gradient that Adam sees must not know of the decay.",
        r"$w \leftarrow (1 - \eta\lambda)\, w$, then a step of Adam",
        "`return adam_step((...) * w, m, v, g, t, eta)`",
    ],
)
