"""What is kept of every submission that was graded, so that one that did not change is not run again.

A JSON file for each under .nbgrader/verdicts, beside the gradebook: written whole or not at all, so that
a run can be killed at any moment; read by any program, merged by copying, forgotten by deleting. Points
are nbgrader's to keep; this holds what its tables have no room for.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.checks.verdict import PartVerdict, State, Verdict
from helpers.grading import CourseError
from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.environment import digest, environment
from helpers.grading.intake.archives import Unsafe
from helpers.grading.intake.archives import read as read_file
from helpers.grading.intake.pictures import shown_beside
from helpers.grading.judging.traces import Trace


@dataclass(frozen=True)
class Origin:
    """What a grading was made from, apart from the definitions of its tasks.

    Attributes:
        submission: a hash of what was handed in, as far as it is run or shown.
        release: a hash of the code that students were given.
        environment: a hash of the grader's own code and of the packages that it runs with.
        seed: what the random cases were drawn from.
    """

    submission: str
    release: str
    environment: str
    seed: int


@dataclass(frozen=True)
class Check:
    """How the check of one task ended.

    Attributes:
        verdict: what was found, and how long the answers ran.
        definition: a hash of the task's definition that it was judged by.
        memory: how much its process took at most, in MiB above what the notebook had.
        trace: what the answers did where they were wrong; None where they were not, or it is not known.
    """

    verdict: Verdict
    definition: str
    memory: float = 0.0
    trace: Trace | None = None


@dataclass(frozen=True)
class Record:
    """What is known of a submission that was graded.

    Attributes:
        origin: what it was made from.
        repairs: what was repaired in the notebook, at no cost.
        signs: what looks like tampering, for a person to look at.
        checks: by task.
        seconds: how long the cells ran, checks left out.
    """

    origin: Origin
    repairs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What was found, by task."""
        return {name: check.verdict for name, check in self.checks.items()}

    def standing(self, lesson: str, origin: Origin) -> dict[str, Check]:
        """Return the checks that need not be run again: made from the same, by the same definition.

        One that nothing was found out by is never among them.
        """
        tasks = lessons.tasks(lesson)
        return {
            name: check
            for name, check in self.checks.items()
            if self.origin == origin
            and name in tasks
            and check.definition == tasks[name].digest
            and check.verdict.state != State.NOT_JUDGED
        }

    def apart_from(
        self, again: Collection[str], lesson: str, student: str, origin: Origin
    ) -> dict[str, Check]:
        """Return all checks but those that are to be made again, whatever they were made from.

        Raises:
            CourseError: where something else was handed in since, which they would not be true of.
        """
        kept = {
            name: check
            for name, check in self.checks.items()
            if name in lessons.tasks(lesson) and name not in again and check.verdict.state != State.NOT_JUDGED
        }
        if kept and self.origin.submission != origin.submission:
            raise CourseError(
                f"{student} handed in something else since it was graded: grade all its tasks, without --task"
            )
        return kept


def read(course: Course, lesson: str, student: str) -> Record | None:
    """Return what is kept of a submission; None where there is nothing that can be read."""
    try:
        told = json.loads(path(course, lesson, student).read_text("utf-8"))
        return Record(
            origin=Origin(**told["origin"]),
            repairs=tuple(told["repairs"]),
            signs=tuple(told["signs"]),
            checks={name: _check(check) for name, check in told["checks"].items()},
            seconds=float(told["seconds"]),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def write(course: Course, lesson: str, student: str, record: Record) -> None:
    """Keep a record, in place of an earlier one of the same student."""
    checks = {
        name: {
            "state": check.verdict.state,
            "definition": check.definition,
            "memory": check.memory,
            **vars(check.verdict),
            "parts": [vars(part) for part in check.verdict.parts],
            "trace": check.trace and check.trace.to_plain(),
        }
        for name, check in record.checks.items()
    }
    told = {
        "origin": asdict(record.origin),
        "repairs": record.repairs,
        "signs": record.signs,
        "seconds": round(record.seconds, 3),
    }
    replace(path(course, lesson, student), json.dumps({**told, "checks": checks}, ensure_ascii=False))


def origin(release: NotebookNode, notebook: Path, seed: int) -> Origin:
    """Return what a grading of this file would be made from; raises OSError where it can't be read."""
    given = [[c.id, c.source, c.metadata.get("tags", [])] for c in release.cells if c.cell_type == "code"]
    return Origin(
        submission=_submission(notebook),
        release=digest(given),
        environment=environment(),
        seed=seed,
    )


def handed_in(course: Course, lesson: str, student: str) -> str:
    """Return the hash of what a student handed in last, as an Origin has it; empty where nothing is there."""
    try:
        return _submission(course.work("submitted", student, lesson, f"{lesson}.ipynb"))
    except OSError:
        return ""


def checked(task: Task, verdict: Verdict, memory: float, trace: Trace | None = None) -> Check:
    """Return a check by the definition that is installed."""
    return Check(verdict, task.digest, round(memory, 1), trace)


def _submission(notebook: Path) -> str:
    """Return a hash of a notebook, and of the pictures beside it that its texts show."""
    whole = hashlib.sha256(data := notebook.read_bytes())
    for name in shown_beside(data):
        with suppress(Unsafe):
            whole.update(name.encode() + hashlib.sha256(read_file(notebook.parent / name)).digest())
    return whole.hexdigest()[:20]


def path(course: Course, lesson: str, student: str) -> Path:
    """Return where what is kept of a submission is."""
    return course.work("verdicts", lesson, f"{student}.json")


def _check(told: dict[str, Any]) -> Check:
    parts = [
        PartVerdict(
            *(part["part"], State(part["state"]), part["says"], tuple(part["named"])),
            *(part.get("by", ""), part.get("case")),
        )
        for part in told["parts"]
    ]
    verdict = Verdict(
        told["task"], told["points"], told["of"], tuple(parts), tuple(told["notes"]), told["seconds"]
    )
    trace = told.get("trace")  # which older records lack
    return Check(verdict, told["definition"], told["memory"], trace and Trace.from_plain(trace))
