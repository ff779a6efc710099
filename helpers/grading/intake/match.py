"""Find the cells of the release among those that were handed in: by name, by id, else by what they hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helpers.checks import lessons
from helpers.grading.intake.given import Given, Release
from helpers.grading.intake.untrusted import Cell

Places = dict[int, int]  # where a cell of the release is among those that were handed in


@dataclass(frozen=True)
class Likeness:
    """How much of a lesson is in a notebook.

    Attributes:
        whole: whether at least half of the lesson's cells are.
        filled: how many of its answers are filled in, essays and all.
        code: how many of these are code, which is told by the names that it binds.
    """

    whole: bool
    filled: int
    code: int


def likeness(release: Release, cells: Sequence[Cell]) -> Likeness:
    """Return how much of the release is in a notebook."""
    answers = find_answers(release, cells)
    texts, names = {cell.text for cell in cells}, {cell.grade_id for cell in cells}
    found = [
        c.text in texts or i in answers or (c.grade and c.name in names) for i, c in enumerate(release.cells)
    ]
    filled = [release.cells[i] for i, k in answers.items() if not cells[k].same(release.cells[i])]
    return Likeness(2 * sum(found) >= len(found), len(filled), sum(cell.kind == "code" for cell in filled))


def find_answers(release: Release, cells: Sequence[Cell]) -> Places:
    """Find the student's answers: by nbgrader's name, else by cell id, else by content."""
    tasks = lessons.tasks(release.lesson)
    own, near = [k for k, c in enumerate(cells) if c.text not in release.texts], _alike(cells)
    place: Places = {}
    unsure = []
    for i, cell in enumerate(release.cells):
        if not cell.solution:
            continue
        names = tasks[cell.name].answers if cell.name in tasks else ()
        fits = {k: cells[k].binds(names) or cell.kind == "markdown" for k in own}
        named = [k for k in sorted(near(cell)) if cells[k].named(cell) or cells[k].same(cell)]
        if right := [k for k in named if fits.get(k)]:
            place[i] = max(right, key=lambda k: (fits[k], cells[k].grade_id == cell.name, k))
        else:
            unsure.append((i, cell, {k: fits[k] for k in own if names and fits[k]}, named))
    taken = {*place.values()}
    for i, cell, fits, named in unsure:
        if cell.kind == "markdown":
            fits = {k: True for k in _after_question(release, i, cells) if k in own}
        free = {k: fit for k, fit in fits.items() if k not in taken}
        filled = [k for k in named if k in own]
        if free:
            place[i] = max(free, key=lambda k: (free[k], k))
            taken.add(place[i])
        elif filled or named or fits:
            place[i] = max(filled or named or fits)
    return place


def _after_question(release: Release, i: int, cells: Sequence[Cell]) -> list[int]:
    """Return the markdown cell that follows the question, unless it is another cell of the release."""
    asked = [k for k, cell in enumerate(cells) if i and cell.same(release.cells[i - 1])]
    after = [k + 1 for k in asked if k + 1 < len(cells) and cells[k + 1].kind == "markdown"]
    return [k for k in after if not any(cells[k].named(cell) for cell in release.cells)]


def find_others(release: Release, cells: Sequence[Cell], answers: Places) -> Places:
    """Find the cells of the release that are not the student's to write, changed or not."""
    place: Places = {}
    taken, near = {*answers.values()}, _alike(cells)
    for i, cell in enumerate(release.cells):
        if not cell.solution:
            rank = {
                k: (c.same(cell), c.named(cell), -k)
                for k in near(cell) - taken
                if (c := cells[k]).same(cell) or (c.named(cell) and c.text not in release.texts)
            }
            if rank:
                place[i] = max(rank, key=lambda k: rank[k])
                taken.add(place[i])
    return place


def _alike(cells: Sequence[Cell]) -> Callable[[Given], set[int]]:
    """Return what finds the cells that read like a cell of the release, or are called as it is."""
    found: dict[str, set[int]] = {}
    for k, cell in enumerate(cells):
        for key in (f"text {cell.text}", f"name {cell.id}", f"name {cell.grade_id}"):
            found.setdefault(key, set()).add(k)

    def near(cell: Given) -> set[int]:
        keys = f"text {cell.text}", f"name {cell.id}", f"name {cell.name}"
        return set[int]().union(*(found.get(key, ()) for key in keys))

    return near
