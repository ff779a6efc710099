"""A class of three in a temporary folder: ada is right, bob wrong, and eve wrote an essay only."""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from helpers.grading.course import Course
from helpers.grading.intake.submission import STAMP
from helpers.grading.marks.release import release

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01-perceptron"
RIGHT = "def heaviside(z):\n    return (z > 0) * 1.0"
WRONG = "def heaviside(z):\n    return (z >= 0) * 1.0"
ESSAY = "Because a line can't bend."


def hand_in(course: Course, student: str, heaviside: str | None, essay: str | None, stamp: str = "") -> None:
    """Write a submission."""
    notebook = nbformat.read(course.work("release", LESSON, f"{LESSON}.ipynb"), as_version=4)
    for cell in notebook.cells:
        if cell.id == "heaviside" and heaviside is not None:
            cell.source = heaviside
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata and essay is not None:
            cell.source = essay
    path = course.work("submitted", student, LESSON, f"{LESSON}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    if stamp:
        path.with_name(STAMP).write_text(stamp)


def filled(**answers: str) -> nbformat.NotebookNode:
    """Return the notebook that students get, with these answers in it, by task."""
    notebook = nbformat.read(Course(ROOT).student(LESSON), as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


@cache
def made(folder: Path) -> Course:
    """Return the class as it was handed in, made once; each test has a copy."""
    course = Course(ROOT).copy_to(folder / "small-class", LESSON)
    release(course, LESSON)
    hand_in(course, "ada", RIGHT, ESSAY, "2026-03-01 12:00:00 UTC")
    hand_in(course, "bob", WRONG, None)
    hand_in(course, "eve", None, ESSAY)
    return course


@pytest.fixture
def course(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(
        shutil.copytree(made(tmp_path_factory.getbasetemp()).root, tmp_path, dirs_exist_ok=True).resolve()
    )


def told(course: Course) -> dict[str, Any]:
    """Return all that the gradebook says of the lesson, by nbgrader's own interface."""
    found: dict[str, Any] = {}
    with open_(course) as gradebook:
        for submission in gradebook.assignment_submissions(LESSON):
            student = submission.student.id
            found[student, "when"] = submission.timestamp
            for notebook in submission.notebooks:
                found[student, "late"] = notebook.late_submission_penalty
                for grade in notebook.grades:
                    row = grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score
                    found[student, grade.name] = row
                for comment in notebook.comments:
                    found[student, "to", comment.name] = comment.auto_comment, comment.comment
    return found


def open_(course: Course) -> Gradebook:
    settings = course.config.CourseDirectory
    return Gradebook(settings.db_url, settings.course_id)


def essay_of(course: Course) -> str:
    cells = nbformat.read(course.instructor(LESSON), as_version=4).cells
    return next(
        c.id for c in cells if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")
    )
