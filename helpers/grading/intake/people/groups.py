"""For whom a submission counts: a group's, graded once under its name, for each member; nobody has two."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission


def remember(course: Course, lesson: str, found: Iterable[Submission]) -> None:
    """Keep whose each group's submission is, and under which names people were told before.

    What is known of other groups of the lesson stays, but for those who now handed in alone or in another.
    """
    found = list(found)
    new = {s.student: s.people for s in found if s.people}
    moved = {s.student for s in found if not (s.people or s.stranger or s.absent)}
    moved |= {who for people in new.values() for who in people}
    kept = {group: tuple(w for w in who if w not in moved) for group, who in members(course, lesson).items()}
    if groups := kept | new:
        _write(course, "groups", lesson, groups)
    here = {*groups, *moved, *(s.student for s in found)}
    former = {name: s.student for s in found for name in s.names if name not in here}
    earlier = {name: who for name, who in formerly(course, lesson).items() if name not in here}
    if former or earlier:
        _write(course, "formerly", lesson, earlier | former)


def members(course: Course, lesson: str) -> dict[str, tuple[str, ...]]:
    """Return the ids of the members of each group, by what the gradebook calls the group."""
    return {group: tuple(who) for group, who in _read(course, "groups", lesson).items()}


def formerly(course: Course, lesson: str) -> dict[str, str]:
    """Return whose, a person's or a group's, the submission is that was told under a name before.

    A folder's name stands for itself until the class list says who it is.
    """
    return {name: str(who) for name, who in _read(course, "formerly", lesson).items()}


def whose(course: Course, lesson: str, told: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for whom each submission counts: of whoever is in a group, the group's, so that nobody has two.

    Args:
        course: the class's folder.
        lesson: its name.
        told: what the gradebook calls the submissions.
    """
    shared, before = members(course, lesson), formerly(course, lesson)
    together = {person for people in shared.values() for person in people} - {*shared}
    return {name: () if name in together or name in before else shared.get(name, (name,)) for name in told}


def _read(course: Course, what: str, lesson: str) -> Mapping[str, Iterable[str]]:
    try:
        told = json.loads(_path(course, what, lesson).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write(course: Course, what: str, lesson: str, told: Mapping[str, Iterable[str]]) -> None:
    replace(_path(course, what, lesson), json.dumps(told, indent=1, ensure_ascii=False))


def _path(course: Course, what: str, lesson: str) -> Path:
    return course.work(what, f"{lesson}.json")
