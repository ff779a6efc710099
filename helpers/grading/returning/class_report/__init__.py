"""The class report: what a lesson's records and marks say about a class, as a page and as a table."""

from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course


def write(course: Course, lesson: str, to: Path | None = None) -> tuple[Path, Path]:
    """Write the report of a graded class; return where the page is, and the table beside it.

    Args:
        course: the class's folder.
        lesson: the lesson's name.
        to: the page; by default under .nbgrader/report.

    Raises:
        CourseError: where nothing was graded, or the files can't be written.
    """
    from helpers.grading.returning.class_report.alike import likeness
    from helpers.grading.returning.class_report.gather import gather
    from helpers.grading.returning.class_report.page import page
    from helpers.grading.returning.class_report.table import table

    path = to or course.work("report", f"{lesson}.html")
    beside = path.with_suffix(".csv")
    if path == beside:
        raise CourseError(
            f"{path} is to be the page, and the table is written beside it: call it {path.stem}.html"
        )
    known = gather(course, lesson)
    alike = likeness(known)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(known, alike), "utf-8")
        beside.write_text(table(known, alike), "utf-8")
    except OSError as error:
        raise CourseError(f"{error.filename} can't be written: {error.strerror}") from None
    return path, beside
