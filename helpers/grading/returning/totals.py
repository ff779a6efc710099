"""Everybody's mark as it goes out: the total, whether it is final, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.called import recall
from helpers.grading.intake.people import groups
from helpers.grading.intake.people.layouts import CANVAS, MOODLE
from helpers.grading.intake.roster import CANVAS as CANVAS_NUMBER
from helpers.grading.intake.roster import Person, Roster, holds_ids
from helpers.grading.intake.roster import moodle as moodle_number


@dataclass(frozen=True)
class Mark:
    """A student's mark as it goes out; of a group's, each member has one.

    Attributes:
        student: our id.
        number: what the system itself calls the student, where that is known; it counts with the name only.
        total: the points; None where there is no mark.
        waits: why the mark is not final; empty where it is.
        name: in full, where the class list or the system told it.
        keys: ids and the address of who is in the class list; of nobody else.
        graded: what the gradebook calls the submission: our id, or the group's name.
    """

    student: str
    number: str
    total: float | None
    waits: str = ""
    name: str = ""
    keys: tuple[str, ...] = ()
    graded: str = ""


def totals(course: Course, lesson: str, system: str, unfinished: bool = False) -> tuple[list[Mark], float]:
    """Return everybody's mark out of the gradebook, and the points that they are out of.

    Args:
        course: the class's folder.
        lesson: the lesson's name.
        system: the name of the one whose numbers the students get.
        unfinished: whether a total of which a person has yet to decide a part goes out as it is.

    Raises:
        CourseError: where nothing of the lesson is in the gradebook.
    """
    from nbgrader.api import MissingEntry

    from helpers.grading.marks.reader import points
    from helpers.grading.marks.reader import read as read_marks

    try:
        told = read_marks(course, lesson)
    except MissingEntry:
        told = {}
    if not told:
        raise CourseError(f"nothing of {lesson} is in the gradebook: run `course grade {lesson}` first")
    roster, called = Roster.read(course), recall(course, lesson)
    whose, found = groups.whose(course, lesson, told), list[Mark]()
    for graded, marks in sorted(told.items()):
        nothing = all(mark is None for mark in marks.marks.values())
        waits = any(mark is None for mark in marks.marks.values()) and not unfinished
        mark = Mark(
            graded,
            "",
            None if nothing else marks.total,
            "could not be graded" if nothing else "waits for a person to grade a part" * waits,
            graded=graded,
        )
        for student in whose[graded]:
            found.append(_known(replace(mark, student=student), roster, lesson, system, called))
    return found, sum(points(course, lesson).values())


def _known(mark: Mark, roster: Roster, lesson: str, system: str, called: Mapping[str, str]) -> Mark:
    """Return a mark with what is known of whose it is."""
    if person := roster.by_id(mark.student):
        column = {"Moodle": moodle_number(lesson), "Canvas": CANVAS_NUMBER}.get(system, system)
        return replace(mark, number=person.numbers.get(column, ""), name=person.name, keys=_keys(person))
    form = {"Moodle": MOODLE.fullmatch, "Canvas": CANVAS.fullmatch}.get(system)
    if mark.student == mark.graded and form and (found := form(called.get(mark.graded, ""))):
        return replace(mark, number=found["number"], name=found["name"])
    return mark


def _keys(person: Person) -> tuple[str, ...]:
    others = (text for key, text in person.numbers.items() if holds_ids(key))
    return tuple(filter(None, (person.id, person.email, *others)))
