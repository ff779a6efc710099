"""Lend a submission the course's own earlier answers, where they may still change what it is worth.

A task that fails and uses earlier answers is judged once more with the course's own in their place. Whether
it failed is found out later and elsewhere, so a worker asks it both ways; but most of a class hands over
the same bytes as somebody before, and where those passed, or come of a stub, nothing is asked again.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks import lessons
from helpers.checks.verdict import Verdict
from helpers.grading.judging import jobs, replies
from helpers.grading.judging.judge import SETTLED
from helpers.grading.worker.watching import digest
from helpers.probes.plain import encode

MOST = 64  # ways to pass a task, or not to try it, that are remembered
LONG = 100_000  # characters of a question that are read


@dataclass(frozen=True)
class Lent:
    """What a submission may be lent.

    Attributes:
        sources: of the earlier answers, by the task that uses them.
        settled: by task, the hashes of evidence that they do not change the verdict of.
    """

    sources: Mapping[str, str]
    settled: Mapping[str, Collection[str]]

    def __call__(self, asked: bytes) -> bytes:
        """Return what a submission gets that handed over evidence with these hashes, as a worker reads it.

        Raises:
            ValueError: if no worker asks like this.
        """
        told = json.loads(asked) if len(asked) <= LONG else None
        if not isinstance(told, dict):
            raise ValueError("a worker that asks for what there is not")
        needed = {
            name: source
            for name, source in self.sources.items()
            if str(told.get(name)) not in self.settled.get(name, ())
        }
        return encode(needed)


class Lender:
    """What a class has shown so far that needs no help."""

    def __init__(self, lesson: str):
        self._lesson, self._settled = lesson, dict[str, set[str]]()

    def lent(self, names: Iterable[str]) -> Lent:
        """Return what a submission may be lent that is asked for these tasks."""
        settled = {name: frozenset(hashes) for name, hashes in self._settled.items()}
        return Lent(jobs.pieces(self._lesson, names), settled)

    def heed(self, reply: Any, verdicts: Mapping[str, Verdict]) -> None:
        """Remember what was settled with a submission's own earlier answers."""
        for name, event in replies.first(reply, "check").items():
            if name not in verdicts or verdicts[name].state not in SETTLED:
                continue
            if lessons.tasks(self._lesson)[name].uses and type(event.get("evidence")) is np.ndarray:
                hashes = self._settled.setdefault(name, set())
                if len(hashes) < MOST:
                    hashes.add(digest(event["evidence"]))
