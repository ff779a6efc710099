"""Whose a submission is: exactly one person or group of the class list, or nobody with a reason; no guess."""

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.grading.intake.people.layouts import Source, System
from helpers.grading.intake.roster import (
    CANVAS,
    FILE,
    LONGEST,
    Person,
    Roster,
    holds_ids,
    moodle,
    plain,
    wrong_with,
)
from helpers.grading.plain import harmless


@dataclass(frozen=True)
class Owner:
    """Whose a submission is.

    Attributes:
        id: what our files call the student or the group.
        people: the members' ids, where it is a group's.
        reason: why it is nobody's; empty where it is somebody's.
        anonymous: whether the school's system hides the name.
        stranger: whether there is a class list and it does not tell who this is.
    """

    id: str
    people: tuple[str, ...] = ()
    reason: str = ""
    anonymous: bool = False
    stranger: bool = False


def owners(lesson: str, sources: Iterable[Source], roster: Roster) -> dict[Source, Owner]:
    """Return whose each submission is.

    Without a class list the names stand for themselves, with Moodle's number, or Canvas' where two share
    a name. With one, a number counts together with the name that goes with it: where groups hand in,
    Moodle writes the group's name and the group's number, which may be a student's as well.
    """
    sources = list(sources)
    numbers: dict[tuple[System, str], set[str]] = {}
    for source in sources:
        numbers.setdefault((source.system, plain(source.name)), set()).add(source.number)
    hidden = _hidden(sources, roster)
    found = {}
    for source in sources:
        alone = len(numbers[source.system, plain(source.name)]) == 1
        if not roster.people or (hidden and source.system is System.MOODLE):
            found[source] = _named(source, alone, hidden)
        else:
            found[source] = _listed(lesson, source, roster, alone)
    return found


def _hidden(sources: list[Source], roster: Roster) -> bool:
    """Whether Moodle hides the names: it writes the same word for all, which nobody is called."""
    ours = [source for source in sources if source.system is System.MOODLE]
    names = {plain(source.name) for source in ours}
    known = {plain(person.name) for person in roster.people}
    return len(names) == 1 and len({source.number for source in ours}) > 1 and not names & known


def _named(source: Source, alone: bool, hidden: bool) -> Owner:
    numbered = source.system is System.MOODLE or (source.system is System.CANVAS and not alone)
    student = harmless(source.name.strip()) + f"_{source.number}" * numbered
    wrong = wrong_with(student)
    reason = f"{wrong}, in the name of its folder: rename the folder" if wrong else ""
    return Owner(student, (), reason, hidden, len(student.encode()) > LONGEST)


def label(source: Source) -> str:
    """Return what a submission is called that the class list does not tell whose it is."""
    if source.people:
        return harmless(source.called)
    return harmless(source.name.strip()) + f"_{source.number}" * bool(source.number)


def _listed(lesson: str, source: Source, roster: Roster, alone: bool) -> Owner:
    if source.system is System.MOODLE:
        person, group = _in_moodle(lesson, source, roster, alone)
    elif source.system is System.CANVAS:
        person, group = roster.by_number(source.number, CANVAS), ""
    else:
        person, group = _by_hand(source.name, roster), source.name
    if person:
        return Owner(person.id)
    if members := roster.members(group, lesson):
        named = members[0].group_in(lesson)
        if not (wrong := wrong_with(named)) and not roster.by_id(named):
            return Owner(named, tuple(member.id for member in members))
        why = wrong or f"{named!r} is a group's name and a person's id in {FILE}"
        return Owner(label(source), reason=why, stranger=True)
    return Owner(label(source), reason=_why(lesson, source), stranger=True)


def _in_moodle(lesson: str, source: Source, roster: Roster, alone: bool) -> tuple[Person | None, str]:
    """Return whose a folder of Moodle's is; else the name that a group may have."""
    column, name = moodle(lesson), plain(source.name)
    person = roster.by_number(source.number, column)
    if person and plain(person.name) in ("", name):
        return person, ""
    if person and (group := person.group_in(lesson)) and plain(group) + plain(person.name) == name:
        return None, group  # older ones write each member's folder so
    numbered = any(column in person.numbers for person in roster.people)
    grouped = roster.members(source.name, lesson)
    return (None if numbered or grouped or not alone else roster.by_name(source.name)), source.name


def _by_hand(name: str, roster: Roster) -> Person | None:
    """Return whose a folder is that somebody named: by an id of ours or of the school's, address, name."""
    columns = dict.fromkeys(key for person in roster.people for key in person.numbers)
    ids = [roster.by_number(name, key) for key in columns if holds_ids(key) and key != CANVAS]
    found = [roster.by_id(name), roster.by_email(name), *ids, roster.by_name(name)]
    people = list({person.id: person for person in found if person}.values())
    return people[0] if len(people) == 1 else roster.by_id(name)


def _why(lesson: str, source: Source) -> str:
    if source.system is System.MOODLE:
        return (
            f"{FILE} does not tell who {source.name!r} with the number {source.number} is, a person or a "
            f"group: `course students WORKSHEET --lesson {lesson}` reads it from the grading worksheet that "
            "Moodle gives for the assignment"
        )
    if source.system is System.CANVAS:
        return f"{FILE} has nobody with the number {source.number}: `course students` reads Canvas' gradebook"
    return f"{FILE} has nobody with this id, address or name: add the person there, or rename the folder"
