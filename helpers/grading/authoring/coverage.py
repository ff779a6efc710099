"""What the lessons cover: `solutions/coverage.toml`, and the page `course/README.md` that is made of it."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.percent import Cell, read

ITEM = re.compile(r"(N[0-3]|[RCQATFX])\.[1-9]\d*b?")
PAGE = """\
<!-- Made by `course build` from the lessons and solutions/coverage.toml; do not edit. -->

# The lessons

Open a lesson in JupyterLab (`make lab`), read from the top, answer where it says `YOUR CODE HERE`, and run
the check below each answer, as often as you like. Take the lessons in order: each builds on those before.

| lesson | the question | time |
|---|---|---|
{rows}
{coming}
## What is covered, and where

An item is a formula, a result or a claim that a first course on deep learning owes its readers. Its letters
say the topic: N0 learning problem and losses, N1 perceptron and linear models, N2 gradient descent,
N3 backpropagation, R generalisation, C convolution, Q sequences, A attention, T Transformers,
F transfer learning, X further. What `looks like code` is an exercise with a check; the rest are headings.
{tables}"""
COMING = "\nTo come: lesson {}.\n"


class Claim(NamedTuple):
    """That a lesson treats an item: what it does with it, and in which tasks and under which headings."""

    lesson: str
    item: str
    what: str
    where: Sequence[str]


def contents(course: Course) -> dict[Path, str]:
    """Return the text of `course/README.md` by its path, or nothing where no file says what is covered.

    Raises:
        CourseError: for a claim that names no task and no heading, or is no claim.
    """
    source = course.root / "solutions" / "coverage.toml"
    if not source.is_file():
        return {}
    found, coming = claims(source)
    cells = {lesson: read(course.source(lesson)) for lesson in lessons.MODULES}
    for slip in slips(found, cells):
        raise CourseError(f"solutions/coverage.toml: {slip}")
    rows = [_row(lesson, cells[lesson]) for lesson in cells]
    later = [f"{n} on {what}" for n, what in coming.items() if not any(int(k[:2]) == int(n) for k in cells)]
    tables = [_table(lesson, cells[lesson], [c for c in found if c.lesson == lesson]) for lesson in cells]
    text = PAGE.format(
        rows="\n".join(rows),
        coming=COMING.format(", lesson ".join(later)) if later else "",
        tables="\n".join(tables) + "\n",
    )
    return {course.root / "course" / "README.md": text}


def claims(path: Path) -> tuple[list[Claim], dict[str, str]]:
    """Return what the lessons claim to treat, and the lessons to come by number.

    Raises:
        CourseError: if the file can't be read.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"solutions/{path.name} can't be read: {error}") from None
    coming = tables.pop("coming", {})
    return [
        Claim(lesson, item, claim.get("what", ""), claim.get("where", []))
        for lesson, items in tables.items()
        for item, claim in items.items()
    ], coming


def slips(found: Sequence[Claim], cells: Mapping[str, Sequence[Cell]]) -> Iterator[str]:
    """Yield what is wrong with the claims, given the cells of each lesson."""
    for lesson, item, what, where in found:
        told = f"{lesson}, {item}: "
        if lesson not in cells:
            yield f"{told}there is no such lesson"
            continue
        if not ITEM.fullmatch(item):
            yield f"{told}no item's id is like that; they are like N1.3, R.2, C.10 or F.2b"
        if not what or not where:
            yield f"{told}a claim says `what` is done, and `where`"
        if len(set(where)) < len(where):
            yield f"{told}a place is named twice"
        known = {*lessons.tasks(lesson), *(title for _, _, title in headings(cells[lesson]))}
        for place in where:
            if place not in known:
                yield f"{told}the lesson has no task and no heading {place!r}"


def headings(cells: Sequence[Cell]) -> list[tuple[int, int, str]]:
    """Return line, level and title of each heading of a lesson's markdown cells."""
    found = []
    for cell in cells:
        if cell.kind == "markdown" and "essay" not in cell.keys:
            text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), cell.source, flags=re.M | re.S)
            for i, line in enumerate(text.splitlines(), start=1):
                if match := re.match(r"(#{1,6}) +(.+?)\s*$", line):
                    found.append((cell.line + i, len(match[1]), match[2]))
    return found


def _row(lesson: str, cells: Sequence[Cell]) -> str:
    first = cells[0].source
    (_, _, title), question = headings(cells)[0], re.search(r"^\*\*(.+)\*\*$", first, re.M)
    minutes = re.search(r"(\d+) minutes", "\n".join(cell.source for cell in cells[:3]))
    return (
        f"| [{title}]({lesson}/{lesson}.ipynb) | {question[1] if question else ''} "
        f"| {f'{minutes[1]} min' if minutes else ''} |"
    )


def _table(lesson: str, cells: Sequence[Cell], found: Sequence[Claim]) -> str:
    tasks, link = lessons.tasks(lesson), f"({lesson}/{lesson}.ipynb)"
    lines = [f"\n### {headings(cells)[0][2]}\n", "| item | what | where |", "|---|---|---|"]
    for _, item, what, where in found:
        places = (f"[`{place}`]{link}" if place in tasks else f"[{place}]{link}" for place in where)
        lines.append(f"| {item} | {what} | {', '.join(places)} |")
    return "\n".join(lines)
