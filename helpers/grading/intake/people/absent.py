"""Who of the class handed in nothing: a row as well, and no 0."""

from collections.abc import Sequence

from helpers.grading.course import Course
from helpers.grading.intake.people import groups
from helpers.grading.intake.roster import FILE, Roster, same
from helpers.grading.intake.submission import Submission

REASON = "handed in nothing"


def absent(course: Course, lesson: str, roster: Roster, found: Sequence[Submission]) -> list[Submission]:
    """Return a submission without anything for everybody of the class who has none, now or from before.

    Nobody is named where the school's system hid the names, as nobody can tell then.
    """
    named = {person.id for person in roster.people}
    if any(s.called and not (s.stranger or s.people or s.student in named) for s in found):
        return []
    here = {same(person) for s in found for person in (s.people or (s.student,))}
    here |= {same(person) for people in groups.members(course, lesson).values() for person in people}
    return [
        Submission(person.id, course.root / FILE, REASON, absent=True)
        for person in roster.people
        if same(person.id) not in here and not course.work("submitted", person.id, lesson).exists()
    ]
