"""Lesson 06, part 7: the LSTM."""

from collections.abc import Iterator
from itertools import permutations

from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE, TORCH, drawn, gates, small
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def lstm_steps(rng: Generator) -> Iterator[Case]:
    """A step of an LSTM."""
    for draw, sizes in [(small, [(1, 1, 1), (2, 1, 2)]), (drawn(rng), [(3, 4, 2), (4, 3, 3)])]:
        yield from map(Case, gates(draw, 4, *sizes))


# ---------------------------------------------------------------- task

CELL, STATE = {"cell"}, {"state"}
SPLIT, KEPT, ENTERS, SHOWN = (
    "i, f, g, o = ",
    "sigmoid(f) * c",
    "sigmoid(i) * np.tanh(g)",
    "sigmoid(o) * np.tanh(c)",
)
SHARED = "a @ Wx + h @ np.hstack([np.hsplit(Wh, 4)[k] for k in ({}, 2, 3)]) + b)"
ORDERS = [", ".join(order) + " = " for order in permutations("ifgo") if order != tuple("ifgo")]
LSTM_CELL = Task(
    "lstm_cell",
    points=2,
    answers=["lstm_cell"],
    reference=REFERENCE + "lstm_cell",
    parts=[Part("cell", lstm_steps, probe=SECOND), Part("state", lstm_steps, probe=FIRST)],
    forbids=TORCH,
    misconceptions=[
        Misconception(
            "The input gate is computed and never used: what is new enters as i * g.",
            CELL | STATE,
            (ENTERS, "np.tanh(g)"),
        ),
        Misconception(
            "The input and the forget gate share their weights for the state. Each gate has a block of its own.",
            CELL | STATE,
            ("a @ Wx + h @ Wh + b)", SHARED.format("0, 0")),
            forms=(("a @ Wx + h @ Wh + b)", SHARED.format("1, 1")),),
        ),
        Misconception(
            "The state shows the cell through tanh: o * tanh(c). Without it the cell's size leaks out.",
            STATE,
            (SHOWN, "sigmoid(o) * c"),
        ),
        Misconception(
            "Those are the printed equations, with their three slips in them. Ask of each gate where it acts.",
            CELL | STATE,
            edits=(("a @ Wx + h @ Wh + b)", SHARED.format("0, 0")), (ENTERS, "np.tanh(g)"), (SHOWN, "sigmoid(o) * c")),
        ),
        Misconception(
            "The blocks stand in the order i, f, g, o.",
            CELL | STATE,
            (SPLIT, ORDERS[0]),
            forms=tuple((SPLIT, order) for order in ORDERS[1:]),
        ),
        Misconception(
            "The forget gate is missing: the old cell is kept as far as f says.",
            CELL | STATE,
            (KEPT + " +", "c +"),
        ),
        Misconception(
            "Nothing of the old cell is kept: f * c is missing.", CELL | STATE, (KEPT + " +", "0 * c +")
        ),
        Misconception(
            "Nothing new enters the cell: i * g is missing.", CELL | STATE, ("+ " + ENTERS, "")
        ),
        Misconception(
            "The forget gate is turned round: where f is 1 the old cell stays.",
            CELL | STATE,
            (KEPT, "(1 - sigmoid(f)) * c"),
        ),
        Misconception(
            "What enters is 1 - f of the candidate, or what stays 1 - i of the cell. The two gates are independent.",
            CELL | STATE,
            (ENTERS, "(1 - sigmoid(f)) * np.tanh(g)"),
            forms=((KEPT, "(1 - sigmoid(i)) * c"),),
        ),
        Misconception(
            "The state shows the *old* cell. It shows the new one.",
            STATE,
            edits=((f"c = {KEPT}", f"old, c = c, {KEPT}"), ("np.tanh(c)", "np.tanh(old)")),
        ),
        Misconception(
            "The forget gate acts on the state h. It is the old cell c that is kept.",
            CELL | STATE,
            (KEPT, "sigmoid(f) * h"),
        ),
        Misconception(
            "The candidate g is squashed by tanh, so that it can also be negative; only the gates are sigmoids.",
            CELL | STATE,
            ("np.tanh(g)", "sigmoid(g)"),
            forms=(("np.tanh(g)", "g"),),
        ),
        Misconception(
            "The gates i, f and o are sigmoids, between 0 and 1.",
            CELL | STATE,
            edits=((KEPT, "np.tanh(f) * c"), ("sigmoid(i)", "np.tanh(i)"), ("sigmoid(o)", "np.tanh(o)")),
            forms=([(KEPT, "f * c"), ("sigmoid(i)", "i"), ("sigmoid(o)", "o")], (KEPT, "np.tanh(f) * c"),
                   ("sigmoid(i)", "np.tanh(i)"), ("sigmoid(o)", "np.tanh(o)"), ("sigmoid(o)", "o"), (KEPT, "f * c"),
                   ("sigmoid(i)", "i")),
        ),
        Misconception(
            "The output gate is missing: the state is o * tanh(c).", STATE, (SHOWN, "np.tanh(c)")
        ),
        Misconception(
            "The state shows the cell through a sigmoid. It shows it through tanh.",
            STATE,
            ("np.tanh(c)", "sigmoid(c)"),
            forms=((SHOWN, "np.tanh(sigmoid(o) * c)"),),
        ),
        Misconception("The bias is missing.", CELL | STATE, ("h @ Wh + b)", "h @ Wh)")),
        Misconception("The gates do not hear the state: h @ Wh is missing.", CELL | STATE, ("+ h @ Wh ", "")),
        Misconception("The gates do not hear the letter: a @ Wx is missing.", CELL | STATE, ("a @ Wx + ", "")),
        Misconception(
            "You return (c, h). The state comes first, as in PyTorch.", CELL | STATE, ("return h, c", "return c, h")
        ),
        Misconception(
            "The cell is handed back as it came. It is new after a step.",
            CELL,
            edits=((f"c = {KEPT}", f"old, c = c, {KEPT}"), ("return h, c", "return h, old")),
        ),
        Misconception(
            "The state is handed back as it came. It is new after a step.", STATE, ("h = " + SHOWN, "h = h")
        ),
    ],
    hints=[
        "Ask of each of the four blocks where it is used. One of them is used nowhere in the broken version, and one matrix "
        "is used twice.",
        r"$c' = f \odot c + i \odot g$ and $h' = o \odot \tanh c'$, with sigmoids for $i, f, o$ and tanh for $g$",
        "`i, f, g, o = np.split(a @ Wx + h @ Wh + b, 4, axis=1)`, then `c = sigmoid(f) * c + ...`",
    ],
)  # fmt: skip
