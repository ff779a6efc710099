"""The warden of one submission: it runs a job and tells what came of it, whatever the submission does."""

import contextlib
import io
import os
import sys
import time
from functools import partial
from typing import Any

import numpy as np

from helpers.grading.worker.child import TOO_MUCH, collect, guarded
from helpers.grading.worker.cleaning import end_all_others
from helpers.grading.worker.frames import read
from helpers.grading.worker.memory import MEMORY, too_much
from helpers.grading.worker.running import Event, submission
from helpers.probes.plain import MAX_BYTES, NotPlain, Plain, decode, encode

RESTARTS = 3
EVENTS = 10_000  # at most, of one submission


def reply(job: bytes, private: list[int], shell: Any) -> bytes:
    """Run a job in a shell and return the reply; its processes get none of the private descriptors."""
    told = _serve(decode(job, most_text=MAX_BYTES), private, shell)
    try:
        return encode(told)
    except NotPlain:
        return encode({**told, "events": [], "ended": TOO_MUCH})


def _serve(job: Any, private: list[int], shell: Any) -> Plain:
    """Run a job; a cell that takes the whole process with it is left out, and the rest run again."""
    deadline, left_out = time.monotonic() + job["seconds"], dict[str, str]()
    for _ in range(RESTARTS + 1):
        inside, outside = os.pipe()
        if (child := os.fork()) == 0:
            for fd in (*private, inside):
                os.close(fd)
            sys.stderr = sys.__stderr__
            guarded(partial(submission, job, left_out, outside, shell))
        os.close(outside)
        gone = collect(inside, child, deadline, partial(too_much, job.get("memory", MEMORY)))
        os.close(inside)
        end_all_others()
        events, at = _events(gone.data)
        if at is None or at in left_out or time.monotonic() > deadline:
            break
        left_out[at] = "ended itself with exit code 0" if gone.ended == "ended" else gone.ended
    return {"events": events, "ended": gone.ended, "left out": left_out}


def _events(data: bytes) -> tuple[list[Event], str | None]:
    """Split what a submission wrote into its events, up to where it is malformed; and the last cell begun."""
    events, at, view = list[Event](), None, io.BytesIO(data)
    with contextlib.suppress(ValueError):
        while len(events) < EVENTS and (frame := read(view)) is not None:
            told = decode(frame)
            at = told["begin"] if isinstance(told, dict) and type(told.get("begin")) is str else None
            if event := _event(told):
                events.append(event)
    return events, at


def _event(told: Any) -> Event | None:
    """Return what is known of an event and nothing else, so that a reply is as small as it looks."""
    match told:
        case {"cell": str(cell), "outputs": str(outputs)}:
            return {"cell": cell, "outputs": outputs, **_took(told)}
        case {"check": str(check), "ended": str(ended), "evidence": np.ndarray() as evidence}:
            return {"check": check, "ended": ended, "evidence": evidence, **_took(told)}
    return None


def _took(told: Any) -> Event:
    return {name: told[name] for name in ("seconds", "memory") if type(told.get(name)) is float}
