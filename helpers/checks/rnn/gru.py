"""Lesson 06, part 7: the GRU in both of its forms."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.rnn.cases import REFERENCE, TORCH, drawn, gates, small
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def gru_steps(rng: Generator, reset: str) -> Iterator[Case]:
    """A step of a GRU: two that can be worked through, and d = h included, where wrong products fit."""
    for draw, sizes in [(small, [(1, 1, 1), (2, 1, 2)]), (drawn(rng), [(3, 4, 2), (4, 3, 3)])]:
        for case in gates(draw, 3, *sizes):
            bh = draw(case["b"].shape) + 0.25
            kept = {name: case[name] for name in ("a", "h", "Wx", "Wh")}
            yield Case({**kept, "bx": case["b"], "bh": bh[::-1].copy(), "reset": reset})


# ---------------------------------------------------------------- task

AFTER, BEFORE = {"reset after the matrix"}, {"reset before the matrix"}
N_AFTER, N_BEFORE, MIX = "np.tanh(xn + r * hn)", "np.tanh(xn + (r * h) @ Wn + bn)", "(1 - z) * n + z * h"
TWO = "sigmoid(xr + hr), sigmoid(xz + hz)"
LAST, BIAS = "np.split(Wh, 3, axis=1)[2]", "np.split(bh, 3)[2]"
GRU_CELL = Task(
    "gru_cell",
    points=2,
    answers=["gru_cell"],
    reference=REFERENCE + "gru_cell",
    parts=[
        Part("reset after the matrix", lambda rng: gru_steps(rng, "after")),
        Part("reset before the matrix", lambda rng: gru_steps(rng, "before")),
    ],
    forbids=TORCH,
    misconceptions=[
        Misconception(
            "The update gate is turned round: here z = 1 *keeps* the old state.",
            AFTER | BEFORE,
            (MIX, "z * n + (1 - z) * h"),
        ),
        Misconception(
            "Your reset acts before the matrix in both forms: \"after\" is r * (h @ Wn + bn).",
            AFTER,
            (N_AFTER, f"np.tanh(xn + (r * h) @ {LAST} + {BIAS})"),
        ),
        Misconception(
            "Your reset acts after the matrix in both forms: \"before\" is (r * h) @ Wn.",
            BEFORE,
            ("(r * h) @ Wn + bn", "r * (h @ Wn + bn)"),
        ),
        Misconception(
            "After the matrix, the reset gate also closes over the bias: r * (h @ Wn + bn).",
            AFTER,
            ("xn + r * hn", f"xn + r * (hn - {BIAS}) + {BIAS}"),
        ),
        Misconception(
            "Before the matrix, the reset gate stays away from the bias: (r * h) @ Wn + bn.",
            BEFORE,
            ("(r * h) @ Wn + bn", "(r * h) @ Wn"),
            forms=(("(r * h) @ Wn + bn", "(r * h) @ Wn + r * bn"),),
        ),
        Misconception(
            "The reset gate acts on what is read as well. It closes over the past alone.",
            AFTER | BEFORE,
            edits=((N_AFTER, "np.tanh(r * (xn + hn))"), (N_BEFORE, "np.tanh(r * (xn + h @ Wn + bn))")),
            forms=((N_AFTER, "np.tanh(r * (xn + hn))"), (N_BEFORE, "np.tanh(r * (xn + h @ Wn + bn))"),
                   (N_BEFORE, "np.tanh(r * xn + (r * h) @ Wn + bn)"), (N_AFTER, "r * np.tanh(xn + hn)"),
                   (N_BEFORE, "r * np.tanh(xn + h @ Wn + bn)")),
        ),
        Misconception(
            "The update gate does the resetting, too. The candidate's past is weighed by r.",
            AFTER | BEFORE,
            edits=(("r * hn", "z * hn"), ("(r * h)", "(z * h)")),
            forms=(("r * hn", "z * hn"), ("(r * h)", "(z * h)")),
        ),
        Misconception(
            "The reset gate is computed and used nowhere: it weighs what the candidate hears of the past.",
            AFTER | BEFORE,
            edits=(("r * hn", "hn"), ("(r * h)", "h")),
            forms=(("r * hn", "hn"), ("(r * h)", "h")),
        ),
        Misconception(
            "The reset gate is turned round: where r is 0 the past is *not* heard.",
            AFTER | BEFORE,
            edits=(("r * hn", "(1 - r) * hn"), ("(r * h)", "((1 - r) * h)")),
        ),
        Misconception(
            "The candidate n is squashed by tanh, into (-1, 1). With a sigmoid a state that starts at 0 could never become "
            "negative.",
            AFTER | BEFORE,
            edits=((N_AFTER, "sigmoid(xn + r * hn)"), (N_BEFORE, "sigmoid(xn + (r * h) @ Wn + bn)")),
            forms=((N_AFTER, "sigmoid(xn + r * hn)"), (N_BEFORE, "sigmoid(xn + (r * h) @ Wn + bn)")),
        ),
        Misconception(
            "The candidate n is not squashed: it goes through tanh.",
            AFTER | BEFORE,
            edits=((N_AFTER, "xn + r * hn"), (N_BEFORE, "xn + (r * h) @ Wn + bn")),
            forms=((N_AFTER, "xn + r * hn"), (N_BEFORE, "xn + (r * h) @ Wn + bn")),
        ),
        Misconception(
            "The gates are sigmoids, between 0 and 1.",
            AFTER | BEFORE,
            (TWO, "np.tanh(xr + hr), np.tanh(xz + hz)"),
            forms=((TWO, "xr + hr, xz + hz"), (TWO, "sigmoid(xr + hr), np.tanh(xz + hz)"),
                   (TWO, "np.tanh(xr + hr), sigmoid(xz + hz)")),
        ),
        Misconception(
            "The blocks of the weights stand in the order r, z, n.",
            AFTER | BEFORE,
            (TWO, "sigmoid(xz + hz), sigmoid(xr + hr)"),
            forms=([("xr, xz, xn =", "xn, xr, xz ="), ("hr, hz, hn =", "hn, hr, hz ="), (LAST, "np.split(Wh, 3, axis=1)[0]"),
                    (BIAS, "np.split(bh, 3)[0]")],
                   [("xr, xz, xn =", "xr, xn, xz ="), ("hr, hz, hn =", "hr, hn, hz ="), (LAST, "np.split(Wh, 3, axis=1)[1]"),
                    (BIAS, "np.split(bh, 3)[1]")]),
        ),
        Misconception(
            "What is read has lost its bias bx.", AFTER | BEFORE, ("a @ Wx + bx", "a @ Wx")
        ),
        Misconception(
            "The state has lost its bias bh, in the gates or everywhere.",
            AFTER | BEFORE,
            ("h @ Wh + bh", "h @ Wh"),
            forms=([("h @ Wh + bh", "h @ Wh"), ("@ Wn + bn", "@ Wn")],),
        ),
        Misconception(
            "A gate does not hear the state: both hear the letter *and* the state.",
            AFTER | BEFORE,
            (TWO, "sigmoid(xr), sigmoid(xz)"),
            forms=((TWO, "sigmoid(xr), sigmoid(xz + hz)"), (TWO, "sigmoid(xr + hr), sigmoid(xz)")),
        ),
        Misconception(
            "A gate does not hear what was read: both hear the letter *and* the state.",
            AFTER | BEFORE,
            (TWO, "sigmoid(hr), sigmoid(hz)"),
            forms=((TWO, "sigmoid(hr), sigmoid(xz + hz)"), (TWO, "sigmoid(xr + hr), sigmoid(hz)")),
        ),
        Misconception(
            "The old state and the candidate are mixed in shares that sum to 1: (1 - z) and z.",
            AFTER | BEFORE,
            (MIX, "n + z * h"),
            forms=((MIX, "(1 - z) * n + h"), (MIX, "z * n + z * h"), (MIX, "n + h"), (MIX, "(1 - z) * n"), (MIX, "z * h")),
        ),
        Misconception(
            "You return the candidate. The new state mixes it with the old one.", AFTER | BEFORE, ("return " + MIX, "return n")
        ),
        Misconception(
            "`Wn` stands on the right of the state, as it is, not transposed.",
            BEFORE,
            ("(r * h) @ Wn", "(r * h) @ Wn.T"),
        ),
        Misconception(
            "In the form \"before\" the bias of n is added twice.",
            BEFORE,
            ("(r * h) @ Wn + bn", "(r * h) @ Wn + 2 * bn"),
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
