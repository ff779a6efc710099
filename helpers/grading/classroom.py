"""A class in nbgrader's gradebook: release a lesson, grade it, write feedback, marks and the table."""

import csv
import os
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from nbgrader.utils import is_grade

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.execution import Done, Log, execute, nothing
from helpers.grading.submissions import Submission


@dataclass(frozen=True)
class Row:
    """One student's line in the class table.

    Attributes:
        student: the id.
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to so far; None where the submission could not be graded.
        remark: why it could not be graded, or what else the teacher should know.
    """

    student: str
    marks: Mapping[str, float | None] = field(default_factory=dict)
    total: float | None = None
    remark: str = ""


def release(course: Course, lesson: str) -> None:
    """Generate the student's notebook into .nbgrader/release and enter its cells into the gradebook.

    Raises:
        CourseError: if its graded cells differ from those of submissions that are already there.
    """
    course.work().mkdir(parents=True, exist_ok=True)
    _find_alembic()
    config = course.config
    config.CourseDirectory.assignment_id = lesson
    log = Log()
    try:
        GenerateAssignment(CourseDirectory(config=config), config=config, log=log, force=True).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader can't release {lesson}: {log.cause or error}") from None


def grade(
    course: Course, lesson: str, submissions: Sequence[Submission], on_done: Done = nothing
) -> list[Row]:
    """Grade submissions, write feedback and marks, and return a row for every student.

    Args:
        course: the class's folder; submissions without a reason are under .nbgrader/submitted.
        lesson: its name.
        submissions: one for each student.
        on_done: called with each outcome as it is known.
    """
    outcomes = execute(course, lesson, [s.student for s in submissions if not s.reason], on_done)
    reasons = {s.student: s.reason or outcomes[s.student].reason for s in submissions}
    graded = [student for student, reason in reasons.items() if not reason]
    pages = _feedback(course, lesson)
    settings = course.config.CourseDirectory
    rows = []
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        for submission in submissions:
            student, remarks = submission.student, [reasons[submission.student], submission.remark]
            if outcome := outcomes.get(student):
                remarks += [f"repaired: {', '.join(outcome.repairs)}"] * bool(outcome.repairs)
                remarks += [f"looks tampered with: {', '.join(outcome.signs)}"] * bool(outcome.signs)
            if student in graded:
                marks, total, gone = _read(gradebook, lesson, student)
                remarks += [f"not in the notebook: {name}" for name in gone]
                remarks += ["no feedback page"] * (student not in pages)
            else:
                _for_a_person(gradebook, lesson, student)
                marks, total = {}, None
            rows.append(Row(student, marks, total, "; ".join(filter(None, remarks))))
        if graded:  # of the others, nbgrader's own export would say 0
            export = CsvExportPlugin(to=str(course.work("grades.csv")), assignment=[lesson], student=graded)
            export.export(gradebook)
    _write_marks(rows, list(points(course, lesson)), course.work("marks.csv"))
    return rows


def points(course: Course, lesson: str) -> dict[str, float]:
    """Return the most that each task and essay can earn, in the lesson's order."""
    cells = nbformat.read(course.instructor(lesson), as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if is_grade(cell)]
    return {flags.grade_id.removeprefix("check-"): flags.points for flags in graded}


def _find_alembic() -> None:
    """Put this environment's programs on the path: nbgrader makes a gradebook with `alembic`, by name."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, path])


def _for_a_person(gradebook: Gradebook, lesson: str, student: str) -> None:
    """Enter a submission that could not be graded, so that formgrader asks for a person: it is no 0."""
    gradebook.update_or_create_student(student)
    submission = gradebook.update_or_create_submission(lesson, student)
    for notebook in submission.notebooks:
        for cell in notebook.grades:
            cell.auto_score, cell.needs_manual_grade = None, True
    gradebook.db.commit()


def _read(
    gradebook: Gradebook, lesson: str, student: str
) -> tuple[dict[str, float | None], float, list[str]]:
    """Return the marks, what they add up to, and the checks that are not in the notebook."""
    submission = gradebook.find_submission(lesson, student)
    grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
    undecided = {name for name, g in grades.items() if g.auto_score is None and g.manual_score is None}
    marks = {name: None if name in undecided else g.score for name, g in grades.items()}
    gone = [name for name in undecided if grades[name].cell.cell_type == "code"]
    return {name.removeprefix("check-"): mark for name, mark in marks.items()}, submission.score, sorted(gone)


def _feedback(course: Course, lesson: str) -> set[str]:
    """Write the feedback pages and return the names of the students who have one."""
    config = course.config
    config.CourseDirectory.assignment_id = lesson
    with suppress(
        NbGraderException
    ):  # nobody was graded, or a page failed: the others are written all the same
        GenerateFeedback(CourseDirectory(config=config), config=config, log=Log(), force=True).start()
    return {page.parent.parent.name for page in course.work("feedback").glob(f"*/{lesson}/{lesson}.html")}


def _write_marks(rows: list[Row], tasks: list[str], path: Path) -> None:
    """Write every student's marks, task by task; what a person has to decide stays empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", *tasks, "total", "remark"])
        writer.writerows([r.student, *(r.marks.get(t) for t in tasks), r.total, r.remark] for r in rows)
