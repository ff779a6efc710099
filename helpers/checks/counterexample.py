"""The smallest case that an answer fails, as objects that a student can work with in the next cell."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks.evidence import show, show_both
from helpers.checks.matching import meaning
from helpers.checks.mutants import expected
from helpers.checks.rerun import call
from helpers.checks.task import Case, Part, Task
from helpers.checks.verdict import State, case_verdict
from helpers.probes.observe import Observation, load, observe
from helpers.probes.plain import Plain

SHOWN = 40  # numbers of an array that are printed


@dataclass(frozen=True)
class Counterexample:
    """A case that an answer fails: its inputs, what was expected, and what came.

    It can be unpacked: `X, w = counterexample("neuron")` gives the inputs in their order.

    Attributes:
        task: the exercise.
        part: the part that fails.
        inputs: by name, as they were given.
        expected: what a right answer returns.
        got: what this one did; None where it raised.
        says: the sentence of the verdict, without the case.
        code: the call, to be run in a cell of one's own; empty where the check does more than call.
    """

    task: str
    part: str
    inputs: Mapping[str, Any]
    expected: Any
    got: Any
    says: str
    code: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.inputs.values())

    def __repr__(self) -> str:
        rows = [f"{self.task}, {self.part}: {self.says}", *map(_told, self.inputs, self.inputs.values())]
        want, have = show_both(self.expected, self.got)
        if max(map(len, (want, have))) < 2000:
            rows += [f"  expected: {want}", f"  got:      {have}"]
        return "\n".join([*rows, *([f"  run: {self.code}"] if self.code else [])])


def smallest(task: Task, namespace: MutableMapping[str, Any], seed: int) -> Counterexample | None:
    """Return the smallest case that the answers in `namespace` fail, None where they pass all.

    Of the cases that end in a value the one with the fewest numbers is taken, else one that raises.
    """
    failing = [
        (got.failure is not None, _size(dict(case.inputs)), i, part, case, want, got)
        for i, (part, case, want, got) in enumerate(_failing(task, namespace, seed))
    ]
    if not failing:
        return None
    *_, part, case, want, got = min(failing, key=lambda row: row[:3])
    says = case_verdict(task, part, case, want, got)[1].partition(" (With ")[0].partition(" (`counter")[0]
    inputs, right = deepcopy((dict(case.inputs), want.value))  # the student's, to do with as they like
    return Counterexample(task.id, part.name, inputs, right, got.value, says, call(task, part, case))


def _failing(
    task: Task, namespace: Mapping[str, Any], seed: int
) -> Iterator[tuple[Part, Case, Observation, Observation]]:
    for part in task.parts:
        probe = load(part.probe or task.probe)
        for case, want in zip(task.cases_of(part, seed), expected(task, seed)[part.name], strict=True):
            got = observe(probe, namespace, task.answers, case.inputs, task.seconds)
            if part.means:
                want, got = meaning(part.means, want), meaning(part.means, got)
            if case_verdict(task, part, case, want, got)[0] != State.PASSED:
                yield part, case, want, got
            if got.timed_out:
                return


def _size(value: Plain) -> int:
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict | list | tuple):
        rows: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value
        return sum(map(_size, rows)) + 1
    return 1


def _told(name: str, value: Plain) -> str:
    return f"  {name} = {show(value, SHOWN)}"
