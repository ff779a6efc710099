"""Marks into the file that Moodle or Canvas gave: students are matched by id, and nothing is guessed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.returning.sheets import Sheet, read
from helpers.grading.returning.systems import (
    System,
    as_number,
    called,
    id_in,
    mark_column,
    maximum,
    writes_comma,
)
from helpers.grading.returning.totals import Mark


@dataclass
class Filled:
    """What became of an export.

    Attributes:
        sheet: the table with the marks.
        written: how many marks are in it that were not.
        same: how many were there already.
        not_written: why marks of ours are not in it, each with the students.
        not_here: who is in the file, and handed nothing in here.
    """

    sheet: Sheet
    written: int = 0
    same: int = 0
    not_written: dict[str, list[str]] = field(default_factory=dict)
    not_here: list[str] = field(default_factory=list)

    def refuse(self, why: str, who: str) -> None:
        """Note that a mark was not written."""
        self.not_written.setdefault(why, []).append(who)


def fill(
    system: System,
    path: Path,
    marks: Iterable[Mark],
    most: float,
    lesson: str,
    id_column: str = "",
    column: str = "",
    scale: bool | None = None,
    replace: bool = False,
) -> Filled:
    """Fill marks into a file that a system gave.

    Args:
        system: whose file it is.
        path: the file; it is not written.
        marks: of our students.
        most: the points that they are out of.
        lesson: the lesson's name, which Canvas' column bears if no other is named.
        id_column: the column that holds our students' ids; by default the system's own number.
        column: the column that gets the marks; by default Moodle's `Grade`, Canvas' with the lesson's name.
        scale: whether marks are converted to the file's maximum; None stops where it is another than ours.
        replace: whether marks that are there already may be replaced by other ones.

    Raises:
        CourseError: where a column is missing, or the maximum is another and nobody said what to do.
    """
    sheet = read(path)
    own = not id_column
    if own and system.id not in sheet.heads:
        known = [name for name in system.other if name in sheet.heads]
        raise CourseError(
            f"{path} has no column {system.id!r}: say which holds our ids with --id, such as "
            f"{(known or system.other)[0]!r}; there are: {', '.join(filter(None, sheet.heads))}"
        )
    ids, target = (
        sheet.column(id_column or system.id),
        sheet.column(column or mark_column(system, sheet, lesson)),
    )
    rows: dict[str, list[int]] = {}
    for i in system.students(sheet):
        rows.setdefault(id_in(system, sheet.get(i, ids), own), []).append(i)
    found = Filled(sheet)
    marks = list(marks)
    times = Counter(_ours(mark, own) for mark in marks)
    comma = writes_comma(sheet, target)
    for mark in marks:
        name = _ours(mark, own)
        there = rows.get(name, [])
        if not name:
            found.refuse(
                f"{system.name}'s number is not known: the submissions did not tell it", mark.student
            )
        elif times[name] > 1:
            found.refuse("two students here have this id", f"{mark.student} ({name})")
        elif len(there) != 1:
            found.refuse("twice in the file" if there else "not in the file", mark.student)
        elif mark.total is None or mark.waits:
            found.refuse(mark.waits or "has no mark yet", mark.student)
        else:
            factor = _factor(maximum(system, sheet, there[0], target), most, scale, path)
            _put(found, there[0], target, mark, mark.total * factor, comma, replace)
    found.not_here = [
        called(sheet, i) for name, there in rows.items() if not (name and times[name]) for i in there
    ]
    return found


def _put(found: Filled, row: int, column: int, mark: Mark, points: float, comma: bool, replace: bool) -> None:
    sheet = found.sheet
    text = f"{round(points, 2):g}".replace(".", "," if comma else ".")
    before = sheet.get(row, column)
    locked = "Grade can be changed" in sheet.heads and sheet.get(row, sheet.column("Grade can be changed"))
    if before and as_number(before) == as_number(text):
        found.same += 1
    elif locked and locked.lower() == "no":
        found.refuse("Moodle says that the mark can't be changed", mark.student)
    elif before and before != "-" and not replace:
        found.refuse(
            "another mark is there already (--replace puts ours in its place)",
            f"{mark.student}: {before}, not {text}",
        )
    else:
        sheet.put(row, column, text)
        found.written += 1


def _ours(mark: Mark, own: bool) -> str:
    return mark.number if own else mark.student


def _factor(theirs: float | None, most: float, scale: bool | None, path: Path) -> float:
    if theirs is None or not scale:
        if theirs is not None and theirs != most and scale is None:
            raise CourseError(
                f"{path} counts out of {theirs:g} points, the lesson out of {most:g}: --scale converts the "
                "marks, --no-scale writes them as they are"
            )
        return 1.0
    return theirs / most


def told(found: Filled) -> dict[str, object]:
    """Return what became of it as plain data."""
    return {
        "written": found.written,
        "already there": found.same,
        "not written": found.not_written,
        "in the file, not here": found.not_here,
    }
