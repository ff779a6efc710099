"""Feedback pages in a zip that Moodle takes back."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.called import recall
from helpers.grading.intake.people.layouts import MOODLE
from helpers.grading.judging import store
from helpers.grading.marks.reader import read
from helpers.grading.returning.feedback import current, page, refresh

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


def zipped(
    course: Course, lesson: str, students: Iterable[str], to: Path
) -> tuple[int, dict[str, list[str]]]:
    """Write feedback pages into a zip for Moodle's "upload multiple feedback files".

    Returns:
        How many are in it, and who is not, by reason.

    Raises:
        CourseError: where the file is there already, can't be written, or nothing would be in it.
    """
    kept, students = recall(course, lesson), list(students)
    refresh(course, lesson, students)
    new, nothing = current(course, lesson, students), _ungraded(course, lesson, students)
    pages, left_out = dict[str, Path](), dict[str, list[str]]()
    for student in students:
        folder = _folder(kept.get(student, ""))
        path = page(course, lesson, student)
        if not folder:
            left_out.setdefault("Moodle's number is not known: the submissions did not tell it", []).append(
                student
            )
        elif student in nothing or student not in new:
            left_out.setdefault(nothing.get(student, "has no feedback page"), []).append(student)
        else:
            pages[f"{folder}/{lesson}-feedback.html"] = path
    if not pages:
        why = (
            "; ".join(f"{why}: {', '.join(who[:5])}" for why, who in left_out.items()) or "nobody was graded"
        )
        raise CourseError(f"there is no feedback to send ({why})")
    try:
        with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, path in pages.items():
                info = zipfile.ZipInfo(name, LONG_AGO)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(info, path.read_bytes())
    except FileExistsError:
        raise CourseError(f"{to} is there already: it is not overwritten") from None
    except OSError as error:
        raise CourseError(f"{to} can't be written: {error.strerror}") from None
    return len(pages), left_out


def _ungraded(course: Course, lesson: str, students: Iterable[str]) -> dict[str, str]:
    """Return whose page would be of something else than what was handed in, and why."""
    told, found = read(course, lesson), {}
    for student in students:
        marks, record = told.get(student), store.read(course, lesson, student)
        if marks is None or all(mark is None for mark in marks.marks.values()):
            found[student] = "could not be graded"
        elif record and record.origin.submission != store.handed_in(course, lesson, student):
            found[student] = f"handed in anew and not graded since: run `course grade {lesson}`"
    return found


def _folder(called: str) -> str:
    """Return the folder that Moodle looks for; empty where the student's number is not known."""
    if found := MOODLE.fullmatch(called):
        return f"{found['name']}_{found['number']}_assignsubmission_{found['kind']}_"
    return ""
