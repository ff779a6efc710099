"""A class in nbgrader's gradebook: release a lesson, grade it, write feedback, marks and the table."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from nbgrader.utils import is_grade

from helpers.checks import lessons
from helpers.grading import CourseError, feedback, marks
from helpers.grading.course import Course
from helpers.grading.execution import Done, Ending, Outcome, execute, nothing
from helpers.grading.marks import Marks
from helpers.grading.stock import Log
from helpers.grading.submissions import Submission


@dataclass(frozen=True)
class Row:
    """One student's line in the class table.

    Attributes:
        student: the id.
        ending: how grading ended.
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to so far; None where the submission could not be graded.
        remark: why it could not be graded, or what else the teacher should know.
        repaired: whether something in the notebook was repaired, at no cost.
    """

    student: str
    ending: Ending = Ending.PERSON
    marks: Mapping[str, float | None] = field(default_factory=dict)
    total: float | None = None
    remark: str = ""
    repaired: bool = False


def release(course: Course, lesson: str) -> None:
    """Generate the student's notebook into .nbgrader/release and enter its cells into the gradebook.

    Raises:
        CourseError: if its graded cells differ from those of submissions that are already there.
    """
    course.work().mkdir(parents=True, exist_ok=True)
    nbgrader.api.get_alembic_version = _revision
    config = course.config
    config.CourseDirectory.assignment_id = lesson
    log = Log()
    try:
        GenerateAssignment(CourseDirectory(config=config), config=config, log=log, force=True).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader can't release {lesson}: {log.cause or error}") from None


def grade(
    course: Course,
    lesson: str,
    submissions: Sequence[Submission],
    on_done: Done = nothing,
    cluster: str = "",
    pages: bool = True,
) -> list[Row]:
    """Grade submissions, write feedback and marks, and return a row for every student.

    Args:
        course: the class's folder; submissions without a reason are under .nbgrader/submitted.
        lesson: its name.
        submissions: one for each student.
        on_done: called with each outcome as it is known.
        cluster: the address of a dask.distributed scheduler; by default student code runs here.
        pages: whether feedback pages are written for the students whose marks are new.
    """
    outcomes = {s.student: Outcome(s.student, Ending.PERSON, s.reason) for s in submissions if s.reason}
    outcomes |= execute(course, lesson, [s.student for s in submissions if not s.reason], on_done, cluster)
    if reasons := [outcome.student for outcome in outcomes.values() if outcome.reason]:
        for_a_person(course, lesson, reasons)
    graded = [student for student, outcome in outcomes.items() if not outcome.reason]
    if pages:
        feedback.write(course, lesson, [s for s in graded if _wants_feedback(course, lesson, outcomes[s])])
    told, known = marks.read(course, lesson, graded), list(points(course, lesson))
    without = {s for s in graded if pages and not feedback.page(course, lesson, s).is_file()}
    rows = [
        _row(lesson, known, s, outcomes[s.student], told.get(s.student), s.student in without)
        for s in submissions
    ]
    if graded:  # of the others, nbgrader's own export would say 0
        settings = course.config.CourseDirectory
        with Gradebook(settings.db_url, settings.course_id) as gradebook:
            path = course.work("export", f"{lesson}.csv")
            path.parent.mkdir(exist_ok=True)
            export = CsvExportPlugin(to=str(path), assignment=[lesson], student=graded)
            export.export(gradebook)
    _write_marks(rows, known, course.work("marks", f"{lesson}.csv"))
    return rows


def _row(
    lesson: str,
    known: Sequence[str],
    submission: Submission,
    outcome: Outcome,
    told: Marks | None,
    pageless: bool,
) -> Row:
    student, remarks = submission.student, [outcome.reason, submission.remark]
    remarks += [f"repaired: {', '.join(outcome.repairs)}"] * bool(outcome.repairs)
    remarks += [f"looks tampered with: {', '.join(outcome.signs)}"] * bool(outcome.signs)
    if outcome.reason or told is None:
        return Row(student, outcome.ending, remark="; ".join(filter(None, remarks)))
    gone = [f"check-{n}" for n, mark in told.marks.items() if mark is None and n in lessons.tasks(lesson)]
    remarks += [f"not in the notebook: {name}" for name in sorted(gone)]
    remarks += [f"handed in late: {told.penalty:g} points less"] * bool(told.penalty)
    remarks += ["no feedback page"] * pageless
    by_task = {name: told.marks[name] for name in known if name in told.marks}
    remark, repaired = "; ".join(filter(None, remarks)), bool(outcome.repairs)
    return Row(student, outcome.ending, by_task, told.total, remark, repaired)


def points(course: Course, lesson: str) -> dict[str, float]:
    """Return the most that each task and essay can earn, in the lesson's order."""
    cells = nbformat.read(course.instructor(lesson), as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if is_grade(cell)]
    return {flags.grade_id.removeprefix("check-"): flags.points for flags in graded}


def _revision() -> str:
    """Return the revision of nbgrader's tables; it would start the program `alembic` for it, by name."""
    found = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    assert found
    return found


def for_a_person(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Enter submissions that could not be graded, so that formgrader asks for a person: they are no 0."""
    with marks.Writer(course, lesson) as writer:
        for student in students:
            writer.leave_open(student)


def _wants_feedback(course: Course, lesson: str, outcome: Outcome) -> bool:
    return outcome.ending is Ending.GRADED or not feedback.page(course, lesson, outcome.student).is_file()


def _write_marks(rows: list[Row], tasks: list[str], path: Path) -> None:
    """Write every student's marks, task by task; what a person has to decide stays empty."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", *tasks, "total", "remark"])
        writer.writerows([r.student, *(r.marks.get(t) for t in tasks), r.total, r.remark] for r in rows)
