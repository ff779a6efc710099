"""Feedback pages: nbgrader's own converter, for the students who need a new one, on all cores."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from helpers.grading.course import Course
from helpers.grading.marks.stock import Log
from helpers.grading.sandbox.pools import cores
from helpers.grading.settings import spare_imports

ALONE = 12  # pages that are sooner written here than by processes that have to start first


class Some(GenerateFeedback):
    """nbgrader's converter, for a list of students: by itself it takes one or all."""

    students: Sequence[str] = ()

    def init_notebooks(self) -> None:
        """Find the graded notebooks of these students."""
        lesson = self.coursedir.assignment_id
        folders = {self._format_source(lesson, student): student for student in self.students}
        notebooks = {folder: os.path.join(folder, f"{lesson}.ipynb") for folder in folders}
        self.assignments = {folder: [path] for folder, path in notebooks.items() if os.path.isfile(path)}


def write(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Write the pages of these students; one that fails is missing, and stops no other."""
    n = cores() if len(students) > ALONE else 1
    if n == 1:
        _write(course, lesson, students)
        return
    with ProcessPoolExecutor(n, multiprocessing.get_context("spawn"), spare_imports) as processes:
        for done in [processes.submit(_write, course, lesson, students[i::n]) for i in range(n)]:
            done.result()


def page(course: Course, lesson: str, student: str) -> Path:
    """Return where a student's page is."""
    return course.work("feedback", student, lesson, f"{lesson}.html")


def _write(course: Course, lesson: str, students: Sequence[str]) -> None:
    config = course.config
    config.CourseDirectory.assignment_id = lesson
    converter = Some(CourseDirectory(config=config), config=config, log=Log(), force=True)
    converter.students = students
    with suppress(NbGraderException):  # raised at the end, where some failed
        converter.start()
