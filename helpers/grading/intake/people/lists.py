"""What the file of a school's system says of people, in any language: by what its columns hold and where."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.intake.people import tables
from helpers.grading.intake.roster import CANVAS, ILIAS, OWN, SCHOOL, Person, moodle, team

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")
PARTICIPANT = re.compile(r"(?P<word>\D+)(?P<number>\d+)")
NUMBER = re.compile(r"\d+([.,]\d+)?")
LOGIN, SIS, ACCOUNT = "Canvas login", "Canvas SIS ID", "ILIAS login"
Rows = list[list[str]]


def people(path: Path, lesson: str = "", ids: str = "") -> list[Person]:
    """Return the people in a file; without an id where the file has none that could be ours.

    Args:
        path: Moodle's grading worksheet, gradebook or list of participants, Canvas' gradebook, ILIAS' status
            file, a Hub's users (names, one a line, or the JSON of its API), nbgrader's or our own list.
        lesson: whose assignment a grading worksheet is of.
        ids: the column that holds our ids; by default the one that a system has for them.

    Raises:
        CourseError: where it can't be read, or tells nothing of people.
    """
    if path.suffix.lower() == ".json":
        return _hub(path)
    heads, *rows = tables.read(path) or [[]]
    rows = [[*row, *[""] * (len(heads) - len(row))][: len(heads)] for row in rows]
    if len(heads) == 1 and heads[0].lower() != "id":
        return [Person(name[0]) for name in [heads, *rows]]
    own = _column(path, heads, ids) if ids else None
    if {"id", "ID"} & {*heads[:1]}:
        found = _ours(heads, rows)
    elif "ID" in heads:
        rows = _students(heads, rows)
        found = _canvas(heads, rows)
    elif {"usr_id", "login"} <= {*heads}:
        found = _ilias(heads, rows)
    elif rows and all(PARTICIPANT.fullmatch(row[0]) for row in rows):
        found = _worksheet(path, rows, lesson)
    elif _addresses(rows):
        found = _gradebook(rows)
    else:
        raise CourseError(
            f"{path} tells nothing of people that we know: it has no addresses and no numbers of Moodle or "
            f"Canvas; its columns are {', '.join(heads[:12])}"
        )
    if own is None:
        return found
    return [Person(row[own], p.name, p.email, p.group, p.numbers) for row, p in zip(rows, found, strict=True)]


def _hub(path: Path) -> list[Person]:
    try:
        told = json.loads(path.read_text("utf-8"))
        return [Person(str(user["name"])) for user in told if not user.get("admin")]
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        raise CourseError(f"{path} is no list of users as JupyterHub's API gives it") from None


def _ours(heads: Sequence[str], rows: Rows) -> list[Person]:
    """Read our own list, or nbgrader's."""
    found = []
    for row in rows:
        told = dict(zip([head.lower() for head in heads], map(tables.bare, row), strict=True))
        full = " ".join(filter(None, [told.get("first_name", ""), told.get("last_name", "")]))
        skipped = {*OWN, "first_name", "last_name", "lms_user_id"}
        numbers = {
            head: tables.bare(text)
            for head, text in zip(heads, row, strict=True)
            if text and head.lower() not in skipped
        }
        name = told.get("name", "") or full
        found.append(Person(told["id"], name, told.get("email", ""), told.get("group", ""), numbers))
    return found


def _students(heads: list[str], rows: Rows) -> Rows:
    """Return the rows of Canvas' gradebook that are students', without the one that Canvas makes up."""
    at, made_up = heads.index("ID"), {"Student, Test"}
    return [row for row in rows if row[at].isdigit() and not made_up & {row[0], ", ".join(row[:2])}]


def _canvas(heads: list[str], rows: Rows) -> list[Person]:
    """Read Canvas' gradebook."""
    at = {head: i for i, head in reversed([*enumerate(heads)])}
    found = []
    for row in rows:
        told = {head: row[i] for head, i in at.items()}
        last, _, first = told.get("Student", "").partition(", ")
        if "Student" not in at:
            last, first = told.get("LastName", ""), told.get("FirstName", "")
        numbers = {CANVAS: told["ID"], LOGIN: told.get("SIS Login ID", ""), SIS: told.get("SIS User ID", "")}
        known = {key: text for key, text in numbers.items() if text}
        email = numbers[LOGIN] if ADDRESS.fullmatch(numbers[LOGIN]) else ""
        found.append(Person(numbers[LOGIN] or numbers[SIS], f"{first} {last}".strip(), email, "", known))
    return found


def _ilias(heads: list[str], rows: Rows) -> list[Person]:
    """Read the status file that ILIAS puts beside submissions; its heads are never translated."""
    found = []
    for row in rows:
        told = dict(zip(heads, row, strict=True))
        name = f"{told.get('firstname', '')} {told.get('lastname', '')}".strip()
        numbers = {ILIAS: told["usr_id"], ACCOUNT: told["login"]}
        found.append(
            Person(told["login"], name, numbers={key: text for key, text in numbers.items() if text})
        )
    return found


def _worksheet(path: Path, rows: Rows, lesson: str) -> list[Person]:
    """Read Moodle's grading worksheet: the numbers in it are those of one assignment."""
    if not lesson:
        raise CourseError(
            f"{path} is Moodle's grading worksheet, and its numbers are new in each assignment: "
            "say which lesson's it is with --lesson"
        )
    address = _addresses(rows)
    states = [i for i in range(1, len(rows[0])) if all(" - " in f"{row[i]} " for row in rows)]
    if not address and (not states or states[0] == 1):
        raise CourseError(
            f"{path} hides the names: nobody in it can be told. `course grade` takes them as they "
            "are, and the marks find their way back by Moodle's numbers"
        )
    most = [i for i in range(2, len(rows[0])) if all(NUMBER.fullmatch(row[i]) for row in rows)]
    grouped = bool(states and most) and most[-1] - states[0] == 3  # state, group, mark, maximum
    found = []
    for row in rows:
        match = PARTICIPANT.fullmatch(row[0])
        assert match
        group = row[states[0] + 1] if grouped else ""
        numbers = {moodle(lesson): match["number"], **({team(lesson): group} if group else {})}
        found.append(Person("", row[1], row[address].lower() if address else "", "", numbers))
    return found


def _gradebook(rows: Rows) -> list[Person]:
    """Read Moodle's gradebook or list of participants: first name, last name, perhaps a number, address."""
    address = _addresses(rows)
    return [
        Person(
            row[2] if address == 5 else "",
            " ".join(filter(None, row[: min(2, address)])),
            row[address].lower(),
            "",
            {SCHOOL: row[2]} if address == 5 and row[2] else {},
        )
        for row in rows
    ]


def _addresses(rows: Rows) -> int:
    """Return the first column that holds addresses alone; 0 where none does."""
    for i in range(1, len(rows[0]) if rows else 0):
        told = [row[i] for row in rows if row[i]]
        if told and all(ADDRESS.fullmatch(text) for text in told):
            return i
    return 0


def _column(path: Path, heads: Sequence[str], name: str) -> int:
    if heads.count(name) != 1:
        raise CourseError(f"{path} has not one column {name!r}; there are: {', '.join(filter(None, heads))}")
    return heads.index(name)
