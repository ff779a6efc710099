"""Measure references beside PyTorch: the same work on one thread each, in turns, in a fresh interpreter.

A lesson adds its figure as a module in `references`, with `WHAT`, `LIMIT` and `pair`, and its name below.
A module with `pairs` instead yields several pairs of works; its figure is the worst of them.
"""

import importlib
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from helpers.grading.bench.pairs import ONE_THREAD, fresh, in_turns

MODULES = {  # by the reference's name
    "backprop": "helpers.grading.bench.references.backprop",
    "convolution": "helpers.grading.bench.references.convolution",
    "convolution, every setting": "helpers.grading.bench.references.convolution_settings",
    "rnn": "helpers.grading.bench.references.rnn",
    "gru": "helpers.grading.bench.references.gru",
    "lstm": "helpers.grading.bench.references.lstm",
    "transformers": "helpers.grading.bench.references.transformers",
    "encoder": "helpers.grading.bench.references.encoder",
    "patches": "helpers.grading.bench.references.patches",
    "generative": "helpers.grading.bench.references.generative",
    "assistants": "helpers.grading.bench.references.assistants",
}

PAIRS = 9
FEW, LONGER = 5, 3  # pairs of works that are timed once more, and how many times as often
CLOSE = 1e-3  # of the largest entry, in single precision and after some steps of training
LARGE = 2**25 - 2**16  # bytes; of larger ones glibc keeps none


def measure(names: Iterable[str] = MODULES) -> dict[str, dict[str, Any]]:
    """Return for each `reference.NAME` the median ratio of its time to torch's, both times, and the limit."""
    figures = {}
    for name in names:
        figures[f"reference.{name}"] = fresh(__name__, name, **ONE_THREAD)
    return figures


def told(figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"{name} ({row['what']}): {row['ratio']:.2f} times torch's time "
        f"({row['seconds']:.3f} s and {row['torch seconds']:.3f} s), at most {row['limit']:g} is asked: "
        f"{'kept' if row['ratio'] <= row['limit'] else 'NOT KEPT'}"
        for name, row in figures.items()
    )


def figure(name: str, pairs: int = PAIRS) -> dict[str, Any]:
    """Time a module's work in this process; where it has several pairs of works, the worst ratio counts.

    Raises:
        AssertionError: where the two works of a pair do not bring the same.
    """
    import torch

    torch.set_num_threads(1)
    keep_memory()
    module = importlib.import_module(MODULES[name])
    works = list(module.pairs()) if hasattr(module, "pairs") else [module.pair()]
    rows = []
    for ours, theirs in works:
        same(ours(), theirs())
        rows.append(in_turns(ours, theirs, pairs))
    if len(works) > 1:  # the largest of many figures is mostly noise: the worst few are timed for longer
        worst = sorted(range(len(works)), key=lambda i: rows[i])[-FEW:]
        rows = [in_turns(ours, theirs, LONGER * pairs) for ours, theirs in (works[i] for i in worst)]
    ratio, seconds, torch_seconds = max(rows)
    return {
        "what": module.WHAT,
        "ratio": ratio,
        "seconds": seconds,
        "torch seconds": torch_seconds,
        "limit": module.LIMIT,
        "pairs": pairs,
    }


def same(ours: Any, theirs: Any) -> None:
    """Raise AssertionError unless both are the same number, or lists of the same arrays, up to rounding."""
    if not isinstance(ours, list | tuple):
        ours, theirs = [ours], [theirs]
    for a, b in zip(ours, theirs, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or np.abs(a - b).max() > CLOSE * max(1.0, np.abs(b).max()):
            raise AssertionError(f"the two do not bring the same: {a!r:.200} and {b!r:.200}")


def keep_memory() -> None:
    """Let this process keep what it frees, as one does that has worked for a while.

    A fresh one hands large arrays back to the operating system and asks for them again at each turn, or does
    not: that depends on their sizes, and can take longer than the work. glibc keeps blocks as large as the
    largest that was ever freed.
    """
    np.empty(LARGE, np.uint8)


if __name__ == "__main__":  # the interpreter that `measure` starts
    print(json.dumps(figure(sys.argv[1])))
