"""Lesson 06, the practice after it: an output that remembers, both directions, analogies, time series."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.counting import PROBES, REFERENCE, word
from helpers.checks.rnn.memory import recurrent
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def fed_back(rng: Generator, T: int) -> Iterator[Case]:
    """Inputs, and weights of chains whose output is narrower than the state, and as wide."""
    for n, d, h, k in [(3, 2, 4, 1), (2, 3, 3, 3)]:
        drawn = recurrent(rng, n, T, d, h, padded=False)
        out = {
            "Wy": rng.normal(size=(k, h)),
            "b": drawn["b"],
            "Wo": rng.normal(size=(h, k)),
            "c": rng.normal(size=k),
        }
        yield Case({"A": drawn["A"], "Wx": drawn["Wx"], **out})


def two_ways(rng: Generator, padded: bool) -> Iterator[Case]:
    """Inputs, and weights for either direction."""
    for n, T, d, h in [(4, 5, 3, 2), (3, 4, 3, 3)]:
        one, other = (recurrent(rng, n, T, d, h, padded) for _ in range(2))
        weights = [[w[k] for k in ("Wx", "Wh", "b")] for w in (one, other)]
        yield Case({"A": one["A"], "mask": one["mask"], "forward": weights[0], "backward": weights[1]})


def riddles(rng: Generator, tempting: bool) -> Iterator[Case]:
    """Nine vectors; nearest to b - a + c is d, or (tempting) c itself, then d. The step turned round leads to e."""
    for _ in range(3):
        names = [word(rng, 3) + str(i) for i in range(9)]
        V = rng.normal(size=(9, 6)) * rng.uniform(0.5, 3, size=(9, 1))
        a, b, c, d, e = (int(i) for i in rng.permutation(9)[:5])
        x, y, z, u, *_ = np.linalg.qr(rng.normal(size=(6, 6)))[0]  # at right angles
        step = y if tempting else 4 * y
        aside = 1.3 * z if tempting else 0.1 * z
        V[a], V[b], V[c] = 3 * u, 3 * u + step, 4 * x
        V[d], V[e] = 0.4 * (4 * x + step + aside), 0.7 * (4 * x - step - aside)
        yield Case({"a": names[a], "b": names[b], "c": names[c], "names": names, "vectors": V})


def measured(rng: Generator) -> Iterator[Case]:
    """Series that wander."""
    for m, w in [(7, 3), (12, 5), (5, 1)]:
        yield Case({"series": np.cumsum(rng.normal(size=m)), "w": w})


def counts(rng: Generator) -> Iterator[Case]:
    """Numbers of samples and folds."""
    for n, k in [(12, 3), (int(rng.integers(30, 60)), 4), (20, 1)]:
        yield Case({"n": n, "k": k})


# ---------------------------------------------------------------- tasks

JORDAN = Task(
    "jordan",
    points=0,
    answers=["jordan"],
    reference=REFERENCE + "jordan",
    parts=[
        Part("one step", lambda rng: fed_back(rng, 1)),
        Part("several steps", lambda rng: fed_back(rng, 4), pure=True),
    ],
    misconceptions=[
        Misconception(
            "You feed back the state. This chain hears what it *said*: the output of the step before.",
            {"several steps"},
            ("        y = h @ Wo + c\n        Y.append(y)", "        y = h[:, : len(c)]\n        Y.append(h @ Wo + c)"),
        ),
        Misconception(
            "Each step must hear the output of the one before; yours hears zeros every time.",
            {"several steps"},
            ("y @ Wy", "0 * y @ Wy"),
        ),
        Misconception(
            "The output has no bend: $y_t = h_t W_o + c$.",
            {"one step", "several steps"},
            ("y = h @ Wo + c", "y = np.tanh(h @ Wo + c)"),
        ),
        Misconception(
            "Before the first step nothing was said: $y_0 = 0$, not $c$.",
            {"one step", "several steps"},
            ("np.zeros((len(A), len(c)))", "np.zeros((len(A), len(c))) + c"),
        ),
    ],
    hints=[
        "It is `rnn` with one thing changed: what goes into the next step.",
        "$h_t = \\tanh(a_t W_x + y_{t-1} W_y + b)$, then $y_t = h_t W_o + c$; all $y_t$, stacked along axis 1",
        "`y = np.zeros((len(A), len(c)))`; in the loop `h = np.tanh(A[:, t] @ Wx + ... + b)`, `y = ...`",
    ],
)  # fmt: skip

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
    misconceptions=[
        Misconception(
            "The backward chain's states come out in the order in which it met the letters: turn them round again.",
            {"one length", "different lengths"},
            ("back[:, ::-1]]", "back]"),
        ),
        Misconception(
            "Both chains read from left to right.",
            {"one length", "different lengths"},
            ("rnn(A[:, ::-1], mask[:, ::-1], h0, *backward)", "rnn(A, mask, h0, *backward)[:, ::-1]"),
        ),
        Misconception(
            "Turn the mask round together with the letters.",
            {"different lengths"},
            ("mask[:, ::-1]", "mask"),
        ),
        Misconception(
            "The two chains stand side by side, (n, T, 2h); they are not added.",
            {"one length", "different lengths"},
            ("np.concatenate([there, back[:, ::-1]], axis=2)", "there + back[:, ::-1]"),
        ),
        Misconception(
            "The backward chain has weights of its own.",
            {"one length", "different lengths"},
            ("h0, *backward)", "h0, *forward)"),
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

ANALOGY = Task(
    "analogy",
    points=0,
    answers=["analogy"],
    reference=REFERENCE + "analogy",
    parts=[
        Part("clear", lambda rng: riddles(rng, tempting=False)),
        Part("an input is nearest", lambda rng: riddles(rng, tempting=True)),
    ],
    misconceptions=[
        Misconception(
            "You returned one of the three inputs. They are nearly always the nearest; leave them out.",
            {"an input is nearest"},
            ("if names[i] not in (a, b, c)", "if True"),
        ),
        Misconception(
            "a is to b: the step is from a to b, so b - a, added to c.",
            {"clear", "an input is nearest"},
            ("of[b] - of[a] + of[c]", "of[a] - of[b] + of[c]"),
        ),
        Misconception(
            "You return the *farthest* name: the largest cosine is wanted.",
            {"clear", "an input is nearest"},
            ("np.argsort(-cosines)", "np.argsort(cosines)"),
        ),
    ],
    hints=[
        "Where do you arrive when you take the step from a to b, but starting at c? And who is near?",
        r"the largest $\cos(v, g) = \dfrac{v \cdot g}{\lVert v \rVert\, \lVert g \rVert}$ for $g = v_b - v_a + v_c$, "
        "over all names but a, b and c",
        "`goal = ...`, `cosines = vectors @ goal / np.linalg.norm(vectors, axis=1)`, then the first of "
        "`np.argsort(-cosines)` that is none of the three",
    ],
)

WINDOWS = Task(
    "windows",
    points=0,
    answers=["windows"],
    reference=REFERENCE + "windows",
    parts=[Part("inputs", measured, probe=FIRST), Part("targets", measured, probe=SECOND)],
    misconceptions=[
        Misconception(
            "The target is already the last value of its window: it must be the one *after* it.",
            {"targets"},
            ("series[w:]", "series[w - 1 : -1]"),
        ),
        Misconception(
            "Neighbouring windows overlap: they start at 0, 1, 2, …",
            {"inputs"},
            ("series[i : i + w]", "series[(i * w) % (n + 1) : (i * w) % (n + 1) + w]"),
        ),
        Misconception(
            "A window's values stand in the order of time, the oldest first.",
            {"inputs"},
            ("series[i : i + w]", "series[i : i + w][::-1]"),
        ),
    ],
    hints=[
        "How many windows have a value after them?",
        r"row $i$ of $X$ is $(s_i, \dots, s_{i+w-1})$ and $y_i = s_{i+w}$, for $i = 0, \dots, m - w - 1$",
        "`np.stack([series[i : i + w] for i in range(len(series) - w)])` and `series[w:]`",
    ],
)

TIME_FOLDS = Task(
    "time_folds",
    points=0,
    answers=["time_folds"],
    reference=REFERENCE + "time_folds",
    probe=PROBES + "folds",
    parts=[Part("folds", counts)],
    misconceptions=[
        Misconception(
            "You train on everything outside of the test block, the future included.",
            {"folds"},
            ("np.concatenate(blocks[: i + 1])", "np.concatenate(blocks[: i + 1] + blocks[i + 2 :])"),
        ),
        Misconception(
            "You train on the block before the test alone; all of the past is meant.",
            {"folds"},
            ("np.concatenate(blocks[: i + 1])", "blocks[i]"),
        ),
        Misconception(
            "k folds need k + 1 blocks: nothing comes before the first, so it is never tested.",
            {"folds"},
            ("np.arange(n), k + 1)", "np.arange(n), k + 2)"),
        ),
        Misconception(
            "The samples are shuffled. Blocks follow one another in time.",
            {"folds"},
            ("np.arange(n)", "np.random.default_rng(0).permutation(n)"),
        ),
    ],
    hints=[
        "Draw a line, cut it into k + 1 blocks. What may be known when the second block is predicted?",
        "fold $i$: train on blocks $0 \\dots i$, test on block $i + 1$",
        "`blocks = np.array_split(np.arange(n), k + 1)`, then pairs of `np.concatenate(blocks[: i + 1])` and "
        "`blocks[i + 1]`",
    ],
)

DEEPER = [JORDAN, BIRNN, ANALOGY, WINDOWS, TIME_FOLDS]
