"""How a school's system writes its file: whose row it is, where the marks go, what they are out of."""

import re
from dataclasses import dataclass

from helpers.grading import CourseError
from helpers.grading.returning.sheets import Sheet, is_blank

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class System:
    """How a school's system writes its file.

    Attributes:
        name: of it.
        ids: the columns that can hold its own number, and the pattern that gives it.
        other: columns that may hold our ids instead, to be named by the user.
    """

    name: str
    id: str
    pattern: str
    other: tuple[str, ...]

    def students(self, sheet: Sheet) -> list[int]:
        """Return the rows that are students'."""
        rows = [i for i in range(1, len(sheet.rows)) if not is_blank(sheet.rows[i])]
        return [i for i in rows if not self.skips(sheet, i)]

    def skips(self, sheet: Sheet, row: int) -> bool:
        """Whether a row is no student's: Canvas has some below its heads, and a student of its own."""
        if self.name != "Canvas":
            return False
        texts = [sheet.get(row, i) for i in range(len(sheet.heads))]
        posting = all(re.fullmatch(r"(?i)(muted|manual posting.*)?", text) for text in texts)
        return posting or "Points Possible" in texts[0] or texts[0] == "Student, Test"


MOODLE = System("Moodle", "Identifier", r"\D*(\d+)", ("Username", "ID number", "Email address"))
CANVAS = System("Canvas", "ID", r"(\d+)", ("SIS Login ID", "SIS User ID", "Integration ID"))


def mark_column(system: System, sheet: Sheet, lesson: str) -> str:
    """Return the column that gets the marks."""
    if system is MOODLE:
        if "Grade" in sheet.heads:
            return "Grade"
        raise CourseError(
            f"say which column gets the marks with --column; there are: {', '.join(sheet.heads)}"
        )
    named = [head for head in sheet.heads if re.sub(r" \(\d+\)$", "", head) == lesson]
    if len(named) == 1:
        return named[0]
    columns = [head for head in sheet.heads if re.search(r" \(\d+\)$", head)]
    many = "more than one column bears" if named else "no column bears"
    raise CourseError(
        f"{many} the name {lesson!r}: say which gets the marks with --column; the assignments are: "
        f"{', '.join(columns) or 'none'}"
    )


def id_in(system: System, text: str, own: bool) -> str:
    """Return the id in a field, the system's own number or ours; empty where there is none."""
    found = re.fullmatch(system.pattern, text) if own else None
    return found[1] if found else "" if own else text


def maximum(system: System, sheet: Sheet, row: int, column: int) -> float | None:
    """Return what the file says that the marks are out of; None where it does not say."""
    if system is MOODLE:
        return (
            as_number(sheet.get(row, sheet.column("Maximum Grade")))
            if "Maximum Grade" in sheet.heads
            else None
        )
    for i in range(1, min(5, len(sheet.rows))):
        if "Points Possible" in sheet.get(i, 0):
            if "read only" in sheet.get(i, column):
                raise CourseError(f"Canvas says that the column {sheet.heads[column]!r} is read only")
            return as_number(sheet.get(i, column))
    return None


def writes_comma(sheet: Sheet, target: int) -> bool:
    """Whether the file writes 1,5 for one and a half."""
    columns = [target, *([sheet.column("Maximum Grade")] if "Maximum Grade" in sheet.heads else [])]
    texts = [sheet.get(i, c) for i in range(1, len(sheet.rows)) for c in columns]
    return any("," in text and NUMBER.fullmatch(text) for text in texts)


def as_number(text: str) -> float | None:
    """Return the number that a field holds, with a point or a comma; None where it holds none."""
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def called(sheet: Sheet, row: int) -> str:
    """Return how the file calls somebody, for a teacher."""
    return next((text for i in range(2) if (text := sheet.get(row, i))), f"line {row + 1}")
