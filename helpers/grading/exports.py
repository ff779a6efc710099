"""Marks into the file that Moodle or Canvas gave: students are matched by id, and nothing is guessed."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.returned import number, recall
from helpers.grading.sheets import Sheet, is_blank, read

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Mark:
    """A student's mark as it goes out.

    Attributes:
        student: our id.
        number: what the system itself calls the student, where the submissions told it.
        total: the points; None where there is no mark.
        waits: why the mark is not final; empty where it is.
    """

    student: str
    number: str
    total: float | None
    waits: str = ""


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
    ids, target = sheet.column(id_column or system.id), sheet.column(column or _target(system, sheet, lesson))
    rows: dict[str, list[int]] = {}
    for i in system.students(sheet):
        rows.setdefault(_id(system, sheet.get(i, ids), own), []).append(i)
    found = Filled(sheet)
    marks = list(marks)
    times = Counter(_ours(mark, own) for mark in marks)
    comma = _comma(sheet, target)
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
            factor = _factor(_maximum(system, sheet, there[0], target), most, scale, path)
            _put(found, there[0], target, mark, mark.total * factor, comma, replace)
    found.not_here = [
        _name(sheet, i) for name, there in rows.items() if not (name and times[name]) for i in there
    ]
    return found


def _put(found: Filled, row: int, column: int, mark: Mark, points: float, comma: bool, replace: bool) -> None:
    sheet = found.sheet
    text = f"{round(points, 2):g}".replace(".", "," if comma else ".")
    before = sheet.get(row, column)
    locked = "Grade can be changed" in sheet.heads and sheet.get(row, sheet.column("Grade can be changed"))
    if before and _value(before) == _value(text):
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


def _target(system: System, sheet: Sheet, lesson: str) -> str:
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


def _id(system: System, text: str, own: bool) -> str:
    found = re.fullmatch(system.pattern, text) if own else None
    return found[1] if found else "" if own else text


def _ours(mark: Mark, own: bool) -> str:
    return mark.number if own else mark.student


def _maximum(system: System, sheet: Sheet, row: int, column: int) -> float | None:
    """Return what the file says that the marks are out of; None where it does not say."""
    if system is MOODLE:
        return (
            _value(sheet.get(row, sheet.column("Maximum Grade"))) if "Maximum Grade" in sheet.heads else None
        )
    for i in range(1, min(5, len(sheet.rows))):
        if "Points Possible" in sheet.get(i, 0):
            if "read only" in sheet.get(i, column):
                raise CourseError(f"Canvas says that the column {sheet.heads[column]!r} is read only")
            return _value(sheet.get(i, column))
    return None


def _factor(theirs: float | None, most: float, scale: bool | None, path: Path) -> float:
    if theirs is None or not scale:
        if theirs is not None and theirs != most and scale is None:
            raise CourseError(
                f"{path} counts out of {theirs:g} points, the lesson out of {most:g}: --scale converts the "
                "marks, --no-scale writes them as they are"
            )
        return 1.0
    return theirs / most


def _comma(sheet: Sheet, target: int) -> bool:
    """Whether the file writes 1,5 for one and a half."""
    columns = [target, *([sheet.column("Maximum Grade")] if "Maximum Grade" in sheet.heads else [])]
    texts = [sheet.get(i, c) for i in range(1, len(sheet.rows)) for c in columns]
    return any("," in text and NUMBER.fullmatch(text) for text in texts)


def _value(text: str) -> float | None:
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def _name(sheet: Sheet, row: int) -> str:
    """Return how the file calls somebody, for a teacher."""
    return next((text for i in range(2) if (text := sheet.get(row, i))), f"line {row + 1}")


def told(found: Filled) -> dict[str, object]:
    """Return what became of it as plain data."""
    return {
        "written": found.written,
        "already there": found.same,
        "not written": found.not_written,
        "in the file, not here": found.not_here,
    }


def totals(course: Course, lesson: str, system: System, unfinished: bool = False) -> tuple[list[Mark], float]:
    """Return everybody's mark out of the gradebook, and the points that they are out of.

    Args:
        course: the class's folder.
        lesson: the lesson's name.
        system: whose numbers the students get.
        unfinished: whether a total of which a person has yet to decide a part goes out as it is.

    Raises:
        CourseError: where nothing of the lesson is in the gradebook.
    """
    from nbgrader.api import MissingEntry

    from helpers.grading.classroom import points
    from helpers.grading.marks import read as read_marks

    try:
        told = read_marks(course, lesson)
    except MissingEntry:
        told = {}
    if not told:
        raise CourseError(f"nothing of {lesson} is in the gradebook: run `course grade {lesson}` first")
    called, found = recall(course, lesson), []
    for student, marks in sorted(told.items()):
        nothing = all(mark is None for mark in marks.marks.values())
        waits = any(mark is None for mark in marks.marks.values()) and not unfinished
        found.append(
            Mark(
                student,
                number(student, called.get(student, ""), system.name),
                None if nothing else marks.total,
                "could not be graded" if nothing else "waits for a person to grade a part" * waits,
            )
        )
    return found, sum(points(course, lesson).values())
