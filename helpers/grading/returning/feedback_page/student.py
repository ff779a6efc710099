"""What there is to tell a student: marks, verdicts, comments, and what the graded notebook holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.checks.verdict import State, Verdict
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.marks.reader import Given, Told
from helpers.grading.returning.feedback_page.lesson import Exercise, Lesson
from helpers.grading.returning.feedback_page.verdicts import verdict_of


@dataclass(frozen=True)
class Result:
    """How one exercise went.

    Attributes:
        exercise: what was asked.
        given: what the gradebook says.
        answer: the cell with the answer.
        verdict: what the check found; None for an essay, and where nothing was kept of it.
        check: the cell with its check; None for an essay.
    """

    exercise: Exercise
    given: Given
    answer: NotebookNode
    verdict: Verdict | None = None
    check: NotebookNode | None = None

    @property
    def full(self) -> bool:
        """Whether there is nothing left to do."""
        if self.exercise.points:
            return self.given.points is not None and self.given.points >= self.exercise.points
        return self.verdict is not None and self.verdict.state == State.PASSED

    @property
    def untried(self) -> bool:
        """Whether the answer was left as it was."""
        if self.verdict:
            return self.verdict.state == State.NOT_ATTEMPTED
        return self.given.blank

    @property
    def waits(self) -> bool:
        """Whether a person still has to decide."""
        return self.given.points is None or self.given.waiting


@dataclass(frozen=True)
class Pupil:
    """What one page is about.

    Attributes:
        student: whose page it is.
        told: what the gradebook says.
        results: of all exercises, in the lesson's order.
        own: the student's own cells, as they stood.
    """

    student: str
    told: Told
    results: Sequence[Result]
    own: Sequence[NotebookNode]

    @property
    def total(self) -> float:
        """What was earned, so far."""
        earned = sum(result.given.points or 0.0 for result in self.results)
        return max(0.0, earned - self.told.penalty)


def pupil(course: Course, lesson: Lesson, student: str, told: Told) -> Pupil:
    """Return what there is to tell a student.

    Raises:
        OSError, ValueError, LookupError, AttributeError: where the graded notebook is not whole.
    """
    path = course.work("autograded", student, lesson.name, f"{lesson.name}.ipynb")
    cells = nbformat.v4.reads(path.read_text("utf-8")).cells
    record = store.read(course, lesson.name, student)
    verdicts = record.verdicts if record else {}
    own = [cell for cell in cells if "nbgrader" not in cell.metadata and cell.get("id") not in lesson.cells]
    return Pupil(student, told, [*_results(lesson, cells, told, verdicts)], own)


def _results(
    lesson: Lesson, cells: Sequence[Any], told: Told, verdicts: Mapping[str, Verdict]
) -> Iterator[Result]:
    named = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    for name, exercise in lesson.exercises.items():
        given, answer = told.given.get(name, Given()), named[name]
        if exercise.task is None:
            yield Result(exercise, given, answer)
            continue
        check = named[f"check-{name}"]
        verdict = verdict_of(check, exercise.task, verdicts.get(name))
        yield Result(exercise, given, answer, verdict, check)
