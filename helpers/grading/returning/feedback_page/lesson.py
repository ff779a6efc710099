"""What of a lesson a page tells: its exercises, where the text treats each, and what essays are marked by."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.grading.course import Course
from helpers.grading.returning.class_report.html import Markup
from helpers.grading.returning.feedback_page.texts import written

HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
RUBRIC = re.compile(r"\*{1,2}Rubric\.\*{1,2}\s*(.+)", re.DOTALL)
CRITERION = re.compile(r"(?<=[.;])\s+(?=(?:\d+|[½¼¾]|\d[½¼¾])\s)")  # each begins with its points


@dataclass(frozen=True)
class Exercise:
    """A task or an essay, as a page names it.

    Attributes:
        name: its id, and what its answer is called.
        title: of the section that asks for it.
        chapter: of the lesson's part that the section is in; empty where it is the section itself.
        text: what the section says, up to the answer.
        points: the most that it earns.
        task: what a right answer is; None for an essay.
        rubric: what an essay's points are given for.
    """

    name: str
    title: str
    chapter: str
    text: Markup
    points: float
    task: Task | None = None
    rubric: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson, as a page tells of it.

    Attributes:
        name: such as 01-perceptron.
        title: its heading.
        exercises: by name, in the order in which they are met.
        cells: the ids of its own cells: all others are a student's.
    """

    name: str
    title: str
    exercises: Mapping[str, Exercise]
    cells: frozenset[str]


def of(course: Course, lesson: str) -> Lesson:
    """Return what there is to say of a lesson, read from the instructor's notebook; no solution is taken."""
    cells = json.loads(course.instructor(lesson).read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    title = next((found[2] for found in HEADING.finditer(sources[0])), lesson)
    exercises = {exercise.name: exercise for exercise in _exercises(lesson, cells, sources)}
    return Lesson(lesson, plain(title), exercises, frozenset(str(cell.get("id")) for cell in cells))


def plain(heading: str) -> str:
    """Return a heading without the marks of Markdown that a line of text has no use for."""
    return re.sub(r"[*_`$\\]", "", heading)


def _exercises(lesson: str, cells: Sequence[Mapping[str, Any]], sources: Sequence[str]) -> Iterator[Exercise]:
    tasks, path, text = lessons.tasks(lesson), dict[int, str](), list[str]()
    for cell, source in zip(cells, sources, strict=True):
        flags = cell["metadata"].get("nbgrader", {})
        if not flags:
            if cell["cell_type"] == "markdown":
                text = _read_on(source, path, text)
        elif flags["solution"]:
            name = str(flags["grade_id"])
            above = [path[level] for level in sorted(path) if level > 1]
            most = float(flags["points"]) if flags["grade"] else tasks[name].points
            yield Exercise(
                name=name,
                title=plain(above[-1]) if above else name,
                chapter=plain(above[0]) if len(above) > 1 else "",
                text=written("\n\n".join(text)),
                points=most,
                task=tasks.get(name),
                rubric=_criteria(source) if flags["grade"] else (),
            )


def _read_on(source: str, path: dict[int, str], text: list[str]) -> list[str]:
    """Follow the headings of a cell, and return the text of the section that it ends in."""
    at, prose = 0, FENCED.sub(lambda fence: " " * len(fence[0]), source)
    for found in HEADING.finditer(prose):
        level = len(found[1])
        for deeper in [old for old in path if old >= level]:
            del path[deeper]
        path[level], text, at = found[2], [], found.end()
    return [*text, source[at:].strip()]


def _criteria(source: str) -> tuple[str, ...]:
    """Return the lines of an essay's rubric, without the model answer above it."""
    found = RUBRIC.search(source)
    return tuple(CRITERION.split(found[1].strip())) if found else ()
