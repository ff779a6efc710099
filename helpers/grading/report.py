"""What a command prints: progress, the class table, and where everything is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from helpers.grading.classroom import Row, points
from helpers.grading.course import Course
from helpers.grading.execution import Outcome

WIDE = 200  # columns where the output is no terminal


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar while a class is graded, where there is a terminal; yields what counts an outcome."""
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda outcome: bar.advance(task)


def show(course: Course, lesson: str, rows: Sequence[Row]) -> None:
    """Print the class table, practice left out; a dash is for a person to decide."""
    most = {task: of for task, of in points(course, lesson).items() if of}
    heads = [f"{task}\n{of:g}" for task, of in most.items()]
    total = f"total\n{sum(most.values()):g}"
    table = Table("student", *heads, total, "remark", title=f"{lesson}: {len(rows)} students")
    for row in rows:
        marks = [_mark(row.marks.get(task)) for task in most]
        table.add_row(row.student, *marks, _mark(row.total), row.remark)
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)


def where(course: Course, lesson: str) -> None:
    """Print where the gradebook, the feedback pages and the marks are."""
    print(f"Gradebook: {course.work('gradebook.db')}")
    print(f"Feedback:  {course.work('feedback')}/STUDENT/{lesson}/{lesson}.html")
    print(f"Marks:     {course.work('marks.csv')}, {course.work('grades.csv')} (nbgrader's export)")
    print(f"Formgrader: run `jupyter lab` in {course.root} and open Nbgrader > Formgrader.")


def _mark(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
