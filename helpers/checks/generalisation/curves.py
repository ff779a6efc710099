"""Lesson 04: what two curves of errors tell, and when to stop."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.generalisation."
PROBES = "helpers.probes.generalisation."

# ---------------------------------------------------------------- cases

CURVES = [  # training errors, validation errors
    ([0.5, 0.4, 0.3], [0.52, 0.43, 0.33]),  # has not learned it
    ([0.5, 0.4, 0.3], [0.6, 0.6, 0.6]),  # nor that, although the gap is wide
    ([0.4, 0.2, 0.08], [0.42, 0.24, 0.11]),  # has
    ([0.4, 0.1, 0.0], [0.42, 0.3, 0.28]),  # by heart
    ([0.3, 0.1, 0.09], [0.3, 0.07, 0.13]),  # new rows get worse, though the gap is narrow
    ([0.3, 0.12, 0.09], [0.3, 0.1, 0.11]),  # noise is no turn
    ([0.2, 0.05, 0.12], [0.2, 0.1, 0.13]),  # the last epoch is what counts
    ([0.4, 0.2, 0.09], [0.35, 0.15, 0.02]),  # new rows may be easier
]


def curves(rng: Generator) -> Iterator[Case]:
    """Curves of each kind, the borders themselves, and noisy ones of twelve epochs."""
    for train, val in CURVES:
        yield Case({"train": np.array(train), "val": np.array(val), "goal": 0.1, "slack": 0.05})
    for val in ([0.5, 0.375], [0.5, 0.4375], [0.25, 0.375]):  # exactly at the goal, and at the slack
        yield Case({"train": np.array([0.5, 0.25]), "val": np.array(val), "goal": 0.25, "slack": 0.125})
    t = np.arange(12)
    for end, gap, turn in [(0.3, 0.0, 0.0), (0.05, 0.0, 0.0), (0.02, 0.2, 0.0), (0.05, 0.0, 0.03)]:
        known = end + 0.5 * 0.5**t + rng.uniform(0, 0.01, 12)
        new = known + gap + turn * np.maximum(t - 6, 0) + rng.uniform(0, 0.01, 12)
        yield Case({"train": known, "val": new, "goal": 0.1, "slack": 0.05})


def errors(rng: Generator) -> Iterator[Case]:
    """Validation errors that turn, tie, are saved at the last moment, never stop, and any others."""
    for val, patience in [
        ([5.0, 3.0, 4.0, 5.0, 6.0], 2),
        ([5.0, 3.0, 4.0, 5.0, 1.0], 2),  # what comes after the stop is never seen
        ([5.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0], 2),  # nor what comes long after it
        ([5.0, 3.0, 4.0, 2.0, 4.0, 1.0], 2),  # just in time, twice
        ([2.0, 2.0, 2.0, 2.0], 2),  # an equal error is no lower one
        ([5.0, 3.0, 4.0, 3.0, 4.0, 5.0], 3),
        ([3.0, 2.0, 1.0], 1),
        ([1.0, 2.0, 3.0, 4.0], 3),
        ([5.0, 3.0, 4.0, 4.0], 3),  # patience outlasts the epochs
        ([4.0], 1),
    ]:
        yield Case({"val": np.array(val), "patience": patience})
    for patience in (1, 2, 4):
        yield Case({"val": rng.permutation(16) + rng.uniform(0, 0.5), "patience": patience})


# ---------------------------------------------------------------- tasks

DIAGNOSE = Task(
    "diagnose",
    points=1,
    answers=["diagnose"],
    reference=REFERENCE + "diagnose",
    parts=[Part("every kind of curve", curves)],
    misconceptions=[
        Misconception(
            "You look at the gap alone. Where the training error itself misses the goal it is underfitting, "
            "however wide the gap.",
            {"every kind of curve"},
            ('if train[-1] > goal:\n        return "under"', "pass"),
            forms=(
                "def diagnose(train, val, goal, slack):\n"
                '    if val[-1] > min(train[-1], val.min()) + slack:\n        return "over"\n'
                '    return "under" if train[-1] > goal else "right"\n',
            ),
        ),
        Misconception(
            "You compare with the training error alone. Where the validation error has turned and climbs, it is "
            "overfitting, too.",
            {"every kind of curve"},
            ("min(train[-1], val.min())", "train[-1]"),
        ),
        Misconception(
            "You look only for a turn. A validation error that stays far above the training error is overfitting, "
            "too.",
            {"every kind of curve"},
            ("min(train[-1], val.min())", "val.min()"),
        ),
        Misconception(
            "You call every rise of the validation error a turn. Up to `slack` is noise.",
            {"every kind of curve"},
            ("min(train[-1], val.min()) + slack", "min(train[-1] + slack, val.min())"),
            forms=(("+ slack", ""),),
        ),
        Misconception(
            "You judge by the lowest training error. What counts is the model in hand, the last one.",
            {"every kind of curve"},
            ("train[-1] > goal", "train.min() > goal"),
        ),
        Misconception(
            "You compare the validation error with the goal. Whether a model has learned at all is seen on the rows "
            "it learned from.",
            {"every kind of curve"},
            ("train[-1] > goal", "val[-1] > goal"),
        ),
        Misconception(
            'You say "under" of models that have learned by now: only the last training error is that of the model in hand.',
            {"every kind of curve"},
            ("train[-1] > goal", "train[0] > goal"),
        ),
        Misconception(
            "Exactly at the goal, and exactly `slack` above, is still right: compare with `>`.",
            {"every kind of curve"},
            ("train[-1] > goal", "train[-1] >= goal"),
            forms=(("val[-1] > min", "val[-1] >= min"),),
        ),
        Misconception(
            "`under` and `over` are exchanged: underfitting is not to have learned the training rows.",
            {"every kind of curve"},
            edits=(('"under"', '"Over"'), ('"over"', '"under"'), ('"Over"', '"over"')),
        ),
        Misconception(
            "You measure the distance without its sign: new rows that turn out *easier* are no overfitting.",
            {"every kind of curve"},
            (
                "val[-1] > min(train[-1], val.min()) + slack",
                "max(abs(val[-1] - train[-1]), val[-1] - val.min()) > slack",
            ),
        ),
    ],
    hints=[
        "First ask whether the rows that it learned from were learned. Only then whether new ones suffer.",
        "Underfitting: last training error > goal. Else overfitting: last validation error > slack above the last "
        "training error, or above the lowest validation error.",
        '`if train[-1] > goal: return "under"`, then compare `val[-1]` with `min(train[-1], val.min()) + slack`.',
    ],
)

EARLY_STOP = Task(
    "early_stop",
    points=2,
    answers=["early_stop"],
    reference=REFERENCE + "early_stop",
    parts=[Part("stops", errors, probe=FIRST), Part("keeps the best", errors, probe=SECOND)],
    misconceptions=[
        Misconception(
            "You keep the weights of the last epoch. Those of the lowest error are wanted: that is what it was "
            "watched for.",
            {"keeps the best"},
            edits=(
                ("return epoch, best", "return epoch, epoch"),
                ("len(val) - 1, best", "len(val) - 1, len(val) - 1"),
            ),
        ),
        Misconception(
            "An equal error starts your patience again. Only a lower one is better.",
            {"stops", "keeps the best"},
            ("val[epoch] < val[best]", "val[epoch] <= val[best]"),
        ),
        Misconception(
            "You stop one epoch too late: after `patience` epochs without a lower error.",
            {"stops", "keeps the best"},
            ("epoch - best == patience", "epoch - best > patience"),
            forms=(("epoch - best == patience", "epoch - best == patience + 1"),),
        ),
        Misconception(
            "You stop one epoch too early: `patience` epochs may pass without a lower error.",
            {"stops", "keeps the best"},
            ("epoch - best == patience", "epoch - best == patience - 1"),
            forms=(("epoch - best == patience", "epoch - best >= patience - 1"),),
        ),
        Misconception(
            "You compare with the epoch before. What counts is the lowest error so far.",
            {"stops", "keeps the best"},
            (
                "if val[epoch] < val[best]:",
                "if epoch and val[epoch] < val[epoch - 1]:",
            ),
        ),
        Misconception(
            "You look at all errors, also at those after the stop, which nobody would have seen.",
            {"keeps the best"},
            ("return epoch, best", "return epoch, int(np.argmin(val))"),
        ),
        Misconception(
            "You count all epochs without a lower error. They must follow each other: a new best begins anew.",
            {"stops", "keeps the best"},
            wrong="def early_stop(val, patience):\n"
            "    best, bad = 0, 0\n"
            "    for epoch in range(1, len(val)):\n"
            "        if val[epoch] < val[best]:\n            best = epoch\n"
            "        else:\n            bad += 1\n"
            "        if bad == patience:\n            return epoch, best\n"
            "    return len(val) - 1, best\n",
        ),
        Misconception(
            "Where nothing stops it, the last epoch is len(val) - 1, as epochs count from 0.",
            {"stops"},
            ("return len(val) - 1, best", "return len(val), best"),
        ),
        Misconception(
            "Epochs count from 0: yours count from 1.",
            {"stops", "keeps the best"},
            edits=(
                ("return epoch, best", "return epoch + 1, best + 1"),
                ("return len(val) - 1, best", "return len(val), best + 1"),
            ),
        ),
        Misconception(
            "Stop and best are exchanged: the last epoch comes first.",
            {"stops", "keeps the best"},
            edits=(
                ("return epoch, best", "return best, epoch"),
                ("len(val) - 1, best", "best, len(val) - 1"),
            ),
        ),
        Misconception(
            "You return the lowest error. Its epoch is asked for.",
            {"keeps the best"},
            edits=(
                ("return epoch, best", "return epoch, val[best]"),
                ("len(val) - 1, best", "len(val) - 1, val[best]"),
            ),
        ),
        Misconception(
            "You stop at the first error that is not lower, whatever the patience.",
            {"stops", "keeps the best"},
            ("epoch - best == patience", "epoch > best"),
        ),
    ],
    hints=[
        "Walk through the epochs and remember where the lowest error was. How long ago is that?",
        "A lower error moves `best`. Stop at the first epoch with epoch - best = patience.",
        "`for epoch in range(len(val)):` then `if val[epoch] < val[best]: best = epoch`, then "
        "`if epoch - best == patience: return epoch, best`; and after the loop …",
    ],
)
