"""A sample class through nbgrader's whole loop, its marks compared with the known truth."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit

from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Done, nothing
from helpers.grading.classroom.table import Row
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.release import release
from helpers.grading.sample.students import Student, notebook


def run(course: Course, lesson: str, students: Sequence[Student], on_done: Done = nothing) -> list[Row]:
    """Release a lesson, let all submit through an exchange, collect, grade, and return the table."""
    release(course, lesson)
    _exchange(ExchangeReleaseAssignment, course, lesson)
    submissions = []
    for student in students:
        home = course.root / "students" / student.name
        (home / lesson).mkdir(parents=True)
        submissions.append(Submission(student.name, home / lesson / f"{lesson}.ipynb"))
        (home / lesson / f"{lesson}.ipynb").write_text(json.dumps(notebook(course, lesson, student)), "utf-8")
        _exchange(ExchangeSubmit, course, lesson, student.name, home)
    _exchange(ExchangeCollect, course, lesson)
    return grade(course, lesson, submissions, on_done)


def differences(students: Sequence[Student], rows: Sequence[Row]) -> list[str]:
    """Name every mark and every total that is not the known one."""
    found = []
    for student, row in zip(students, rows, strict=True):
        for task, sample in student.answers.items():
            if row.marks.get(task) != sample.points:
                found.append(
                    f"{student.name}, {task}: {row.marks.get(task)}, not {sample.points:g} ({sample.kind}"
                    f"{': ' * bool(sample.name)}{sample.name}) {row.remark}".rstrip()
                )
        if row.total != student.total:
            found.append(f"{student.name}: {row.total} in all, not {student.total:g}")
    return found


def _exchange(
    action: type, course: Course, lesson: str, student: str = "*", home: Path | None = None
) -> None:
    config = course.config
    config.CourseDirectory.assignment_id = lesson
    config.CourseDirectory.student_id = student
    config.Exchange.root = str(course.work("exchange"))  # never a real class's
    config.Exchange.assignment_dir = str(home or os.curdir)
    config.ExchangeCollect.check_owner = False  # one user plays them all
    action(CourseDirectory(config=config), Authenticator(config=config), config=config).start()
