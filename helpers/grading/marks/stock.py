"""nbgrader's own autograding, in kernels without a sandbox: for trusted classes, and to compare with."""

import logging
import os

from helpers.grading.course import Course


def autograde(course: Course, lesson: str, student: str, steps: bool = True) -> str:
    """Grade one submission; return why it could not be done, empty where it was.

    Args:
        course: the class's folder.
        lesson: its name.
        student: whose submission.
        steps: whether the course's own steps take part, or nbgrader's alone.
    """
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = course.config
    config.CourseDirectory.assignment_id = lesson
    config.CourseDirectory.student_id = student
    if not steps:
        del config.Autograde
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
