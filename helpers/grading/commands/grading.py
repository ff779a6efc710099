"""Build the lessons, grade a class, and measure how long that takes."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Lesson, app, folder
from helpers.grading.course import Course

Sandbox = Annotated[
    str, typer.Option(help="bwrap, or none for a class that you trust.", metavar="bwrap|none")
]


@app.command()
def build(
    lessons: Annotated[list[str] | None, typer.Argument(help="All of them, if none is named.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only name the files that are not up to date.")
    ] = False,
) -> None:
    """Build the notebooks of lessons from their sources, and course/README.md."""
    from helpers.checks.lessons import MODULES
    from helpers.grading.build import build, stale, write
    from helpers.grading.coverage import contents

    course = Course.here()
    files = build(course, lessons or MODULES) | contents(course)
    old = stale(files)
    names = [str(path.relative_to(course.root)) for path in old]
    if check and old:
        raise CourseError(f"not up to date, run `course build`: {', '.join(names)}")
    write({path: files[path] for path in old})
    print("\n".join(f"wrote {name}" for name in names) or f"{len(files)} files are up to date")


@app.command()
def grade(
    lesson: Lesson,
    submitted: Annotated[
        Path, typer.Option(help="A folder that holds one for each student.", show_default=False)
    ],
    to: Annotated[Path | None, typer.Option(help="The class's folder; by default the checkout.")] = None,
    sandbox: Sandbox = "bwrap",
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Draw new random cases; everything is run again.")
    ] = False,
    cluster: Annotated[
        str, typer.Option(help="Run on a dask.distributed cluster, such as tcp://10.0.0.1:8786.")
    ] = "",
    feedback: Annotated[bool, typer.Option(help="Write feedback pages for whose marks are new.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print a summary only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for scripts.")] = False,
) -> None:
    """Grade what students handed in: gradebook, feedback pages and marks.

    Interrupted at any moment, it goes on where it stopped; a submission that did not change is not run
    again. The exit code is 1 where the grader itself failed on a submission: run it once more.
    """
    import nbformat

    from helpers.grading.handed_in import find
    from helpers.grading.submissions import take

    course = replace(Course.here(), bare=bare(sandbox))
    course.require(lesson)
    found = find(lesson, submitted, nbformat.read(course.student(lesson), as_version=4))
    if to:
        course = course.copy_to(folder(to), lesson)

    from helpers.grading import classroom, report
    from helpers.grading.judging import seed_of
    from helpers.grading.returned import remember

    classroom.release(course, lesson)
    seed_of(course, lesson, new_seed)
    for submission in found:
        take(course, lesson, submission)
    remember(course, lesson, found)
    whole = sum(not submission.reason for submission in found)
    try:
        with report.progress("Grading", whole, quiet or as_json) as on_done:
            rows = classroom.grade(course, lesson, found, on_done, cluster, feedback)
    except KeyboardInterrupt:
        typer.echo("Interrupted. What was graded is kept: the same command goes on from there.", err=True)
        raise typer.Exit(130) from None
    counts = report.summary(rows)
    if as_json:
        print(report.as_json(lesson, rows))
    else:
        if not quiet:
            report.show(course, lesson, rows)
            report.where(course, lesson)
        print(report.told(counts))
    if counts["infrastructure error"]:
        raise typer.Exit(1)


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

    from helpers.grading.demo import differences, run
    from helpers.grading.report import progress, show, where
    from helpers.grading.sample import draw, troubled

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


def bare(sandbox: str) -> bool:
    """Return whether student code is to run without a sandbox.

    Raises:
        CourseError: for a word that is neither, or where there is no sandbox on this machine.
    """
    if sandbox not in ("bwrap", "none"):
        raise CourseError(f"there is no sandbox {sandbox!r}; there are: bwrap, none")
    if sandbox == "bwrap":
        from helpers.grading.sandbox import program

        program()
    return sandbox == "none"


def without(sandbox: str) -> bool:
    """Like `bare`, for the sample class: install bubblewrap where we may, else do without it, and say so."""
    from helpers.grading.sandbox import NoSandbox, install

    if sandbox == "bwrap":
        install()
    try:
        return bare(sandbox)
    except NoSandbox as error:
        print(f"Graded without a sandbox, and without its broken and hostile students: {error}.")
        return True
