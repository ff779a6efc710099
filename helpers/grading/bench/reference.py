"""Measure references beside PyTorch: the same work on one thread each, in turns, in a fresh interpreter.

A lesson adds its figure as a module beside this one, with `WHAT`, `LIMIT` and `pair`, and its name below.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

MODULES = {"backprop": "helpers.grading.bench.backprop"}  # by the reference's name

PAIRS = 9
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

Work = Callable[[], object]


def measure(names: Iterable[str] = MODULES) -> dict[str, dict[str, Any]]:
    """Return for each `reference.NAME` the median ratio of its time to torch's, both times, and the limit."""
    figures = {}
    for name in names:
        ran = subprocess.check_output(
            [sys.executable, "-m", __name__, name], text=True, env={**os.environ, **ONE_THREAD}
        )
        figures[f"reference.{name}"] = json.loads(ran)
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
    """Time one pair in this process, in turns; each pair gives a ratio, so that a busy moment hits both."""
    import torch

    torch.set_num_threads(1)
    module = importlib.import_module(MODULES[name])
    ours, theirs = module.pair()
    ours(), theirs()  # warm
    rows = []
    for i in range(pairs):
        first = (ours, theirs) if i % 2 else (theirs, ours)
        took = {work: _seconds(work) for work in first}
        rows.append((took[ours] / took[theirs], took[ours], took[theirs]))
    ratio, seconds, torch_seconds = (median(column) for column in zip(*rows, strict=True))
    return {
        "what": module.WHAT,
        "ratio": ratio,
        "seconds": seconds,
        "torch seconds": torch_seconds,
        "limit": module.LIMIT,
        "pairs": pairs,
    }


def _seconds(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":  # the interpreter that `measure` starts
    print(json.dumps(figure(sys.argv[1])))
