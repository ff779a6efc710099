"""The class's files of marks: always written from the gradebook, never from one run's rows."""

import csv
import io
from collections.abc import Sequence

from nbgrader.api import Gradebook

from helpers.checks import lessons
from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.intake.people import groups, tables
from helpers.grading.marks import remarks
from helpers.grading.marks.reader import Marks, points, read
from helpers.grading.marks.remarks import Remark
from helpers.grading.returning.nbgrader_export import SafeExport


def write(course: Course, lesson: str) -> None:
    """Write everybody's marks: .nbgrader/marks/LESSON.csv task by task, and nbgrader's own export."""
    told, known, kept = read(course, lesson), list(points(course, lesson)), remarks.read(course, lesson)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["student", *known, "total", "remark"])
    shared = groups.members(course, lesson)
    members = {person for people in shared.values() for person in people}
    for student in sorted({*told, *kept} - (members - {*told})):
        marks, remark = told.get(student), kept.get(student, Remark())
        cells = [marks.marks.get(name) if marks else None for name in known]
        total = marks.total if marks and not undecided(marks, remark.reason) else None
        said_of = "; ".join([*[together(student)] * (student in shared), *said(lesson, marks, remark)])
        for person in shared.get(student, (student,)):
            writer.writerow([tables.shielded(person), *cells, total, tables.shielded(said_of)])
    replace(course.work("marks", f"{lesson}.csv"), file.getvalue())
    _export(course, lesson, [student for student, marks in told.items() if _some(marks)])


def together(group: str) -> str:
    """Return what is said beside the marks of a group's members."""
    return f"handed in with {group}"


def undecided(marks: Marks, reason: str) -> bool:
    """Whether there is no total yet: nothing is decided, or a person has to grade the whole of it."""
    return not _some(marks) or (bool(reason) and None in marks.marks.values())


def said(lesson: str, marks: Marks | None, remark: Remark) -> list[str]:
    """Return what there is to say beside a student's marks: what was kept, and what the gradebook tells."""
    told = [*filter(None, [remark.reason, remark.intake]), *remark.others]
    if marks is None or undecided(marks, remark.reason):
        return told
    gone = sorted(n for n, mark in marks.marks.items() if mark is None and n in lessons.tasks(lesson))
    late = [f"handed in late: {marks.penalty:g} points less"] * bool(marks.penalty)
    left = [f"not in the notebook: check-{n}" for n in gone if f"`{n}` was not judged" not in " ".join(told)]
    return told + left + late


def _some(marks: Marks) -> bool:
    return any(mark is not None for mark in marks.marks.values())


def _export(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Have nbgrader export those who have marks: of the others it would say 0."""
    path = course.work("export", f"{lesson}.csv")
    if not students:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    settings = course.config.CourseDirectory
    with Gradebook(settings.db_url, settings.course_id) as gradebook:
        SafeExport(to=str(path), assignment=[lesson], student=list(students)).export(gradebook)
