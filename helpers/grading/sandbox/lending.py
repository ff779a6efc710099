"""Lend a submission the course's own earlier answers, where they may still change what it is worth.

A task that fails and uses earlier answers is judged once more with the course's own in their place. Whether
it failed is found out later and elsewhere, so a worker asks it both ways; but most of a class hands over
the same bytes as somebody before, and where those passed, or come of a stub, nothing is asked again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

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

    def __init__(self) -> None:
        self._settled: dict[str, set[str]] = {}

    def lent(self, sources: Mapping[str, str]) -> Lent:
        """Return what a submission may be lent of these, by task."""
        return Lent(sources, {name: frozenset(hashes) for name, hashes in self._settled.items()})

    def settle(self, task: str, evidence: np.ndarray) -> None:
        """Remember that no earlier answer changes what this evidence is worth."""
        hashes = self._settled.setdefault(task, set())
        if len(hashes) < MOST:
            hashes.add(digest(evidence))
