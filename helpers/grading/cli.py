"""The command `course`."""

import sys
import warnings
from importlib.util import find_spec

from helpers.grading import CourseError
from helpers.grading.atomic import no_room
from helpers.grading.plain import plain
from helpers.grading.settings import spare_imports

EXTRA = ("typer", "rich", "jupytext", "nbgrader")


def main() -> None:
    """Run the command line; what can't be done ends with one line on stderr and exit code 2."""
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        sys.exit(_fail(f"`course` needs {', '.join(missing)}: pip install 'deep-learning-course[grading]'"))
    spare_imports()
    from helpers.grading.commands import app

    # SQLAlchemy, of nbgrader's own models
    warnings.filterwarnings("ignore", "Object of type <Submitted", module="nbgrader")
    try:
        app()
    except CourseError as error:
        sys.exit(_fail(str(error)))
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not error.strerror:
            raise
        where = f" ({error.filename})" if error.filename else ""
        sys.exit(_fail(no_room(error) or f"{error.strerror}{where}"))


def _fail(says: str) -> int:
    print(f"course: {plain(says)}", file=sys.stderr)
    return 2
