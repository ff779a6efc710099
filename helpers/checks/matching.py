"""Whether what came is what a wrong answer would have given: on every case, and not by chance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

import numpy as np

from helpers.checks.evidence import agree, as_array, describe, is_number, leaves
from helpers.checks.kept import kept
from helpers.checks.mutants import expected, produced
from helpers.checks.task import Meaning, Misconception, Observations, Part, Task
from helpers.probes.observe import Failure, Observation


def meant(part: Part, rows: list[Observation]) -> list[Observation]:
    """Put what a part's values mean in their place."""
    return [meaning(part.means, row) for row in rows] if part.means else rows


def meaning(means: Meaning, row: Observation) -> Observation:
    """Put what a value means in its place."""
    if row.failure:
        return row
    try:
        return replace(row, value=means(row.value))
    except Exception as error:  # a value of a form that nobody thought of
        return replace(row, value=None, failure=Failure("NotPlain", f"{describe(row.value)} ({error})"))


def matches(
    task: Task,
    seed: int,
    seen: Observations,
    failed: dict[str, Part],
    groups: Sequence[tuple[Misconception, ...]],
) -> dict[str, list[tuple[Misconception, ...]]]:
    """Return the groups that explain each failed part: alike in *every* failed part they bear on."""
    explains = {}
    for i, group in enumerate(groups):
        bears_on = [part for name, part in failed.items() if any(name in m.fails for m in group)]
        if not bears_on:
            continue
        explained, others = list[Part](), list[Part]()
        for part in bears_on:  # one after the other: the first that tells them apart is the last that is run
            if alike(part, _meant(part, produced(task, seed, part, *group)), seen[part.name]):
                (others if _harmless(task, seed, part, group) else explained).append(part)
            elif _harmless(task, seed, part, group, 1):
                others.append(part)
            else:
                break
        else:
            bears_on = explained
        if bears_on is not explained or not explained:
            continue
        if not all(_harmless(task, seed, part, group) for part in others):
            continue
        if len(bears_on) == len(failed) or any(telling(seen[p.name]) for p in bears_on):
            explains[i] = [part.name for part in bears_on]
    order = sorted(explains, key=lambda i: -len(explains[i]))  # stable: the first declared wins
    return {name: [groups[i] for i in order if name in explains[i]] for name in failed}


@kept
def _harmless(
    task: Task, seed: int, part: Part, group: tuple[Misconception, ...], most: int | None = None
) -> bool:
    """Whether this form of a slip does not fail the part, so that it can't be why another answer does.

    To run all cases of one that does nothing takes longest, so the first tell whether it may be one.
    """
    if part.judge:
        return False
    wrong, wanted = produced(task, seed, part, *group), expected(task, seed)[part.name][:most]
    return alike(part, meant(part, wanted), _meant(part, islice(wrong, most))) and not any(
        row.changed for row in islice(wrong, most)
    )


def _meant(part: Part, rows: Iterable[Observation]) -> Iterator[Observation]:
    """Yield what each value means, of a case only when it is looked at."""
    return (meaning(part.means, row) if part.means else row for row in rows)


def telling(rows: list[Observation]) -> bool:
    """Whether values could hardly be alike by chance: not only infinity and NaN, and no error."""
    return any(
        np.isfinite(as_array(got)).any()
        for row in rows
        if not row.failure
        for _, _, got in leaves(row.value, row.value)
        if is_number(got)
    ) or any(not row.failure and isinstance(row.value, str | list | dict | type(None)) for row in rows)


def alike(part: Part, wrong: Iterable[Observation], got: Iterable[Observation]) -> bool:
    """Whether two answers did the same on all cases: values within the tolerance, the same errors."""
    return all(a is not None and b is not None and _same(part, a, b) for a, b in zip_longest(wrong, got))


def _same(part: Part, wrong: Observation, got: Observation) -> bool:
    if wrong.failure and got.failure:
        return (wrong.failure.kind, wrong.failure.message) == (got.failure.kind, got.failure.message)
    if wrong.failure or got.failure or not agree(wrong.value, got.value, part.tol):
        return False
    return not part.pure or set(wrong.changed) <= set(got.changed)
