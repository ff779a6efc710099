"""One check: an answer is asked, in a process of its own that may do what it likes, or here."""

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from operator import le, sub
from typing import Any

import numpy as np

from helpers.grading.worker.budget import IDLE, Budget, session
from helpers.grading.worker.child import collect, guarded
from helpers.grading.worker.frames import EVIDENCE, send
from helpers.grading.worker.memory import Peak, offer, resident
from helpers.probes.limit import AFTER
from helpers.probes.observe import Failure, Observation, load, observe
from helpers.probes.plain import MAX_TEXT, Plain, encode, sizes

SOON = 2.0  # seconds of the processor for a case at most, before an answer is asked with care
DOUBTFUL = ("TimeLimit", "MemoryError")
TOO_LARGE = Observation(failure=Failure("NotPlain", "more than can be handed over in one check"))


def check(asked: Any, namespace: dict[str, Any], outer: int) -> dict[str, Plain]:
    """Return what a process handed over that asked an answer, how it ended, and what it took.

    "seconds" is how long it ran, "memory" the MiB that it took above what it began with.
    """
    held, (inside, outside) = resident("self"), os.pipe()
    if (child := os.fork()) == 0:
        os.close(inside)
        os.close(outer)
        guarded(lambda: _apart(asked, namespace, outside))
    os.close(outside)
    began = time.monotonic()
    gone = collect(inside, child, Budget(asked["most"], asked.get("idle", IDLE), session(child)))
    os.close(inside)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        for _ in range(100):  # until there is none left: a fork bomb would keep the next check from starting
            os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
    return _told(gone.data, gone.ended, time.monotonic() - began, gone.peak - held)


class Doubtful(Exception):
    """Raised where what an answer left behind in this process may harm the checks that follow."""


def check_here(asked: Any, namespace: dict[str, Any]) -> dict[str, Plain]:
    """Return the same of an answer that is asked in this process, which is many times as fast.

    Raises:
        Doubtful: if it ran out of time or memory: it has to be asked with care.
    """
    began, peak = time.monotonic(), Peak()
    seen = _seen({**asked, "seconds": min(asked["seconds"], SOON)}, namespace, DOUBTFUL)
    return _told(encode(seen), "ended", time.monotonic() - began, peak.taken())


def check_again(
    asked: Any, namespace: dict[str, Any], scope: dict[str, Any], pieces: str
) -> dict[str, Plain]:
    """Return the same with the course's own earlier answers in place of the student's.

    Args:
        asked: the check.
        namespace: the globals of the student's code, which stay as they are.
        scope: what they were when the check's cell was run.
        pieces: the source of the earlier answers.
    """
    own, defined = dict(namespace), dict(scope)
    exec(compile(pieces, "<the course's own>", "exec"), defined)
    namespace.clear()
    namespace.update(scope | {name: defined[name] for name in asked["uses"]})
    try:
        began = time.monotonic()
        return _told(encode(_seen(asked, namespace)), "ended", time.monotonic() - began, 0)
    finally:
        namespace.clear()
        namespace.update(own)


def _told(data: bytes, ended: str, seconds: float, memory: float) -> dict[str, Plain]:
    evidence = np.frombuffer(data, np.uint8)
    return {"evidence": evidence, "ended": ended, "seconds": seconds, "memory": max(memory, 0) / 2**20}


def _apart(asked: Any, namespace: dict[str, Any], pipe: int) -> None:
    os.setsid()
    offer(1000)
    exec(compile(asked["borrow"], "<the course's own>", "exec"), namespace)
    send(pipe, encode(_seen(asked, namespace)))


def _seen(asked: Any, namespace: dict[str, Any], doubtful: Sequence[str] = ()) -> dict[str, list[Plain]]:
    seen: dict[str, list[Plain]] = {}
    seconds, left = asked["seconds"], [MAX_TEXT // 2, EVIDENCE // 2]
    for part in asked["parts"]:
        rows = seen[part["name"]] = []
        for inputs in part["cases"]:
            found = observe(load(part["probe"]), namespace, asked["answers"], inputs, seconds, False)
            if found.failure and found.failure.kind in doubtful:
                raise Doubtful
            told = found.to_plain()
            taken = sizes(encode(told))
            if fits := all(map(le, taken, left)):
                left = list(map(sub, left, taken))
            else:
                told = TOO_LARGE.to_plain()
            rows.append(told)
            if found.timed_out:
                seconds = min(seconds, AFTER)
            if found.timed_out or not fits:
                break
    return seen
