"""Over twenty seeds, a case that is the same with each of them is run with two, and not with twenty."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from helpers.checks import matching, mutants
from helpers.checks.kept import kept
from helpers.checks.task import Misconception, Part, Task
from helpers.probes.observe import Observation

RUN = Task.observe_part


def patched(patch: pytest.MonkeyPatch) -> None:
    """Spare an answer the fixed cases in which it did the same with two seeds, a declared slip those of seed 0.

    What is drawn is run with every seed, and so is an answer that does something else the second time.
    """
    patch.setattr(Task, "observe_part", twice())
    patch.setattr(matching, "produced", produced)


def twice() -> Callable[..., Iterator[Observation]]:
    """Return what stands for `Task.observe_part`, and knows what answers did with their first two seeds."""
    known = dict[tuple[object, ...], tuple[list[object], list[dict[int, Observation]]]]()

    def run(
        task: Task, part: Part, namespace: Mapping[str, Any], seed: int, *seconds: float, **asked: Any
    ) -> Iterator[Observation]:
        if asked:  # one case once more, or a wrong answer of the course
            yield from RUN(task, part, namespace, seed, *seconds, **asked)
            return
        answers = [namespace.get(name) for name in (*task.answers, *task.uses)]
        _, seen = known.setdefault((task.id, part.name, *map(id, answers)), (answers, []))
        same, now = alike(*seen) if len(seen) == 2 else {}, dict[int, Observation]()
        for k in range(len(task.cases_of(part, seed))):
            now[k] = same[k] if k in same else next(RUN(task, part, namespace, seed, *seconds, first=k))
            yield now[k]
            if now[k].timed_out:
                break
        if len(seen) < 2:
            seen.append({k: row for k, row in now.items() if k in task.fixed(part)})

    return run


def alike(one: dict[int, Observation], other: dict[int, Observation]) -> dict[int, Observation]:
    """Return the cases of two runs that came out the same, to the last bit."""
    return {k: row for k, row in one.items() if k in other and _told(row) == _told(other[k])}


def _told(row: Observation) -> bytes:
    return replace(row, seconds=0.0).to_bytes()


@kept
def produced(task: Task, seed: int, part: Part, *wrong: Misconception) -> mutants.Rows:
    """Do what `mutants.produced` does, which runs all cases with every seed."""
    first = mutants.produced(task, 0, part, *wrong)
    if seed == 0:
        return first

    def run() -> Iterator[Observation]:
        answer, seconds = mutants.implement(task, *wrong), mutants.PATIENT * task.seconds
        for k in range(len(task.cases_of(part, seed))):
            row = next(islice(first, k, None), None) if k in task.fixed(part) else None
            yield (row := row or next(RUN(task, part, answer, seed, seconds, k, ours=True)))
            if row.timed_out:
                break

    return mutants.Rows(run)
