"""Set up nbgrader on a JupyterHub, where students and teachers are users of one machine."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Class, app
from helpers.grading.course import CONFIG, Course

SAYS = """\
# nbgrader reads this on this machine, students' and teachers'; written by `course hub`.
c = get_config()
c.CourseDirectory.course_id = {course!r}
c.Exchange.root = {exchange!r}
"""
OPEN = 0o1777  # nbgrader wants it writable for all; nobody removes what is another's


@app.command()
def hub(
    exchange: Annotated[
        Path, typer.Option(help="The folder through which lessons, submissions and feedback go.")
    ] = Path("/srv/nbgrader/exchange"),
    to: Annotated[
        Path, typer.Option(help="The configuration for all users of the machine, students too.")
    ] = Path("/etc/jupyter", CONFIG),
    where: Class = None,
) -> None:
    """Make the exchange of a JupyterHub, and write the configuration that students need.

    Both have to be on the machine, or in the image, in which students' servers run. Marks stay in the
    class's folder, which its owner alone can read, or its group where CourseDirectory.groupshared is set.
    """
    course = Course(where.resolve()) if where else Course.here()
    exchange = exchange.resolve()
    if exchange.is_relative_to(course.work()):
        raise CourseError(f"{exchange} is where the class's marks are: students must not come there")
    told = SAYS.format(course=course.config.CourseDirectory.course_id, exchange=str(exchange))
    if to.exists() and to.read_text("utf-8") != told:
        raise CourseError(
            f"{to} is there already and is not overwritten; these lines have to be in it:\n{told}"
        )
    try:
        exchange.mkdir(parents=True, exist_ok=True)
        exchange.chmod(OPEN)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(told, "utf-8")
        to.chmod(0o644)
    except OSError as error:
        raise CourseError(f"{error.filename} can't be written ({error.strerror}): run this as root") from None
    print(f"Exchange:      {exchange}, for all users\nConfiguration: {to}, read by every user's nbgrader")
    print("Next, as the teacher, in the class's folder: `nbgrader release_assignment LESSON`.")
