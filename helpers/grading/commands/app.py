"""The command line itself, and what its subcommands share."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.course import Course

app = typer.Typer(
    help="Build the lessons, grade a class, and prove that it is graded right.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Lesson = Annotated[str, typer.Argument(help="Such as 01-perceptron.", show_default=False)]
TaskName = Annotated[str, typer.Argument(help="The task's id.", show_default=False)]
GroupNumber = Annotated[int, typer.Option("--group", min=1, help="Its number in the class report.")]
Class = Annotated[
    Path | None, typer.Option("--class", help="The class's folder; by default the checkout that we are in.")
]


def folder(path: Path) -> Path:
    """Return a folder, made where it is not there.

    Raises:
        CourseError: if it can't be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"{path} can't be the class's folder: {error.strerror}") from None
    return path.resolve()


def graded(lesson: str, where: Path | None) -> Course:
    """Return the folder of a class that was graded, with penalties as the marks are now.

    Raises:
        CourseError: for a lesson that does not exist, or where nothing was graded.
    """
    from helpers.grading.course import known
    from helpers.grading.marks.late import renew

    course = Course(where.resolve()) if where else Course.here()
    known(lesson)
    if course.gradebook and not course.gradebook.is_file():
        where = course.gradebook.parent
        raise CourseError(f"there is no gradebook in {where}: `course grade {lesson}` makes one")
    if not course.instructor(lesson).is_file():
        raise CourseError(f"{course.instructor(lesson)} is missing: run `course build {lesson}`")
    renew(course, lesson)
    return course
