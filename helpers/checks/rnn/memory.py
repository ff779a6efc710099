"""Lesson 06, parts 4 to 7: embeddings, the recurrent network and its gradients, clipping, gates."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.counting import PROBES, REFERENCE, lengths_mask
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def letters(rng: Generator) -> Iterator[Case]:
    """A table, and letters in a batch."""
    for V, d, n, T in [(5, 3, 2, 4), (4, 4, 3, 2)]:
        yield Case({"E": rng.normal(size=(V, d)), "X": rng.integers(0, V, (n, T))})


def gradients_back(rng: Generator) -> Iterator[Case]:
    """Gradients of what was looked up; letters occur several times, and one not at all."""
    for V, d, n, T in [(5, 3, 3, 4), (4, 4, 4, 2)]:
        X = rng.integers(0, V - 1, (n, T))
        yield Case({"G": rng.normal(size=(n, T, d)), "X": X, "V": V})


def recurrent(rng: Generator, n: int, T: int, d: int, h: int, padded: bool) -> dict[str, Any]:
    """Draw inputs, a mask, a state to begin with and weights that neither silence nor saturate."""
    return {
        "A": rng.normal(size=(n, T, d)),
        "mask": lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool),
        "h0": rng.normal(size=(n, h)) / 2,
        "Wx": rng.normal(size=(d, h)) / np.sqrt(2 * d),
        "Wh": rng.normal(size=(h, h)) / np.sqrt(2 * h),
        "b": rng.normal(size=h) / 2,
    }


def one_step(rng: Generator, back: bool = False) -> Iterator[Case]:
    """A single letter."""
    yield from sequences(rng, [(3, 1, 4, 5), (2, 1, 3, 3)], False, back)


def many_steps(rng: Generator, back: bool = False) -> Iterator[Case]:
    """Names of one length; n, T, d and h all different, then all the same."""
    yield from sequences(rng, [(2, 6, 4, 5), (3, 3, 3, 3)], False, back)


def padded_steps(rng: Generator, back: bool = False) -> Iterator[Case]:
    """Names of different lengths."""
    yield from sequences(rng, [(4, 6, 2, 3), (5, 5, 5, 5)], True, back)


def sequences(
    rng: Generator, sizes: list[tuple[int, int, int, int]], padded: bool, back: bool
) -> Iterator[Case]:
    """Inputs of these sizes, with gradients by the states where they are asked for."""
    for n, T, d, h in sizes:
        case = recurrent(rng, n, T, d, h, padded)
        yield Case(case | {"G": rng.normal(size=(n, T, h))} if back else case)


def norms(rng: Generator, scale: float) -> Iterator[Case]:
    """Gradients of several shapes whose common norm is `scale` times the limit; no single one decides."""
    for shapes in ([(3, 4), (4,)], [(2, 2), (2, 2), (5,)]):
        gradients = [rng.normal(size=s) for s in shapes]
        norm = float(np.sqrt(sum((g**2).sum() for g in gradients)))
        limit = float(rng.uniform(2.5, 4))
        yield Case({"gradients": [g * scale * limit / norm for g in gradients], "limit": limit})


def calm(rng: Generator) -> Iterator[Case]:
    """Gradients below the limit and all zero; then a long one, so that to do nothing is not enough."""
    yield from norms(rng, 0.7)
    yield Case({"gradients": [np.array([[3.0, 4.0]])], "limit": 1.0})
    yield Case({"gradients": [np.zeros((2, 3)), np.zeros(3)], "limit": float(rng.uniform(0.5, 2))})


def gru_steps(rng: Generator, reset: str) -> Iterator[Case]:
    """A step of a GRU; d = h included, where wrong products fit."""
    for n, d, h in [(3, 4, 2), (4, 3, 3)]:
        yield Case({
            "a": rng.normal(size=(n, d)), "h": rng.normal(size=(n, h)),
            "Wx": rng.normal(size=(d, 3 * h)) / np.sqrt(d), "Wh": rng.normal(size=(h, 3 * h)),
            "bx": rng.normal(size=3 * h), "bh": rng.normal(size=3 * h), "reset": reset,
        })  # fmt: skip


def lstm_steps(rng: Generator) -> Iterator[Case]:
    """A step of an LSTM."""
    for n, d, h in [(3, 4, 2), (4, 3, 3)]:
        yield Case({
            "a": rng.normal(size=(n, d)), "h": rng.normal(size=(n, h)), "c": rng.normal(size=(n, h)) * 1.5,
            "Wx": rng.normal(size=(d, 4 * h)) / np.sqrt(d), "Wh": rng.normal(size=(h, 4 * h)),
            "b": rng.normal(size=4 * h),
        })  # fmt: skip


# ---------------------------------------------------------------- tasks

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
            ("np.add.at(dE, X, G)", "dE[X] += G"),
        ),
        Misconception(
            "A letter is a *row* of E: E[X], not a column.",
            {"lookup"},
            ("return E[X]", "return np.moveaxis(E[:, X % E.shape[1]], 0, -1)"),
        ),
        Misconception(
            "You took means over the uses of a letter. Each use sends its gradient back, and they add up.",
            {"gradient"},
            ("return dE", "return dE / np.maximum(np.bincount(X.ravel(), minlength=V), 1)[:, None]"),
        ),
        Misconception(
            "The gradient has the shape of E: V rows, also for letters that were not used.",
            {"gradient"},
            ("np.zeros((V,", "np.zeros((X.max() + 1,"),
        ),
    ],
    hints=[
        "NumPy takes an array of numbers as an index. For the gradient: what arrives at a letter that was looked up "
        "three times?",
        r"$E[X]$; and $\dfrac{\partial L}{\partial E_v} = \sum_{(i,t):\ X_{it} = v} G_{it}$",
        "`return E[X]`; `dE = np.zeros((V, G.shape[-1]))`, then `np.add.at(dE, X, ...)`",
    ],
)

RNN = Task(
    "rnn",
    points=2,
    answers=["rnn"],
    reference=REFERENCE + "rnn",
    parts=[
        Part("one step", one_step, pure=True, weight=0.5),
        Part("many steps", many_steps, pure=True, weight=0.75),
        Part("different lengths", padded_steps, pure=True, weight=0.75),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "Every step begins with h0 again: nothing is remembered. Hand the new state on.",
            {"many steps", "different lengths"},
            ("+ h @ Wh", "+ h0 @ Wh"),
        ),
        Misconception(
            "The bias is missing.", {"one step", "many steps", "different lengths"}, ("h @ Wh + b", "h @ Wh")
        ),
        Misconception(
            "`Wh` stands on the right of the state, as it is: h @ Wh.",
            {"one step", "many steps", "different lengths"},
            ("h @ Wh", "h @ Wh.T"),
        ),
        Misconception(
            "The state moves on through the padding. Where the mask is False, it keeps its old value.",
            {"different lengths"},
            ("np.where(mask[:, t, None], new, h)", "new"),
        ),
        Misconception(
            "In the padding you put zeros. The state must *wait* there, so that the last column holds every row's last "
            "state.",
            {"different lengths"},
            ("new, h)", "new, 0.0)"),
        ),
        Misconception(
            "Return all states, stacked along the second axis: (n, T, h).",
            {"one step", "many steps", "different lengths"},
            ("np.stack(H, axis=1)", "H[-1]"),
        ),
        Misconception(
            "The activation is missing: without tanh the memory is linear, and may grow without bound.",
            {"one step", "many steps", "different lengths"},
            ("np.tanh(A[:, t] @ Wx + h @ Wh + b)", "A[:, t] @ Wx + h @ Wh + b"),
        ),
    ],
    hints=[
        "It is a loop over t with one variable that lives through it: the state. What becomes of a row whose name is "
        "over?",
        r"$h_t = \tanh(a_t W_x + h_{t-1} W_h + b)$ where the mask is True, else $h_t = h_{t-1}$",
        "`new = np.tanh(A[:, t] @ Wx + h @ Wh + b)`, `h = np.where(mask[:, t, None], new, h)`, collect, and "
        "`np.stack(..., axis=1)`",
    ],
)

BPTT = Task(
    "bptt",
    points=3,
    answers=["bptt"],
    reference=REFERENCE + "bptt",
    probe=PROBES + "named",
    parts=[
        Part("one step", lambda rng: one_step(rng, back=True), pure=True),
        Part("many steps", lambda rng: many_steps(rng, back=True), pure=True),
        Part("different lengths", lambda rng: padded_steps(rng, back=True), pure=True),
    ],
    uses=["rnn"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "No error goes back from a step to the one before it: carry S @ Wh.T on.",
            {"many steps", "different lengths"},
            ("D = np.where(mask[:, t, None], S @ Wh.T, D)", "D = 0 * D"),
        ),
        Misconception(
            "On its way back through time the error meets Wh *transposed*.",
            {"many steps", "different lengths"},
            ("S @ Wh.T", "S @ Wh"),
        ),
        Misconception(
            "The slope of tanh is missing: times 1 - h².",
            {"one step", "many steps", "different lengths"},
            (" * (1 - H[:, t] ** 2)", ""),
        ),
        Misconception(
            "The gradient of Wh needs the state that was *multiplied* by it: the one before, not the one of this step.",
            {"one step", "many steps", "different lengths"},
            ("before.T @ S", "H[:, t].T @ S"),
        ),
        Misconception(
            "At the first step the state before is h0, and H[:, -1] is the *last* one: mind Python's negative index.",
            {"one step", "many steps", "different lengths"},
            ("H[:, t - 1] if t > 0 else h0", "H[:, t - 1]"),
        ),
        Misconception(
            "The weights are used at every step, so their gradients are *sums* over the steps; you keep the last.",
            {"many steps", "different lengths"},
            ("dWh += before.T @ S", "dWh = before.T @ S"),
        ),
        Misconception(
            "Where the mask is False nothing was computed, so nothing may be blamed: no error goes into the weights there.",
            {"different lengths"},
            (" * mask[:, t, None]", ""),
        ),
        Misconception(
            "Where a state waits, its error waits too: it must pass the padding unchanged.",
            {"different lengths"},
            ("np.where(mask[:, t, None], S @ Wh.T, D)", "S @ Wh.T"),
        ),
        Misconception(
            "Each state acts on the loss directly as well, through G[:, t]: add it at every step.",
            {"many steps", "different lengths"},
            ("D = D + G[:, t]", "D = D + G[:, t] * (t == A.shape[1] - 1)"),
        ),
    ],
    hints=[
        "It is lesson 3's backward pass with the same layer at every step. Two errors meet in each state: one from its "
        "own prediction, one from the future.",
        r"$D \leftarrow D + G_t$, $\ S = D \odot (1 - h_t \odot h_t)$ (0 in the padding), "
        r"$\ \partial a_t = S W_x^\top$, $\ \partial W_x \mathrel{+}= a_t^\top S$, $\ \partial W_h \mathrel{+}= h_{t-1}^\top S$, "
        r"$\ \partial b \mathrel{+}= \sum S$, then $D \leftarrow S W_h^\top$ (unchanged in the padding)",
        "`for t in reversed(range(T)):` `D = D + G[:, t]`, `S = D * (1 - H[:, t] ** 2) * mask[:, t, None]`, "
        "`before = H[:, t - 1] if t > 0 else h0`, the four gradients, "
        "`D = np.where(mask[:, t, None], S @ Wh.T, D)`",
    ],
)  # fmt: skip

CLIP = Task(
    "clip",
    points=1,
    answers=["clip"],
    reference=REFERENCE + "clip",
    parts=[
        Part("too long", lambda rng: norms(rng, 2.5), pure=True),
        Part("short enough, or one array", calm, pure=True),
    ],
    misconceptions=[
        Misconception(
            "Each array is scaled by itself, which turns the direction. All get one factor, from their common norm.",
            {"too long"},
            ("[factor * g for g in gradients]",
             "[g * limit / max(np.sqrt((g**2).sum()), limit) for g in gradients]"),
        ),
        Misconception(
            "You cut every entry by itself, which turns the direction. Scale all by one factor.",
            {"too long", "short enough, or one array"},
            ("[factor * g for g in gradients]", "[np.clip(g, -limit, limit) for g in gradients]"),
        ),
        Misconception(
            "Gradients that are short enough stay as they are: never stretch them, and mind a norm of 0.",
            {"short enough, or one array"},
            ("limit / max(norm, limit)", "limit / norm"),
        ),
        Misconception(
            "The norm is the *root* of the sum of squares.",
            {"too long", "short enough, or one array"},
            ("np.sqrt(sum((g**2).sum() for g in gradients))", "sum((g**2).sum() for g in gradients)"),
        ),
    ],
    hints=[
        "All gradients together are one long vector. How long is it, and by what must it be multiplied?",
        r"$g \leftarrow g \cdot \min\big(1, \text{limit} / \lVert g \rVert\big)$ with "
        r"$\lVert g \rVert^2 = \sum_{\text{arrays}} \sum_{\text{entries}} g^2$",
        "`norm = np.sqrt(sum((g**2).sum() for g in gradients))`, `factor = limit / max(norm, limit)`, then a list",
    ],
)  # fmt: skip

GRU_CELL = Task(
    "gru_cell",
    points=2,
    answers=["gru_cell"],
    reference=REFERENCE + "gru_cell",
    parts=[
        Part("reset after the matrix", lambda rng: gru_steps(rng, "after"), pure=True),
        Part("reset before the matrix", lambda rng: gru_steps(rng, "before"), pure=True),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The update gate is turned round: here z = 1 *keeps* the old state.",
            {"reset after the matrix", "reset before the matrix"},
            ("(1 - z) * n + z * h", "z * n + (1 - z) * h"),
        ),
        Misconception(
            "Your reset acts before the matrix in both forms: \"after\" is r * (h @ Wn + bn).",
            {"reset after the matrix"},
            ("np.tanh(xn + r * hn)", "np.tanh(xn + (r * h) @ np.split(Wh, 3, axis=1)[2] + np.split(bh, 3)[2])"),
        ),
        Misconception(
            "Your reset acts after the matrix in both forms: \"before\" is (r * h) @ Wn.",
            {"reset before the matrix"},
            ("(r * h) @ Wn + bn", "r * (h @ Wn + bn)"),
        ),
        Misconception(
            "After the matrix, the reset gate also closes over the bias: r * (h @ Wn + bn).",
            {"reset after the matrix"},
            ("xn + r * hn", "xn + r * (hn - np.split(bh, 3)[2]) + np.split(bh, 3)[2]"),
        ),
        Misconception(
            "The candidate n is squashed by tanh, into (-1, 1). With a sigmoid a state that starts at 0 could never become "
            "negative.",
            {"reset after the matrix"},
            ("np.tanh(xn + r * hn)", "sigmoid(xn + r * hn)"),
        ),
        Misconception(
            "The blocks of the weights stand in the order r, z, n.",
            {"reset after the matrix", "reset before the matrix"},
            ("sigmoid(xr + hr), sigmoid(xz + hz)", "sigmoid(xz + hz), sigmoid(xr + hr)"),
        ),
        Misconception(
            "Before the matrix, the reset gate stays away from the bias: (r * h) @ Wn + bn.",
            {"reset before the matrix"},
            ("(r * h) @ Wn + bn", "(r * h) @ Wn"),
        ),
    ],
    hints=[
        "Compute both products once, `a @ Wx + bx` and `h @ Wh + bh`, and split each into three blocks. Only the candidate "
        "n differs between the two forms.",
        r"after: $n = \tanh\big(x_n + r \odot (h W_n + b_n)\big)$; before: $n = \tanh\big(x_n + (r \odot h) W_n + b_n\big)$; "
        r"then $(1 - z) \odot n + z \odot h$",
        "`xr, xz, xn = np.split(a @ Wx + bx, 3, axis=1)`, the same for h, `r, z = sigmoid(xr + hr), sigmoid(xz + hz)`; "
        "`Wn = np.split(Wh, 3, axis=1)[2]` for the form \"before\"",
    ],
)  # fmt: skip

LSTM_CELL = Task(
    "lstm_cell",
    points=2,
    answers=["lstm_cell"],
    reference=REFERENCE + "lstm_cell",
    parts=[
        Part("cell", lstm_steps, probe=SECOND, pure=True),
        Part("state", lstm_steps, probe=FIRST, pure=True),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The input gate is computed and never used: what is new enters as i * g.",
            {"cell", "state"},
            ("sigmoid(i) * np.tanh(g)", "np.tanh(g)"),
        ),
        Misconception(
            "The input and the forget gate share their weights for the state. Each gate has a block of its own.",
            {"cell", "state"},
            ("a @ Wx + h @ Wh + b,", "a @ Wx + h @ np.hstack([np.hsplit(Wh, 4)[k] for k in (1, 1, 2, 3)]) + b,"),
        ),
        Misconception(
            "The state shows the cell through tanh: o * tanh(c). Without it the cell's size leaks out.",
            {"state"},
            ("sigmoid(o) * np.tanh(c)", "sigmoid(o) * c"),
        ),
        Misconception(
            "The blocks stand in the order i, f, g, o.", {"cell", "state"}, ("i, f, g, o = ", "i, f, o, g = ")
        ),
        Misconception(
            "The forget gate is missing: the old cell is kept as far as f says.",
            {"cell", "state"},
            ("sigmoid(f) * c +", "c +"),
        ),
        Misconception(
            "The candidate g is squashed by tanh, so that it can also be negative; only the gates are sigmoids.",
            {"cell", "state"},
            ("np.tanh(g)", "sigmoid(g)"),
        ),
        Misconception(
            "You return (c, h). The state comes first, as in PyTorch.", {"cell", "state"}, ("return h, c", "return c, h")
        ),
    ],
    hints=[
        "Ask of each of the four blocks where it is used. One of them is used nowhere in the broken version, and one matrix "
        "is used twice.",
        r"$c' = f \odot c + i \odot g$ and $h' = o \odot \tanh c'$, with sigmoids for $i, f, o$ and tanh for $g$",
        "`i, f, g, o = np.split(a @ Wx + h @ Wh + b, 4, axis=1)`, then `c = sigmoid(f) * c + ...`",
    ],
)  # fmt: skip

MEMORY = [EMBEDDING, RNN, BPTT, CLIP, GRU_CELL, LSTM_CELL]
