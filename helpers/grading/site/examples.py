"""Pages of a sample class: the report that an instructor reads, and the feedback of one student."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from helpers.grading.classroom.table import Row
from helpers.grading.course import Course
from helpers.grading.returning import class_report, feedback
from helpers.grading.sample.demo import run
from helpers.grading.sample.students import draw
from helpers.grading.sandbox.command import NoSandbox

LESSON, STUDENTS, SEED = "01-perceptron", 24, 0


def sample(course: Course) -> dict[str, str]:
    """Return the pages by name; the class is graded in a sandbox, where one starts."""
    course.require(LESSON)
    try:
        return _pages(course)
    except NoSandbox:
        return _pages(replace(course, bare=True))


def _pages(course: Course) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        held = course.copy_to(Path(folder), LESSON)
        rows = run(held, LESSON, draw(course, LESSON, STUDENTS, SEED))
        page, _ = class_report.write(held, LESSON)
        shown = feedback.page(held, LESSON, _middling(rows))
        return {"report": page.read_text("utf-8"), "feedback": shown.read_text("utf-8")}


def _middling(rows: Sequence[Row]) -> str:
    """Return the student in the middle of the class: some answers are right, and some are not."""
    return sorted(rows, key=lambda row: (row.total or 0.0, row.student))[len(rows) // 2].student
