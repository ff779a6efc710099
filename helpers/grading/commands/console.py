"""What a command prints: progress, the class table, a summary, and where everything is."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from textwrap import shorten

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from helpers.grading.classroom.run import Ending, Outcome
from helpers.grading.classroom.table import Row
from helpers.grading.course import Course
from helpers.grading.marks.reader import points
from helpers.grading.plain import plain

WIDE = 200  # columns where the output is no terminal
FEW = 5  # students that are named
TO_DO = {
    True: "Install it where `course` runs, such as by `pip install`, and grade again; or decide by hand.",
    False: "It was not handed in, or not as a part of the notebook: decide by hand.",
}
REMARK = 130  # characters of one in the table; the file of marks has all


class Rate(ProgressColumn):
    """How many submissions are done in a second, or in a minute where that is more telling."""

    def render(self, task: Task) -> Text:
        """Return the rate as far as it is known."""
        speed = task.finished_speed or task.speed or 0.0
        told = f"{speed:.1f} a second" if speed >= 1 else f"{60 * speed:.0f} a minute" if speed else ""
        return Text(told, style="progress.data.speed")


@contextmanager
def progress(title: str, total: int, quiet: bool = False) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar with count, rate and time left, where there is a terminal; yields what counts an outcome."""
    with counting(title, quiet) as begin:
        advance = begin(total)
        yield lambda outcome: advance(1)


@contextmanager
def counting(title: str, quiet: bool = False) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """The same where the total is known later; yields what is told the total, and returns what counts."""
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(compact=True)
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:

        def begin(total: int) -> Callable[[int], None]:
            task = bar.add_task(title, total=total)
            return lambda n: bar.advance(task, n)

        yield begin


def summary(rows: Sequence[Row]) -> dict[str, int]:
    """Count how grading ended, and in how many submissions something was repaired."""
    ended = Counter(row.ending for row in rows)
    counts = {str(ending): ended[ending] for ending in Ending}
    return {"students": len(rows), **counts, "repaired": sum(row.repaired for row in rows)}


def told(counts: Mapping[str, int]) -> str:
    """Return a summary as one line; what did not occur is left out."""
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n or what == "students") + "."


def as_json(lesson: str, rows: Sequence[Row]) -> str:
    """Return everything, for scripts."""
    told = {"lesson": lesson, "summary": summary(rows), "rows": [asdict(row) for row in rows]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def show(course: Course, lesson: str, rows: Sequence[Row]) -> None:
    """Print the class table, practice left out; a dash is for a person to decide, a long remark is cut."""
    most = {task: of for task, of in points(course, lesson).items() if of}
    heads = [f"{task}\n{of:g}" for task, of in most.items()]
    total = f"total\n{sum(most.values()):g}"
    table = Table("student", *heads, total, "remark", title=f"{lesson}: {len(rows)} students")
    for row in rows:
        marks = [_mark(row.marks.get(task)) for task in most]
        remark = shorten(plain(row.remark), REMARK, placeholder=" …")
        table.add_row(Text(plain(row.student)), *marks, _mark(row.total), Text(remark))
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)


def lacking(rows: Sequence[Row]) -> list[str]:
    """Say once for the class what this machine lacks, whom it concerns, and what to do."""
    whom: dict[str, list[str]] = {}
    for row in rows:
        for what in row.lacking:
            whom.setdefault(what, []).append(row.student)
    return [
        plain(f"This machine lacks {what}, which {_few(who)} asked for. ")
        + TO_DO[what.startswith("the package")]
        for what, who in whom.items()
    ]


def _few(students: Sequence[str]) -> str:
    more = f" and {len(students) - FEW} more" if len(students) > FEW else ""
    return ", ".join(students[:FEW]) + more


def where(course: Course, lesson: str) -> None:
    """Print where the gradebook, the feedback pages and the marks are."""
    print(f"Gradebook: {course.gradebook or course.config.CourseDirectory.db_url}")
    print(f"Feedback:  {course.work('feedback')}/STUDENT/{lesson}/{lesson}.html")
    print(f"Marks:     {course.work('marks')}/{lesson}.csv; exported: {course.work('export')}/{lesson}.csv")
    print(f"Formgrader: run `jupyter lab` in {course.root} and open Nbgrader > Formgrader.")


def _mark(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
