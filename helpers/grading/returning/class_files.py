"""The class's files of marks: always written from the gradebook, never from one run's rows."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

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
    everyone = people(course, lesson, told, {*told, *kept})
    for student, whose in sorted(everyone.items()):
        marks, remark = told.get(student), kept.get(student, Remark())
        cells = [marks.marks.get(name) if marks else None for name in known]
        total = marks.total if marks and not undecided(marks, remark.reason) else None
        for person, how in whose.items():
            said_of = "; ".join(filter(None, [how, *said(lesson, marks, remark)]))
            writer.writerow([tables.shielded(person), *cells, total, tables.shielded(said_of)])
    replace(course.work("marks", f"{lesson}.csv"), file.getvalue())
    _export(
        course, lesson, [student for student, marks in told.items() if _some(marks) and everyone[student]]
    )


def people(
    course: Course, lesson: str, told: Mapping[str, Marks], submissions: Iterable[str]
) -> dict[str, dict[str, str]]:
    """Return for whom each submission counts, with what is said of that.

    Args:
        course: the class's folder.
        lesson: its name.
        told: what the gradebook says of all of them.
        submissions: what the gradebook, or a remark, calls them.
    """
    before = groups.formerly(course, lesson)
    earlier = {
        who: f"graded before as {name}, which does not count" for name, who in before.items() if name in told
    }
    found: dict[str, dict[str, str]] = {}
    for name, whose in groups.whose(course, lesson, submissions).items():
        for person in whose:
            also = "handed in alone as well, which does not count" if person in told else ""
            how = [f"handed in with {name}", also] if person != name else []
            found.setdefault(name, {})[person] = "; ".join(filter(None, [*how, earlier.get(name)]))
        found.setdefault(name, {})
    return found


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
