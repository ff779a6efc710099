"""Late submissions: nbgrader's own step decides what they lose, with the plugin that is configured."""

import nbformat
from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import select

from helpers.grading.course import Course


def penalise(course: Course, lesson: str, gradebook: Gradebook) -> None:
    """Have each late submission of a lesson lose what it must, and each that no longer is get it back."""
    assignment = gradebook.find_assignment(lesson)
    table, due = SubmittedAssignment.__table__, assignment.duedate
    if due is None:
        return
    late = [
        student
        for student, stamp, extra in gradebook.db.execute(
            select(table.c.student_id, table.c.timestamp, table.c.extension).where(
                table.c.assignment_id == assignment.id, table.c.timestamp.is_not(None)
            )
        )
        if stamp > (due + extra if extra else due)
    ]
    fined = gradebook.db.execute(
        select(table.c.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == table.c.id)
        .where(
            table.c.assignment_id == assignment.id,
            SubmittedNotebook.late_submission_penalty.is_not(None),
        )
    ).scalars()
    step = AssignLatePenalties(config=course.config)
    told = {"notebook": lesson, "assignment": lesson, "db_url": str(gradebook.engine.url)}
    for student in dict.fromkeys([*late, *fined]):
        step.preprocess(nbformat.v4.new_notebook(), {"nbgrader": {**told, "student": student}})
