"""What the reference and each misconception would have produced on the same inputs."""

import math
from collections.abc import Callable, Iterator
from itertools import combinations, count
from typing import Any

from helpers.checks.kept import compiled, kept
from helpers.checks.task import Misconception, Observations, Part, Task
from helpers.probes.observe import Observation

PAIRED = 8  # misconceptions that are tried two at a time
PATIENT = 10.0  # times as long as an answer a wrong one may take: some never end


class BadTask(ValueError):
    """Raised for a Task that contradicts itself: the course's fault, never the student's."""


class ReferenceFailed(RuntimeError):
    """Raised where the reference fails: the machine's fault or the course's, never the student's."""


def expected(task: Task, seed: int) -> Observations:
    """Return what the reference produces; computed once for each task and seed, without a limit of time.

    Raises:
        ReferenceFailed: if it raises, twice.
    """
    try:
        return _expected(task, seed)
    except ReferenceFailed:
        return _expected(task, seed)


class Rows:
    """What is observed in one case after the other: each is run when somebody looks at it, and once.

    Most wrong answers are told apart by their first case. Where a run is interrupted, all begin anew.
    """

    def __init__(self, run: Callable[[], Iterator[Observation]]):
        self._run, self._rows, self._seen = run, run(), list[Observation]()

    def __iter__(self) -> Iterator[Observation]:
        for i in count():
            if i == len(self._seen) and not self._more():
                return
            yield self._seen[i]

    def _more(self) -> bool:
        try:
            self._seen.append(next(self._rows))
        except StopIteration:
            return False
        except BaseException:
            self._rows, self._seen = self._run(), []
            raise
        return True


@kept
def produced(task: Task, seed: int, part: Part, *wrong: Misconception) -> Rows:
    """Return what the reference with these misconceptions in it produces for one part, case by case."""
    answer, seconds = implement(task, *wrong), PATIENT * task.seconds
    return Rows(lambda: task.observe_part(part, answer, seed, seconds, ours=True))


def wrong_source(task: Task, *wrong: Misconception) -> str:
    """Return the source of an answer that holds these misconceptions.

    Raises:
        BadTask: if the old text of an edit does not occur exactly once, or two can't be combined.
    """
    if len(wrong) == 1 and wrong[0].wrong is not None:
        return wrong[0].wrong
    source = task.source
    for misconception in wrong:
        for old, new in misconception.edits or (misconception.edit or ("", ""),):
            if source.count(old) != 1 and not (misconception.edits and old in source):
                raise BadTask(
                    f"task {task.id!r}: {old!r} occurs {source.count(old)} times in its reference, not once"
                )
            source = source.replace(old, new)
    return source


def implement(task: Task, *wrong: Misconception) -> dict[str, Any]:
    """Return the reference's namespace with these misconceptions in its answers."""
    namespace = dict(task.right)
    exec(compiled(wrong_source(task, *wrong), f"<{task.id}, wrong>"), namespace)
    return namespace


@kept
def pairs(task: Task) -> list[tuple[Misconception, ...]]:
    """Return the pairs of misconceptions that one answer can hold at once, of those that are declared first.

    Of sixty slips there are 1,770 pairs: to run them all takes longer than anybody waits for a check.
    """
    found = list[tuple[Misconception, ...]]()
    for two in combinations([m for m in task.misconceptions if m.edit and not m.alone][:PAIRED], 2):
        try:
            compiled(wrong_source(task, *two), f"<{task.id}, wrong>")
        except (BadTask, SyntaxError):
            continue
        found.append(two)
    return found


@kept
def _expected(task: Task, seed: int) -> Observations:
    seen = task.observe(task.right, seed, math.inf)
    for part, rows in seen.items():
        for row in rows:
            if row.failure:
                raise ReferenceFailed(
                    f"The course's own answer to `{task.id}` failed here ({part}: {row.failure.kind}: "
                    f"{row.failure.message})."
                )
    return seen
