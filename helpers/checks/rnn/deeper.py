"""Lesson 06, the practice after it: an output that remembers, and both directions."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE, TORCH, Draw, drawn, lengths_mask, recurrent, small
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def fed_back(rng: Generator, T: int) -> Iterator[Case]:
    """Inputs, and weights of chains whose output is narrower than the state, and as wide."""
    for draw, sizes in [(small, [(1, 1, 2, 1), (2, 1, 2, 1)]), (drawn(rng), [(3, 2, 4, 1), (2, 3, 3, 3)])]:
        for n, d, h, k in sizes:
            out = {
                "Wy": draw((k, h)),
                "b": draw((h,)) - 0.375,
                "Wo": draw((h, k)) + 0.125,
                "c": draw((k,)) + 0.625,
            }
            yield Case({"A": draw((n, T, d)), "Wx": draw((d, h)), **out})


def two_ways(rng: Generator, padded: bool) -> Iterator[Case]:
    """Inputs, and weights for either direction."""
    masks = np.array([[True, True, True], [True, False, False]])
    yield _both(small, 2, 3, 1, 2, masks if padded else np.ones((2, 3), dtype=bool))
    for n, T, d, h in [(4, 5, 3, 2), (3, 4, 3, 3)]:
        mask = lengths_mask(rng, n, T) if padded else np.ones((n, T), dtype=bool)
        yield _both(drawn(rng), n, T, d, h, mask)


def _both(draw: Draw, n: int, T: int, d: int, h: int, mask: np.ndarray) -> Case:
    one, other = recurrent(draw, n, T, d, h), recurrent(draw, n, T, d, h)
    there, back = ([w[k] for k in ("Wx", "Wh", "b")] for w in (one, other))
    back = [-0.5 * w + 0.25 for w in back]
    return Case({"A": one["A"], "mask": mask, "forward": there, "backward": back})


# ---------------------------------------------------------------- tasks

ALL, LATER, NEW, OUT = (
    {"one step", "several steps"},
    {"several steps"},
    "np.tanh(A[:, t] @ Wx + y @ Wy + b)",
    "y = h @ Wo + c",
)
JORDAN = Task(
    "jordan",
    points=0,
    answers=["jordan"],
    reference=REFERENCE + "jordan",
    parts=[Part("one step", lambda rng: fed_back(rng, 1)), Part("several steps", lambda rng: fed_back(rng, 4))],
    forbids=TORCH,
    misconceptions=[
        Misconception(
            "You feed back the state. This chain hears what it *said*: the output of the step before, with its c.",
            LATER,
            ("        y = h @ Wo + c\n        Y.append(y)", "        y = h[:, : len(c)]\n        Y.append(h @ Wo + c)"),
            forms=(("        y = h @ Wo + c\n        Y.append(y)", "        y = h @ Wo\n        Y.append(y + c)"),),
        ),
        Misconception(
            "Each step must hear the output of the one before; yours hears zeros every time.",
            LATER,
            ("y @ Wy", "0 * y @ Wy"),
        ),
        Misconception("The output has no bend: $y_t = h_t W_o + c$.", ALL, (OUT, "y = np.tanh(h @ Wo + c)")),
        Misconception(
            "Before the first step nothing was said: $y_0 = 0$, not $c$.",
            ALL,
            ("np.zeros((len(A), len(c)))", "np.zeros((len(A), len(c))) + c"),
            forms=(("np.zeros((len(A), len(c)))", "np.ones((len(A), len(c)))"),),
        ),
        Misconception("The bias b of the state is missing.", ALL, ("y @ Wy + b", "y @ Wy")),
        Misconception("The bias c of the output is missing.", ALL, ("h @ Wo + c", "h @ Wo")),
        Misconception("You return the states. What the chain *says* is asked for.", ALL, ("Y.append(y)", "Y.append(h)")),
        Misconception(
            "A term stands outside of tanh: the whole sum goes through it.",
            ALL,
            (NEW, "np.tanh(A[:, t] @ Wx + y @ Wy) + b"),
            forms=((NEW, "np.tanh(A[:, t] @ Wx + b) + y @ Wy"), (NEW, "np.tanh(y @ Wy + b) + A[:, t] @ Wx")),
        ),
        Misconception("The state has no bend: it goes through tanh.", ALL, (NEW, NEW[7:])),
        Misconception("Another activation than tanh, into (-1, 1).", ALL, (NEW, "sigmoid" + NEW[7:])),
        Misconception(
            "Only the last output comes back, or time is not the second axis: all outputs, (n, T, k).",
            ALL,
            ("np.stack(Y, axis=1)", "Y[-1]"),
            forms=(("np.stack(Y, axis=1)", "np.stack(Y)"), ("np.stack(Y, axis=1)", "np.concatenate(Y, axis=1)")),
        ),
        Misconception("Every step reads the first input: A[:, t] is that of step t.", LATER, ("A[:, t]", "A[:, 0]")),
        Misconception(
            "You read from the last input to the first.", LATER, ("range(A.shape[1])", "reversed(range(A.shape[1]))"),
            forms=([("range(A.shape[1])", "reversed(range(A.shape[1]))"), ("np.stack(Y, axis=1)", "np.stack(Y[::-1], axis=1)")],),
        ),
    ],
    hints=[
        "It is `rnn` with one thing changed: what goes into the next step.",
        "$h_t = \\tanh(a_t W_x + y_{t-1} W_y + b)$, then $y_t = h_t W_o + c$; all $y_t$, stacked along axis 1",
        "`y = np.zeros((len(A), len(c)))`; in the loop `h = np.tanh(A[:, t] @ Wx + ... + b)`, `y = ...`",
    ],
)  # fmt: skip

TWO, PADDED = {"one length", "different lengths"}, {"different lengths"}
TURNED, JOINED = (
    "rnn(A[:, ::-1], mask[:, ::-1], h0, *backward)",
    "np.concatenate([there, back[:, ::-1]], axis=2)",
)
BIRNN = Task(
    "birnn",
    points=0,
    answers=["birnn"],
    reference=REFERENCE + "birnn",
    probe=PROBES + "both_ways",
    parts=[
        Part("one length", lambda rng: two_ways(rng, padded=False)),
        Part("different lengths", lambda rng: two_ways(rng, padded=True)),
    ],
    uses=["rnn"],
    forbids=TORCH,
    misconceptions=[
        Misconception(
            "The backward chain's states come out in the order in which it met the letters: turn them round again.",
            TWO,
            ("back[:, ::-1]]", "back]"),
        ),
        Misconception("Both chains read from left to right.", TWO, (TURNED, "rnn(A, mask, h0, *backward)[:, ::-1]"),
                      forms=([(TURNED, "rnn(A, mask, h0, *backward)"), ("back[:, ::-1]]", "back]")],)),
        Misconception("Turn the mask round together with the letters.", PADDED, ("mask[:, ::-1]", "mask")),
        Misconception(
            "The padding was read by the backward chain as if it were letters: hand it the mask, turned round.",
            PADDED,
            ("mask[:, ::-1]", "np.ones_like(mask)"),
        ),
        Misconception(
            "The two chains stand side by side, (n, T, 2h); they are not added or averaged.",
            TWO,
            (JOINED, "there + back[:, ::-1]"),
            forms=((JOINED, "(there + back[:, ::-1]) / 2"), (JOINED, "np.concatenate([(there + back[:, ::-1]) / 2] * 2, axis=2)")),
        ),
        Misconception(
            "The states stand one after the other along another axis than the last: (n, T, 2h).",
            TWO,
            ("axis=2", "axis=0"),
        ),
        Misconception("The chain that reads forward comes first.", TWO, ("[there, back[:, ::-1]]", "[back[:, ::-1], there]")),
        Misconception("The backward chain has weights of its own.", TWO, ("h0, *backward)", "h0, *forward)")),
        Misconception("The two chains have exchanged their weights.", TWO, edits=(("*forward)", "*backwards)"), ("*backward)", "*forward)"), ("*backwards)", "*backward)"))),
        Misconception(
            "The backward chain begins where the forward one ends. They know nothing of each other: both begin at 0.",
            TWO,
            (TURNED, "rnn(A[:, ::-1], mask[:, ::-1], there[:, -1], *backward)"),
        ),
        Misconception(
            "The backward chain reads the *states* of the forward one. It reads the letters.",
            TWO,
            (TURNED, "rnn(np.resize(there, A.shape)[:, ::-1], mask[:, ::-1], h0, *backward)"),
        ),
        Misconception(
            "The names are turned round, the first axis. Time is the second.",
            TWO,
            (TURNED, "rnn(A[::-1], mask[::-1], h0, *backward)"),
            forms=([(TURNED, "rnn(A[::-1], mask[::-1], h0, *backward)"), ("back[:, ::-1]]", "back[::-1]]")],),
        ),
    ],
    hints=[
        "A chain that reads from the right is a chain that reads a reversed list. Whatever you turn round, turn it back.",
        r"$\overrightarrow{h}_t$ from `rnn(A, ...)`, $\overleftarrow{h}_t$ from `rnn` of everything reversed in time, "
        "joined along the last axis",
        "`back = rnn(A[:, ::-1], mask[:, ::-1], h0, *backward)`, then "
        "`np.concatenate([there, back[:, ::-1]], axis=2)`",
    ],
)  # fmt: skip

DEEPER = [JORDAN, BIRNN]
