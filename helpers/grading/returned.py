"""Back to Moodle: what it called each student's submission, and feedback pages in a zip that it takes."""

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.feedback import page
from helpers.grading.records import replace
from helpers.grading.submissions import Submission

MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?")
CANVAS = re.compile(r"[^_/]+_(?:LATE_)?(?P<number>\d+)_\d+_.*")
OURS = re.compile(r"[^_]*_(\d+)")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


def remember(course: Course, lesson: str, found: Iterable[Submission]) -> None:
    """Keep what the school's system called each submission, where it did."""
    kept = recall(course, lesson)
    kept |= {s.student: s.called for s in found if s.called}
    if kept:
        replace(_path(course, lesson), json.dumps(kept, indent=1, ensure_ascii=False))


def recall(course: Course, lesson: str) -> dict[str, str]:
    """Return what the school's system called submissions, by student."""
    try:
        told = json.loads(_path(course, lesson).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}


def number(student: str, called: str, system: str) -> str:
    """Return a student's number in Moodle or Canvas; empty where nothing tells it."""
    found = (MOODLE.match(called) if system == "Moodle" else CANVAS.fullmatch(called)) if called else None
    if found:
        return found["number"]
    if system == "Moodle" and (ours := OURS.fullmatch(student)):
        return ours[1]
    return student if student.isascii() and student.isdigit() else ""


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


def _path(course: Course, lesson: str) -> Path:
    return course.work("called", f"{lesson}.json")
