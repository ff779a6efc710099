"""Release a lesson: nbgrader makes the student's notebook and enters its cells into the gradebook."""

from contextlib import suppress
from pathlib import Path

import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.marks.stock import Log


def release(course: Course, lesson: str) -> None:
    """Generate the student's notebook into .nbgrader/release and enter its cells into the gradebook.

    Raises:
        CourseError: if its graded cells differ from those of submissions that are already there.
    """
    nbgrader.api.get_alembic_version = _revision
    config = course.config
    _for_teachers_alone(course.work(), bool(config.CourseDirectory.get("groupshared", False)))
    config.CourseDirectory.assignment_id = lesson
    log = Log()
    try:
        GenerateAssignment(CourseDirectory(config=config), config=config, log=log, force=True).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader can't release {lesson}: {log.cause or error}") from None


def _for_teachers_alone(folder: Path, shared: bool) -> None:
    """Make the folder with everybody's marks, closed to all others: on a Hub students are users, too."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = folder.stat().st_mode & 0o7777
    closed = mode & (0o2770 if shared else 0o700)
    if mode != closed:
        with suppress(PermissionError):  # another teacher's, who shares it
            folder.chmod(closed)


def _revision() -> str:
    """Return the revision of nbgrader's tables; it would start the program `alembic` for it, by name."""
    found = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    assert found
    return found
