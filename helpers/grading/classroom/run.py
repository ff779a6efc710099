"""Grade a class: what has to be run, where, and what becomes of it.

It may be interrupted at any moment: what was graded is kept, and the next run goes on from there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.atomic import no_room
from helpers.grading.course import Course
from helpers.grading.intake.submission import STAMP
from helpers.grading.judging import store
from helpers.grading.judging.assignment import released, seed_of
from helpers.grading.judging.judge import why_open
from helpers.grading.judging.lacking import named
from helpers.grading.judging.pipeline import judged
from helpers.grading.judging.store import Check, Record
from helpers.grading.sandbox.pools import Infrastructure

if TYPE_CHECKING:
    from helpers.grading.marks.entry import Entry
    from helpers.grading.marks.writer import Writer

TRIED = " (fresh workers failed on it too; `course doctor` tests what this machine lacks)"


class Ending(StrEnum):
    """How grading one submission ended."""

    GRADED = "graded"
    UNCHANGED = "unchanged"
    PERSON = "needs a person"
    INFRASTRUCTURE = "infrastructure error"
    NOTHING = "handed in nothing"


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended; its marks are in the gradebook.

    Attributes:
        student: whose it is.
        ending: in one word.
        reason: why it could not be graded; empty where it was.
        repairs: what was repaired in the notebook, at no cost.
        signs: what looks like tampering: for a person to look at, never a verdict.
        left_open: a sentence for each task that could not be judged here; the next run judges it again.
        lacking: what this machine lacks that the submission asks for.
    """

    student: str
    ending: Ending = Ending.GRADED
    reason: str = ""
    repairs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


Done = Callable[[Outcome], None]


def nothing(outcome: Outcome) -> None:
    """Do nothing with an outcome."""


def execute(
    course: Course,
    lesson: str,
    students: Iterable[str],
    on_done: Done = nothing,
    cluster: str = "",
    again: Collection[str] = (),
) -> dict[str, Outcome]:
    """Run and score the submissions under .nbgrader/submitted; one that breaks stops no other.

    It may be interrupted at any moment: what was graded is kept, and the next call goes on from there.

    Args:
        course: the class's folder.
        lesson: its name.
        students: whose submissions.
        on_done: called with each outcome as it is known.
        cluster: the address of a dask.distributed scheduler; by default student code runs here.
        again: tasks that are judged again whatever is kept of them, and no others; by default, what changed.

    Raises:
        NoSandbox: where student code can't be run safely; nothing is run then.
        CourseError: where some tasks are to be judged again of what was never graded.
    """
    outcomes = {}
    run = (
        _in_kernels(course, lesson, students)
        if course.bare
        else _in_sandboxes(course, lesson, students, cluster, again)
    )
    for outcome in run:
        outcomes[outcome.student] = outcome
        on_done(outcome)
    return outcomes


def _in_sandboxes(
    course: Course, lesson: str, students: Iterable[str], cluster: str, again: Collection[str]
) -> Iterator[Outcome]:
    from helpers.grading.marks.entry import entry
    from helpers.grading.marks.writer import Writer

    release, seed = released(course, lesson), seed_of(course, lesson)
    before: dict[str, Record | None] = {}
    kept, todo = dict[str, dict[str, Check]](), list[str]()
    with Writer(course, lesson) as writer:
        for student in students:
            record = before[student] = store.read(course, lesson, student)
            path = course.work("submitted", student, lesson, f"{lesson}.ipynb")
            with suppress(OSError):  # which is told when it is its turn
                if record and path.is_file():
                    made_of = store.origin(release, path, seed)
                    kept[student] = (
                        record.apart_from(again, lesson, student, made_of)
                        if again
                        else record.standing(lesson, made_of)
                    )
            told = None
            if record and kept.get(student, {}).keys() == set(lessons.tasks(lesson)):
                told = _as_it_was(writer, student, path)
            if record and told:
                writer.add(student, told)
                yield Outcome(student, Ending.UNCHANGED, "", record.repairs, record.signs)
            else:
                todo.append(student)
        if not todo:
            return
        for student, graded in judged(course, lesson, todo, kept, cluster):
            if isinstance(graded, Exception):
                writer.leave_open(student)
                yield _failed(student, graded)
                continue
            record, old = graded.record, before[student]
            new = old is None or old.origin.submission != record.origin.submission
            if (
                again and old and kept.get(student)
            ):  # so that the next run of the class judges all by today's definitions
                record = replace(record, origin=old.origin)
            try:
                writer.lay_out(student, graded.notebook)
                store.write(course, lesson, student, record)
                stamp = course.work("submitted", student, lesson, STAMP)
                told = entry(graded.notebook, stamp, new)
            except OSError as error:
                if why := no_room(error):
                    raise CourseError(why) from None
                writer.leave_open(student)
                yield _failed(student, error)
                continue
            writer.add(student, told)
            left_open, lacking = why_open(record.verdicts), named(record.verdicts)
            yield Outcome(student, Ending.GRADED, "", record.repairs, record.signs, left_open, lacking)
    yield from (Outcome(student, Ending.PERSON, why) for student, why in writer.refused.items())


def _as_it_was(writer: "Writer", student: str, path: Path) -> "Entry | None":
    """Return what a graded notebook says that need not be made again; None where it is not whole any more."""
    from helpers.grading.marks.entry import entry

    with suppress(OSError, LookupError, AttributeError, ValueError, TypeError):
        if notebook := writer.shown(student):
            writer.carry(student)
            return entry(notebook, path.with_name(STAMP), again=False)
    return None


def _failed(student: str, error: Exception) -> Outcome:
    if isinstance(error, Infrastructure):
        return Outcome(student, Ending.INFRASTRUCTURE, f"infrastructure error, grade again: {error}{TRIED}")
    if isinstance(error, CourseError | OSError):
        return Outcome(student, Ending.PERSON, str(error))
    why = f"it can't be graded here, look at it yourself ({type(error).__name__}: {str(error)[:200]})"
    return Outcome(student, Ending.PERSON, why)


def _in_kernels(course: Course, lesson: str, students: Iterable[str]) -> Iterator[Outcome]:
    from helpers.grading.marks.stock import autograde

    for student in students:
        reason = autograde(course, lesson, student)
        yield Outcome(student, Ending.PERSON if reason else Ending.GRADED, reason)
