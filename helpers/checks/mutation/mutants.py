"""The mutants of a task: its reference with one change each, and some with two, always in the same order."""

import ast
import difflib
import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from helpers.checks.kept import compiled, kept
from helpers.checks.mutation import handed_back, steps, values
from helpers.checks.mutation.tree import Path, replaced, sites, without_words
from helpers.checks.task import Task

Rule = Callable[[ast.AST], Iterator[ast.AST]]
PAIRS = 12  # mutants with two changes, for each task

# By kind, as it is told; of two rules that make the same change the first counts.
RULES: dict[str, Rule] = {
    "another axis": values.axes,
    "another default": steps.defaults,
    "results exchanged": values.results,
    "another operator": values.operators,
    "sides exchanged": values.operands,
    "a term or factor left out": values.terms,
    "a sign or `not` left out": values.signs,
    "another condition": values.truths,
    "a transpose more or less": values.transposes,
    "arguments exchanged or left out": values.arguments,
    "another slice": values.slices,
    "a call left out": values.calls,
    "another loop": steps.loops,
    "another number": values.constants,
    "a step left out": steps.dropped,
    "steps exchanged": steps.swapped,
    "in place": steps.in_place,
    "state on the class": steps.shared,
    "another type": steps.types,
    "an input changed": steps.inputs,
}
NAMES = {name: thing for name, thing in vars(handed_back).items() if inspect.isfunction(thing)}


@dataclass(frozen=True)
class Mutant:
    """A reference that was changed by rule.

    Attributes:
        kind: the rule, or two of them.
        source: of all the task's answers.
        change: the lines that differ, with `-` and `+` before them; a mutant is known by it.
    """

    kind: str
    source: str
    change: str
    places: tuple[tuple[Path, ast.AST], ...] = field(default=(), repr=False, compare=False)

    def namespace(self, task: Task) -> dict[str, Any]:
        """Return a namespace of its own with its answers in it; raises what the source raises."""
        space = dict(task.right) | NAMES
        exec(compiled(self.source, f"<{task.id}, mutant>"), space)
        return space


def mutants(task: Task, most: int | None = None) -> list[Mutant]:
    """Return the mutants of a task's reference, evenly spread over the kinds where `most` cuts them."""
    tree, base, single = _single(task)
    known = {base, *(mutant.source for mutant in single)}
    return [*spread(single, most), *_pairs(tree, base, single, known, PAIRS if most is None else most // 6)]


@kept
def _single(task: Task) -> tuple[ast.Module, str, list[Mutant]]:
    """Return a task's reference, as a tree and as it is written, and all mutants with one change."""
    tree = without_words(task.source)
    base = ast.unparse(tree)
    known, single = {base}, list[Mutant]()
    places = list(sites(tree))
    impure = any(not part.pure for part in task.parts)
    for kind, rule in RULES.items():
        if kind == "an input changed" and impure:
            continue
        for path, node in places:
            for new in rule(node):
                if made := _made(tree, base, kind, [(path, new)], known):
                    single.append(made)
    return tree, base, single


def spread(found: Sequence[Mutant], most: int | None) -> list[Mutant]:
    """Return at most that many, from all kinds in turn, and from all places of a kind."""
    if most is None or len(found) <= most:
        return list(found)
    rows = {kind: [m for m in found if m.kind == kind] for kind in dict.fromkeys(m.kind for m in found)}
    queues = [_from_both_ends(row) for row in rows.values()]
    chosen: list[Mutant] = []
    while len(chosen) < most:
        for queue in queues:
            chosen += [queue.pop(0)] if queue and len(chosen) < most else []
    return [m for m in found if m in chosen]


def _from_both_ends(row: list[Mutant]) -> list[Mutant]:
    order = sorted(range(len(row)), key=lambda i: (i * 7) % len(row) if len(row) % 7 else i)
    return [row[i] for i in order]


def _pairs(tree: ast.Module, base: str, single: Sequence[Mutant], known: set[str], most: int) -> list[Mutant]:
    """Return some with two changes of different kinds, in places that don't hold each other."""
    one_each = list(
        {m.kind: m for m in reversed(single) if m.kind not in ("another type", "an input changed")}.values()
    )
    found: list[Mutant] = []
    for a, b in combinations(one_each, 2):
        (pa, _), (pb, _) = a.places[0], b.places[0]
        apart = pa[: len(pb)] != pb and pb[: len(pa)] != pa
        if apart and (made := _made(tree, base, f"{a.kind}, {b.kind}", [*a.places, *b.places], known)):
            found.append(made)
        if len(found) == most:
            break
    return found


def _made(
    tree: ast.Module, base: str, kind: str, places: Sequence[tuple[Path, ast.AST]], known: set[str]
) -> Mutant | None:
    new = tree
    for path, node in places:
        new = replaced(new, path, ast.fix_missing_locations(node))
    try:
        source = ast.unparse(new)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return None
    if source in known:
        return None
    known.add(source)
    return Mutant(kind, source, change(base, source), tuple(places))


def change(old: str, new: str) -> str:
    """Return the lines in which two sources differ, as `- old` and `+ new`."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return "\n".join(f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "-+")
