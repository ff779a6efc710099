"""Run every mutant of a task on its cases: each is rejected on every seed, or is known to be equivalent."""

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from helpers.checks.matching import meaning
from helpers.checks.mutants import expected
from helpers.checks.mutation.handed_back import Unchanged
from helpers.checks.mutation.mutants import Mutant, mutants
from helpers.checks.task import Case, Part, Task
from helpers.checks.verdict import State, case_verdict, decide
from helpers.probes.observe import Observation, load, observe

SECONDS = 2.0  # of one case at most: a loop that never ends is told from a slow one
SOON, TIMES = 0.3, 50  # earlier: after 50 times what the reference took, and 0.3 s at least
MEMORY = 4 << 30  # bytes that a mutant may ask for beyond what the process has


@dataclass(frozen=True)
class Survivor:
    """A mutant with full marks.

    Attributes:
        mutant: what was changed.
        seeds: those on which it has full marks.
        missing: which case would tell it from the reference, as far as that can be said.
    """

    mutant: Mutant
    seeds: tuple[int, ...]
    missing: str

    def __str__(self) -> str:
        return f"{self.mutant.kind}\n{self.mutant.change}\n  {self.missing}"


@dataclass(frozen=True)
class Proof:
    """What became of a task's mutants.

    Attributes:
        mutants: how many were tried.
        equivalent: how many of them are declared so, and were not told apart.
        survivors: those with full marks on some seed that are not.
        stale: declared equivalents that no rule makes, or that are told apart on every seed.
        named: how many of those that were rejected by a value are named; None where that was not asked.
        failing: how many were rejected by a value: they raise nothing.
    """

    mutants: int
    equivalent: int
    survivors: tuple[Survivor, ...]
    stale: tuple[str, ...] = ()
    named: int | None = None
    failing: int | None = None

    @property
    def rejected(self) -> int:
        """How many are told apart on every seed."""
        return self.mutants - self.equivalent - len(self.survivors)


def prove(
    task: Task,
    seeds: Sequence[int],
    equivalent: Sequence[str] = (),
    most: int | None = None,
    names: bool = False,
) -> Proof:
    """Run the mutants of a task on these seeds.

    Args:
        task: the exercise.
        seeds: what the random cases are drawn from.
        equivalent: the changes that make no difference (`Mutant.change`), as declared.
        most: how many mutants to try; by default all.
        names: whether to count those that are named, which takes longer.
    """
    tried, survivors, known, alive = 0, list[Survivor](), set(equivalent), set[str]()
    named = failing = 0
    chosen = mutants(task, most)
    for mutant in chosen:
        seen = _survives(task, mutant, seeds)
        if seen is None:
            continue
        tried += 1
        if seen:
            alive.add(mutant.change)
        if seen and mutant.change not in known:
            survivors.append(Survivor(mutant, tuple(seen), _missing(task, mutant, seen, seeds)))
        elif names and not seen and (told := _told(task, mutant, seeds[0])) is not None:
            failing, named = failing + 1, named + told
    gone = known - alive if most is None else known - {m.change for m in mutants(task)}
    return Proof(
        tried,
        len(alive & known),
        tuple(survivors),
        tuple(sorted(gone)),
        named if names else None,
        failing if names else None,
    )


def _survives(task: Task, mutant: Mutant, seeds: Sequence[int]) -> list[int] | None:
    """Return the seeds on which a mutant has full marks; None where it hands back the same as the reference."""
    found, first = list[int](), None
    for seed in seeds:
        told = _deciding(task, mutant, seed, first)
        if told == UNCHANGED:
            return None
        if told is None:
            found.append(seed)
        else:
            first = told[:2]
            if told[2] or told[1] in task.fixed(task.parts[told[0]]):  # so it does with the other seeds
                break
    return found


Deciding = tuple[int, int, bool]  # the part and its case by number, and whether time ran out
UNCHANGED: Deciding = (-1, -1, False)


