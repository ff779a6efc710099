"""Build a lesson: its percent file becomes the instructor's notebook, and nbgrader makes the students'."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.source import without
from helpers.grading.authoring.address import opening
from helpers.grading.authoring.lint import ROLES, slips
from helpers.grading.course import Course, known
from helpers.grading.percent import BuildError, Cell, read


def build(course: Course, names: Iterable[str]) -> dict[Path, str]:
    """Return the text of both notebooks of each lesson by path; nothing is written.

    Raises:
        CourseError: for a lesson that does not exist.
        BuildError: for a slip in a source, with file and line.
    """
    files: dict[Path, str] = {}
    for lesson in names:
        known(lesson)
        source = course.source(lesson)
        notebook = instructor(lesson, source, source.relative_to(course.root))
        notebook.cells[:0] = opening(course.root, lesson)
        text = notebook_text(notebook)
        files |= {course.instructor(lesson): text, course.student(lesson): released(lesson, text)}
    return files


def stale(files: Mapping[Path, str]) -> list[Path]:
    """Name the files that are missing or hold another text."""
    return [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]


def write(files: Mapping[Path, str]) -> None:
    """Write the notebooks, making their folders."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def instructor(lesson: str, source: Path, shown: Path) -> NotebookNode:
    """Return the instructor's notebook of a percent file, which errors name as `shown`."""
    cells = read(source, shown)
    for line, says in slips(lesson, source.read_text("utf-8"), cells, lessons.tasks(lesson)):
        raise BuildError(shown, line, says)
    first = f'start("{lesson}")', f'start("{lesson}", "{lessons.release(lesson)}")'
    metadata = {
        "course": {"lesson": lesson, "tasks": known(lesson)},
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    made = [_cell(lesson, cell, f"cell-{i:02d}", first) for i, cell in enumerate(cells)]
    return nbformat.from_dict({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def released(lesson: str, text: str) -> str:
    """Return the student's notebook that nbgrader's converter makes of an instructor's; no database."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder).resolve())
        write({course.instructor(lesson): text})
        config = course.config
        config.CourseDirectory.assignment_id = lesson
        config.SaveCells.enabled = False
        GenerateAssignment(CourseDirectory(config=config), config=config, no_database=True).start()
        return notebook_text(nbformat.read(course.released(lesson), as_version=4))


def notebook_text(notebook: NotebookNode) -> str:
    """Return what a notebook's file holds."""
    return nbformat.writes(notebook, version=4) + "\n"


def _cell(lesson: str, cell: Cell, name: str, first: tuple[str, str]) -> NotebookNode:
    metadata: dict[str, object] = {"tags": cell.keys["tags"]} if "tags" in cell.keys else {}
    if "experiment" in cell.keys.get("tags", []):  # its code is long, and tells what is to be predicted
        metadata["jupyter"] = {"source_hidden": True}
    source = cell.source.replace(*first)
    if role := next((role for role in ROLES if role in cell.keys), None):
        flags = _flags(lesson, role, cell)
        name, metadata = str(flags["grade_id"]), {"nbgrader": flags}
        if role == "answer":
            source = "\n".join(filter(None, [without(lessons.tasks(lesson)[name]), source]))
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)
    return nbformat.v4.new_markdown_cell(cell.source, id=name, metadata=metadata)


def _flags(lesson: str, role: str, cell: Cell) -> dict[str, object]:
    """Expand a marker into all that nbgrader wants to know of its cell."""
    name = cell.keys[role]
    flags = {
        "grade": role != "answer",
        "grade_id": f"check-{name}" if role == "check" else name,
        "locked": role == "check",
        "schema_version": 3,
        "solution": role != "check",
        "task": False,
    }
    if role == "answer":
        return flags
    points = float(cell.keys["points"] if role == "essay" else lessons.tasks(lesson)[name].points)
    return {**flags, "points": int(points) if points.is_integer() else points}
