"""One submission on its way: rebuilt, asked in a worker, judged by what it told, kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.assess import follow_through
from helpers.checks.verdict import State, Verdict
from helpers.grading.bounded import TooMuch, bounded
from helpers.grading.course import Course
from helpers.grading.intake.given import Release
from helpers.grading.intake.pictures import as_data
from helpers.grading.intake.rebuild import Rebuilt, copied, rebuild
from helpers.grading.judging import jobs, replies, store
from helpers.grading.judging.judge import SETTLED, left_open, verdicts_of, wanting
from helpers.grading.judging.lacking import SAYS, lacking
from helpers.grading.judging.outputs import fill
from helpers.grading.judging.store import Check, Origin, Record
from helpers.grading.judging.traces import traced


@dataclass(frozen=True)
class Graded:
    """A submission that was run and judged.

    Attributes:
        rebuilt: what was made of what the student handed in.
        notebook: the same with outputs and verdict tables.
        record: what is to be kept of it.
    """

    rebuilt: Rebuilt
    notebook: NotebookNode
    record: Record

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What was found, by task."""
        return self.record.verdicts


@dataclass
class Running:
    """A submission on its way: what was made of it, what stands from before, what is known so far."""

    student: str
    folder: Path
    rebuilt: Rebuilt
    origin: Origin
    checks: dict[str, Check]
    asked: Sequence[str]
    careful: bool = False
    reply: Any = None
    earlier: dict[str, Verdict] = field(default_factory=dict)
    rounds: list[list[str]] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)


def path(course: Course, lesson: str, student: str) -> Path:
    """Return where a student's notebook is."""
    return course.work("submitted", student, lesson, f"{lesson}.ipynb")


def begin(
    course: Course,
    lesson: str,
    release: Release,
    seed: int,
    student: str,
    standing: Mapping[str, Check],
) -> Running:
    """Rebuild what a student handed in; the checks that stand are not asked again."""
    file = path(course, lesson, student)
    handed_in = file.read_bytes()
    asked = [name for name in lessons.tasks(lesson) if name not in standing]
    made_of = store.origin(release.notebook, file, seed)
    with bounded("Reading it"):
        return Running(student, file.parent, rebuild(release, handed_in), made_of, dict(standing), asked)


def without(lesson: str, work: Running, failing: Mapping[str, str]) -> Running:
    """Take out of what is asked the tasks whose definition fails; they are left open."""
    work.asked = [name for name in work.asked if name not in failing]
    for name, cause in failing.items():
        task = lessons.tasks(lesson)[name]
        work.checks[name] = store.checked(task, left_open(task, cause), 0.0)
    return work


def hear(lesson: str, work: Running, reply: Any, seed: int) -> Any:
    """Judge a reply; return what has to be asked once more, or None."""
    notebook = work.rebuilt.notebook
    if reply["ended"] == replies.UNWATCHED and not work.careful:
        work.careful = True
        return jobs.job(lesson, notebook, seed, work.asked) | {"careful": True}
    if work.reply is None:
        work.reply = reply
        first = replies.seen(lesson, reply, work.asked)
        work.earlier = verdicts_of(lesson, notebook, first, seed)
        _keep(lesson, work, work.earlier, reply, first, seed)
        wanted = wanting(lesson, work.earlier)
        asked = [name for name in wanted if name in replies.told_again(reply)]
        work.lacks = lacking(notebook, reply, first)
        found = replies.seen(lesson, reply, asked, "again")
        work.rounds = jobs.rounds(lesson, [name for name in wanted if name not in asked])
    else:
        found = replies.seen(lesson, reply, work.rounds.pop(0))
    _keep(lesson, work, verdicts_of(lesson, notebook, found, seed), reply, found, seed)
    return jobs.job(lesson, notebook, seed, work.rounds[0], True) if work.rounds else None


def settled(lesson: str, work: Running) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the tasks that no earlier answer makes better or worse any more, with what their checks gave."""
    told = replies.first(work.reply, "check") if work.earlier else {}
    for name, verdict in work.earlier.items():
        evidence, settles = told.get(name, {}).get("evidence"), verdict.state in SETTLED
        if settles and lessons.tasks(lesson)[name].uses and type(evidence) is np.ndarray:
            yield name, evidence


def _keep(
    lesson: str, work: Running, verdicts: Mapping[str, Verdict], reply: Any, found: replies.Seen, seed: int
) -> None:
    """Keep verdicts, and what was done; those that are second ones only where they are better."""
    memory = replies.memory(reply)
    for name, verdict in verdicts.items():
        task = lessons.tasks(lesson)[name]
        if name in work.checks and name in work.earlier:
            verdict = follow_through(task, work.earlier[name], verdict)
            if verdict is work.earlier[name]:
                continue
        did = traced(task, seed, found[name][0], verdict)
        work.checks[name] = store.checked(task, verdict, memory.get(name, 0.0), did)


def finish(lesson: str, work: Running) -> Graded:
    """Return what became of a submission that nothing is asked of any more."""
    rebuilt = work.rebuilt
    for name, what in work.lacks.items():
        if work.checks[name].verdict.state not in (State.PASSED, State.NOT_JUDGED):
            task = lessons.tasks(lesson)[name]
            work.checks[name] = store.checked(task, left_open(task, f"{SAYS}{what}."), 0.0)
    record = Record(work.origin, rebuilt.repairs, rebuilt.signs, work.checks, replies.seconds(work.reply))
    try:
        return Graded(rebuilt, _shown(work, work.reply), record)
    except TooMuch:  # the marks stand without what was printed
        return Graded(rebuilt, _shown(work, {**work.reply, "events": []}), record)


def _shown(work: Running, reply: Any) -> NotebookNode:
    verdicts = {name: check.verdict for name, check in work.checks.items()}
    with bounded("Showing it"):
        return fill(copied(work.rebuilt.notebook), reply, verdicts, partial(as_data, work.folder))
