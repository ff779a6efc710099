"""One check: an answer is asked in a process of its own, which may do what it likes."""

import contextlib
import os
import signal
import time
from dataclasses import asdict
from operator import le, sub
from typing import Any

import numpy as np

from helpers.grading.worker.child import collect, guarded
from helpers.grading.worker.frames import EVIDENCE, send
from helpers.grading.worker.memory import offer, resident
from helpers.probes.limit import AFTER
from helpers.probes.observe import Failure, Observation, load, observe
from helpers.probes.plain import MAX_TEXT, Plain, encode, sizes

TOO_LARGE = Observation(failure=Failure("NotPlain", "more than can be handed over in one check"))


def check(job: Any, task: str, namespace: dict[str, Any], outer: int) -> dict[str, Plain]:
    """Return what a process handed over that asked an answer, how it ended, and what it took.

    "seconds" is how long it ran, "memory" the MiB that it took above what it began with.
    """
    asked = job["tasks"][task]
    held, (inside, outside) = resident("self"), os.pipe()
    if (child := os.fork()) == 0:
        os.close(inside)
        os.close(outer)
        guarded(lambda: _ask(asked, namespace, outside))
    os.close(outside)
    began = time.monotonic()
    gone = collect(inside, child, began + asked["most"])
    os.close(inside)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        for _ in range(100):  # until there is none left: a fork bomb would keep the next check from starting
            os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
    return {
        "evidence": np.frombuffer(gone.data, np.uint8),
        "ended": gone.ended,
        "seconds": time.monotonic() - began,
        "memory": max(gone.peak - held, 0) / 2**20,
    }


def _ask(asked: Any, namespace: dict[str, Any], pipe: int) -> None:
    os.setsid()
    offer(1000)
    exec(compile(asked["borrow"], "<the course's own>", "exec"), namespace)
    seen: dict[str, list[Plain]] = {}
    seconds, left = asked["seconds"], [MAX_TEXT // 2, EVIDENCE // 2]
    for part in asked["parts"]:
        rows = seen[part["name"]] = []
        for inputs in part["cases"]:
            found = observe(load(part["probe"]), namespace, asked["answers"], inputs, seconds, False)
            taken = sizes(found.to_bytes())
            if fits := all(map(le, taken, left)):
                left = list(map(sub, left, taken))
            else:
                found = TOO_LARGE
            rows.append(asdict(found))
            if found.timed_out:
                seconds = min(seconds, AFTER)
            if found.timed_out or not fits:
                break
    send(pipe, encode(seen))
