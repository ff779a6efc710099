"""Tables that a school's system gave and takes back: what is not changed stays, byte for byte."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.grading import CourseError

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ",;\t"
FIELD = r'("(?:[^"]|"")*"|[^{0}\r\n"][^{0}\r\n]*|)({0}|\r\n|\r|\n|\Z)'


@dataclass
class Sheet:
    """A CSV file as text: the raw fields of each row and the ending of its line.

    Attributes:
        rows: raw fields, quotes and all.
        ends: of the lines.
        delimiter: between fields.
        encoding: of the file, with a mark at its beginning where it had one.
    """

    rows: list[list[str]]
    ends: list[str]
    delimiter: str
    encoding: str

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [value(raw).strip() for raw in self.rows[0]]

    def column(self, name: str) -> int:
        """Return where a column is.

        Raises:
            CourseError: where it is not, or twice.
        """
        found = [i for i, head in enumerate(self.heads) if head == name]
        if len(found) != 1:
            times = "is there twice" if found else "is not there"
            raise CourseError(
                f"the column {name!r} {times}; there are: {', '.join(filter(None, self.heads))}"
            )
        return found[0]

    def get(self, row: int, column: int) -> str:
        """Return what stands in a field."""
        fields = self.rows[row]
        return value(fields[column]).strip() if column < len(fields) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Write a field; quoted where it was, or has to be."""
        fields = self.rows[row]
        fields += [""] * (column + 1 - len(fields))
        quoted = fields[column].startswith('"') or any(c in text for c in f'{self.delimiter}"\r\n')
        fields[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def data(self) -> bytes:
        """Return the file."""
        lines = (self.delimiter.join(fields) + end for fields, end in zip(self.rows, self.ends, strict=True))
        return "".join(lines).encode(self.encoding)


def read(path: Path) -> Sheet:
    """Read a table.

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
    first = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    delimiter = max(DELIMITERS, key=first.count)
    rows, ends = _split(text, delimiter)
    if not rows or len(rows[0]) < 2:
        raise CourseError(f"{path} is no CSV table: its first line has no columns")
    return Sheet(rows, ends, delimiter, encoding)


def value(raw: str) -> str:
    """Return what a raw field says."""
    return raw[1:-1].replace('""', '"') if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    pattern = re.compile(FIELD.format(re.escape(delimiter)))
    rows, ends, row, at = list[list[str]](), list[str](), list[str](), 0
    while at < len(text) or row:
        found = pattern.match(text, at)
        if not found:
            line = text.count("\n", 0, at) + 1
            raise CourseError(
                f"the table is broken in line {line}: a quotation mark is not closed, or in the midst"
            )
        row.append(found[1])
        at = found.end()
        if found[2] != delimiter:
            rows.append(row)
            ends.append(found[2])
            row = []
    return rows, ends


def is_blank(fields: Sequence[str]) -> bool:
    """Whether a row says nothing."""
    return not any(value(raw).strip() for raw in fields)
