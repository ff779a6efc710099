"""How a school's system writes its file: whose row it is, where the marks go, what they are out of.

Systems write their heads in many languages. So columns are found by what they hold and where they stand, and
by name only where a system itself insists on the name. What can't be decided so is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.grading import CourseError
from helpers.grading.returning.sheets import Sheet, is_blank

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
NUMBERED = re.compile(r"(\D+?)\s*(\d+)")  # Moodle's identifiers, in any language
MARKED = re.compile(r".+ \([^()]*\)")  # a gradebook's column of marks: Canvas' number, Moodle's kind of mark
NO_MARK = ("", "-")


@dataclass(frozen=True)
class Layout:
    """Where a file has what.

    Attributes:
        students: the rows that are students'.
        who: the columns that say who somebody is.
        number: the column with the system's own number; None where it has none.
        mark: the column that gets the marks.
        maximum: what they are out of; None where the file does not say.
        locked: the column that says whether a mark can be changed; None where none is known.
        chosen: the column that says which rows are read in, for systems that ask for that; None elsewhere.
    """

    students: Sequence[int]
    who: Sequence[int]
    number: int | None
    mark: int
    maximum: float | None
    locked: int | None = None
    chosen: int | None = None


@dataclass(frozen=True)
class System:
    """A school's system.

    Attributes:
        name: of it.
        pattern: what gives the system's number in a field of its column.
        shifts: whether its numbers are new in each assignment, and a group's may be a student's as well.
    """

    name: str
    pattern: str = r"(\d+)"
    shifts: bool = False

    def number(self, text: str) -> str:
        """Return the system's number in a field; empty where there is none."""
        found = re.fullmatch(self.pattern, text)
        return found[1] if found else ""

    def layout(self, sheet: Sheet, lesson: str, column: str = "") -> Layout:
        """Return where a file has what.

        Args:
            sheet: the file.
            lesson: the lesson's name.
            column: the head of the column that gets the marks, where the user said it.

        Raises:
            CourseError: where that can't be told.
        """
        return {"Moodle": _moodle, "Canvas": _canvas, "ILIAS": _ilias}[self.name](sheet, lesson, column)


MOODLE = System("Moodle", r"\D*(\d+)", shifts=True)
CANVAS = System("Canvas")
ILIAS = System("ILIAS")


def _moodle(sheet: Sheet, lesson: str, column: str) -> Layout:
    """Lay out a grading worksheet, or the gradebook's own export."""
    rows = [i for i in range(1, len(sheet.rows)) if not is_blank(sheet.rows[i])]
    numbered = [NUMBERED.fullmatch(sheet.get(i, 0)) for i in rows]
    if not rows or not all(numbered) or len({found[1] for found in numbered if found}) > 1:
        return _gradebook(sheet, rows, lesson, column)
    before = [j for j in range(1, len(sheet.heads) - 1) if _one_number(sheet, rows, j + 1)]
    found = [j for j in before if _takes_marks(sheet, rows, j)]
    if column:
        mark = sheet.column(column)
    elif len(found) == 1:
        mark = found[0]
    else:
        raise _say_which(sheet)
    known = {head.casefold(): j for j, head in enumerate(sheet.heads)}
    most = _one_number(sheet, rows, known.get("maximum grade", mark + 1))
    return Layout(rows, range(1, mark), 0, mark, most, known.get("grade can be changed"))


def _gradebook(sheet: Sheet, rows: Sequence[int], lesson: str, column: str) -> Layout:
    """Lay out a table with a column for each assignment, whose head bears its name."""
    if column:
        mark = sheet.column(column)
    else:
        pattern = re.compile(rf"(?:[^:]+: )?{re.escape(lesson)}(?: \([^()]*\))?")
        named = [j for j, head in enumerate(sheet.heads) if pattern.fullmatch(head)]
        if len(named) != 1:
            raise _say_which(sheet)
        mark = named[0]
    if any(sheet.get(i, mark).endswith("%") for i in rows):
        raise CourseError(
            f"the column {sheet.heads[mark]!r} holds percentages: have Moodle export points, or name another "
            "column with --column"
        )
    return Layout(rows, range(_first_marks(sheet, mark)), None, mark, None)


