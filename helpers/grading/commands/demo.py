"""Grade a sample class, and compare every mark with the known truth."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app, folder
from helpers.grading.commands.sandboxed import Sandbox, without
from helpers.grading.course import Course


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, help="How many hand in the first lesson.")] = 24,
    seed: Annotated[int, typer.Option(help="What the class is drawn from.")] = 0,
    to: Annotated[
        Path | None, typer.Option("--class", "--to", help="The class's folder; by default a temporary one.")
    ] = None,
    lesson: Annotated[str, typer.Option(help="Which lesson; by default all.")] = "",
    sandbox: Sandbox = "bwrap",
) -> None:
    """Grade a class of sample students and compare every mark with the known truth.

    Some of those who hand in the first lesson are broken or hostile; a third of the class goes on.
    """
    from helpers.checks.lessons import MODULES

    course = Course.here()
    names = [lesson] if lesson else list(MODULES)
    for name in names:
        course.require(name)
    course = replace(course, bare=without(sandbox))

    from helpers.grading.commands.console import progress, show, where
    from helpers.grading.sample.demo import differences, run
    from helpers.grading.sample.students import draw, troubled

    sizes = [students, *[max(1, students // 3)] * (len(names) - 1)]
    drawn = {name: draw(course, name, n, seed) for name, n in zip(names, sizes, strict=True)}
    if not course.bare:
        drawn[names[0]] += troubled(course, names[0])
    root = folder(to) if to else Path(tempfile.mkdtemp(prefix="course-demo-"))
    if any(root.iterdir()):
        raise CourseError(f"{root} is not empty: the sample class needs a folder of its own")
    wrong = []
    for name, everyone in drawn.items():
        held = course.copy_to(root, name)
        with progress(f"Grading {name}", len(everyone)) as on_done:
            rows = run(held, name, everyone, on_done)
        show(held, name, rows)
        where(held, name)
        wrong += differences(everyone, rows)
    if wrong:
        typer.echo("\n".join([*wrong, f"{len(wrong)} marks differ from the known truth."]), err=True)
        raise typer.Exit(1)
    marks = sum(len(student.answers) for everyone in drawn.values() for student in everyone)
    print(f"All {marks} marks and {sum(map(len, drawn.values()))} totals equal the known truth.")
