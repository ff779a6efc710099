"""What students were given, as a rebuild looks at it: what each cell is, found out once for a whole class."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution


@dataclass(frozen=True)
class Given:
    """A cell that students were given.

    Attributes:
        kind: code, markdown or raw.
        source: as it was given.
        text: the same without blanks around it.
        id: the notebook's name for it.
        name: nbgrader's name for it, or else its id.
        flags: what nbgrader knows of it; empty where it knows nothing.
        solution: whether the student writes it.
        grade: whether there are points for it.
        locked: whether it is a check, or another cell that nobody may change.
    """

    kind: str
    source: str
    text: str
    id: str
    name: str
    flags: Mapping[str, Any]
    solution: bool
    grade: bool
    locked: bool

    @classmethod
    def of(cls, cell: NotebookNode) -> "Given":
        """Look at a cell of the release."""
        flags = cell.metadata.get("nbgrader", {})
        text, name = cell.source.strip(), flags.get("grade_id") or cell.id
        what = bool(is_solution(cell)), bool(is_grade(cell)), bool(is_locked(cell))
        return cls(cell.cell_type, cell.source, text, cell.id, name, flags, *what)


class Release:
    """The notebook that students were given.

    Attributes:
        notebook: as nbformat reads it.
        cells: what each of its cells is.
        texts: what they say.
        checks: the names of those that are locked, by what they say.
    """

    def __init__(self, notebook: NotebookNode):
        self.notebook = notebook
        self.cells = tuple(map(Given.of, notebook.cells))
        self.texts = frozenset(cell.text for cell in self.cells)
        self.checks = {cell.text: cell.name for cell in self.cells if cell.locked}

    @cached_property
    def lesson(self) -> str:
        """The name of the lesson."""
        return str(self.notebook.metadata.course.lesson)

    @cached_property
    def essays(self) -> list[int]:
        """Which of its cells are answers in words."""
        return [i for i, cell in enumerate(self.cells) if cell.kind == "markdown" and cell.solution]
