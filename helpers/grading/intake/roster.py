"""The class list: who is who over all lessons and systems, in `students.csv` in the class's folder.

A teacher finds and edits it there, with any spreadsheet: a row for each person, with the columns `id`,
`name`, `email` and `group`. Every other column holds what a system calls the person: `Canvas`, or
`Moodle 01-perceptron`, as Moodle's numbers are new in each assignment. `course students` makes and checks it.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.people import tables

FILE = "students.csv"
OWN = ("id", "name", "email", "group")
CANVAS, ILIAS, SCHOOL = "Canvas", "ILIAS", "Moodle ID number"
ILLEGAL = {
    **dict.fromkeys("*?[]", "nbgrader takes it for a pattern"),
    **dict.fromkeys("/\\", "it would be a folder in a folder"),
    **dict.fromkeys('<>"', "formgrader would take it for markup"),
}
LONGEST = 200  # bytes of an id, as it is the name of a folder
Key = TypeVar("Key", bound=Hashable)


def moodle(lesson: str) -> str:
    """Return the column of Moodle's participant numbers in the assignment of a lesson."""
    return f"Moodle {lesson}"


def team(lesson: str) -> str:
    """Return the column of the groups that handed in together in a lesson, where that is not `group`."""
    return f"group {lesson}"


def holds_ids(column: str) -> bool:
    """Whether a column holds what is a person's own in all lessons, not one lesson's numbers or groups."""
    return column == SCHOOL or not column.startswith((moodle(""), team("")))


@dataclass(frozen=True)
class Person:
    """A student, one over all lessons and systems.

    Attributes:
        id: what nbgrader, folders and all our files call the person.
        name: in full, as the school's system writes it.
        email: the address.
        group: who hand in together have the same one, where no column says otherwise for a lesson.
        numbers: what each system, or a file of it, calls the person.
    """

    id: str
    name: str = ""
    email: str = ""
    group: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)

    def group_in(self, lesson: str) -> str:
        """Return the group in which the person handed in a lesson; empty where in none."""
        return self.numbers.get(team(lesson), self.group)


@dataclass(frozen=True)
class Roster:
    """The people of a class; every lookup returns exactly one person, or None."""

    people: tuple[Person, ...] = ()

    @classmethod
    def read(cls, course: Course) -> "Roster":
        """Read a class's list; nobody is in it where there is none.

        Raises:
            CourseError: where it can't be read or two people are the same, with the lines.
        """
        path = course.root / FILE
        if not path.exists():
            return cls()
        heads, *rows = tables.read(path) or [[]]
        names = [head if head.lower() not in OWN else head.lower() for head in heads]
        if "id" not in names or any(names.count(name) > 1 for name in names if name):
            raise CourseError(f"{path} needs the column `id`, and no column twice; there are: {names}")
        told = [{"id": ""} | dict(zip(names, map(tables.bare, row), strict=False)) for row in rows]
        people = tuple(_person(row) for row in told)
        for person, row in zip(people, rows, strict=True):
            if wrong := wrong_with(person.id):
                raise CourseError(f"{path}, in the row {', '.join(row)[:100]!r}: {wrong}")
        times = Counter(same(person.id) for person in people)
        if double := [person.id for person in people if times[same(person.id)] > 1]:
            raise CourseError(f"{path} has an id twice: {', '.join(double[:8])}; a person has one row")
        return cls(people)

    def write(self, course: Course) -> None:
        """Write the class's list."""
        further = dict.fromkeys(key for person in self.people for key in person.numbers)
        rows = [
            [p.id, p.name, p.email, p.group, *(p.numbers.get(key, "") for key in further)]
            for p in self.people
        ]
        tables.write(course.root / FILE, [[*OWN, *further], *rows])

    def by_id(self, text: str) -> Person | None:
        """Return who has an id, in small or capital letters."""
        return self._ids.get(same(text))

    def by_email(self, text: str) -> Person | None:
        """Return who has an address."""
        return self._emails.get(same(text))

    def by_name(self, text: str) -> Person | None:
        """Return who has a name, as a system writes it in full or in the name of a file."""
        return self._names.get(plain(text))

    def by_number(self, text: str, of: str) -> Person | None:
        """Return whom a system calls so; `of` is the column, such as `moodle(lesson)`."""
        return self._numbers.get((of, same(text)))

    def members(self, group: str, lesson: str) -> tuple[Person, ...]:
        """Return who handed in a lesson in a group, which may be written as in the name of a file."""
        return tuple(p for p in self.people if (own := p.group_in(lesson)) and plain(own) == plain(group))

    @cached_property
    def _ids(self) -> dict[str, Person]:
        return _only(self.people, lambda p: [same(p.id)])

    @cached_property
    def _emails(self) -> dict[str, Person]:
        return _only(self.people, lambda p: [same(p.email)] * bool(p.email))

    @cached_property
    def _names(self) -> dict[str, Person]:
        return _only(self.people, lambda p: [name] if (name := plain(p.name)) else [])

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], Person]:
        return _only(self.people, lambda p: [(of, same(text)) for of, text in p.numbers.items()])


def same(text: str) -> str:
    """Return what two spellings of an id have in common: blanks around it and capitals do not count."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def plain(name: str) -> str:
    """Return the letters and digits of a name, which is what systems leave of it in the name of a file."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c.isalnum() or unicodedata.combining(c))


def wrong_with(student: str) -> str:
    """Return why nbgrader or the file system can't take an id, and what to do; empty where they can."""
    shown = repr(student[:40])
    for sign in student:
        if sign in ILLEGAL:
            return f"the id {shown} has a {sign} in it, and {ILLEGAL[sign]}: give another id"
    if not student.isprintable() or not student:
        return f"the id {shown} is empty or has a sign in it that can't be printed: give another id"
    if student.startswith(".") or student != student.strip():
        return f"the id {shown} begins with a dot or a blank, or ends with one: give another id"
    if len(student.encode()) > LONGEST:
        return f"the id {shown}… is longer than {LONGEST} bytes: give a shorter one"
    return ""


def _person(row: Mapping[str, str]) -> Person:
    numbers = {key: text for key, text in row.items() if text and key and key not in OWN}
    return Person(row["id"], row.get("name", ""), row.get("email", ""), row.get("group", ""), numbers)


def _only(people: Iterable[Person], keys: Callable[[Person], list[Key]]) -> dict[Key, Person]:
    """Return people by keys that are one person's alone."""
    found: dict[Key, list[Person]] = {}
    for person in people:
        for key in keys(person):
            found.setdefault(key, []).append(person)
    return {key: who[0] for key, who in found.items() if len(who) == 1}
