"""What the gradebook says: of submissions, and of what a lesson's tasks can earn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nbformat
from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import is_grade
from sqlalchemy import select

from helpers.grading.course import Course
from helpers.grading.environment import digest

SAID = {  # columns of the gradebook's tables
    Grade: ("auto_score", "manual_score", "extra_credit", "needs_manual_grade"),
    Comment: ("auto_comment", "manual_comment"),
}


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of a submission.

    Attributes:
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to, less the penalty.
        penalty: for handing in late.
    """

    marks: Mapping[str, float | None]
    total: float
    penalty: float = 0.0


@dataclass(frozen=True)
class Given:
    """What the gradebook says of one exercise of a submission.

    Attributes:
        found: the points that the check gave; None where it gave none.
        by_hand: those that a person gave, which count instead.
        extra: points that a person gave on top.
        waiting: whether a person is to look at it.
        comment: what a person wrote about the answer.
        blank: whether the answer was left as it was.
    """

    found: float | None = None
    by_hand: float | None = None
    extra: float = 0.0
    waiting: bool = False
    comment: str = ""
    blank: bool = False

    @property
    def points(self) -> float | None:
        """What it earned; None where that is not decided."""
        decided = self.found if self.by_hand is None else self.by_hand
        return None if decided is None else decided + self.extra


@dataclass(frozen=True)
class Told:
    """What the gradebook says of a submission, exercise by exercise: tasks and essays, by name."""

    given: Mapping[str, Given]
    penalty: float = 0.0
    submitted: datetime | None = None


def read(course: Course, lesson: str, students: Iterable[str] | None = None) -> dict[str, Marks]:
    """Return what the gradebook says of submissions, by student; of all, where none are named."""
    wanted, found = None if students is None else set(students), dict[str, Marks]()
    for student, told in tell(course, lesson).items():
        if wanted is None or student in wanted:
            marks = {name: given.points for name, given in told.given.items()}
            total = max(0.0, sum(mark or 0.0 for mark in marks.values()) - told.penalty)
            found[student] = Marks(marks, total, told.penalty)
    return found


def tell(course: Course, lesson: str) -> dict[str, Told]:
    """Return all that the gradebook says of the submissions of a lesson, by student."""
    with _gradebook(course) as gradebook:
        notebook = gradebook.find_notebook(lesson, lesson)
        graded = {cell.id: cell.name.removeprefix("check-") for cell in notebook.grade_cells}
        answers = {cell.id: cell.name for cell in notebook.solution_cells}
        marks, comments = (_rows(gradebook, notebook.id, table) for table in (Grade, Comment))
    words = {(student, answers.get(cell)): said for student, _, _, cell, *said in comments}
    given, found = dict[str, dict[str, Given]](), dict[str, Told]()
    for student, penalty, when, cell, auto, by_hand, extra, waiting in marks:
        name = graded[cell]
        blank, said = words.get((student, name), ("", ""))
        mark = Given(auto, by_hand, extra or 0.0, bool(waiting), said or "", bool(blank))
        given.setdefault(student, {})[name] = mark
        found[student] = Told(given[student], penalty or 0.0, when)
    return found


def fingerprints(course: Course, lesson: str) -> dict[str, str]:
    """Return a hash of all that the gradebook says of each submission: marks, comments, lateness."""
    told: dict[str, list[list[str]]] = {}
    with _gradebook(course) as gradebook:
        notebook = gradebook.find_notebook(lesson, lesson)
        for table in (Grade, Comment):
            for student, *row in _rows(gradebook, notebook.id, table):
                told.setdefault(student, []).append([*map(str, row)])
    return {student: digest(rows) for student, rows in told.items()}


def _gradebook(course: Course) -> Gradebook:
    settings = course.config.CourseDirectory
    return Gradebook(settings.db_url, settings.course_id)


def _rows(gradebook: Gradebook, notebook: str, table: type[Grade | Comment]) -> Sequence[Any]:
    """Return rows of marks or comments: student, penalty, when it was handed in, cell, what is said of it."""
    return gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
            SubmittedAssignment.timestamp,
            table.cell_id,
            *(table.__table__.c[name] for name in SAID[table]),
        )
        .join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .where(SubmittedNotebook.notebook_id == notebook)
        .order_by(table.cell_id)
    ).all()


def points(course: Course, lesson: str) -> dict[str, float]:
    """Return the most that each task and essay can earn, in the lesson's order."""
    cells = nbformat.read(course.instructor(lesson), as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if is_grade(cell)]
    return {flags.grade_id.removeprefix("check-"): flags.points for flags in graded}
