"""Late submissions: nbgrader's own step decides what they lose, by the policy of nbgrader_config.py."""

from contextlib import suppress

import nbformat
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select

from helpers.grading import CourseError
from helpers.grading.course import CONFIG, Course


def renew(course: Course, lesson: str) -> None:
    """Have penalties follow what changed since: a mark by hand, the due date, an extension, the policy."""
    settings = course.config.CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as gradebook, suppress(MissingEntry):
        penalise(course, lesson, gradebook)


def penalise(course: Course, lesson: str, gradebook: Gradebook) -> None:
    """Have each late submission of a lesson lose what it must, and each that no longer is get it back.

    Raises:
        CourseError: where the class's own policy fails; the others' penalties are entered.
    """
    assignment = gradebook.find_assignment(lesson)
    table, due = SubmittedAssignment.__table__, assignment.duedate
    late = [
        student
        for student, stamp, extra in gradebook.db.execute(
            select(table.c.student_id, table.c.timestamp, table.c.extension).where(
                table.c.assignment_id == assignment.id, table.c.timestamp.is_not(None)
            )
        )
        if due is not None and stamp > (due + extra if extra else due)
    ]
    fined = gradebook.db.execute(
        select(table.c.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == table.c.id)
        .where(
            table.c.assignment_id == assignment.id,
            SubmittedNotebook.late_submission_penalty.is_not(None),
        )
    ).scalars()
    if not (whose := dict.fromkeys([*late, *fined])):
        return
    from nbgrader.preprocessors import AssignLatePenalties  # it brings nbconvert: most often nobody is late

    step, failed = AssignLatePenalties(config=course.config), dict[str, Exception]()
    told = {"notebook": lesson, "assignment": lesson, "db_url": str(gradebook.engine.url)}
    for student in whose:
        try:
            step.preprocess(nbformat.v4.new_notebook(), {"nbgrader": {**told, "student": student}})
        except Exception as error:  # of a policy that somebody wrote
            failed[student] = error
    if failed:
        student, why = next(iter(failed.items()))
        raise CourseError(
            f"the late policy {step.plugin_class.__name__} of {CONFIG} fails for {student}"
            f"{f' and {len(failed) - 1} more' * (len(failed) > 1)}: {type(why).__name__}: {why}; all marks "
            "are entered, theirs without it"
        )