def _canvas(sheet: Sheet, lesson: str, column: str) -> Layout:
    """Lay out Canvas' gradebook: below the heads come rows of its own, the last with the points."""
    known = {head.casefold(): j for j, head in enumerate(sheet.heads)}
    number = known.get("id")
    mark = sheet.column(column or _named(sheet, lesson))
    if number is None:
        first = next((i for i in range(1, len(sheet.rows)) if "Points Possible" in sheet.get(i, 0)), 0) + 1
    else:
        told = [i for i in range(1, len(sheet.rows)) if sheet.get(i, number).isdigit()]
        first = told[0] if told else len(sheet.rows)
    most = sheet.get(first - 1, mark) if first > 1 else ""
    if most and as_number(most) is None:
        raise CourseError(f"Canvas says that the column {sheet.heads[mark]!r} is read only: {most}")
    rows = [i for i in range(first, len(sheet.rows)) if not is_blank(sheet.rows[i]) and not _tests(sheet, i)]
    return Layout(rows, range(_first_marks(sheet, mark)), number, mark, as_number(most) or None)


def _named(sheet: Sheet, lesson: str) -> str:
    """Return the head of Canvas' column that bears a lesson's name."""
    named = [head for head in sheet.heads if re.sub(r" \(\d+\)$", "", head) == lesson]
    if len(named) == 1:
        return named[0]
    columns = [head for head in sheet.heads if re.search(r" \(\d+\)$", head)]
    many = "more than one column bears" if named else "no column bears"
    raise CourseError(
        f"{many} the name {lesson!r}: say which gets the marks with --column; the assignments are: "
        f"{', '.join(columns) or 'none'}"
    )


def _tests(sheet: Sheet, row: int) -> bool:
    """Whether a row is Canvas' own student, whom teachers look through the eyes of."""
    first, second = sheet.get(row, 0), sheet.get(row, 1)
    return first == "Student, Test" or (first, second) == ("Student", "Test")


def _ilias(sheet: Sheet, lesson: str, column: str) -> Layout:
    """Lay out the status file that ILIAS puts beside submissions; its heads are never translated."""
    rows = [i for i in range(1, len(sheet.rows)) if not is_blank(sheet.rows[i])]
    number, mark = sheet.column("usr_id"), sheet.column(column or "mark")
    who = [j for j, head in enumerate(sheet.heads) if head in ("login", "lastname", "firstname")]
    return Layout(rows, who, number, mark, None, chosen=sheet.column("update"))


def _say_which(sheet: Sheet) -> CourseError:
    heads = ", ".join(filter(None, sheet.heads))
    return CourseError(f"say which column gets the marks with --column; there are: {heads}")


def _one_number(sheet: Sheet, rows: Sequence[int], column: int) -> float | None:
    """Return the number that all fields of a column hold; None where they don't."""
    texts = {sheet.get(i, column) for i in rows}
    return as_number(texts.pop()) or None if len(texts) == 1 else None


def _takes_marks(sheet: Sheet, rows: Sequence[int], column: int) -> bool:
    texts = [sheet.get(i, column) for i in rows]
    return all(text in NO_MARK or as_number(text) is not None for text in texts)


def _first_marks(sheet: Sheet, mark: int) -> int:
    """Return where a gradebook's columns of marks begin."""
    return next((j for j, head in enumerate(sheet.heads) if MARKED.fullmatch(head)), mark)


def writes_comma(sheet: Sheet, layout: Layout) -> bool:
    """Whether the file writes 1,5 for one and a half."""
    texts = [sheet.get(i, j) for i in range(1, len(sheet.rows)) for j in range(layout.mark, len(sheet.heads))]
    return any("," in text and NUMBER.fullmatch(text) for text in texts)


def as_number(text: str) -> float | None:
    """Return the number that a field holds, with a point or a comma; None where it holds none."""
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def called(sheet: Sheet, row: int) -> str:
    """Return how the file calls somebody, for a teacher."""
    return next((text for i in range(2) if (text := sheet.get(row, i))), f"line {row + 1}")
