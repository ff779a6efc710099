"""Whose row of a file is whose: by number, address or id, checked by name; nothing is guessed."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from helpers.grading.intake.roster import plain, same
from helpers.grading.returning.sheets import Sheet
from helpers.grading.returning.systems import Layout, System
from helpers.grading.returning.totals import Mark


class Refused(Exception):
    """Raised with the reason why a mark has no row."""


class Rows:
    """The rows of a file, to be looked up by mark.

    Args:
        system: whose file it is.
        sheet: the file.
        layout: where it has what.
        ids: the column that holds our students' ids, where the user said so.
        marks: of all our students, as a name counts only where one alone bears it.
    """

    def __init__(self, system: System, sheet: Sheet, layout: Layout, ids: int | None, marks: Iterable[Mark]):
        self._system, self._sheet, self._layout, self._ids = system, sheet, layout, ids
        self._bearers = Counter(plain(mark.name) for mark in marks)
        columns = [ids] if ids is not None else [j for j in layout.who if self._tells_apart(j)]
        self._keys: dict[str, set[int]] = {}
        self._numbers: dict[str, list[int]] = {}
        for i in layout.students:
            for key in {same(sheet.get(i, j)) for j in columns} - {""}:
                self._keys.setdefault(key, set()).add(i)
            self._numbers.setdefault(self.number(i), []).append(i)
        self._names = {i: self._names_in(i) for i in layout.students}

    def of(self, mark: Mark) -> int:
        """Return the row of a mark.

        Raises:
            Refused: where it has none, or more than one may be it.
        """
        if self._ids is not None:
            return _only({i for key in {mark.student, *mark.keys} for i in self._keys.get(same(key), ())})
        there = self._numbers.get(mark.number, []) if mark.number else []
        if there:
            row = _only(there)
            if self._system.shifts and mark.name and not self._fits(row, mark):
                raise Refused(
                    f"the file gives {self._system.name}'s number to somebody else: it is another "
                    "assignment's file; or a group handed in, and a class list (`course students`) tells "
                    "who is in it"
                )
            return row
        if mark.keys:
            found = {i for key in mark.keys for i in self._keys.get(same(key), ())}
            if not found and mark.name and self._bearers[plain(mark.name)] == 1:
                found = {i for i, names in self._names.items() if names & _forms(mark.name)}
            return _only(found)
        if mark.number and self._layout.number is not None:
            raise Refused("not in the file")
        raise Refused(
            f"{self._system.name}'s number is not known: say which column of the file holds our ids with "
            "--id, or make a class list with `course students`"
        )

    def number(self, row: int) -> str:
        """Return the system's own number in a row; empty where there is none."""
        column = self._layout.number
        return "" if column is None else self._system.number(self._sheet.get(row, column))

    def _tells_apart(self, column: int) -> bool:
        """Whether no two rows have the same in a column, blank ones left out."""
        texts = [text for i in self._layout.students if (text := same(self._sheet.get(i, column)))]
        return len({*texts}) == len(texts)

    def _fits(self, row: int, mark: Mark) -> bool:
        if any(row in self._keys.get(same(key), ()) for key in mark.keys):
            return True
        written = self._sheet.get(row, self._layout.number) if self._layout.number is not None else ""
        hidden = bool(mark.number) and plain(mark.name + mark.number) == plain(written)
        return hidden or bool(_forms(mark.name) & self._names[row])

    def _names_in(self, row: int) -> set[str]:
        """Return the forms of what may be the name in a row: a field, or two beside each other."""
        texts = [text for j in self._layout.who if (text := self._sheet.get(row, j))]
        both = (f"{a} {b}" for pair in pairwise(texts) for a, b in (pair, pair[::-1]))
        return {form for text in (*texts, *both) for form in _forms(text)}


def _only(rows: Iterable[int]) -> int:
    found = list(rows)
    if len(found) != 1:
        raise Refused("twice in the file" if found else "not in the file")
    return found[0]


def _forms(name: str) -> set[str]:
    """Return a name's letters, and its words in the order of the alphabet: `Doe, Jane` is `Jane Doe`."""
    return {plain(name), " ".join(sorted(filter(None, map(plain, re.split(r"[\s,_]+", name)))))} - {""}
