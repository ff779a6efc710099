"""Feedback pages in a zip that Moodle or ILIAS takes back."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.marks.reader import read as read_marks
from helpers.grading.returning.feedback import current, page, refresh
from helpers.grading.returning.rows import Refused, Rows
from helpers.grading.returning.sheets import read
from helpers.grading.returning.systems import ILIAS, MOODLE, System
from helpers.grading.returning.totals import Mark

FOLDERS = {  # of a page in the zip; ILIAS' as its source reads them, never tried on a server
    MOODLE.name: "{name}_{number}_assignsubmission_file_",
    ILIAS.name: "multi_feedback_{lesson}/{name}_{number}",
}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


def zipped(
    course: Course,
    lesson: str,
    marks: Sequence[Mark],
    to: Path,
    worksheet: Path | None = None,
    system: System = MOODLE,
) -> tuple[int, dict[str, list[str]]]:
    """Write feedback pages into a zip for Moodle's "upload multiple feedback files", ILIAS' "multi-feedback".

    A group's page is in it for each member. The system takes a page for whoever has the number in its
    folder's name. The number of a folder that was handed in does not tell that alone, as it may be a
    group's: the class list or the system's file has to.

    Args:
        course: the class's folder.
        lesson: its name.
        marks: of the students, with what is known of whose they are.
        to: the zip.
        worksheet: Moodle's grading worksheet of the assignment, or ILIAS' status file: it has the numbers.
        system: whose zip it is to be.

    Returns:
        How many are in it, and who is not, by reason.

    Raises:
        CourseError: where the file is there already, can't be written, or nothing would be in it.
    """
    numbers, left_out = _numbers(lesson, marks, worksheet, system)
    graded = list(dict.fromkeys(mark.graded for mark in marks))
    refresh(course, lesson, graded)
    new, nothing = current(course, lesson, graded), _ungraded(course, lesson, graded)
    pages = dict[str, Path]()
    for mark in marks:
        if mark.student not in numbers:
            continue
        path = page(course, lesson, mark.graded)
        if mark.graded in nothing or mark.graded not in new:
            left_out.setdefault(nothing.get(mark.graded, "has no feedback page"), []).append(mark.student)
        else:
            told = {"name": _plain(mark.name or mark.student), "number": numbers[mark.student]}
            folder = FOLDERS[system.name].format(lesson=lesson, **told)
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


def _numbers(
    lesson: str, marks: Sequence[Mark], worksheet: Path | None, system: System
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the system's number of each student, and who has none for certain, by reason."""
    found, left_out = dict[str, str](), dict[str, list[str]]()
    rows = _rows(lesson, marks, worksheet, system) if worksheet else None
    for mark in marks:
        try:
            if rows:
                found[mark.student] = rows.number(rows.of(mark))
            elif mark.keys and mark.number:
                found[mark.student] = mark.number
            else:
                raise Refused(
                    f"{system.name}'s number is not known for certain: give the assignment's file with "
                    f"--{system.name.lower()}"
                )
        except Refused as why:
            left_out.setdefault(str(why), []).append(mark.student)
    times = Counter(found.values())
    for student in [student for student, number in found.items() if times[number] > 1]:
        left_out.setdefault("two of ours have one number", []).append(f"{student} ({found.pop(student)})")
    return found, left_out


def _rows(lesson: str, marks: Sequence[Mark], worksheet: Path, system: System) -> Rows:
    sheet = read(worksheet)
    layout = system.layout(sheet, lesson)
    if layout.number is None:
        raise CourseError(f"{worksheet} has no numbers of the assignment: give the grading worksheet")
    return Rows(system, sheet, layout, None, marks)


def _plain(name: str) -> str:
    """Return a name as it may stand in a folder's name, of which Moodle reads what is between underscores."""
    return re.sub(r"[\W_]+", " ", name).strip()


def _ungraded(course: Course, lesson: str, students: Iterable[str]) -> dict[str, str]:
    """Return whose page would be of something else than what was handed in, and why."""
    told, found = read_marks(course, lesson), {}
    for student in students:
        marks, record = told.get(student), store.read(course, lesson, student)
        if marks is None or all(mark is None for mark in marks.marks.values()):
            found[student] = "could not be graded"
        elif record and record.origin.submission != store.handed_in(course, lesson, student):
            found[student] = f"handed in anew and not graded since: run `course grade {lesson}`"
    return found
