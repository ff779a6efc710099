"""Read a notebook that was handed in, trusting nothing in it: whatever its JSON holds, this survives it."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helpers.checks.source import bound, means, tree
from helpers.grading import CourseError
from helpers.grading.bounded import excess
from helpers.grading.intake.given import Given

CELLS, PARSED = 10_000, 200_000
EDITORS = {"colab": "Colab", "vscode": "VS Code", "pycharm": "PyCharm", "deepnote": "Deepnote"}
PICTURES = {f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "svg+xml")}
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
LEGAL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Unreadable(CourseError):
    """Raised where a file is no notebook; its text is the reason that the student's row gives."""


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in, of which only the source and the pictures in it are ever passed on."""

    kind: str
    source: str
    id: str = ""
    flags: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def grade_id(self) -> str:
        """What nbgrader would call it."""
        name = self.flags.get("grade_id")
        return name if isinstance(name, str) else ""

    def named(self, cell: Given) -> bool:
        """Whether it bears the name of a cell of the release."""
        return cell.id in (self.grade_id, self.id) or self.grade_id == cell.name

    def same(self, cell: Given) -> bool:
        """Whether it reads as a cell of the release does."""
        return self.text == cell.text

    def binds(self, names: Iterable[str]) -> int:
        """How many of the names its top level binds, or means to where it has a syntax error."""
        names = [name for name in names if name in self.source]
        if names and parsed(self.source) is not None:
            return len(bound(self.source).intersection(names))
        return sum(means(name, self.source) for name in names) if self.kind == "code" else 0

    @cached_property
    def text(self) -> str:
        """The source without blanks around it."""
        return self.source.strip()


@dataclass(frozen=True)
class Handed:
    """The cells of a notebook that was handed in, and what is odd about it as a whole."""

    cells: list[Cell]
    oddities: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a source, or None where it has none or is too large to ask."""
    try:
        return tree(source) if len(source) <= PARSED else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read(data: bytes, kernel: str = "python3") -> Handed:
    """Read a file of nbformat 3 or 4.

    Raises:
        Unreadable: if it is none.
    """
    if wrong := excess(data):
        raise Unreadable(wrong)
    if not data.strip():
        raise Unreadable("the file is empty")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is not valid JSON: {str(error).splitlines()[0]}") from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise Unreadable("the file is JSON, but not a notebook")
    version, minor = notebook["nbformat"], notebook.get("nbformat_minor")
    if type(version) is not int or version not in (3, 4):
        raise Unreadable(f"the notebook has the unknown format {str(version)[:20]!r}; known are 3 and 4")
    sheets = notebook.get("worksheets") if version == 3 else [notebook]
    raw: list[object] = []
    for sheet in sheets if isinstance(sheets, list) else [None]:
        if not isinstance(sheet, dict) or not isinstance(sheet.get("cells"), list):
            raise Unreadable("the notebook has no list of cells")
        raw += sheet["cells"]
    if len(raw) > CELLS:
        raise Unreadable(f"the notebook has {len(raw)} cells, more than {CELLS}")
    cells = [_cell(cell) for cell in raw if isinstance(cell, dict)]
    metadata, ids = _dict(notebook.get("metadata")), [cell.id for cell in cells]
    old = version == 3 or (type(minor) is int and minor < 5)
    wild = not old and (len({*ids}) < len(ids) or not all(map(LEGAL_ID.fullmatch, ids)))
    spec = _dict(metadata.get("kernelspec")).get("name", kernel)
    schemas = {cell.flags.get("schema_version", 3) == 3 for cell in cells}
    keys = [*metadata, *(key for cell in raw if isinstance(cell, dict) for key in _keys(cell))]
    tools = [tool for key, tool in EDITORS.items() if any(key in found.lower() for found in keys)]
    said = {
        f"saved in the older notebook format {version}.{str(minor)[:9]}": old and type(minor) is int,
        "saved in the older notebook format 3": old and type(minor) is not int,
        f"saved by {', '.join(tools)}, whose own metadata was left out": tools,
        f"made for the kernel {str(spec)[:40]!r}": spec != kernel,
        "nbgrader's metadata is missing": cells and not any(cell.flags for cell in cells),
        "nbgrader's metadata has another schema": False in schemas,
        "cell ids that were missing, double or not allowed": wild,
        "cells that were damaged were left out": len(cells) < len(raw),
    }
    return Handed(cells, tuple(what for what, so in said.items() if so), metadata)


def _cell(raw: dict[str, Any]) -> Cell:
    metadata = _dict(raw.get("metadata"))
    kind, name, tags = raw.get("cell_type"), raw.get("id"), metadata.get("tags")
    kind = "code" if kind == "code" else "raw" if kind == "raw" else "markdown"
    source = raw.get("source", raw.get("input"))
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str)).replace("\r\n", "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    if raw.get("cell_type") == "heading" and raw.get("level") in range(1, 7):
        text = f"{'#' * raw['level']} {text}"
    tags = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    name = name if isinstance(name, str) else ""
    return Cell(kind, text, name, _dict(metadata.get("nbgrader")), tags, _pictures(raw.get("attachments")))


def _pictures(told: object) -> dict[str, dict[str, str]]:
    """Return the pictures that were pasted into a cell, as base64 by name and type; nothing else of it."""
    found: dict[str, dict[str, str]] = {}
    for name, kinds in _dict(told).items():
        for kind, data in _dict(kinds).items():
            text = "".join(data) if isinstance(data, list) and {*map(type, data)} <= {str} else data
            if kind in PICTURES and isinstance(text, str) and BASE64.fullmatch(text):
                found.setdefault(name, {})[kind] = text
    return found


def _keys(raw: dict[str, Any]) -> list[str]:
    return [*_dict(raw.get("metadata")), *(key for key in raw if key != "source")]


def _dict(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
