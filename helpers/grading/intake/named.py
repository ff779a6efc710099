"""Submissions of students who are named: one person's folder, or what somebody handed in before."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.archives import files
from helpers.grading.intake.choose import Pile, choose
from helpers.grading.intake.collect import find
from helpers.grading.intake.given import Release
from helpers.grading.intake.roster import FILE, Roster
from helpers.grading.intake.submission import Submission

OURS = {"course", "solutions", *lessons.MODULES}  # what is called so is a lesson, not a student


def named(
    lesson: str, path: Path, students: Sequence[str], release: NotebookNode, roster: Roster
) -> list[Submission]:
    """Return what students handed in, of those who are named; of all, where nobody is.

    Args:
        lesson: its name.
        path: the class's folder or archive; or one student's, or a notebook, where one student is named.
        students: ids.
        release: the student's notebook.
        roster: the class list.

    Raises:
        CourseError: where it is one student's and not said whose, or somebody named handed in nothing.
    """
    if _ones_own(path):
        if len(students) != 1:
            raise CourseError(
                f"{path} is what one student handed in, not a class's folder: its notebooks lie right in it. "
                "Say whose it is with --student ID, or give the folder above it to grade the whole class"
            )
        person = roster.by_id(students[0])
        if roster.people and not person:
            raise CourseError(f"{FILE} has nobody with the id {students[0]!r}: add the person there")
        return [choose(lesson, person.id if person else students[0], _pile(path), Release(release))]
    found = find(lesson, path, release, roster)
    if not students:
        return found
    there = {submission.student: submission for submission in found}
    _require(students, there, f"in {path}")
    return [there[student] for student in dict.fromkeys(students)]


def before(course: Course, lesson: str, students: Sequence[str]) -> list[Submission]:
    """Return what these students handed in before, to be graded again.

    Raises:
        CourseError: where that is nothing.
    """
    there = {
        path.parent.parent.name: path for path in course.work("submitted").glob(f"*/{lesson}/{lesson}.ipynb")
    }
    _require(students, there, f"for {lesson} in {course.work('submitted')}")
    return [Submission(student, there[student]) for student in dict.fromkeys(students)]


def _ones_own(path: Path) -> bool:
    """Whether a folder or archive is one student's: notebooks lie in it, or in folders called as lessons."""
    if path.suffix.lower() == ".ipynb":
        return path.is_file()
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    tops = {PurePosixPath(name.split("/")[0]).stem for name in _notebooks(path)}
    return bool(tops) and tops <= OURS


def _notebooks(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [name for name, wrong in files(path) if name.lower().endswith(".ipynb") and not wrong]


def _pile(path: Path) -> Pile:
    if path.suffix.lower() == ".ipynb":
        return Pile([(path, (), path.name)])
    inside = path.is_dir()
    return Pile([(path / n, (), n) if inside else (path, (n,), n) for n in _notebooks(path)])


def _require(students: Iterable[str], there: Iterable[str], where: str) -> None:
    for student in students:
        if student not in set(there):
            near = get_close_matches(student, there)
            hint = f": did you mean {' or '.join(near)}?" if near else ""
            raise CourseError(f"nobody called {student!r} handed in anything {where}{hint}")
