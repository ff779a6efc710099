"""What becomes of marks: the class report, and the files that a school's system takes."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.grading.commands.app import Class, Lesson, app, graded


@app.command()
def report(
    lesson: Lesson,
    to: Annotated[
        Path | None,
        typer.Option(help="The page; by default under .nbgrader/report. The CSV file goes beside it."),
    ] = None,
    where: Class = None,
) -> None:
    """Write the class report: one page with pictures, and a table."""
    course = graded(lesson, where)

    from helpers.grading.class_report import write

    for path in write(course, lesson, to):
        print(path)
