"""Which answers did the same: equal in form, and in numbers up to the check's tolerance."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy import ndarray

from helpers.grading.judging.traces import APART, Trace

Form = tuple[object, ...]


def cluster(traces: Mapping[str, Trace]) -> list[list[str]]:
    """Return the students whose answers did the same, each in one group; the order of students is nothing.

    Two answers are in one group where they agree, or where others lie between them of which each agrees with
    the next: so that it does not matter who comes first.
    """
    forms: dict[Form, dict[tuple[int, ...], list[str]]] = {}
    for student in sorted(traces):
        forms.setdefault(_form(traces[student]), {}).setdefault(_steps(traces[student]), []).append(student)
    return [
        [student for row in rows for student in written[row]]
        for written in forms.values()
        for rows in linked([*written])
    ]


def linked(rows: Sequence[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
    """Return rows of equal length in groups, within which each is near another in every place."""
    if not rows or not rows[0]:
        return [list(rows)]
    table = np.array(sorted(rows), dtype=float)
    first = table[:, 0]
    ends = np.searchsorted(first, first + APART, side="right")
    group = np.arange(len(table))
    for i, end in enumerate(ends):
        near = i + np.flatnonzero(_near(table[i:end], table[i]))
        old = np.unique(group[near])
        if len(old) > 1:
            group[np.isin(group, old)] = old[0]
    return [[tuple(map(int, row)) for row in table[group == one]] for one in np.unique(group)]


def _near(rows: ndarray, row: ndarray) -> ndarray:
    return (np.abs(rows - row) <= APART).all(axis=1)


def _form(trace: Trace) -> Form:
    parts = (
        (name, state, *(did.form for did in rows)) for name, (state, rows) in sorted(trace.parts.items())
    )
    return (trace.seed, *parts)


def _steps(trace: Trace) -> tuple[int, ...]:
    return tuple(step for _, (_, rows) in sorted(trace.parts.items()) for did in rows for step in did.steps)
