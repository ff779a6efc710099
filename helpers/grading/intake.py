"""Rebuild what a student handed in from the release: its cells, and the student's source in the answers.

Nothing here runs a student's code, and of the metadata that was handed in nothing is passed on: it only
helps to find the answers. What does not fit is repaired and told.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import is_grade, is_locked, is_solution

from helpers.checks import lessons
from helpers.grading.untrusted import Cell, name_of, parsed, read

FLAGS = ("grade", "locked", "points", "solution")
NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
Places = dict[int, int]  # where a cell of the release is among those that were handed in


@dataclass(frozen=True)
class Rebuilt:
    """A notebook to be graded.

    Attributes:
        notebook: the release, with the student's answers, and the student's own cells where they stood.
        repairs: what did not fit; it costs nothing.
        signs: what looks as if somebody tampered with it, for a person to judge.
    """

    notebook: NotebookNode
    repairs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


class Notes(dict[str, list[str]]):
    """Remarks about cells by their names, one sentence for each kind of remark."""

    def add(self, what: str, name: str) -> None:
        """Remark something about a cell."""
        self.setdefault(what, []).append(f"`{name}`")

    def told(self) -> tuple[str, ...]:
        """Return the sentences."""
        return tuple(f"{what}: {_listed(list(dict.fromkeys(names)))}" for what, names in self.items())


def rebuild(release: NotebookNode, data: bytes) -> Rebuilt:
    """Put a student's answers and own cells into the release.

    Args:
        release: the notebook that students were given.
        data: the file that was handed in.

    Raises:
        Unreadable: if it is no notebook, saying why.
    """
    handed, repairs = read(data, release.metadata.kernelspec.name), Notes()
    answers = find_answers(release, handed.cells)
    place = answers | _find_others(release, handed.cells, answers)
    own = _own(release, handed.cells, place, answers, repairs)
    notebook, fresh, cells = copied(release), 0, []
    checks = {cell.source.strip(): name_of(cell) for cell in release.cells if is_locked(cell)}
    for i, cell in enumerate([None, *notebook.cells], -1):
        if cell is not None:
            cells.append(cell)
        if cell is not None and i in answers:
            cell.source, cut = _without_checks(handed.cells[answers[i]].source, checks)
            for name in cut:
                repairs.add("cut out of an answer, and put in its own cell again", name)
        for extra in own.get(i, ()):
            fresh += 1
            cells.append(NEW[extra.kind](extra.source, id=f"own-{fresh}"))
    notebook.cells = cells
    _compare(release, handed.cells, place, answers, repairs)
    return Rebuilt(
        notebook, (*handed.oddities, *repairs.told()), _signs(release, handed.cells, place, answers)
    )


def copied(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook whose cells may get other sources and outputs; metadata are shared with the first."""
    return NotebookNode({**notebook, "cells": [NotebookNode(cell) for cell in notebook.cells]})


def likeness(release: NotebookNode, data: bytes) -> tuple[bool, int]:
    """Return whether a file is this lesson's notebook, and how many answers it fills in.

    Raises:
        Unreadable: if it is no notebook.
    """
    cells = read(data).cells
    answers = find_answers(release, cells)
    texts, names = {cell.text for cell in cells}, {cell.grade_id for cell in cells}
    found = [
        c.source.strip() in texts or i in answers or (is_grade(c) and name_of(c) in names)
        for i, c in enumerate(release.cells)
    ]
    return 2 * sum(found) >= len(found), sum(not cells[k].same(release.cells[i]) for i, k in answers.items())


