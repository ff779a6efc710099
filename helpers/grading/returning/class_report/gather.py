"""What is known of a class: marks from the gradebook, verdicts from the records, and the answers' sources."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import nbformat
from nbgrader.api import Gradebook, MissingEntry, Student
from sqlalchemy import select

from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.checks.verdict import State, Verdict
from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.people import groups
from helpers.grading.judging import store
from helpers.grading.judging.store import Record
from helpers.grading.marks import remarks
from helpers.grading.marks.reader import points, read
from helpers.grading.marks.remarks import Remark
from helpers.grading.returning import class_files

BYTES = 50_000_000  # of a notebook; a longer one is not looked at


@dataclass(frozen=True)
class Pupil:
    """What is known of one student's submission.

    Attributes:
        student: the id.
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to so far, less a penalty.
        record: verdicts, repairs and signs; None where none is kept (no sandbox, or not graded).
        reason: why it could not be graded; empty where it was.
        remark: what the file of marks remarks.
    """

    student: str
    marks: Mapping[str, float | None] = field(default_factory=dict)
    total: float = 0.0
    record: Record | None = None
    reason: str = ""
    remark: str = ""

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What the checks found, by task."""
        return self.record.verdicts if self.record else {}

    def blank(self, task: str) -> bool:
        """Whether a task was left as it was."""
        return task in self.verdicts and self.verdicts[task].state == State.NOT_ATTEMPTED


@dataclass(frozen=True)
class Class:
    """A class that handed in a lesson.

    Attributes:
        course: its folder.
        lesson: the lesson's name.
        points: the most that each task and essay can earn, in the lesson's order.
        everyone: a row for each student who handed something in, by id.
        absent: students whom the gradebook knows and who handed in nothing.
    """

    course: Course
    lesson: str
    points: Mapping[str, float]
    everyone: list[Pupil]
    absent: list[str] = field(default_factory=list)

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks by id, practice among them."""
        return lessons.tasks(self.lesson)

    @property
    def essays(self) -> list[str]:
        """What is graded by hand."""
        return [name for name in self.points if name not in self.tasks]

    @cached_property
    def graded(self) -> list[Pupil]:
        """Those whose submission could be graded."""
        return [pupil for pupil in self.everyone if not pupil.reason]

    @cached_property
    def open_essays(self) -> int:
        """How many written answers wait for a person."""
        return sum(pupil.marks.get(name) is None for pupil in self.graded for name in self.essays)

    @cached_property
    def stubs(self) -> dict[str, str]:
        """What students were given to fill in, by task."""
        path = self.course.released(self.lesson)
        if not path.is_file():
            path = self.course.student(self.lesson)
        cells = nbformat.read(path, as_version=4).cells if path.is_file() else []
        return {cell.id: cell.source for cell in cells if cell.id in self.tasks}

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """The answers that are no stub: by task, then by student."""
        found: dict[str, dict[str, str]] = {name: {} for name in self.tasks}
        for pupil in self.graded:
            for name, source in answers(self, pupil.student).items():
                if source != self.stubs.get(name):
                    found[name][pupil.student] = source
        return found

    @property
    def most(self) -> float:
        """The points that the totals on the page are out of: without essays until all are graded."""
        return sum(p for name, p in self.points.items() if name in self.tasks or not self.open_essays)

    def total(self, pupil: Pupil) -> float:
        """What a student has of these points."""
        if not self.open_essays:
            return pupil.total
        return sum(mark or 0.0 for name, mark in pupil.marks.items() if name in self.tasks)


def gather(course: Course, lesson: str) -> Class:
    """Read what is kept of a class.

    Raises:
        CourseError: where nothing of the lesson is in the gradebook.
    """
    try:
        told = read(course, lesson)
    except MissingEntry:
        told = {}
    if not told:
        raise CourseError(f"nothing of {lesson} is in the gradebook: run `course grade {lesson}` first")
    kept, known = remarks.read(course, lesson), points(course, lesson)
    everyone, whose = [], groups.whose(course, lesson, told)
    for student, found in sorted(told.items()):
        if not whose[student]:  # another submission counts
            continue
        undecided = all(mark is None for mark in found.marks.values())
        remark = "; ".join(class_files.said(lesson, found, kept.get(student, Remark())))
        reason = (remark or "the gradebook has no mark for it, and no reason is kept") * undecided
        record = None if undecided else store.read(course, lesson, student)
        ordered = {name: found.marks[name] for name in known if name in found.marks}
        everyone.append(Pupil(student, ordered, found.total, record, reason, remark))
    return Class(course, lesson, known, everyone, sorted(_enrolled(course) - told.keys()))


def answers(known: Class, student: str) -> dict[str, str]:
    """Return a student's answers by task, out of the graded notebook; nothing of it is run."""
    path = known.course.work("autograded", student, known.lesson, f"{known.lesson}.ipynb")
    try:
        if path.stat().st_size > BYTES:
            return {}
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found = [(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"]) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    return {
        name: "".join(source) if isinstance(source, list) else str(source)
        for name, source in found
        if name in known.tasks
    }


def _enrolled(course: Course) -> set[str]:
    settings = course.config.CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        return set(gradebook.db.scalars(select(Student.id)))
