"""What can be wrong in a lesson's source: each slip with its line, found before anything is built."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from helpers.checks.source import bound
from helpers.checks.task import Task
from helpers.grading.percent import Cell

HEADER = ("comment_magics: false", "cell_metadata_filter: answer,check,essay,points,tags,-all")
ROLES = {"answer": "code", "check": "code", "essay": "markdown"}
TAGS = ("experiment",)
SOLUTION = re.compile(r"^([ \t]*)### (BEGIN|END) SOLUTION$", re.MULTILINE)


class Slip(NamedTuple):
    """Something wrong in a source, and the line of the marker it belongs to."""

    line: int
    says: str


def slips(name: str, text: str, cells: Sequence[Cell], tasks: Mapping[str, Task]) -> Iterator[Slip]:
    """Yield what is wrong with a lesson; the first is to be mended before the next can be trusted."""
    header = text.partition("# %%")[0]
    for line in HEADER:
        if line not in header:
            yield Slip(1, f"the jupytext header lacks `{line}`")
    for cell in cells:
        yield from _marker(cell, tasks)
    yield from _pairs(cells, tasks)
    for cell in cells:
        if cell.kind == "code":
            yield from _code(cell, tasks)
    if (times := sum(cell.source.count(f'start("{name}")') for cell in cells)) != 1:
        yield Slip(1, f'`start("{name}")` is there {times} times, not once')


def _marker(cell: Cell, tasks: Mapping[str, Task]) -> Iterator[Slip]:
    """One cell's marker by itself, and its text against it."""
    role, name = next(((key, cell.keys[key]) for key in ROLES if key in cell.keys), ("", ""))
    known = {*ROLES, "tags"} | ({"points"} if role == "essay" else set())
    for key in cell.keys.keys() - known:
        told = "there are answer, check, essay with points, and tags"
        yield Slip(cell.line, f"unknown marker {key}={cell.keys[key]!r}; {told}")
    if len(cell.keys.keys() - {"points"}) > 1:
        yield Slip(cell.line, f"a cell has one marker, not {' and '.join(cell.keys)}")
    if unknown := [tag for tag in cell.keys.get("tags", []) if tag not in TAGS]:
        yield Slip(cell.line, f"unknown tag {unknown[0]!r}; there are: {', '.join(TAGS)}")
    if role and cell.kind != ROLES[role]:
        yield Slip(cell.line, f"{role}={name!r} marks a {cell.kind} cell")
    if role in ("answer", "check") and name not in tasks:
        yield Slip(cell.line, f"unknown task {name!r}; the lesson has: {', '.join(tasks)}")
    if role == "check" and cell.source != f'check("{name}")':
        yield Slip(cell.line, f'a check cell is exactly `check("{name}")`')
    if role == "essay" and not re.fullmatch(r"[\w-]+", name):
        yield Slip(cell.line, f"essay={name!r}: an id is letters, digits, - and _")
    if role == "essay" and not re.fullmatch(r"\d+(\.\d+)?", str(cell.keys.get("points"))):
        yield Slip(cell.line, f'essay={name!r} needs its points, such as points="2"')
    if role != "answer" and re.search("(BEGIN|END) SOLUTION", cell.source):
        yield Slip(cell.line, "a solution region outside of an answer cell (an essay is replaced whole)")


def _pairs(cells: Sequence[Cell], tasks: Mapping[str, Task]) -> Iterator[Slip]:
    """Each task has one answer cell and, after it, one check cell; each id is there once."""
    seen: dict[str, int] = {}
    for cell in cells:
        for role in ROLES.keys() & cell.keys.keys():
            name = cell.keys[role]
            key = f"check-{name}" if role == "check" else name
            if key in seen:
                yield Slip(cell.line, f"{role}={name!r} is there twice, first in line {seen[key]}")
            if role == "check" and name not in seen:
                yield Slip(cell.line, f"check={name!r} has no answer cell above it")
            seen[key] = cell.line
    for name in tasks:
        if f"check-{name}" not in seen:
            lacks = f"answer={name!r} has no check cell" if name in seen else f"no cell checks task {name!r}"
            yield Slip(seen.get(name, 1), lacks)


def _code(cell: Cell, tasks: Mapping[str, Task]) -> Iterator[Slip]:
    """An answer cell binds all names of its task, no other cell does, and its stub can stand."""
    try:
        names = set(bound(cell.source))
    except SyntaxError as error:
        yield Slip(cell.line + (error.lineno or 0), f"the cell is no Python: {error.msg}")
        return
    answer = cell.keys.get("answer")
    for task in tasks.values():
        for name in task.answers:
            if task.id == answer and name not in names:
                yield Slip(cell.line, f"answer={answer!r} does not bind {name!r}")
            if task.id != answer and name in names:
                yield Slip(cell.line, f"binds {name!r}, which only the cell answer={task.id!r} may do")
    if answer:
        marks = SOLUTION.findall(cell.source)
        if not marks or [kind for _, kind in marks] != ["BEGIN", "END"] * (len(marks) // 2):
            yield Slip(
                cell.line, "an answer cell needs `### BEGIN SOLUTION` and `### END SOLUTION`, in pairs"
            )
        if not all(indent for indent, _ in marks):
            why = "its stub would stop the unfilled notebook; put it into a function or a method"
            yield Slip(cell.line, f"a solution region at the left margin: {why}")