def find_answers(release: NotebookNode, cells: Sequence[Cell]) -> Places:
    """Find the student's answers: by nbgrader's name, else by cell id, else by content."""
    tasks = lessons.tasks(release.metadata.course.lesson)
    released = {cell.source.strip() for cell in release.cells}
    own, near = [k for k, c in enumerate(cells) if c.text not in released], _alike(cells)
    place: Places = {}
    unsure = []
    for i, cell in enumerate(release.cells):
        if not is_solution(cell):
            continue
        names = tasks[name_of(cell)].answers if name_of(cell) in tasks else ()
        fits = {k: cells[k].binds(names) or cell.cell_type == "markdown" for k in own}
        named = [k for k in sorted(near(cell)) if cells[k].named(cell) or cells[k].same(cell)]
        if right := [k for k in named if fits.get(k)]:
            place[i] = max(right, key=lambda k: (fits[k], cells[k].grade_id == name_of(cell), k))
        else:
            unsure.append((i, cell, {k: fits[k] for k in own if names and fits[k]}, named))
    taken = {*place.values()}
    for i, cell, fits, named in unsure:
        if cell.cell_type == "markdown":
            fits = {k: True for k in _after_question(release, i, cells) if k in own}
        free = {k: fit for k, fit in fits.items() if k not in taken}
        filled = [k for k in named if k in own]
        if free:
            place[i] = max(free, key=lambda k: (free[k], k))
            taken.add(place[i])
        elif filled or named or fits:
            place[i] = max(filled or named or fits)
    return place


def _after_question(release: NotebookNode, i: int, cells: Sequence[Cell]) -> list[int]:
    """Return the markdown cell that follows the question, unless it is another cell of the release."""
    asked = [k for k, cell in enumerate(cells) if i and cell.same(release.cells[i - 1])]
    after = [k + 1 for k in asked if k + 1 < len(cells) and cells[k + 1].kind == "markdown"]
    return [k for k in after if not any(cells[k].named(cell) for cell in release.cells)]


def _find_others(release: NotebookNode, cells: Sequence[Cell], answers: Places) -> Places:
    """Find the cells of the release that are not the student's to write, changed or not."""
    place: Places = {}
    taken, released = {*answers.values()}, {cell.source.strip() for cell in release.cells}
    near = _alike(cells)
    for i, cell in enumerate(release.cells):
        if not is_solution(cell):
            rank = {
                k: (c.same(cell), c.named(cell), -k)
                for k in near(cell) - taken
                if (c := cells[k]).same(cell) or (c.named(cell) and c.text not in released)
            }
            if rank:
                place[i] = max(rank, key=lambda k: rank[k])
                taken.add(place[i])
    return place


def _alike(cells: Sequence[Cell]) -> Callable[[NotebookNode], set[int]]:
    """Return what finds the cells that read like a cell of the release, or are called as it is."""
    found: dict[str, set[int]] = {}
    for k, cell in enumerate(cells):
        for key in (f"text {cell.text}", f"name {cell.id}", f"name {cell.grade_id}"):
            found.setdefault(key, set()).add(k)

    def near(cell: NotebookNode) -> set[int]:
        keys = f"text {cell.source.strip()}", f"name {cell.id}", f"name {name_of(cell)}"
        return set[int]().union(*(found.get(key, ()) for key in keys))

    return near


def _own(
    release: NotebookNode, cells: Sequence[Cell], place: Places, answers: Places, repairs: Notes
) -> dict[int, list[Cell]]:
    """Return the student's own cells by the cell of the release that each comes after; -1 is the top."""
    own: dict[int, list[Cell]] = {}
    stands_for = {k: i for i, k in sorted(place.items())}
    checks = {c.source.strip(): name_of(c) for c in release.cells if is_locked(c)}
    anchor = -1
    for k, cell in enumerate(cells):
        if k in stands_for:
            anchor = stands_for[k]
            ours = release.cells[anchor]
            if anchor in answers or is_locked(ours) or cell.same(ours):
                continue
            if (cell.kind == "code" and cell.text) or ours.source.strip() in cell.source:
                repairs.add(
                    "changed by the student, whose version runs after the released one", name_of(ours)
                )
                own.setdefault(anchor, []).append(cell)
            continue
        owner = next((i for i in answers if _twin(cell, release.cells[i], release)), None)
        if cell.text in checks:
            repairs.add("a second copy was left out", checks[cell.text])
        elif owner is not None:
            repairs.add(
                "handed in more than once, the last one that is filled in counts",
                name_of(release.cells[owner]),
            )
            if not cell.same(release.cells[owner]):
                own.setdefault(owner - 1, []).append(cell)
        elif cell.text:
            for i in answers:
                if cell.named(release.cells[i]):
                    repairs.add("in several cells, the one that defines it counts", name_of(release.cells[i]))
            own.setdefault(anchor, []).append(cell)
    return own


