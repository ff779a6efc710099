"""Lesson 06, the practice after it: series in time."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.rnn.cases import PROBES, REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def measured(rng: Generator) -> Iterator[Case]:
    """Series that wander."""
    yield Case({"series": np.array([1.0, 3, 2, 5, 4, 7]), "w": 2})
    for m, w in [(7, 3), (12, 5), (5, 1)]:
        yield Case({"series": np.cumsum(rng.normal(size=m)), "w": w})


def counts(rng: Generator) -> Iterator[Case]:
    """Numbers of samples and folds."""
    for n, k in [(7, 2), (11, 3), (12, 3), (int(rng.integers(30, 60)), 4), (20, 1)]:
        yield Case({"n": n, "k": k})


# ---------------------------------------------------------------- tasks

INPUTS, TARGETS = {"inputs"}, {"targets"}
ROWS, N = "np.stack([series[i : i + w] for i in range(n)])", "n = len(series) - w"
WINDOWS = Task(
    "windows",
    points=0,
    answers=["windows"],
    reference=REFERENCE + "windows",
    parts=[Part("inputs", measured, probe=FIRST), Part("targets", measured, probe=SECOND)],
    misconceptions=[
        Misconception(
            "The target is already the last value of its window: it must be the one *after* it.",
            TARGETS,
            ("series[w:]", "series[w - 1 : -1]"),
            forms=(("series[w:]", "series[w - 1 :]"),),
        ),
        Misconception(
            "The last window that has a next value is missing, or the last value: a series of m has m - w of them.",
            INPUTS | TARGETS,
            edits=((N, N + " - 1"), ("series[w:]", "series[w:-1]")),
            forms=((N, N + " - 1"), ("series[w:]", "series[w:-1]")),
        ),
        Misconception(
            "The last window has no next value: it is not to be there.",
            INPUTS,
            (N, N + " + 1"),
        ),
        Misconception(
            "A value is skipped between the window and its target: it is the very next one.",
            INPUTS | TARGETS,
            edits=((N, N + " - 1"), ("series[w:]", "series[w + 1 :]")),
            forms=(("series[w:]", "series[w + 1 :]"),),
        ),
        Misconception(
            "Each target is a window of its own here. A single value comes next.",
            TARGETS,
            ("series[w:]", "np.stack([series[i + 1 : i + 1 + w] for i in range(n)])"),
        ),
        Misconception(
            "The first windows are missing: one begins at every value that has w + 1 values left, the first included.",
            INPUTS | TARGETS,
            edits=((ROWS, "np.array([series[i : i + w] for i in range(w, n)]).reshape(-1, w)"), ("series[w:]", "series[2 * w :]")),
            forms=((ROWS, "np.array([series[i : i + w] for i in range(w, n)]).reshape(-1, w)"),),
        ),
        Misconception(
            "Neighbouring windows overlap: they start at 0, 1, 2, …",
            INPUTS,
            ("series[i : i + w]", "series[(i * w) % (n + 1) : (i * w) % (n + 1) + w]"),
            forms=((ROWS, "series[: len(series) // w * w].reshape(-1, w)"),
                   (ROWS, "series[: (len(series) - 1) // w * w].reshape(-1, w)")),
        ),
        Misconception(
            "A window's values stand in the order of time, the oldest first.",
            INPUTS,
            ("series[i : i + w]", "series[i : i + w][::-1]"),
        ),
        Misconception(
            "The target belongs into y, not into the window as well.",
            INPUTS,
            ("series[i : i + w]", "series[i : i + w + 1]"),
        ),
        Misconception("X comes first, then y.", INPUTS | TARGETS, (f"X = {ROWS}\n    return X, series[w:]", f"X = {ROWS}\n    return series[w:], X")),
    ],
    hints=[
        "How many windows have a value after them?",
        r"row $i$ of $X$ is $(s_i, \dots, s_{i+w-1})$ and $y_i = s_{i+w}$, for $i = 0, \dots, m - w - 1$",
        "`np.stack([series[i : i + w] for i in range(len(series) - w)])` and `series[w:]`",
    ],
)  # fmt: skip

PAST, PAIRS = (
    "np.concatenate(blocks[: i + 1])",
    "[(np.concatenate(blocks[: i + 1]), blocks[i + 1]) for i in range(k)]",
)
FOLDS = {"folds"}
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
            FOLDS,
            (PAST, "np.concatenate(blocks[: i + 1] + blocks[i + 2 :])"),
        ),
        Misconception(
            "You train on the block before the test alone; all of the past is meant.", FOLDS, (PAST, "blocks[i]")
        ),
        Misconception(
            "You train on the first block alone; all of the past is meant.", FOLDS, (PAST, "blocks[0]")
        ),
        Misconception(
            "The test block is in the training set, too.", FOLDS, (PAST, "np.concatenate(blocks[: i + 2])"),
            forms=((PAST, "np.arange(n)"),),
        ),
        Misconception(
            "You test on everything that is left. The test is the next block.",
            FOLDS,
            ("blocks[i + 1])", "np.concatenate(blocks[i + 1 :]))"),
        ),
        Misconception(
            "k folds need k + 1 blocks: nothing comes before the first, so it is never tested.",
            FOLDS,
            ("np.arange(n), k + 1)", "np.arange(n), k + 2)"),
            forms=([("np.arange(n), k + 1)", "np.arange(n), k)"), ("range(k)", "range(k - 1)")],
                   [("np.arange(n), k + 1)", "np.arange(n), k)"), (PAIRS, "[(np.concatenate(blocks[:i] or [np.arange(0)]), blocks[i]) for i in range(k)]")]),
        ),
        Misconception("One fold is missing, the last or the first.", FOLDS, ("range(k)", "range(k - 1)"), forms=(("range(k)", "range(1, k)"),)),
        Misconception(
            "The samples are shuffled. Blocks follow one another in time.",
            FOLDS,
            ("np.arange(n)", "np.random.default_rng(0).permutation(n)"),
        ),
        Misconception("Each pair is (train, test): first the past, then the block.", FOLDS, (PAIRS, "[(blocks[i + 1], np.concatenate(blocks[: i + 1])) for i in range(k)]")),
        Misconception(
            "You train on what comes after the block. The future is not known when it is predicted.",
            FOLDS,
            (PAIRS, "[(np.concatenate(blocks[i + 1 :]), blocks[i]) for i in range(k)]"),
        ),
        Misconception(
            "Blocks are cut as np.array_split does it: where n can't be divided, the first ones are longer by one.",
            FOLDS,
            ("np.array_split(np.arange(n), k + 1)", "[np.arange(n)[n // (k + 1) * i : n // (k + 1) * (i + 1) if i < k else n] for i in range(k + 1)]"),
            forms=(("np.array_split(np.arange(n), k + 1)", "[np.arange(n)[n // (k + 1) * i : n // (k + 1) * (i + 1)] for i in range(k + 1)]"),
                   (PAIRS, "[(np.arange(n - (k - i) * (n // (k + 1))), np.arange(n - (k - i) * (n // (k + 1)), n - (k - i - 1) * (n // (k + 1)))) for i in range(k)]")),
        ),
    ],
    hints=[
        "Draw a line, cut it into k + 1 blocks. What may be known when the second block is predicted?",
        "fold $i$: train on blocks $0 \\dots i$, test on block $i + 1$",
        "`blocks = np.array_split(np.arange(n), k + 1)`, then pairs of `np.concatenate(blocks[: i + 1])` and "
        "`blocks[i + 1]`",
    ],
)  # fmt: skip

SERIES = [WINDOWS, TIME_FOLDS]