def _deciding(task: Task, mutant: Mutant, seed: int, first: tuple[int, int] | None) -> Deciding | None:
    """Return the first case that a mutant fails, tried before the others where it is known; None for none."""
    with protected():
        try:
            namespace = mutant.namespace(task)
        except Exception:
            return 0, 0, False
        for i, k, part, case in _in_order(task, seed, first):
            right = expected(task, seed)[part.name][k]
            got = _seen(task, part, case, namespace, max(SOON, TIMES * right.seconds))
            if got.failure and got.failure.kind == Unchanged.__name__:
                return UNCHANGED
            if case_verdict(task, part, case, right, got)[0] != State.PASSED:
                return i, k, got.timed_out
    return None


def _in_order(task: Task, seed: int, first: tuple[int, int] | None) -> Iterator[tuple[int, int, Part, Case]]:
    rows = [
        (i, k, part, case)
        for i, part in enumerate(task.parts)
        for k, case in enumerate(task.cases_of(part, seed))
    ]
    yield from sorted(rows, key=lambda row: row[:2] != first)


def _seen(
    task: Task, part: Part, case: Case, namespace: dict[str, Any], most: float = SECONDS
) -> Observation:
    probe = load(part.probe or task.probe)
    seen = observe(probe, namespace, task.answers, case.inputs, min(task.seconds, SECONDS, most))
    return meaning(part.means, seen) if part.means else seen


def _missing(task: Task, mutant: Mutant, alive: Sequence[int], seeds: Sequence[int]) -> str:
    if len(alive) < len(seeds):
        some = ", ".join(map(str, alive[:5]))
        return f"left to chance: full marks with seed {some}; a fixed case must decide it"
    parts = ", ".join(f"{p.name} ({len(task.cases_of(p, alive[0]))})" for p in task.parts)
    ran = _reached(task, mutant, alive[0])
    why = "the results agree on all" if ran else "none of them runs the line that was changed"
    return f"no case of {parts} tells: {why}"


def _reached(task: Task, mutant: Mutant, seed: int) -> bool:
    """Whether some case runs a line that the mutant changed."""
    name, wanted, met = f"<{task.id}, mutant>", _changed_lines(mutant), set[int]()

    def watch(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != name:
            return None
        met.add(frame.f_lineno)
        return watch

    with protected():
        namespace = mutant.namespace(task)
        before = sys.gettrace()
        sys.settrace(watch)
        try:
            for _, _, part, case in _in_order(task, seed, None):
                _seen(task, part, case, namespace)
        finally:
            sys.settrace(before)
    return not wanted or bool(wanted & met)


def _changed_lines(mutant: Mutant) -> set[int]:
    new = {line[2:] for line in mutant.change.splitlines() if line.startswith("+")}
    return {i for i, line in enumerate(mutant.source.splitlines(), start=1) if line.strip() in new}


def _told(task: Task, mutant: Mutant, seed: int) -> bool | None:
    """Whether a mutant is named by more than its likeness to itself; None where it raises in every part that it fails."""
    with protected():
        verdict = decide(task, seed, task.observe(mutant.namespace(task), seed))
    failed = [part for part in verdict.parts if part.state == State.FAILED and "It raised" not in part.says]
    return any(part.named and part.by != "likeness" for part in failed) if failed else None


@contextmanager
def protected() -> Iterator[None]:
    """Keep a mutant's memory within bounds, and what it prints and warns of to itself."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        resource = None  # type: ignore[assignment]
    old: tuple[int, int] | None = None
    if resource is not None and sys.platform == "linux":
        old = resource.getrlimit(resource.RLIMIT_AS)
        with open("/proc/self/statm") as file:
            has = int(file.read().split()[0]) * resource.getpagesize()
        most = has + MEMORY if old[1] == resource.RLIM_INFINITY else min(has + MEMORY, old[1])
        resource.setrlimit(resource.RLIMIT_AS, (most, old[1]))
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        if resource is not None and old is not None:
            resource.setrlimit(resource.RLIMIT_AS, old)
