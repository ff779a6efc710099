"""Whom nbgrader is told to leave out: `CourseDirectory.student_id_exclude` in nbgrader_config.py."""

from collections.abc import Iterable
from dataclasses import replace

from helpers.grading.course import Course
from helpers.grading.intake.roster import same
from helpers.grading.intake.submission import Submission


def without(course: Course, found: Iterable[Submission]) -> tuple[list[Submission], list[str]]:
    """Return what is left to grade, and the ids that are left out: students', groups' and their members'."""
    text = str(course.config.CourseDirectory.get("student_id_exclude", ""))
    out = {same(student) for student in text.split(",")} - {""}
    kept, left = list[Submission](), set[str]()
    for submission in found:
        gone = {one for one in (submission.student, *submission.people) if same(one) in out}
        left |= gone
        people = tuple(one for one in submission.people if one not in gone)
        if submission.student not in gone and (people or not submission.people):
            kept.append(replace(submission, people=people))
    return kept, sorted(left)
