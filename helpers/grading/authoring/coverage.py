"""What the lessons cover: `solutions/coverage.toml`, and the page `course/README.md` that is made of it."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.authoring.taught import headings, how
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
F transfer learning, X further. *How* says what you do with it: a task with a check, an experiment that you
run and read, or text; *deeper* is what follows a lesson's written question, and earns no points. What
`looks like code` is an exercise; the rest are headings.

{counts}
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
        counts=_counted(found, cells),
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
        known = {*lessons.tasks(lesson), *(heading.title for heading in headings(cells[lesson]))}
        for place in where:
            if place not in known:
                yield f"{told}the lesson has no task and no heading {place!r}"


def _counted(found: Sequence[Claim], cells: Mapping[str, Sequence[Cell]]) -> str:
    """Say of how many items each lesson makes a task, an experiment or text."""
    lines = ["| lesson | task | experiment | text | only deeper |", "|---|---|---|---|---|"]
    for lesson in cells:
        told = [
            how(claim.where, cells[lesson], lessons.tasks(lesson))
            for claim in found
            if claim.lesson == lesson
        ]
        counts = [sum(text.endswith(kind) for text in told) for kind in ("task", "experiment", "text")]
        deeper = sum(text.startswith("deeper") for text in told)
        lines.append(f"| {lesson[:2]} | {' | '.join(map(str, counts))} | {deeper} |")
    return "\n".join(lines)


def _row(lesson: str, cells: Sequence[Cell]) -> str:
    first = cells[0].source
    title, question = headings(cells)[0].title, re.search(r"^\*\*(.+)\*\*$", first, re.M)
    minutes = re.search(r"(\d+) minutes", "\n".join(cell.source for cell in cells[:3]))
    return (
        f"| [{title}]({lesson}/{lesson}.ipynb) | {question[1] if question else ''} "
        f"| {f'{minutes[1]} min' if minutes else ''} |"
    )


def _table(lesson: str, cells: Sequence[Cell], found: Sequence[Claim]) -> str:
    tasks, link = lessons.tasks(lesson), f"({lesson}/{lesson}.ipynb)"
    lines = [f"\n### {headings(cells)[0].title}\n", "| item | what | how | where |", "|---|---|---|---|"]
    for _, item, what, where in found:
        places = (f"[`{place}`]{link}" if place in tasks else f"[{place}]{link}" for place in where)
        lines.append(f"| {item} | {what} | {how(where, cells, tasks)} | {', '.join(places)} |")
    return "\n".join(lines)
