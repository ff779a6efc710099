"""Marks into the file that a school's system gave: nobody's row is guessed, and nothing else is changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.returning.rows import Refused, Rows
from helpers.grading.returning.sheets import Sheet, read
from helpers.grading.returning.systems import NO_MARK, Layout, System, as_number, called, writes_comma
from helpers.grading.returning.totals import Mark


@dataclass
class Filled:
    """What became of an export.

    Attributes:
        sheet: the table with the marks.
        written: how many marks are in it that were not.
        same: how many were there already.
        not_written: why marks of ours are not in it, each with the students.
        not_here: who is in the file, and is nobody of whom there is a mark here.
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
    out_of: float | None = None,
) -> Filled:
    """Fill marks into a file that a system gave.

    Args:
        system: whose file it is.
        path: the file; it is not written.
        marks: of our students.
        most: the points that they are out of.
        lesson: the lesson's name, which a gradebook's column bears if no other is named.
        id_column: the column that holds our students' ids; by default the system's own number, and what the
            class list tells.
        column: the column that gets the marks; by default found by what it holds.
        scale: whether marks are converted to the file's maximum; None stops where it is another than ours.
        replace: whether marks that are there already may be replaced by other ones.
        out_of: the file's maximum, where it does not say it itself.

    Raises:
        CourseError: where a column can't be told, or the maximum is another and nobody said what to do.
    """
    sheet, marks = read(path), list(marks)
    layout = system.layout(sheet, lesson, column)
    rows = Rows(system, sheet, layout, sheet.column(id_column) if id_column else None, marks)
    factor = _factor(layout.maximum or out_of, most, scale, path)
    found, places = Filled(sheet), list[tuple[Mark, int]]()
    for mark in marks:
        try:
            places.append((mark, rows.of(mark)))
        except Refused as why:
            found.refuse(str(why), mark.student)
    times, comma = Counter(row for _, row in places), writes_comma(sheet, layout)
    for mark, row in places:
        if times[row] > 1:
            found.refuse("two of ours are one in the file", f"{mark.student} ({called(sheet, row)})")
        elif mark.total is None or mark.waits:
            found.refuse(mark.waits or "has no mark yet", mark.student)
        else:
            _put(found, layout, row, mark, mark.total * factor, comma, replace)
    found.not_here = [called(sheet, row) for row in layout.students if row not in times]
    return found


def _put(
    found: Filled, layout: Layout, row: int, mark: Mark, points: float, comma: bool, replace: bool
) -> None:
    sheet = found.sheet
    text = f"{round(points, 2):g}".replace(".", "," if comma else ".")
    before = sheet.get(row, layout.mark)
    locked = "" if layout.locked is None else sheet.get(row, layout.locked)
    if before and as_number(before) == as_number(text):
        found.same += 1
    elif locked.lower() == "no":
        found.refuse("Moodle says that the mark can't be changed", mark.student)
    elif before not in NO_MARK and not replace:
        found.refuse(
            "another mark is there already (--replace puts ours in its place)",
            f"{mark.student}: {before}, not {text}",
        )
    else:
        sheet.put(row, layout.mark, text)
        if layout.chosen is not None:
            sheet.put(row, layout.chosen, "1")
        found.written += 1


def _factor(theirs: float | None, most: float, scale: bool | None, path: Path) -> float:
    """Return what our points are multiplied by; that it is 1 is known, or somebody said it."""
    if scale is False or theirs == most:
        return 1.0
    if theirs is None:
        raise CourseError(
            f"{path} does not say how many points a mark is out of: --out-of N tells it, --no-scale "
            f"writes ours as they are, out of {most:g}"
        )
    if not scale:
        raise CourseError(
            f"{path} counts out of {theirs:g} points, the lesson out of {most:g}: --scale converts the "
            "marks, --no-scale writes them as they are"
        )
    return theirs / most


def told(found: Filled) -> dict[str, object]:
    """Return what became of it as plain data."""
    return {
        "written": found.written,
        "already there": found.same,
        "not written": found.not_written,
        "in the file, not here": found.not_here,
    }
