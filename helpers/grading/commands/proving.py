"""Prove that the course grades right, and measure how long that takes."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app, folder
from helpers.grading.commands.sandboxed import Sandbox, without
from helpers.grading.course import Course


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, help="How many hand in the first lesson.")] = 24,
    seed: Annotated[int, typer.Option(help="What the class is drawn from.")] = 0,
    to: Annotated[Path | None, typer.Option(help="The class's folder; by default a temporary one.")] = None,
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


@app.command()
def bench(
    what: Annotated[
        str, typer.Argument(help="lessons, reference, device, grading, class (its size), or report.")
    ] = "lessons",
    students: Annotated[int, typer.Option(min=12, help="How many are graded.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Measure the figures that the README quotes, on this machine."""
    course = Course.here()

    from helpers.checks.lessons import MODULES
    from helpers.grading.bench import grading, lessons, reference, report

    known: dict[str, Callable[[], tuple[Any, Callable[[Any], str]]]] = {
        "lessons": lambda: (lessons.measure(course, MODULES), lessons.told),
        "reference": lambda: (reference.measure(), reference.told),
        "device": _device,
        "grading": lambda: (grading.measure(course, students), grading.told),
        "report": lambda: (report.measure(course, max(5, students // 40), students), report.told),
        "class": lambda: (grading.growth(course, students // 10, students), grading.told),
    }
    if what not in known:
        raise CourseError(f"there is no benchmark {what!r}; there are: {', '.join(known)}")
    figures, told = known[what]()
    print(json.dumps(figures, indent=2) if as_json else told(figures))


def _device() -> tuple[dict[str, Any], Callable[[dict[str, Any]], str]]:
    from helpers.grading.bench import device  # with torch, which the others do without

    return device.measure(), device.told
