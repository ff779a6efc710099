"""Whose a submission is where the school's system says who handed in: address, number, name; no guess."""

from collections import Counter
from collections.abc import Iterable, Sequence

from helpers.grading.intake.people.identify import Owner
from helpers.grading.intake.people.layouts import Source, Submitter, System
from helpers.grading.intake.roster import CANVAS, FILE, Person, Roster, holds_ids, plain, same, wrong_with
from helpers.grading.plain import harmless


def owners(lesson: str, sources: Iterable[Source], roster: Roster) -> dict[Source, Owner]:
    """Return whose each submission is; several who handed in one together are a group.

    Without a class list, an id is what stands before the @ of the address, the whole address where two
    share that, else what the school gave: ILIAS' login. A team of ILIAS has its own name, as its folder does
    not tell all who are in it; with a class list, its members are those of the group of that name.
    """
    sources = list(sources)
    people = {person for source in sources for person in source.people}
    if not roster.people:
        before = Counter(_local(email) for email in {same(person.email) for person in people})
        return {source: _named(source, before) for source in sources}
    names = Counter(plain(person.name) for person in people)
    return {source: _listed(lesson, source, roster, names) for source in sources}


def _named(source: Source, before: Counter[str]) -> Owner:
    if source.number:
        return _together(source, [source.name], source.name)
    ids = []
    for person in source.people:
        local, _, host = person.email.partition("@")
        ids.append(person.email if host and before[_local(person.email)] > 1 else local or person.school)
    if source.system is System.ILIAS and not ids[0]:
        ids = [source.called]
    return _together(source, ids, "+".join(sorted(ids)))


def _listed(lesson: str, source: Source, roster: Roster, names: Counter[str]) -> Owner:
    found = [_person(person, source, roster, names[plain(person.name)] == 1) for person in source.people]
    people = [person for person in found if person]
    if source.number:
        return _team(lesson, source, people, roster)
    if not people or len(people) < len(found):
        return _nobody(
            source, [told for told, person in zip(source.people, found, strict=True) if not person]
        )
    ids = sorted({person.id for person in people})
    group = people[0].group_in(lesson)
    if ids == sorted(person.id for person in roster.members(group, lesson)):
        return _together(source, ids, group if len(ids) > 1 else ids[0])
    return _together(source, ids, "+".join(ids))


def _team(lesson: str, source: Source, people: Sequence[Person], roster: Roster) -> Owner:
    """Return the group that a team of ILIAS is: by its name, or as all who uploaded are in one group."""
    groups = {person.group_in(lesson) for person in people}
    named = source.name if roster.members(source.name, lesson) else groups.pop() if len(groups) == 1 else ""
    members = roster.members(named, lesson)
    if not members:
        why = (
            f"{FILE} does not tell who is in {source.name}: write that as their group, in the column `group`"
        )
        return Owner(harmless(source.called), reason=harmless(why), stranger=True)
    return _together(source, [member.id for member in members], members[0].group_in(lesson))


def _together(source: Source, ids: Sequence[str], name: str) -> Owner:
    """Return one person, or a group by the name that it gets."""
    if not all(ids) or not ids:
        return _nobody(source, [])
    if wrong := next(filter(None, map(wrong_with, (*ids, name))), ""):
        return Owner(harmless(source.called), reason=wrong, stranger=True)
    return Owner(name, tuple(ids) if len(ids) > 1 else ())


def _person(told: Submitter, source: Source, roster: Roster, alone: bool) -> Person | None:
    """Return who it is: all that is told must lead to one person; the name, where nothing else does."""
    own = source.system.value
    columns = dict.fromkeys(key for person in roster.people for key in person.numbers)
    schools = [key for key in columns if holds_ids(key) and key not in (CANVAS, own)]
    found = [
        roster.by_email(told.email), roster.by_id(told.email), roster.by_id(told.school),
        *(roster.by_number(told.school, key) for key in schools), roster.by_number(told.number, own),
    ]  # fmt: skip
    people = list({person.id: person for person in found if person}.values())
    if people:
        return people[0] if len(people) == 1 else None
    return roster.by_name(told.name) if alone else None


def _nobody(source: Source, people: Sequence[Submitter]) -> Owner:
    named = [" ".join(filter(None, [p.name, p.email, p.school])) or source.called for p in people]
    if named:
        why = f"{FILE} does not tell who {' and '.join(named)} is: add the address or the number there"
    else:
        why = f"{source.system.value} does not say whose {source.called} is: look at it there"
    return Owner(harmless(source.called), reason=harmless(why), stranger=True)


def _local(email: str) -> str:
    return same(email).partition("@")[0]
