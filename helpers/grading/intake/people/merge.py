"""Take what a file says of people into the class list: who is new, known, double or gone; no guess."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from helpers.grading.intake.roster import Person, Roster, plain, same, wrong_with


@dataclass
class Merged:
    """What became of it.

    Attributes:
        roster: the class list as it is now.
        new: ids of those who were not in it.
        known: ids of those who were.
        gone: ids of those who are in it, and not in the file: they stay.
        double: who is in the file twice, or can't be told from somebody else: not taken.
        wrong: whose id can't be used, and why: not taken.
        alike: names that several people have.
    """

    roster: Roster
    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)


def merge(roster: Roster, found: Sequence[Person]) -> Merged:
    """Take people into the class list: an id that somebody has is kept, whatever a file says."""
    people, told = {same(p.id): p for p in roster.people}, Merged(roster)
    twice = _twice(found)
    names = Counter(plain(person.name) for person in found)
    for i, person in enumerate(found):
        shown = person.name or person.email or person.id
        before = _known(roster, person, names[plain(person.name)] == 1)
        if i in twice or len(before) > 1:
            told.double.append(shown)
        elif before:
            old = before[0]
            told.known.append(old.id)
            people[same(old.id)] = _filled(old, person)
        else:
            named = person.name if person.name and names[plain(person.name)] == 1 else ""
            student = person.id or person.email or named
            if same(student) in people or not student:
                told.double.append(shown)
            elif why := wrong_with(student):
                told.wrong.append(why)
            else:
                told.new.append(student)
                people[same(student)] = replace(person, id=student)
    there = {same(student) for student in (*told.new, *told.known)}
    told.gone = [person.id for key, person in people.items() if key not in there]
    told.roster = Roster(tuple(people.values()))
    spoken = Counter(plain(p.name) for p in told.roster.people if p.name)
    told.alike = sorted({p.name for p in told.roster.people if spoken[plain(p.name)] > 1})
    return told


def _known(roster: Roster, person: Person, alone: bool) -> list[Person]:
    """Return who of the class list it can be: more than one where the file contradicts the list."""
    numbers = {key: text for key, text in person.numbers.items() if not key.startswith("group ")}
    found = [roster.by_number(text, key) for key, text in numbers.items()]
    found += [roster.by_email(person.email), roster.by_id(person.id), roster.by_id(person.email)]
    if not any(found) and alone and not person.email and not person.id:
        found.append(roster.by_name(person.name))
    return list({p.id: p for p in found if p}.values())


def _filled(old: Person, new: Person) -> Person:
    return replace(
        old,
        name=new.name or old.name,
        email=new.email or old.email,
        group=new.group or old.group,
        numbers={**old.numbers, **new.numbers},
    )


def _twice(found: Sequence[Person]) -> set[int]:
    """Return who shares an id, an address or a number with somebody else of the file."""
    seen: dict[tuple[str, str], list[int]] = {}
    for i, person in enumerate(found):
        keys = [("id", person.id), ("email", person.email), *person.numbers.items()]
        for key, text in keys:
            if text and not key.startswith("group "):
                seen.setdefault((key, same(text)), []).append(i)
    return {i for those in seen.values() if len(those) > 1 for i in those}
