"""A folder laid out as a course: where its lessons are, and where everything a class produces goes."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.grading import CourseError

if TYPE_CHECKING:
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """The checkout of the course, or a class's own folder with the same layout.

    Attributes:
        root: the folder.
        bare: whether student code runs without a sandbox, for a class that is trusted.
    """

    root: Path
    bare: bool = False

    @classmethod
    def here(cls) -> "Course":
        """Return the checkout that the current folder is in.

        Raises:
            CourseError: outside of one.
        """
        cwd = Path.cwd()
        for folder in (cwd, *cwd.parents):
            if (folder / CONFIG).is_file() and (folder / "solutions").is_dir():
                return cls(folder)
        raise CourseError(f"this is not inside the course's checkout, where {CONFIG} and solutions/ are")

    def source(self, lesson: str) -> Path:
        """The lesson as it is written: a percent file."""
        return self.root / "solutions" / lesson / f"{lesson}.py"

    def instructor(self, lesson: str) -> Path:
        """The instructor's notebook, with the solutions."""
        return self.root / "solutions" / lesson / f"{lesson}.ipynb"

    def student(self, lesson: str) -> Path:
        """The notebook that students open."""
        return self.root / "course" / lesson / f"{lesson}.ipynb"

    def released(self, lesson: str) -> Path:
        """What a class was given: nbgrader makes it anew whenever the class is graded."""
        return self.work("release", lesson, f"{lesson}.ipynb")

    def work(self, *parts: str) -> Path:
        """A path under the folder for everything that a class produces."""
        return self.root.joinpath(".nbgrader", *parts)

    @property
    def gradebook(self) -> Path | None:
        """The file that marks are in, wherever nbgrader is told to have it; None for a server's database."""
        url = str(self.config.CourseDirectory.db_url)
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    @property
    def config(self) -> "Config":
        """What nbgrader is told in this folder, except that grading never writes to course/."""
        from helpers.grading.settings import configured

        config = configured(self.root, self.bare)
        config.CourseDirectory.release_directory = ".nbgrader/release"
        return config

    def copy_to(self, root: Path, lesson: str) -> "Course":
        """Return a course in another folder, with one lesson; a configuration that is there stays."""
        copy = Course(root.resolve(), self.bare)
        if copy.root == self.root.resolve():
            return self
        copy.instructor(lesson).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.instructor(lesson), copy.instructor(lesson))
        if not (copy.root / CONFIG).exists():
            shutil.copyfile(self.root / CONFIG, copy.root / CONFIG)
        return copy

    def require(self, lesson: str) -> None:
        """Check that a lesson is built, and from the task definitions that are installed.

        Raises:
            CourseError: saying what differs and what to do.
        """
        known(lesson)
        path = self.instructor(lesson)
        shown = path.relative_to(self.root)
        if not path.is_file():
            raise CourseError(f"{shown} is missing: run `course build {lesson}`")
        try:
            other = skew(lesson, json.loads(path.read_text("utf-8"))["metadata"])
        except (ValueError, LookupError, TypeError):
            raise CourseError(f"{shown} can't be read: run `course build {lesson}`") from None
        if other:
            raise CourseError(
                f"{shown} was built from other definitions of {', '.join(other)} than are installed: "
                f"run `course build {lesson}`, or install the version of the course that released it"
            )


def known(lesson: str) -> dict[str, dict[str, float | str]]:
    """Return the points and digest of each task of a lesson.

    Raises:
        CourseError: naming the lessons that exist.
    """
    from helpers.checks import lessons

    try:
        return {t.id: {"points": t.points, "digest": t.digest} for t in lessons.tasks(lesson).values()}
    except lessons.UnknownLesson as error:
        raise CourseError(str(error)) from None


def skew(lesson: str, metadata: dict) -> list[str]:
    """Name the tasks that a notebook of the lesson was built with other definitions of."""
    built, installed = metadata.get("course", {}).get("tasks", {}), known(lesson)
    return [name for name in {**built, **installed} if built.get(name) != installed.get(name)]
