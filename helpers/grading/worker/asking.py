"""One check: an answer is asked, in a process of its own that may do what it likes, or here."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np

from helpers.grading.worker.budget import IDLE, Budget, session
from helpers.grading.worker.child import collect, guarded
from helpers.grading.worker.frames import EVIDENCE, send
from helpers.grading.worker.memory import Peak, offer, resident
from helpers.probes.limit import AFTER
from helpers.probes.observe import Failure, Observation, load, watched
from helpers.probes.plain import MAX_TEXT, Plain, bound, written

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
    peak = Peak()
    data, seconds = _seen({**asked, "seconds": min(asked["seconds"], SOON)}, namespace, DOUBTFUL)
    return _told(data, "ended", seconds, peak.taken())


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
        data, seconds = _seen(asked, namespace)
        return _told(data, "ended", seconds, 0)
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
    send(pipe, _seen(asked, namespace)[0])


def _seen(asked: Any, namespace: dict[str, Any], doubtful: Sequence[str] = ()) -> tuple[bytes, float]:
    """Return what was seen of an answer, encoded, and the seconds that it ran.

    The seconds stand beside it, so that answers which do the same give the same bytes.
    """
    told, took = Told(), 0.0
    seconds = asked["seconds"]
    for part in asked["parts"]:
        told.begin(part["name"])
        probe = load(part["probe"])
        for inputs in part["cases"]:
            found = watched(probe, namespace, asked["answers"], inputs, seconds, False)
            if found.failure and found.failure.kind in doubtful:
                raise Doubtful
            took += found.seconds
            fits = told.add(found)
            if found.timed_out:
                seconds = min(seconds, AFTER)
            if found.timed_out or not fits:
                break
    return told.data(), took


class Told:
    """Observations by part, encoded one at a time, as many as can be handed over in one check."""

    def __init__(self) -> None:
        self._rows = list[str]()  # JSON of each observation of the last part
        self._parts: dict[str, list[str]] = {}
        self._arrays: dict[str, np.ndarray] = {}
        self._text, self._bytes = MAX_TEXT // 2, EVIDENCE // 2  # that are left

    def begin(self, part: str) -> None:
        """Go on with another part."""
        self._rows = self._parts[part] = []

    def add(self, found: Observation) -> bool:
        """Add what was seen in the next case of the part; return whether it fits, or else say that."""
        before = len(self._arrays)
        text = written({**found.to_plain(), "seconds": 0.0}, self._arrays)
        new = [*islice(self._arrays, before, None)]
        size = sum(self._arrays[name].nbytes for name in new)
        if fits := len(text) <= self._text and size <= self._bytes:
            self._text, self._bytes = self._text - len(text), self._bytes - size
        else:
            text = written(TOO_LARGE.to_plain(), {})
            for name in new:
                del self._arrays[name]
        self._rows.append(text)
        return fits

    def data(self) -> bytes:
        """Return all of it, as `decode` reads it: a dict of lists."""
        rows = ", ".join(f"{json.dumps(part)}: [{', '.join(texts)}]" for part, texts in self._parts.items())
        return bound(f'{{"dict": {{{rows}}}}}', self._arrays)
