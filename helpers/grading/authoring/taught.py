"""How a lesson teaches what it claims to: by a task, by an experiment, or in words; in its core or deeper."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from helpers.grading.percent import Cell

HOW = ("text", "experiment", "task")  # from the least to the most
RUNS = re.compile(r"\b(?:ask|print|display)\(")  # a question, a number, something to move


class Heading(NamedTuple):
    """A heading: its line in the file, its level and its title."""

    line: int
    level: int
    title: str


def headings(cells: Sequence[Cell]) -> list[Heading]:
    """Return the headings of a lesson's markdown cells in their order."""
    found = []
    for cell in cells:
        if cell.kind == "markdown" and "essay" not in cell.keys:
            text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), cell.source, flags=re.M | re.S)
            for i, line in enumerate(text.splitlines(), start=1):
                if match := re.match(r"(#{1,6}) +(.+?)\s*$", line):
                    found.append(Heading(cell.line + i, len(match[1]), match[2]))
    return found


def how(places: Sequence[str], cells: Sequence[Cell], tasks: Collection[str]) -> str:
    """Say how what stands in these places is taught: "task", "text; deeper: experiment", "deeper: task", …

    A task is one with a check; an experiment is a section whose code shows something; all else is text.

    Args:
        places: ids of tasks, and titles of headings.
        cells: of the lesson.
        tasks: the ids of its tasks.
    """
    known = headings(cells)
    deep = next((h.line for h in known if h[1:] == (1, "Deeper")), cells[-1].line + 1)
    core, deeper = -1, -1
    for place in places:
        at, rank = _task(place, cells) if place in tasks else _section(place, cells, known)
        if at < deep:
            core = max(core, rank)
        else:
            deeper = max(deeper, rank)
    said = [HOW[core]] if core >= 0 else []
    return "; ".join([*said, f"deeper: {HOW[deeper]}"] if deeper > core else said)


def _task(name: str, cells: Sequence[Cell]) -> tuple[int, int]:
    """Return the line of a task's check, and its rank."""
    line = next(cell.line for cell in cells if cell.keys.get("check") == name)
    return line, HOW.index("task")


def _section(title: str, cells: Sequence[Cell], known: Sequence[Heading]) -> tuple[int, int]:
    """Return the line in which a section begins, and the rank of what its code does."""
    i, heading = next((i, h) for i, h in enumerate(known) if h.title == title)
    end = next((h.line for h in known[i + 1 :] if h.level <= heading.level), cells[-1].line + 1)
    runs = any(_shows(cell) for cell in cells if heading.line < cell.line < end)
    return heading.line, HOW.index("experiment" if runs else "text")


def _shows(cell: Cell) -> bool:
    if cell.kind != "code" or {"answer", "check"} & cell.keys.keys():
        return False
    return "experiment" in cell.keys.get("tags", []) or bool(RUNS.search(cell.source))
