"""Tell what of a notebook that was handed in differs from the release, and what looks like tampering."""

import ast
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from helpers.grading.intake.given import Release
from helpers.grading.intake.match import Places
from helpers.grading.intake.untrusted import Cell, parsed

FLAGS = ("grade", "locked", "points", "solution")


class Notes(dict[str, list[str]]):
    """Remarks about cells by their names, one sentence for each kind of remark."""

    def add(self, what: str, name: str) -> None:
        """Remark something about a cell."""
        self.setdefault(what, []).append(f"`{name}`")

    def told(self) -> tuple[str, ...]:
        """Return the sentences."""
        return tuple(f"{what}: {_listed(list(dict.fromkeys(names)))}" for what, names in self.items())


def compare(release: Release, cells: Sequence[Cell], place: Places, answers: Places, repairs: Notes) -> None:
    """Tell what differs from the release, cell by cell."""
    stands_for = {k: i for i, k in sorted(place.items(), reverse=True)}
    order = [stands_for[k] for k in sorted(stands_for)]
    kept = SequenceMatcher(None, order, sorted(order), autojunk=False).get_matching_blocks()
    still = {order[j] for block in kept for j in range(block.a, block.a + block.size)}
    flagged = any(cell.flags for cell in cells)
    for i, cell in enumerate(release.cells):
        name, k = cell.name, place.get(i)
        if k is None:
            repairs.add("missing, the released one stands in for it", name)
            continue
        found = cells[k]
        if i in order and i not in still:
            repairs.add("moved back to its place", name)
        if found.kind != cell.kind:
            repairs.add(f"made a {cell.kind} cell again", name)
        if i in answers and list(answers.values()).count(k) > 1:
            repairs.add("answered in one cell together", name)
        elif i in answers and not found.named(cell):
            repairs.add("found by its content", name)
        elif flagged and cell.flags and found.grade_id != name:
            repairs.add("renamed, or without nbgrader's metadata", name)
        if i not in answers and not found.same(cell) and (cell.kind != "code" or cell.locked):
            repairs.add("changed, the released one stands", name)


def signs_of(release: Release, cells: Sequence[Cell], place: Places, answers: Places) -> tuple[str, ...]:
    """Tell what looks like tampering with checks and marks."""
    signs = Notes()
    for i, cell in enumerate(release.cells):
        if i not in place or not cell.flags:
            continue
        name, found, flags = cell.name, cells[place[i]], cell.flags
        if cell.locked and found.text and _rest(found.source, cell.source):
            signs.add("the code of a check was changed", name)
        for flag in FLAGS if found.grade_id == name else ():
            if flag in found.flags and found.flags[flag] != flags.get(flag, found.flags[flag]):
                told = f"{flag} was set to {_short(found.flags[flag])!r}, not {str(flags[flag])!r}"
                signs.add(told, name)
        for tag in found.tags if cell.locked else ():
            signs.add(f"a check was given the tag {tag[:40]!r}", name)
    return signs.told()


def _rest(source: str, check: str) -> bool:
    """Whether a check cell does something else than the check, or besides it."""
    tree, ours = parsed(source), parsed(check)
    try:
        return tree is None or ours is None or bool(_dumps(tree) - _dumps(ours))
    except RecursionError:  # no check is nested so deep
        return True


def _short(value: Any) -> str:
    """Return a value of a file's JSON in a few characters; of a list or dict only what it is."""
    return str(value)[:20] if isinstance(value, str | int | float | None) else type(value).__name__


def _dumps(tree: ast.Module) -> set[str]:
    return {ast.dump(node) for node in tree.body}


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
