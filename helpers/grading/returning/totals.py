"""Everybody's mark as it goes out: the total, and whether it is final."""

from dataclasses import dataclass

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.called import number, recall
from helpers.grading.returning.systems import System


@dataclass(frozen=True)
class Mark:
    """A student's mark as it goes out.

    Attributes:
        student: our id.
        number: what the system itself calls the student, where the submissions told it.
        total: the points; None where there is no mark.
        waits: why the mark is not final; empty where it is.
    """

    student: str
    number: str
    total: float | None
    waits: str = ""


def totals(course: Course, lesson: str, system: System, unfinished: bool = False) -> tuple[list[Mark], float]:
    """Return everybody's mark out of the gradebook, and the points that they are out of.

    Args:
        course: the class's folder.
        lesson: the lesson's name.
        system: whose numbers the students get.
        unfinished: whether a total of which a person has yet to decide a part goes out as it is.

    Raises:
        CourseError: where nothing of the lesson is in the gradebook.
    """
    from nbgrader.api import MissingEntry

    from helpers.grading.marks.reader import points
    from helpers.grading.marks.reader import read as read_marks

    try:
        told = read_marks(course, lesson)
    except MissingEntry:
        told = {}
    if not told:
        raise CourseError(f"nothing of {lesson} is in the gradebook: run `course grade {lesson}` first")
    called, found = recall(course, lesson), []
    for student, marks in sorted(told.items()):
        nothing = all(mark is None for mark in marks.marks.values())
        waits = any(mark is None for mark in marks.marks.values()) and not unfinished
        found.append(
            Mark(
                student,
                number(student, called.get(student, ""), system.name),
                None if nothing else marks.total,
                "could not be graded" if nothing else "waits for a person to grade a part" * waits,
            )
        )
    return found, sum(points(course, lesson).values())
