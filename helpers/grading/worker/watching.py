"""The warden of one submission: it runs a job and tells what came of it, whatever the submission does."""

import hashlib
import json
import os
import sys
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from helpers.grading.worker.budget import IDLE, Budget, others
from helpers.grading.worker.child import TOO_MUCH, Gone, collect, guarded
from helpers.grading.worker.cleaning import end_all_others, wipe
from helpers.grading.worker.frames import ASKS, MOST, SIZE, read, send, write
from helpers.grading.worker.memory import MEMORY, too_much
from helpers.grading.worker.running import Event, submission
from helpers.probes.plain import MAX_BYTES, NotPlain, Plain, decode, encode

RESTARTS = 3
EVENTS = 10_000  # at most, of one submission
QUICK = 0.25  # the part of a job's time that its first attempt may take


def reply(jobs: Any, replies: Any, private: list[int], shell: Any) -> bytes:
    """Read a job, run it in a shell, and return the reply; its processes get no private descriptor.

    A player's job is a conversation: positions follow it, and there is a reply to each before the last.
    """
    job = decode(read(jobs) or b"", most_text=MAX_BYTES)
    if "maze" in job:
        from helpers.grading.worker.playing.warden import played

        return played(job, jobs, replies, private, shell)
    job["tasks"] = {name: _read(asked) for name, asked in job["tasks"].items()}
    told = _serve(job, Pieces(job["tasks"], jobs, replies), private, shell)
    with suppress(NotPlain):
        if len(data := encode(told)) <= MOST:
            return data
    return encode({**told, "events": [], "ended": TOO_MUCH})


def _read(asked: Plain) -> Plain:
    """Return what is asked of a task, which may have been encoded apart."""
    return decode(asked.tobytes(), most_text=MAX_BYTES) if isinstance(asked, np.ndarray) else asked


class Hearing:
    """What a submission has told so far: its events, up to where they are malformed; the last cell begun."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.at: str | None = None
        self.ready = ""
        self.broken = False
        self._read = 0

    def feed(self, data: bytearray) -> None:
        """Take note of what has been completed."""
        while not self.broken and len(self.events) < EVENTS and len(data) >= self._read + SIZE.size:
            (size,) = SIZE.unpack_from(data, self._read)
            if size > len(data) - self._read - SIZE.size:
                return
            begin = self._read + SIZE.size
            self._read = begin + size
            try:
                told = decode(bytes(data[begin : self._read]))
            except ValueError:
                self.broken = True
                return
            known = told if isinstance(told, dict) else {}
            self.at = known["begin"] if type(known.get("begin")) is str else None
            self.ready = known["ready"] if type(known.get("ready")) is str else ""
            if event := _event(told):
                self.events.append(event)

    def has(self, kind: str) -> list[Plain]:
        """Name the tasks that there is an event of this kind of."""
        return [event[kind] for event in self.events if kind in event]


class Pieces:
    """The course's own earlier answers, which a submission may have once they can help it no more.

    The trusted side is not even asked for them before all checks have been told: no process that could
    still be asked one has them in its memory. It is told a hash of what each check handed over, and gives
    nothing to a task that this settles. The others get what they use, in order, after those before them
    have been told too.
    """

    def __init__(self, tasks: dict[str, Any], jobs: Any, replies: Any) -> None:
        self._tasks, self._jobs, self._replies = {*tasks}, jobs, replies
        self._using = [name for name, asked in tasks.items() if asked.get("uses")]
        self._sources: dict[str, str] | None = None
        self._answered, self._given = 0, list[str]()

    @property
    def given(self) -> bool:
        """Whether they may be in a submission's memory."""
        return self._sources is not None

    def answer(self, hearing: Hearing, pipe: int) -> None:
        """Give a submission that is ready for it what the next task uses; none, where it needs none."""
        if not hearing.ready or self._tasks - {*hearing.has("check")} or hearing.has("again") != self._given:
            return
        if [task := hearing.ready] == self._using[self._answered :][:1]:
            hearing.ready = ""
            self._answered += 1
            if self._sources is None:
                self._sources = self._ask(hearing)
            if source := self._sources.get(task, "").encode():
                self._given.append(task)
            send(pipe, SIZE.pack(len(source)) + source)

    def _ask(self, hearing: Hearing) -> dict[str, str]:
        shown = {
            event["check"]: digest(event["evidence"])
            for event in reversed(hearing.events)  # of several on one task the first counts
            if event.get("check") in self._using
        }
        write(self._replies, ASKS + json.dumps(shown).encode())
        return decode(read(self._jobs) or encode({}))


def digest(evidence: np.ndarray) -> str:
    """Return a hash of what a check handed over."""
    return hashlib.sha256(evidence.tobytes()).hexdigest()


def _serve(job: Any, pieces: Pieces, private: list[int], shell: Any) -> Plain:
    """Run a job: at once and in one process where it lets us, else with care.

    With care each check gets a process of its own, and a cell that takes the whole process with it is
    left out, and the rest run again.
    """
    if not job.get("careful", True):
        quick = _budget(job, QUICK * job["seconds"])
        hearing, gone = _attempt(job, {}, private, shell, quick, pieces)
        if pieces.given or (gone.ended == "ended" and hearing.at is None and not hearing.broken):
            return {"events": hearing.events, "ended": "ended", "left out": {}}
    left, left_out = job["seconds"], dict[str, str]()
    for _ in range(RESTARTS + 1):
        hearing, gone = _attempt(job, left_out, private, shell, budget := _budget(job, left))
        if hearing.at is None or hearing.at in left_out or (left := budget.left) <= 0:
            break
        left_out[hearing.at] = "ended itself with exit code 0" if gone.ended == "ended" else gone.ended
    return {"events": hearing.events, "ended": gone.ended, "left out": left_out}


def _budget(job: Any, seconds: float) -> Budget:
    return Budget(seconds, job.get("idle", IDLE), others)


def _attempt(
    job: Any,
    left_out: dict[str, str],
    private: list[int],
    shell: Any,
    budget: Budget,
    pieces: Pieces | None = None,
) -> tuple[Hearing, Gone]:
    (inside, outside), (more, given) = os.pipe(), os.pipe()
    if (child := os.fork()) == 0:
        for fd in (*private, inside, given):
            os.close(fd)
        sys.stderr = sys.__stderr__
        guarded(partial(submission, job, left_out, outside, more if pieces else None, shell))
    os.close(outside)
    os.close(more)
    hearing = Hearing()

    def hear(data: bytearray) -> None:
        hearing.feed(data)
        if pieces:
            pieces.answer(hearing, given)

    gone = collect(inside, child, budget, partial(too_much, job.get("memory", MEMORY)), hear)
    os.close(inside)
    os.close(given)
    end_all_others()
    wipe()  # or the next attempt would find the disk as full as this one left it
    return hearing, gone


def _event(told: Any) -> Event | None:
    """Return what is known of an event and nothing else, so that a reply is as small as it looks."""
    match told:
        case {"cell": str(cell), "outputs": str(outputs)}:
            return {"cell": cell, "outputs": outputs, **_took(told)}
        case {"check": str(task), "ended": str(ended), "evidence": np.ndarray() as evidence}:
            return {"check": task, "ended": ended, "evidence": evidence, **_took(told)}
        case {"again": str(task), "ended": str(ended), "evidence": np.ndarray() as evidence}:
            return {"again": task, "ended": ended, "evidence": evidence, **_took(told)}
    return None


def _took(told: Any) -> Event:
    return {name: told[name] for name in ("seconds", "memory") if type(told.get(name)) is float}
