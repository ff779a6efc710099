"""What others get of the course: a website, and one file to take along."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app, folder
from helpers.grading.course import Course

NEEDED = ("sphinx", "myst_nb", "furo", "latex2mathml", "ziamath")


@app.command()
def site(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Which are run for their figures; all, if none is named.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The site's folder; by default build/site.")] = None,
    examples: Annotated[
        bool, typer.Option("--examples/--no-examples", help="Grade a sample class for the pages it gets.")
    ] = True,
    at_once: Annotated[int, typer.Option(min=1, help="How many lessons are run at the same time.")] = 2,
) -> None:
    """Make the website: every lesson with its figures, its answers left open; it needs no server."""
    from importlib.util import find_spec

    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise CourseError(
            f"the site needs {', '.join(missing)}: pip install 'deep-learning-course[site]', or make site"
        )
    from helpers.checks.lessons import MODULES
    from helpers.grading.site import write
    from helpers.grading.site.examples import sample
    from helpers.grading.site.execute import executed

    course = Course.here()
    names, place = lessons or [*MODULES], folder(to or course.root / "build" / "site")
    run = executed(course, names, course.root / "build" / "executed", at_once, print)
    write(course, place, run, sample(course) if examples else {})
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    print(f"{place / 'index.html'}: {size / 1e6:.1f} MB in all")
