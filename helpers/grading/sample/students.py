"""A class of sample students whose marks are known from the tasks' declarations, never from a grader."""

import copy
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.mutants import wrong_source
from helpers.checks.task import Task
from helpers.grading.course import Course
from helpers.grading.percent import read
from helpers.grading.sample.trouble import TROUBLES, Trouble

# What an answer is, and how often.
KINDS = {"solution": 4, "alternative": 3, "misconception": 4, "blank": 1, "syntax error": 1, "exception": 1}
BROKEN = {"syntax error": "return (", "exception": "1 / 0"}
REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Sample:
    """One answer of a sample student.

    Attributes:
        kind: one of KINDS, or "trouble".
        name: which alternative or misconception it is.
        source: the answer cell; None leaves the release's stub.
        points: the mark that it must get.
    """

    kind: str
    name: str
    source: str | None
    points: float


@dataclass(frozen=True)
class Student:
    """A sample student: a name, an answer to each task by its id, and what is wrong with the notebook."""

    name: str
    answers: Mapping[str, Sample]
    trouble: Trouble | None = None

    @property
    def total(self) -> float:
        """The marks of all tasks together."""
        return sum(sample.points for sample in self.answers.values())


def draw(course: Course, lesson: str, n: int, seed: int) -> list[Student]:
    """Draw n students; the same seed gives the same class."""
    rng = random.Random(seed)
    solutions = {c.id: c.source for c in nbformat.read(course.instructor(lesson), as_version=4).cells}
    others = alternatives(course.root / "tests" / "alternatives" / f"{lesson}.py")
    tasks = lessons.tasks(lesson)
    return [
        Student(
            f"student-{i:0{len(str(n))}d}",
            {name: _answer(rng, task, solutions[name], others.get(name, {})) for name, task in tasks.items()},
        )
        for i in range(1, n + 1)
    ]


def troubled(course: Course, lesson: str) -> list[Student]:
    """Return the students whose notebooks are broken or hostile, to be graded in the sandbox only."""
    solutions = {c.id: c.source for c in nbformat.read(course.instructor(lesson), as_version=4).cells}
    found = []
    for name, trouble in TROUBLES.items():
        answers = {}
        for i, (task_id, task) in enumerate(lessons.tasks(lesson).items()):
            earns = 0.0 if trouble.hostile or i < trouble.loses else task.points
            source = None if trouble.hostile else solutions[task_id]
            answers[task_id] = Sample("trouble", trouble.says, source, earns)
        found.append(Student(name, answers, trouble))
    return found


def alternatives(path: Path) -> dict[str, dict[str, str]]:
    """Return the other right answers that a percent file holds: by task, then by title."""
    found: dict[str, dict[str, str]] = {}
    for cell in read(path):
        if task := cell.keys.get("answer"):
            found.setdefault(task, {})[cell.keys.get("title", f"line {cell.line}")] = cell.source
    return found


def notebook(course: Course, lesson: str, student: Student) -> NotebookNode:
    """Return the released notebook, filled in by a student."""
    filled = copy.deepcopy(nbformat.read(course.released(lesson), as_version=4))
    for cell in filled.cells:
        if (sample := student.answers.get(cell.id)) and sample.source is not None:
            cell.source = sample.source
        elif cell.cell_type == "markdown" and "nbgrader" in cell.metadata:
            cell.source = f"What {student.name} thinks of it, in a sentence."
    if student.trouble:
        student.trouble.change(filled)
    return filled


def _answer(rng: random.Random, task: Task, solution: str, others: Mapping[str, str]) -> Sample:
    weights = KINDS | {"alternative": 3 * bool(others), "misconception": 4 * bool(task.misconceptions)}
    kind = rng.choices(list(weights), list(weights.values()))[0]
    if kind == "solution":
        return Sample(kind, "", solution, task.points)
    if kind == "alternative":
        name = rng.choice(sorted(others))
        return Sample(kind, name, others[name], task.points)
    if kind == "misconception":
        wrong = rng.choice(task.misconceptions)
        passed = [part.name for part in task.parts if part.name not in wrong.fails]
        source = f"{task.imports}\n\n{wrong_source(task, wrong)}"
        return Sample(kind, wrong.says, source, task.score(passed))
    if kind == "blank":
        return Sample(kind, "", None, 0.0)
    return Sample(kind, "", REGION.sub(rf"\g<1>{BROKEN[kind]}", solution), 0.0)
