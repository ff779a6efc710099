"""A class in nbgrader's gradebook: release a lesson, grade it, write feedback, marks and the table."""

from collections.abc import Sequence

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from helpers.grading.classroom.run import Done, Ending, Outcome, execute, nothing
from helpers.grading.classroom.table import Row, row_of, write_csv
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.reader import points, read
from helpers.grading.marks.writer import Writer
from helpers.grading.returning import feedback


def grade(
    course: Course,
    lesson: str,
    submissions: Sequence[Submission],
    on_done: Done = nothing,
    cluster: str = "",
    pages: bool = True,
) -> list[Row]:
    """Grade submissions, write feedback and marks, and return a row for every student.

    Args:
        course: the class's folder; submissions without a reason are under .nbgrader/submitted.
        lesson: its name.
        submissions: one for each student.
        on_done: called with each outcome as it is known.
        cluster: the address of a dask.distributed scheduler; by default student code runs here.
        pages: whether feedback pages are written for the students whose marks are new.
    """
    outcomes = {s.student: Outcome(s.student, Ending.PERSON, s.reason) for s in submissions if s.reason}
    outcomes |= execute(course, lesson, [s.student for s in submissions if not s.reason], on_done, cluster)
    if reasons := [outcome.student for outcome in outcomes.values() if outcome.reason]:
        for_a_person(course, lesson, reasons)
    graded = [student for student, outcome in outcomes.items() if not outcome.reason]
    if pages:
        feedback.write(course, lesson, [s for s in graded if _wants_feedback(course, lesson, outcomes[s])])
    told, known = read(course, lesson, graded), list(points(course, lesson))
    without = {s for s in graded if pages and not feedback.page(course, lesson, s).is_file()}
    rows = [
        row_of(lesson, known, s, outcomes[s.student], told.get(s.student), s.student in without)
        for s in submissions
    ]
    if graded:  # of the others, nbgrader's own export would say 0
        settings = course.config.CourseDirectory
        with Gradebook(settings.db_url, settings.course_id) as gradebook:
            path = course.work("export", f"{lesson}.csv")
            path.parent.mkdir(exist_ok=True)
            export = CsvExportPlugin(to=str(path), assignment=[lesson], student=graded)
            export.export(gradebook)
    write_csv(rows, known, course.work("marks", f"{lesson}.csv"))
    return rows


def for_a_person(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Enter submissions that could not be graded, so that formgrader asks for a person: they are no 0."""
    with Writer(course, lesson) as writer:
        for student in students:
            writer.leave_open(student)


def _wants_feedback(course: Course, lesson: str, outcome: Outcome) -> bool:
    return outcome.ending is Ending.GRADED or not feedback.page(course, lesson, outcome.student).is_file()
