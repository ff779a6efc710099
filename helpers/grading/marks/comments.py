"""A teacher's comment to many students at once: in nbgrader's own table, as if written in formgrader."""

from collections.abc import Collection
from dataclasses import dataclass

from nbgrader.api import Comment, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.marks.writer import WAIT, busy

BETWEEN = "\n\n"  # what a teacher wrote before, and this


@dataclass(frozen=True)
class Commented:
    """What became of a comment.

    Attributes:
        written: the students who have it now.
        beside: those of them who had a comment by hand, which stands before it.
        there: those who had it already.
    """

    written: tuple[str, ...]
    beside: tuple[str, ...]
    there: tuple[str, ...]


def comment(course: Course, lesson: str, task: str, students: Collection[str], says: str) -> Commented:
    """Write a comment on one task to these students; what a teacher wrote by hand stays before it.

    Raises:
        CourseError: for an empty comment, or where the gradebook can't be used; nothing is written then.
    """
    if not (says := says.strip()):
        raise CourseError('an empty comment says nothing: write one, such as "Look at the axis."')
    settings = course.config.CourseDirectory
    written, beside, there = list[str](), list[str](), list[str]()
    try:
        with Gradebook(settings.db_url, settings.course_id) as gradebook:
            db = gradebook.db
            db.execute(text(f"PRAGMA busy_timeout = {WAIT}"))
            notebook = gradebook.find_notebook(lesson, lesson)
            cell = next(cell.id for cell in notebook.solution_cells if cell.name == task)
            theirs = (
                select(SubmittedAssignment.student_id, SubmittedNotebook.id)
                .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .where(SubmittedNotebook.notebook_id == notebook.id)
            )
            for student, key in sorted(db.execute(theirs).all()):
                if student not in students:
                    continue
                row = db.scalar(select(Comment).where(Comment.notebook_id == key, Comment.cell_id == cell))
                if row is None:
                    db.add(row := Comment(notebook_id=key, cell_id=cell))
                before = row.manual_comment or ""
                if says in before:
                    there.append(student)
                    continue
                row.manual_comment = f"{before}{BETWEEN}{says}" if before.strip() else says
                written.append(student)
                beside += [student] * bool(before.strip())
            db.commit()
    except OperationalError as error:
        raise busy(error) from None
    return Commented(tuple(written), tuple(beside), tuple(there))
