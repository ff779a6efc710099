"""A lesson as a page: the students' notebook, with what the cells show once all of it is solved."""

import re
from collections.abc import Sequence

from docutils.nodes import make_id
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers.grading.site.outputs import WIDGETS, Files, shown

HEADING = re.compile(r"^(#{1,6}) +(.+?)[ \t]*$", re.M)
FENCE = re.compile(r"(^```.*?^```)", re.M | re.S)
SET_UP = "set-up"  # a cell for notebooks that are opened elsewhere
TOP = """\
:::{admonition} This page is for reading
:class: tip
The lesson is a notebook: [open it in Jupyter](../students.md), write your answers, and run their checks. \
Here each answer is left open, and everything below it looks as it does once the answer is right.
:::"""


def label(lesson: str, place: str) -> str:
    """Return the name under which pages link to a heading of a lesson, or to "task softmax"."""
    return make_id(f"{lesson} {place}")


def page(lesson: str, student: NotebookNode, executed: NotebookNode | None, files: Files) -> NotebookNode:
    """Return the notebook that becomes a page.

    Args:
        lesson: its name.
        student: the students' notebook: the only source of what stands in cells.
        executed: the instructor's, run; of it only outputs are taken. None for a page without them.
        files: take pictures and scripts.
    """
    outputs = {c.id: c.outputs for c in executed.cells if c.cell_type == "code"} if executed else {}
    states = executed.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {}) if executed else {}
    cells: list[NotebookNode] = []
    deeper = False
    for cell in student.cells:
        if cell.id == SET_UP:
            continue
        if cell.cell_type == "markdown":
            source, deeper = prose(lesson, cell.source, deeper)
            cells.append(new_markdown_cell(source, id=cell.id))
            if len(cells) == 1:
                cells.append(new_markdown_cell(TOP, id="top"))
            continue
        tags = _tags(cell)
        if "answer" in tags:
            cells.append(new_markdown_cell(f"({label(lesson, 'task ' + cell.id)})=", id=f"at-{cell.id}"))
        cell = cell.copy()
        cell.metadata = NotebookNode(tags=tags)
        cell.execution_count, cell.outputs = None, shown(outputs.get(cell.id, []), states, files)
        cells.append(cell)
    metadata = {"kernelspec": student.metadata.kernelspec, "language_info": {"name": "python"}}
    return NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)


def prose(lesson: str, source: str, deeper: bool) -> tuple[str, bool]:
    """Return markdown with a label before each heading, and whether "Deeper" has begun.

    That heading has the level of the title; it and all that follows go down by one, as a page has one title.
    """

    def marked(found: re.Match[str]) -> str:
        nonlocal deeper
        deeper = deeper or found[0] == "# Deeper"
        return f"({label(lesson, found[2])})=\n{'#' * deeper}{found[0]}"

    parts = FENCE.split(source)
    return "".join(part if i % 2 else HEADING.sub(marked, part) for i, part in enumerate(parts)), deeper


def _tags(cell: NotebookNode) -> Sequence[str]:
    """Return what the style and the generator are to know of a code cell."""
    flags = cell.metadata.get("nbgrader", {})
    if flags.get("solution"):
        return ["answer"]
    if flags.get("grade"):
        return ["check"]
    return ["hide-input"] if "experiment" in cell.metadata.get("tags", []) else []
