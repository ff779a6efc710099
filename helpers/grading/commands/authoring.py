"""Write lessons, and hand them out: notebooks, a website, one file; begin a lesson or a task."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Class, GroupNumber, Lesson, TaskName, app, folder, graded
from helpers.grading.course import Course

SITE = ("sphinx", "myst_nb", "furo", "latex2mathml", "ziamath")
New = Annotated[str, typer.Argument(help="Such as 10-generative-models.", show_default=False)]
Name = Annotated[str, typer.Argument(help="What its answer is called.", show_default=False)]


@app.command()
def build(
    lessons: Annotated[list[str] | None, typer.Argument(help="All of them, if none is named.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only name the files that are not up to date.")
    ] = False,
) -> None:
    """Build the notebooks of lessons from their sources, and course/README.md."""
    from helpers.checks.lessons import MODULES
    from helpers.grading.authoring.build import build, stale, write
    from helpers.grading.authoring.coverage import contents

    course = Course.here()
    files = build(course, lessons or MODULES) | contents(course)
    old = stale(files)
    names = [str(path.relative_to(course.root)) for path in old]
    if check and old:
        raise CourseError(f"not up to date, run `course build`: {', '.join(names)}")
    write({path: files[path] for path in old})
    print("\n".join(f"wrote {name}" for name in names) or f"{len(files)} files are up to date")


@app.command("new-lesson")
def new_lesson(
    lesson: New, task: Annotated[str, typer.Option(help="What its first task is called.")] = "centred"
) -> None:
    """Begin a lesson: source, one working task, a question and a written question."""
    from helpers.grading.authoring import skeleton

    course = Course.here()
    written(course, skeleton.lesson(course, lesson, task), lesson)
    print(
        "A whole lesson has 18 points in 6 to 10 tasks, and a written question for 2: a test asks for that."
    )


@app.command("new-task")
def new_task(
    lesson: Lesson,
    name: Name,
    points: Annotated[float, typer.Option(help="In quarters; 0 for practice.")] = 1.0,
) -> None:
    """Begin a task: reference, probe, parts, three misconceptions, hints, cells and two alternatives."""
    from helpers.grading.authoring import skeleton
    from helpers.grading.course import known

    course = Course.here()
    known(lesson)
    written(course, skeleton.task(course, lesson, name, points), lesson)


@app.command("new-misconception")
def new_misconception(
    lesson: Lesson,
    task: TaskName,
    group: GroupNumber,
    says: Annotated[
        str, typer.Option(help="What a student reads; by default a sentence to be filled in.")
    ] = "",
    where: Class = None,
) -> None:
    """Make a misconception of a group of answers: the shortest is written into the lesson's checks."""
    from helpers.checks import lessons
    from helpers.grading.authoring.misconception import added
    from helpers.grading.returning.class_report.gather import gather
    from helpers.grading.returning.class_report.groups import grouped

    course, known = Course.here(), gather(graded(lesson, where), lesson)
    found = grouped(known, task).numbered(group)
    if not found.fails:
        raise CourseError(f"group {group} of {task} is right")
    if found.declared:
        raise CourseError(f"group {group} of {task} is declared already: {found.name}")
    files = added(course, lesson, lessons.tasks(lesson)[task], found.source, found.fails, says)
    for path, text in files.items():
        path.write_text(text, "utf-8", newline="\n")
        print(f"wrote {path.relative_to(course.root)}, of an answer of {many(len(found.students))}")
    print(
        "It is a student's code, which checks and tests run from now on: read it first, write its sentence. "
        f"Then: course build {lesson} && pytest tests/course/test_tasks.py -k '{task}'"
    )


def many(students: int) -> str:
    """Return how many students there are, in words."""
    return f"{students} student{'s' * (students != 1)}"


def written(course: Course, files: dict[Path, str], lesson: str) -> None:
    """Write files, and say which and what comes next."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        print(f"wrote {path.relative_to(course.root)}")
    print(
        f"Change them in place, then: course build {lesson} && pytest tests/course/test_tasks.py\n"
        f"course prove {lesson} says which slips no case tells: add the case, or declare that it is no slip "
        f"in tests/equivalent/{lesson}.toml."
    )


@app.command()
def site(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Which are run for their figures; all, if none is named.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The site's folder; by default build/site.")] = None,
    at_once: Annotated[int, typer.Option(min=1, help="How many lessons are run at the same time.")] = 2,
) -> None:
    """Make the website: every lesson with its figures, its answers left open; it needs no server."""
    from importlib.util import find_spec

    if missing := [name for name in SITE if find_spec(name) is None]:
        raise CourseError(
            f"the site needs {', '.join(missing)}: pip install 'deep-learning-course[site]', or make site"
        )
    from helpers.checks.lessons import MODULES
    from helpers.grading.site import write
    from helpers.grading.site.examples import sample
    from helpers.grading.site.execute import executed

    course = Course.here()
    place = folder(to or course.root / "build" / "site")
    if any(place.iterdir()) and not (place / "searchindex.js").is_file():
        raise CourseError(f"{place} holds something else than a site, which would be lost")
    run = executed(course, lessons or MODULES, course.root / "build" / "executed", at_once, print)
    write(course, place, run, sample(course))
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    print(f"{place / 'index.html'}: {size / 1e6:.1f} MB in all")


@app.command()
def bundle(
    to: Annotated[
        Path | None, typer.Option(help="The file; by default build/deep-learning-course.zip.")
    ] = None,
) -> None:
    """Make one file to hand out: all notebooks, and the course, which their first cell installs."""
    from helpers.checks.lessons import MODULES
    from helpers.grading.authoring.bundle import bundle

    course = Course.here()
    place = to or course.root / "build" / "deep-learning-course.zip"
    content = bundle(course, MODULES)
    folder(place.parent)
    place.write_bytes(content)
    print(f"{place}: {len(content) / 1e6:.1f} MB")
