"""Lesson 06, parts 4 and 5: embeddings, and a state that remembers."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE, TORCH, many_steps, one_step, padded_steps, small
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def letters(rng: Generator) -> Iterator[Case]:
    """A table, and letters in a batch."""
    yield Case({"E": small((4, 2)), "X": np.array([[1, 3, 1], [0, 2, 0]])})
    for rows, d, n, T in [(5, 3, 2, 4), (4, 4, 3, 2)]:
        yield Case({"E": rng.normal(size=(rows, d)), "X": rng.integers(0, rows, (n, T))})


def gradients_back(rng: Generator) -> Iterator[Case]:
    """Gradients of what was looked up; letters occur several times, and one not at all."""
    X = np.array([[1, 2, 1], [0, 1, 2]])
    yield Case({"G": small((2, 3, 2)), "X": X, "letters": 4})
    for rows, d, n, T in [(5, 2, 3, 4), (4, 5, 4, 2)]:
        yield Case({"G": rng.normal(size=(n, T, d)), "X": rng.integers(0, rows - 1, (n, T)), "letters": rows})


# ---------------------------------------------------------------- tasks

ADD = "np.add.at(dE, X, G)"
EMBEDDING = Task(
    "embedding",
    points=1,
    answers=["lookup", "lookup_gradient"],
    reference=REFERENCE + "lookup",
    parts=[
        Part("lookup", letters, probe=PROBES + "embedded", weight=0.5),
        Part("gradient", gradients_back, probe=PROBES + "embedded_back", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "`dE[X] += G` keeps one gradient for each letter, however often it was looked up. All its uses add up: "
            "`np.add.at`, or one-hot rows transposed times G.",
            {"gradient"},
            (ADD, "dE[X] += G"),
        ),
        Misconception(
            "A letter is a *row* of E: E[X], not a column.",
            {"lookup"},
            ("return E[X]", "return np.moveaxis(E[:, X % E.shape[1]], 0, -1)"),
        ),
        Misconception(
            "Letters are numbered from 0, as the rows of E are: letter x is row x.",
            {"lookup"},
            ("return E[X]", "return E[X - 1]"),
            forms=(("return E[X]", "return E[(X + 1) % len(E)]"),),
        ),
        Misconception(
            "Those are one-hot rows. Multiply them with E, or take row X of E.",
            {"lookup"},
            ("return E[X]", "return np.eye(len(E))[X]"),
        ),
        Misconception(
            "The rows of a name are not to be summed or averaged: every letter keeps its own, (n, T, d).",
            {"lookup"},
            ("return E[X]", "return E[X].mean(axis=1)"),
            forms=(("return E[X]", "return E[X].sum(axis=1)"), ("return E[X]", "return E[X].reshape(len(X), -1)"),
                   ("return E[X]", "return E[X].reshape(-1, E.shape[1])")),
        ),
        Misconception(
            "You took means over the uses of a letter. Each use sends its gradient back, and they add up.",
            {"gradient"},
            ("return dE", "return dE / np.maximum(np.bincount(X.ravel(), minlength=letters), 1)[:, None]"),
        ),
        Misconception(
            "The gradient has the shape of E: a row for each letter, also for letters that were not used.",
            {"gradient"},
            ("np.zeros((letters,", "np.zeros((X.max() + 1,"),
            forms=(("np.zeros((letters,", "np.zeros((27,"), ("return dE", "return dE[np.unique(X)]")),
        ),
        Misconception(
            "Only the first name sends its gradient back. All names of the batch do.",
            {"gradient"},
            (ADD, "np.add.at(dE, X[0], G[0])"),
            forms=((ADD, "np.add.at(dE, X[-1], G[-1])"),),
        ),
        Misconception(
            "Only one letter of each name sends its gradient back. All of them do.",
            {"gradient"},
            (ADD, "np.add.at(dE, X[:, 0], G[:, 0])"),
            forms=((ADD, "np.add.at(dE, X[:, -1], G[:, -1])"),),
        ),
        Misconception(
            "Number 0 has a row, too: START is looked up as the letters are, and learns.",
            {"gradient"},
            (ADD, "np.add.at(dE, X, G * (X > 0)[..., None])"),
        ),
        Misconception(
            "That counts how often each letter was looked up. What arrives is the sum of its gradients.",
            {"gradient"},
            (ADD, "np.add.at(dE, X, 1.0)"),
        ),
    ],
    hints=[
        "NumPy takes an array of numbers as an index. For the gradient: what arrives at a letter that was looked up "
        "three times?",
        r"$E[X]$; and $\dfrac{\partial L}{\partial E_v} = \sum_{(i,t):\ X_{it} = v} G_{it}$",
        "`return E[X]`; `dE = np.zeros((letters, G.shape[-1]))`, then `np.add.at(dE, X, ...)`",
    ],
)  # fmt: skip

SUM, NEW, KEEP = (
    "A[:, t] @ Wx + h @ Wh + b",
    "np.tanh(A[:, t] @ Wx + h @ Wh + b)",
    "np.where(mask[:, t, None], new, h)",
)
LATER, ALL = {"many steps", "different lengths"}, {"one step", "many steps", "different lengths"}
RNN = Task(
    "rnn",
    points=2,
    answers=["rnn"],
    reference=REFERENCE + "rnn",
    parts=[
        Part("one step", one_step, weight=0.5),
        Part("many steps", many_steps, weight=0.75),
        Part("different lengths", padded_steps, weight=0.75),
    ],
    forbids=TORCH,
    misconceptions=[
        Misconception(
            "Every step begins with h0 again: nothing is remembered. Hand the new state on.",
            LATER,
            ("+ h @ Wh", "+ h0 @ Wh"),
        ),
        Misconception(
            "The state before the first letter is h0, which need not be 0.",
            ALL,
            ("h, H = h0, []", "h, H = np.zeros_like(h0), []"),
        ),
        Misconception("The bias is missing.", ALL, ("h @ Wh + b", "h @ Wh")),
        Misconception("The bias is added twice.", ALL, ("h @ Wh + b", "h @ Wh + 2 * b")),
        Misconception("What is read is missing: the new state hears of the letter, A[:, t] @ Wx.", ALL, (SUM, "h @ Wh + b")),
        Misconception(
            "Nothing of the past goes into the new state: h @ Wh is missing.", ALL, (SUM, "A[:, t] @ Wx + b")
        ),
        Misconception(
            "A term stands outside of tanh: the whole sum, the bias included, goes through it.",
            ALL,
            (NEW, "np.tanh(A[:, t] @ Wx + h @ Wh) + b"),
            forms=((NEW, "np.tanh(A[:, t] @ Wx + b) + h @ Wh"), (NEW, "np.tanh(h @ Wh + b) + A[:, t] @ Wx"),
                   (NEW, "np.tanh(A[:, t] @ Wx) + h @ Wh + b"), (NEW, "np.tanh(A[:, t] @ Wx) + np.tanh(h @ Wh + b)")),
        ),
        Misconception("`Wh` stands on the right of the state, as it is: h @ Wh.", ALL, ("h @ Wh", "h @ Wh.T")),
        Misconception(
            "The activation is missing: without tanh the memory is linear, and may grow without bound.",
            ALL,
            (NEW, SUM),
        ),
        Misconception(
            "Another activation than tanh, into (-1, 1).",
            ALL,
            (NEW, f"sigmoid({SUM})"),
            forms=((NEW, f"np.maximum({SUM}, 0)"), (NEW, f"np.sin({SUM})")),
        ),
        Misconception(
            "The new state is added to the old one, or mixed with it. It takes its place.",
            ALL,
            (KEEP, "np.where(mask[:, t, None], h + new, h)"),
            forms=((KEEP, "np.where(mask[:, t, None], (h + new) / 2, h)"),),
        ),
        Misconception(
            "The state moves on through the padding. Where the mask is False, it keeps its old value.",
            {"different lengths"},
            (KEEP, "new"),
        ),
        Misconception(
            "In the padding you put zeros. The state must *wait* there, so that the last column holds every row's last "
            "state.",
            {"different lengths"},
            ("new, h)", "new, 0.0)"),
            forms=([("h = " + KEEP, "h = new"), ("H.append(h)", "H.append(h * mask[:, t, None])")],
                   [("H.append(h)", "H.append(h * mask[:, t, None])")]),
        ),
        Misconception(
            "In the padding you put h0. The state stays there what it was, after the last letter.",
            {"different lengths"},
            ("new, h)", "new, h0)"),
        ),
        Misconception(
            "The mask is read as if all padding stood at the end. It may be anywhere: look at it at each step.",
            {"different lengths"},
            ("    h, H = h0, []\n", "    h, H = h0, []\n    mask = np.arange(A.shape[1]) < mask.sum(axis=1)[:, None]\n"),
            forms=([("h = " + KEEP, "h = new"), ("H.append(h)", "H.append(np.where(mask[:, t, None], h, H[-1] if H else h0))")],
                   ("    h, H = h0, []\n", "    h, H = h0, []\n    mask = np.logical_and.accumulate(mask, axis=1)\n")),
        ),
        Misconception(
            "The mask is used the other way round: True is where there is a letter.",
            ALL,
            (KEEP, "np.where(mask[:, t, None], h, new)"),
        ),
        Misconception(
            "Return all states, stacked along the second axis: (n, T, h).",
            ALL,
            ("np.stack(H, axis=1)", "H[-1]"),
            forms=(("np.stack(H, axis=1)", "np.stack(H)"), ("np.stack(H, axis=1)", "np.stack(H, axis=2)"),
                   ("np.stack(H, axis=1)", "np.concatenate(H, axis=1)")),
        ),
        Misconception(
            "h0 is in your result. H[:, t] is the state *after* letter t, and there are T of them.",
            ALL,
            ("h, H = h0, []", "h, H = h0, [h0]"),
            forms=([("        H.append(h)\n", ""), ("        new =", "        H.append(h)\n        new =")],),
        ),
        Misconception(
            "You read from the last letter to the first.",
            LATER,
            ("range(A.shape[1])", "reversed(range(A.shape[1]))"),
            forms=([("range(A.shape[1])", "reversed(range(A.shape[1]))"), ("np.stack(H, axis=1)", "np.stack(H[::-1], axis=1)")],),
        ),
        Misconception("Every step reads the first letter: A[:, t] is that of step t.", LATER, ("A[:, t]", "A[:, 0]")),
        Misconception(
            "The first letter is not read: the first state is already made of h0 and A[:, 0].",
            LATER,
            ("np.where(mask[:, t, None], new, h)", "np.where(mask[:, t, None] & ((t > 0) | (A.shape[1] == 1)), new, h)"),
        ),
        Misconception(
            "The loop runs over the names, the first axis of A. Time is the second.",
            ALL,
            ("range(A.shape[1])", "range(len(A))"),
        ),
    ],
    hints=[
        "It is a loop over t with one variable that lives through it: the state. What becomes of a row whose name is "
        "over?",
        r"$h_t = \tanh(a_t W_x + h_{t-1} W_h + b)$ where the mask is True, else $h_t = h_{t-1}$",
        "`new = np.tanh(A[:, t] @ Wx + h @ Wh + b)`, `h = np.where(mask[:, t, None], new, h)`, collect, and "
        "`np.stack(..., axis=1)`",
    ],
)  # fmt: skip

CHAIN = [EMBEDDING, RNN]
