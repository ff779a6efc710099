"""Feedback pages in a zip that Moodle takes back."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.called import MOODLE, OURS, recall
from helpers.grading.returning.feedback import page

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
    kept = recall(course, lesson)
    pages, left_out = dict[str, Path](), dict[str, list[str]]()
    for student in students:
        folder = _folder(student, kept.get(student, ""))
        path = page(course, lesson, student)
        if not folder:
            left_out.setdefault("Moodle's number is not known: the submissions did not tell it", []).append(
                student
            )
        elif not path.is_file():
            left_out.setdefault("has no feedback page", []).append(student)
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


def _folder(student: str, called: str) -> str:
    """Return the folder that Moodle looks for; empty where the student's number is not known."""
    if found := MOODLE.match(called):
        return f"{found['name']}_{found['number']}_assignsubmission_{found['kind']}_"
    return f"{student}_assignsubmission_file_" if OURS.fullmatch(student) else ""
