"""From a task and a namespace to a verdict: the whole of a check, where student code may run here."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from helpers.checks.source import examine
from helpers.checks.task import Observations, Part, Task
from helpers.checks.verdict import State, Verdict, decide
from helpers.probes.surroundings import random_numbers, unusual


def assess(task: Task, namespace: MutableMapping[str, Any], cells: Sequence[str], seed: int) -> Verdict:
    """Judge the answer in `namespace`; an earlier answer that it calls can't cost it points.

    Args:
        task: the exercise.
        namespace: the globals of the student's code.
        cells: the sources of the code cells that were run, in that order.
        seed: what the random cases are drawn from.
    """
    with random_numbers():
        verdict = _assess(task, namespace, cells, seed)
    notes = [
        f"Something has left {what} in this kernel; the check ran as in a fresh one." for what in unusual()
    ]
    return replace(verdict, notes=(*verdict.notes, *notes))


def _assess(task: Task, namespace: MutableMapping[str, Any], cells: Sequence[str], seed: int) -> Verdict:
    answer = examine(task, namespace, cells)
    if answer.refused:
        return decide(task, seed, {}, answer)
    seen = task.observe(namespace, seed)
    own = decide(task, seed, seen, answer)
    if not task.uses or own.state in (State.PASSED, State.NOT_ATTEMPTED, State.NOT_JUDGED):
        return own
    with _borrowed(task, namespace):
        if all(_as_before(task, part, namespace, seed, own, seen) for part in task.parts):
            return own
        helped = decide(task, seed, task.observe(namespace, seed), answer)
    return follow_through(task, own, helped)


def _as_before(
    task: Task, part: Part, namespace: Mapping[str, Any], seed: int, own: Verdict, seen: Observations
) -> bool:
    """Whether a part passed, or does the same once more in the case that it failed: it can't pass then."""
    row = next(row for row in own.parts if row.part == part.name)
    if row.state in (State.PASSED, State.TIMED_OUT) or row.case is None:
        return row.state == State.PASSED
    again = next(task.observe_part(part, namespace, seed, first=row.case))
    rows = (replace(one, seconds=0.0).to_bytes() for one in (again, seen[part.name][row.case]))
    return next(rows) == next(rows)


def follow_through(task: Task, own: Verdict, helped: Verdict) -> Verdict:
    """Return the better of two verdicts: with the student's earlier answers, and with the course's."""
    if sum(p.state == State.PASSED for p in helped.parts) <= sum(p.state == State.PASSED for p in own.parts):
        return own
    pieces = " and ".join(f"`{name}`" for name in task.uses)
    note = f"Judged with the course's own {pieces}, so that a slip there does not cost points here too."
    return replace(helped, notes=(*helped.notes, note))


@contextmanager
def _borrowed(task: Task, namespace: MutableMapping[str, Any]) -> Iterator[None]:
    absent = object()
    own = {name: namespace.get(name, absent) for name in task.uses}
    namespace.update({name: task.right[name] for name in task.uses})
    try:
        yield
    finally:
        for name, value in own.items():
            if value is absent:
                del namespace[name]
            else:
                namespace[name] = value
