"""Name a slip that nobody declared: a right answer with one change made by rule does the same, in every case.

The sentence says what kind of change it is, never in which line: it is an effect that was seen, and gives no
formula away. Where changes of two kinds do the same, or time is short, nothing is said.
"""

import ast
import time
from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np

from helpers.checks.evidence import agree, as_array, is_number, leaves
from helpers.checks.kept import MOST, kept
from helpers.checks.matching import alike, meant, telling
from helpers.checks.mutants import expected
from helpers.checks.mutation.mutants import Mutant, change, mutants
from helpers.checks.mutation.slips import slip
from helpers.checks.mutation.tree import Path, along, put, replaced, sites, without_words
from helpers.checks.task import Observations, Task
from helpers.probes.observe import Failure, Observation, load, observe

ALLOWED = 0.3  # seconds of the processor for one answer: nobody waits for a check longer than a second
EACH = 0.05  # seconds of the processor for one case of one change: some never end
ENOUGH = 3  # different values that came, else a coincidence is likely

Place = tuple[int, int]  # a part of the task and a case of it, by number


def likeness(task: Task, seed: int, seen: Observations, failed: set[str]) -> str:
    """Return what is said of the one kind of change that does all that was seen; empty where there is none.

    Args:
        task: the exercise.
        seed: what the random cases were drawn from.
        seen: what the answer did, as its parts mean it.
        failed: the parts that failed by what came.
    """
    cases = [
        (i, k)
        for i, part in enumerate(task.parts)
        if part.name in failed or not part.judge
        for k in range(min(len(seen[part.name]), len(task.cases_of(part, seed))))
    ]
    wrong = [
        place for place in cases if task.parts[place[0]].name in failed and _differs(task, seed, seen, place)
    ]
    if not wrong or not _enough(task, seen, wrong):
        return ""
    order = [wrong[0], *(place for place in cases if place != wrong[0])]  # a case that differs comes first
    told, until = set[str](), time.thread_time() + ALLOWED
    for mutant, says in _named(task):
        if time.thread_time() > until:
            return ""
        if says not in told and all(_does(task, seed, mutant, seen, place) for place in order):
            told.add(says)
            if len(told) > 1:
                return ""
    return next((f"What came is what a right answer gives {says}." for says in told), "")


def _differs(task: Task, seed: int, seen: Observations, place: Place) -> bool:
    part, k = task.parts[place[0]], place[1]
    (want,), got = meant(part, [expected(task, seed)[part.name][k]]), seen[part.name][k]
    return not got.failure and not agree(want.value, got.value, part.tol)


def _enough(task: Task, seen: Observations, places: list[Place]) -> bool:
    """Whether what came can hardly be alike by chance."""
    rows = [seen[task.parts[i].name][k] for i, k in places]
    values = set[object]()
    for _, leaf, _ in (found for row in rows for found in leaves(row.value, row.value)):
        numbers = as_array(leaf) if is_number(leaf) else np.zeros(0)
        values |= {*numbers[np.isfinite(numbers)].ravel()[:100].tolist()} if is_number(leaf) else {repr(leaf)}
    return len(values) >= ENOUGH and telling(rows)


def _does(task: Task, seed: int, mutant: Mutant, seen: Observations, place: Place) -> bool:
    part = task.parts[place[0]]
    return alike(part, meant(part, [_did(task, seed, place, mutant)]), [seen[part.name][place[1]]])


@partial(kept, most=8 * MOST)
def _did(task: Task, seed: int, place: Place, mutant: Mutant) -> Observation:
    """Return what a changed reference does in one case."""
    part = task.parts[place[0]]
    case = task.cases_of(part, seed)[place[1]]
    try:
        namespace = mutant.namespace(task)
    except Exception as error:
        return Observation(failure=Failure(type(error).__name__, str(error)))
    return observe(load(part.probe or task.probe), namespace, task.answers, case.inputs, EACH)


@kept
def _named(task: Task) -> list[tuple[Mutant, str]]:
    """Return the changes of a task's reference of which something can be said, with what is said."""
    tree = without_words(task.source)
    found = list(_exchanged(tree))
    for mutant in mutants(task):
        if len(mutant.places) == 1:
            ((path, new),) = mutant.places
            *above, old = along(tree, path)
            if says := slip(mutant.kind, old, new, above):
                found.append((mutant, f"{says}{_where(tree, path)}"))
    return found


def _where(tree: ast.Module, path: Path) -> str:
    """Name the function or method in which a change stands, where there are several."""
    names = [node.name for node in along(tree, path) if isinstance(node, ast.FunctionDef)]
    several = sum(isinstance(node, ast.FunctionDef) for node in ast.walk(tree)) > 1
    return f", in `{names[0]}`" if names and several else ""


def _exchanged(tree: ast.Module) -> Iterator[tuple[Mutant, str]]:
    """Yield each function of the reference with two of its arguments exchanged, and what is said of it."""
    base = ast.unparse(tree)
    for path, node in sites(tree):
        if isinstance(node, ast.FunctionDef):
            for a, b in combinations([arg.arg for arg in node.args.args if arg.arg != "self"], 2):
                turned: dict[str, str] = {a: b, b: a}
                args = [put(arg, arg=turned.get(arg.arg, arg.arg)) for arg in node.args.args]
                new = put(node, args=put(node.args, args=args))
                source = ast.unparse(ast.fix_missing_locations(replaced(tree, path, new)))
                where = _where(tree, path)
                yield (
                    Mutant("its arguments exchanged", source, change(base, source)),
                    f"with its arguments `{a}` and `{b}` exchanged{where}",
                )
