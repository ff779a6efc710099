"""Rebuild what a student handed in from the release: its cells, and the student's source in the answers.

Nothing here runs a student's code, and of the metadata that was handed in nothing is passed on: it only
helps to find the answers. What does not fit is repaired and told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from helpers.checks import lessons
from helpers.grading.intake.compare import Notes, compare, signs_of
from helpers.grading.intake.essays import find_essays
from helpers.grading.intake.given import Given, Release
from helpers.grading.intake.match import Places, find_answers, find_others
from helpers.grading.intake.untrusted import Cell, read

OWN = "own-"  # how the ids of the student's own cells begin
NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


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


def rebuild(release: Release, data: bytes) -> Rebuilt:
    """Put a student's answers and own cells into the release.

    Args:
        release: the notebook that students were given.
        data: the file that was handed in.

    Raises:
        Unreadable: if it is no notebook, saying why.
    """
    handed, repairs = read(data, release.notebook.metadata.kernelspec.name), Notes()
    answers = find_answers(release, handed.cells)
    place = answers | find_others(release, handed.cells, answers)
    essays = find_essays(release, handed.cells, place, answers, repairs)
    used = {k for essay in essays.values() for k in essay.cells}
    own = _own(release, handed.cells, place, answers, repairs, used)
    notebook, fresh, cells = copied(release.notebook), 0, []
    for i, cell in enumerate([None, *notebook.cells], -1):
        if cell is not None:
            cells.append(cell)
        if cell is not None and i in essays:
            cell.source, cell.attachments = essays[i].source, essays[i].attachments
        elif cell is not None and i in answers and cell.cell_type == "markdown":
            cell.source = handed.cells[answers[i]].source
            cell |= _attached(handed.cells[answers[i]])
        elif cell is not None and i in answers:
            cell.source, cut = _without_checks(handed.cells[answers[i]].source, release.checks)
            for name in cut:
                repairs.add("cut out of an answer, and put in its own cell again", name)
        for extra in own.get(i, ()):
            fresh += 1
            cells.append(NEW[extra.kind](extra.source, id=f"{OWN}{fresh}", **_attached(extra)))
    notebook.cells = cells
    compare(release, handed.cells, place, answers, repairs)
    return Rebuilt(
        notebook, (*handed.oddities, *repairs.told()), signs_of(release, handed.cells, place, answers)
    )


def copied(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook whose cells may get other sources and outputs; metadata are shared with the first."""
    return NotebookNode({**notebook, "cells": [NotebookNode(cell) for cell in notebook.cells]})


def _own(
    release: Release,
    cells: Sequence[Cell],
    place: Places,
    answers: Places,
    repairs: Notes,
    used: Collection[int],
) -> dict[int, list[Cell]]:
    """Return the student's own cells by the cell of the release that each comes after; -1 is the top.

    Those that became part of a written answer are left out.
    """
    own: dict[int, list[Cell]] = {}
    stands_for = {k: i for i, k in sorted(place.items())}
    anchor = -1
    for k, cell in enumerate(cells):
        if k in used:
            anchor = stands_for.get(k, anchor)
            continue
        if k in stands_for:
            anchor = stands_for[k]
            ours = release.cells[anchor]
            if anchor in answers or ours.locked or cell.same(ours):
                continue
            if (cell.kind == "code" and cell.text) or ours.text in cell.source:
                repairs.add("changed by the student, whose version runs after the released one", ours.name)
                own.setdefault(anchor, []).append(cell)
            continue
        owner = next((i for i in answers if _twin(cell, release.cells[i], release)), None)
        if cell.text in release.checks:
            repairs.add("a second copy was left out", release.checks[cell.text])
        elif owner is not None:
            repairs.add(
                "handed in more than once, the last one that is filled in counts",
                release.cells[owner].name,
            )
            if not cell.same(release.cells[owner]):
                own.setdefault(owner - 1, []).append(cell)
        elif cell.text:
            for i in answers:
                if cell.named(release.cells[i]):
                    repairs.add("in several cells, the one that defines it counts", release.cells[i].name)
            own.setdefault(anchor, []).append(cell)
    return own


def _attached(cell: Cell) -> dict[str, Any]:
    """Return the pictures in a text as nbformat has them, where there are any."""
    return {"attachments": dict(cell.attachments)} if cell.attachments and cell.kind != "code" else {}


def _twin(cell: Cell, answer: Given, release: Release) -> bool:
    """Whether a cell that was not chosen is a version of the answer, and not a piece of it."""
    if cell.same(answer):
        return True
    task = lessons.tasks(release.lesson).get(answer.name)
    return cell.named(answer) and (task is None or cell.binds(task.answers) > 0)


def _without_checks(source: str, checks: Mapping[str, str]) -> tuple[str, list[str]]:
    """Cut out of an answer the lines that are a check, and name those."""
    lines = source.split("\n")
    cut = [checks[line.rstrip()] for line in lines if line.rstrip() in checks]
    return ("\n".join(line for line in lines if line.rstrip() not in checks).rstrip() if cut else source), cut