def _twin(cell: Cell, answer: NotebookNode, release: NotebookNode) -> bool:
    """Whether a cell that was not chosen is a version of the answer, and not a piece of it."""
    if cell.same(answer):
        return True
    task = lessons.tasks(release.metadata.course.lesson).get(name_of(answer))
    return cell.named(answer) and (task is None or cell.binds(task.answers) > 0)


def _compare(
    release: NotebookNode, cells: Sequence[Cell], place: Places, answers: Places, repairs: Notes
) -> None:
    """Tell what differs from the release, cell by cell."""
    stands_for = {k: i for i, k in sorted(place.items(), reverse=True)}
    order = [stands_for[k] for k in sorted(stands_for)]
    kept = SequenceMatcher(None, order, sorted(order), autojunk=False).get_matching_blocks()
    still = {order[j] for block in kept for j in range(block.a, block.a + block.size)}
    flagged = any(cell.flags for cell in cells)
    for i, cell in enumerate(release.cells):
        name, k = name_of(cell), place.get(i)
        if k is None:
            repairs.add("missing, the released one stands in for it", name)
            continue
        found = cells[k]
        if i in order and i not in still:
            repairs.add("moved back to its place", name)
        if found.kind != cell.cell_type:
            repairs.add(f"made a {cell.cell_type} cell again", name)
        if i in answers and list(answers.values()).count(k) > 1:
            repairs.add("answered in one cell together", name)
        elif i in answers and not found.named(cell):
            repairs.add("found by its content", name)
        elif flagged and "nbgrader" in cell.metadata and found.grade_id != name:
            repairs.add("renamed, or without nbgrader's metadata", name)
        if i not in answers and not found.same(cell) and (cell.cell_type != "code" or is_locked(cell)):
            repairs.add("changed, the released one stands", name)


def _signs(release: NotebookNode, cells: Sequence[Cell], place: Places, answers: Places) -> tuple[str, ...]:
    """Tell what looks like tampering with checks and marks."""
    signs = Notes()
    for i, cell in enumerate(release.cells):
        if i not in place or "nbgrader" not in cell.metadata:
            continue
        name, found, flags = name_of(cell), cells[place[i]], cell.metadata.nbgrader
        if is_locked(cell) and found.text and _rest(found.source, cell.source):
            signs.add("the code of a check was changed", name)
        for flag in FLAGS if found.grade_id == name else ():
            if flag in found.flags and found.flags[flag] != flags.get(flag, found.flags[flag]):
                told = f"{flag} was set to {str(found.flags[flag])[:20]!r}, not {str(flags[flag])!r}"
                signs.add(told, name)
        for tag in found.tags if is_locked(cell) else ():
            signs.add(f"a check was given the tag {tag[:40]!r}", name)
    return signs.told()


def _rest(source: str, check: str) -> bool:
    """Whether a check cell does something else than the check, or besides it."""
    tree, ours = parsed(source), parsed(check)
    return tree is None or ours is None or bool(_dumps(tree) - _dumps(ours))


def _dumps(tree: ast.Module) -> set[str]:
    return {ast.dump(node) for node in tree.body}


def _without_checks(source: str, checks: Mapping[str, str]) -> tuple[str, list[str]]:
    """Cut out of an answer the lines that are a check, and name those."""
    lines = source.split("\n")
    cut = [checks[line.rstrip()] for line in lines if line.rstrip() in checks]
    return ("\n".join(line for line in lines if line.rstrip() not in checks).rstrip() if cut else source), cut


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
