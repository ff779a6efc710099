"""Where student code runs: nbgrader's own kernels, one submission after the other.

This is the seam: what comes before and after it never runs student code and does not know how it ran.
"""

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpers.grading.course import Course


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended; its marks are in the gradebook.

    Attributes:
        student: whose it is.
        reason: why it could not be graded; empty where it was.
    """

    student: str
    reason: str = ""


Done = Callable[[Outcome], None]


def nothing(outcome: Outcome) -> None:
    """Do nothing with an outcome."""


def execute(
    course: Course, lesson: str, students: Iterable[str], on_done: Done = nothing
) -> dict[str, Outcome]:
    """Run and score the submissions under .nbgrader/submitted; one that breaks stops no other.

    Args:
        course: the class's folder.
        lesson: its name.
        students: whose submissions.
        on_done: called with each outcome as it is known.
    """
    outcomes = {}
    for student in students:
        outcomes[student] = outcome = Outcome(student, _autograde(course, lesson, student))
        on_done(outcome)
    return outcomes


def _autograde(course: Course, lesson: str, student: str) -> str:
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = course.config
    config.CourseDirectory.assignment_id = lesson
    config.CourseDirectory.student_id = student
    log = Log()
    try:
        Autograde(CourseDirectory(config=config), config=config, log=log, force=True).start()
    except Exception as error:  # whatever it is, it is this student's row, not the end of the class
        return log.cause or f"{type(error).__name__}: {error}"
    finally:
        os.environ.pop("NBGRADER_EXECUTION", None)  # nbgrader leaves it behind after an exception
    return ""


class Log(logging.Logger):
    """A logger that keeps nbgrader's errors and prints nothing."""

    def __init__(self) -> None:
        super().__init__("nbgrader", logging.ERROR)
        self.errors: list[str] = []

    def handle(self, record: logging.LogRecord) -> None:
        """Keep an error."""
        self.errors.append(record.getMessage())

    @property
    def cause(self) -> str:
        """The exception that the first traceback ends with."""
        return next((e.strip().splitlines()[-1] for e in self.errors if e.startswith("Traceback")), "")
