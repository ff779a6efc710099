"""Tables in files: read what a spreadsheet or a school's system wrote, write what none runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.atomic import replace

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ",;\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs where a field begins with it
SHIELD = "'"  # put before it, a spreadsheet shows it as text


def read(path: Path) -> list[list[str]]:
    """Return the rows of a table, its heads first; blanks around a field and empty rows are left out.

    Raises:
        CourseError: where it is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} can't be read: {error.strerror}") from None
    encoding = next((name for bom, name in BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise CourseError(f"{path} is not UTF-8: save it as CSV in UTF-8") from None
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV table: {error}") from None
    return [fields for row in rows if any(fields := [field.strip() for field in row])]


def write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a table, whole or not at all."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [shielded(field.strip()) for field in row] for row in rows
    )
    replace(path, text.getvalue())


def shielded(field: str) -> str:
    """Return a field so that no spreadsheet runs it as a formula."""
    return SHIELD + field if field.lstrip(SHIELD).startswith(FORMULA) else field


def bare(field: str) -> str:
    """Return a field without the shield."""
    return field[1:] if field.startswith(SHIELD) and field.lstrip(SHIELD).startswith(FORMULA) else field
