"""Two works timed in turns, in an interpreter of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

Work = Callable[[], object]


def fresh(module: str, figure: str, **environment: str) -> Any:
    """Run `python -m module figure` in a fresh interpreter, and return the JSON that it prints."""
    command = [sys.executable, "-m", module, figure]
    return json.loads(subprocess.check_output(command, text=True, env={**os.environ, **environment}))


def in_turns(ours: Work, theirs: Work, pairs: int, wait: Work = lambda: None) -> tuple[float, float, float]:
    """Return the medians of the ratio and of both times; a busy moment hits both works of a pair.

    Args:
        ours: what is timed, after it was run once.
        theirs: what it is compared with, likewise.
        pairs: how often; every other time in the other order.
        wait: until a device has done all that a work asked of it.
    """
    ours(), theirs()
    rows = []
    for i in range(pairs):
        order = (ours, theirs) if i % 2 else (theirs, ours)
        took = {work: _seconds(work, wait) for work in order}
        rows.append((took[ours] / took[theirs], took[ours], took[theirs]))
    ratio, mine, others = (median(column) for column in zip(*rows, strict=True))
    return ratio, mine, others


def _seconds(work: Work, wait: Work) -> float:
    wait()
    began = time.perf_counter()
    work()
    wait()
    return time.perf_counter() - began
