"""A class in nbgrader's gradebook: release a lesson, grade it, write feedback, marks and the table."""

from collections.abc import Collection, Sequence

from helpers.grading.classroom.run import Done, Ending, Outcome, execute, nothing
from helpers.grading.classroom.table import Row, for_each, remark_of, row_of
from helpers.grading.course import Course
from helpers.grading.intake.roster import FILE
from helpers.grading.intake.submission import Submission
from helpers.grading.marks import remarks
from helpers.grading.marks.reader import points, read
from helpers.grading.marks.writer import Writer
from helpers.grading.returning import class_files, feedback


def grade(
    course: Course,
    lesson: str,
    submissions: Sequence[Submission],
    on_done: Done = nothing,
    cluster: str = "",
    pages: bool = True,
    again: Collection[str] = (),
) -> list[Row]:
    """Grade submissions, write feedback and marks, and return a row for every student.

    Args:
        course: the class's folder; submissions without a reason are under .nbgrader/submitted.
        lesson: its name.
        submissions: one for each student.
        on_done: called with each outcome as it is known.
        cluster: the address of a dask.distributed scheduler; by default student code runs here.
        pages: whether feedback pages are written for the students whose marks are new.
        again: tasks that are judged again, and no others; by default, what changed.
    """
    outcomes = {s.student: _without(s) for s in submissions if s.reason}
    outcomes |= execute(
        course, lesson, [s.student for s in submissions if not s.reason], on_done, cluster, again
    )
    nobodys = {s.student for s in submissions if s.stranger or s.absent}
    reasons = [who for who, outcome in outcomes.items() if outcome.reason and who not in nobodys]
    if reasons:
        for_a_person(course, lesson, reasons)
    kept = {s.student: remark_of(s, outcomes[s.student]) for s in submissions}
    looked = [] if again else [course.root / FILE, *(s.path for s in submissions if s.path)]
    remarks.keep(course, lesson, kept, looked)
    feedback.drop(course, lesson, reasons)
    graded = [student for student, outcome in outcomes.items() if not outcome.reason]
    if pages:
        feedback.refresh(course, lesson, graded)
    without = set(graded) - feedback.current(course, lesson, graded) if pages else set()
    told, known = read(course, lesson), list(points(course, lesson))
    class_files.write(course, lesson)
    rows = [
        row_of(lesson, known, s, outcomes[s.student], told.get(s.student), s.student in without)
        for s in submissions
    ]
    people = class_files.people(course, lesson, told, [s.student for s in submissions])
    return [one for row in rows for one in for_each(row, people[row.student])]


def _without(submission: Submission) -> Outcome:
    """Return how it ends where there is nothing to run."""
    ending = Ending.NOTHING if submission.absent else Ending.PERSON
    return Outcome(submission.student, ending, submission.reason)


def for_a_person(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Enter submissions that could not be graded, so that formgrader asks for a person: they are no 0."""
    with Writer(course, lesson) as writer:
        for student in students:
            writer.leave_open(student)
