"""When each handed in, as Moodle's grading worksheet tells it, in the time of the place."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from nbgrader.api import Gradebook

from helpers.grading import CourseError
from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.intake.submission import FORM, STAMP
from helpers.grading.marks.late import renew
from helpers.grading.returning.moments import moment
from helpers.grading.returning.rows import Refused, Rows
from helpers.grading.returning.sheets import Sheet, read
from helpers.grading.returning.systems import MOODLE, NO_MARK, Layout
from helpers.grading.returning.totals import Mark


def enter(
    course: Course, lesson: str, marks: Sequence[Mark], worksheet: Path, zone: tzinfo | None
) -> tuple[int, dict[str, list[str]]]:
    """Enter when each handed in, and have penalties follow; of a group, when the last member did.

    Args:
        course: the class's folder.
        lesson: its name.
        marks: of the students, with what is known of whose they are.
        worksheet: Moodle's grading worksheet of the assignment.
        zone: the one whose time the worksheet tells; None for this machine's.

    Returns:
        How many times are entered, and of whom none is, by reason.

    Raises:
        CourseError: where the file tells no times.
    """
    sheet = read(worksheet)
    layout = MOODLE.layout(sheet, lesson)
    column, rows = _times(sheet, layout, worksheet), Rows(MOODLE, sheet, layout, None, marks)
    told, missing = dict[str, datetime](), dict[str, list[str]]()
    for mark in marks:
        try:
            text = sheet.get(rows.of(mark), column)
            if not (when := moment(text)):
                raise Refused("the worksheet tells no time")
        except Refused as why:
            missing.setdefault(str(why), []).append(mark.student)
        else:
            utc = when.replace(tzinfo=zone).astimezone(UTC)
            told[mark.graded] = max(utc, told.get(mark.graded, utc))
    settings = course.config.CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        for student, utc in told.items():
            gradebook.find_submission(lesson, student).timestamp = utc.replace(tzinfo=None)
        gradebook.db.commit()
    for student, utc in told.items():
        for step in "submitted", "autograded":
            if (folder := course.work(step, student, lesson)).is_dir():
                replace(folder / STAMP, utc.strftime(FORM))
    renew(course, lesson)
    return len(told), missing


def set_due(course: Course, lesson: str, due: str, zone: tzinfo | None) -> None:
    """Set when a lesson is due, a time of the place.

    Raises:
        CourseError: where the text is no time.
    """
    try:
        when = datetime.fromisoformat(due)
    except ValueError:
        raise CourseError(f"{due!r} is no time: write it like 2026-11-30 23:59") from None
    utc = (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    settings = course.config.CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        gradebook.update_or_create_assignment(lesson, duedate=utc.strftime(FORM))


def _times(sheet: Sheet, layout: Layout, path: Path) -> int:
    """Return the column with the times of handing in: the first behind the marks that holds times alone."""
    for j in range(layout.mark + 1, len(sheet.heads)):
        texts = [sheet.get(i, j) for i in layout.students]
        if all(text in NO_MARK or moment(text) for text in texts):
            if any(text not in NO_MARK for text in texts):
                return j
            break  # nobody handed in; the times of marks, further on, are others
    raise CourseError(f"{path} tells no times of handing in that can be read: is it the grading worksheet?")
