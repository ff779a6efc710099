"""Find what students handed in and put it where nbgrader looks, each with a reason where that fails."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

from helpers.grading import CourseError
from helpers.grading.course import Course, skew


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: the name of the folder.
        path: the notebook, where there is one.
        reason: why it can't be graded; empty where it can.
        remark: what the teacher should know, though it costs nothing.
    """

    student: str
    path: Path | None
    reason: str = ""
    remark: str = ""


def find(lesson: str, folder: Path) -> list[Submission]:
    """Look through a folder that holds one folder for each student; nothing is written.

    Raises:
        CourseError: if there is nothing to grade.
    """
    if not folder.is_dir():
        raise CourseError(f"there is no folder {folder}")
    students = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    found = [_look(lesson, student) for student in students]
    if all(submission.reason for submission in found):
        why = f" ({found[0].student}: {found[0].reason})" if found else ""
        raise CourseError(f"nothing to grade in {folder}: expected STUDENT/{lesson}.ipynb in it{why}")
    return found


def take(course: Course, lesson: str, submission: Submission) -> None:
    """Copy a submission to .nbgrader/submitted, in place of an earlier one of the same student."""
    folder = course.work("submitted", submission.student, lesson)
    shutil.rmtree(folder, ignore_errors=True)
    if submission.path and not submission.reason:
        folder.mkdir(parents=True)
        shutil.copyfile(submission.path, folder / f"{lesson}.ipynb")
        timestamp = submission.path.with_name("timestamp.txt")
        if timestamp.is_file():
            shutil.copyfile(timestamp, folder / timestamp.name)


def _look(lesson: str, student: Path) -> Submission:
    if set(student.name) & set("*?[]"):
        return Submission(
            student.name, None, "nbgrader can't take a name with * ? [ or ] in it: rename the folder"
        )
    places = [student / f"{lesson}.ipynb", student / lesson / f"{lesson}.ipynb"]
    path = next((path for path in places if path.is_file()), None)
    if path is None:
        return Submission(student.name, None, f"no {lesson}.ipynb was handed in")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises what it stumbles over
        why = (str(error).splitlines() or [type(error).__name__])[0]
        return Submission(student.name, path, f"its notebook can't be read: {why}")
    other = skew(lesson, notebook.metadata)
    remark = f"made from another release, which differs in {', '.join(other)}" if other else ""
    return Submission(student.name, path, remark=remark)
