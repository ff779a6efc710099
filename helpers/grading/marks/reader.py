"""What the gradebook says: of submissions, and of what a lesson's tasks can earn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import nbformat
from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import is_grade
from sqlalchemy import select

from helpers.grading.course import Course
from helpers.grading.environment import digest


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of a submission.

    Attributes:
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to, less the penalty.
        penalty: for handing in late.
    """

    marks: Mapping[str, float | None]
    total: float
    penalty: float = 0.0


def read(course: Course, lesson: str, students: Iterable[str] | None = None) -> dict[str, Marks]:
    """Return what the gradebook says of submissions, by student; of all, where none are named."""
    settings, grade = course.config.CourseDirectory, Grade.__table__
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        notebook = gradebook.find_notebook(lesson, lesson)
        names = {cell.id: cell.name for cell in notebook.grade_cells}
        told = SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty, grade.c.cell_id
        rows = gradebook.db.execute(
            select(*told, grade.c.auto_score, grade.c.manual_score, grade.c.extra_credit)
            .join(SubmittedNotebook, SubmittedNotebook.id == grade.c.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .where(SubmittedNotebook.notebook_id == notebook.id)
        ).all()
    wanted = None if students is None else set(students)
    found, penalties = dict[str, dict[str, float | None]](), dict[str, float]()
    for student, penalty, cell, auto, manual, extra in rows:
        if wanted is None or student in wanted:
            decided = manual if manual is not None else auto
            name = names[cell].removeprefix("check-")
            found.setdefault(student, {})[name] = None if decided is None else decided + (extra or 0.0)
            penalties[student] = penalty or 0.0
    return {
        student: Marks(
            marks, max(0.0, sum(m or 0.0 for m in marks.values()) - penalties[student]), penalties[student]
        )
        for student, marks in found.items()
    }


def fingerprints(course: Course, lesson: str) -> dict[str, str]:
    """Return a hash of all that the gradebook says of each submission: marks, comments, lateness."""
    settings, grade, comment = course.config.CourseDirectory, Grade.__table__, Comment.__table__
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        notebook = gradebook.find_notebook(lesson, lesson)
        told: dict[str, list[list[str]]] = {}
        marks = grade.c.auto_score, grade.c.manual_score, grade.c.extra_credit
        for table, columns in (grade, marks), (comment, (comment.c.auto_comment, comment.c.manual_comment)):
            rows = gradebook.db.execute(
                select(
                    SubmittedAssignment.student_id,
                    SubmittedNotebook.late_submission_penalty,
                    table.c.cell_id,
                    *columns,
                )
                .join(SubmittedNotebook, SubmittedNotebook.id == table.c.notebook_id)
                .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
                .where(SubmittedNotebook.notebook_id == notebook.id)
                .order_by(table.c.cell_id)
            )
            for student, *row in rows:
                told.setdefault(student, []).append([*map(str, row)])
    return {student: digest(rows) for student, rows in told.items()}


def points(course: Course, lesson: str) -> dict[str, float]:
    """Return the most that each task and essay can earn, in the lesson's order."""
    cells = nbformat.read(course.instructor(lesson), as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if is_grade(cell)]
    return {flags.grade_id.removeprefix("check-"): flags.points for flags in graded}
