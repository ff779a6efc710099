"""Whom a teacher should look at, and why: each reason with what to do about it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from helpers.checks.verdict import State
from helpers.grading.returning.class_report.gather import Class, Pupil

LITTLE, TRIED = 0.25, 0.5  # of the points, and of the tasks: who tried most of it and got little
WORST = (State.CRASHED, State.OUT_OF_MEMORY, State.TIMED_OUT)


@dataclass(frozen=True)
class Reason:
    """Why students need a person.

    Attributes:
        title: in a few words.
        do: what to do.
        who: by student, what in particular.
    """

    title: str
    do: str
    who: dict[str, str]


def reasons(known: Class) -> list[Reason]:
    """Return the reasons that somebody in the class has, the most pressing first."""
    kinds: tuple[tuple[str, str, Callable[[Class, Pupil], str]], ...] = (
        (
            "Could not be graded",
            "They have no mark yet. Ask them to hand in again, or grade them in formgrader.",
            _ungraded,
        ),
        (
            "Looks tampered with",
            "It gained nothing. Look at the notebook before you speak to anybody: an editor can do that too.",
            _signs,
        ),
        ("A check waits for a mark", "Give it in formgrader.", _open),
        ("Tried much, got little", "They may need an hour with you more than a mark.", _struggles),
        (
            "Crashed, or ran too long",
            "That check counts 0. Look whether the code or the machine was to blame.",
            _crashed,
        ),
    )
    found = [
        Reason(title, do, {p.student: why for p in known.everyone if (why := test(known, p))})
        for title, do, test in kinds
    ]
    return [reason for reason in found if reason.who]


def repairs(known: Class) -> list[tuple[str, list[str]]]:
    """Return what was repaired, by kind, and in whose notebooks; the most frequent kind first."""
    return _by_kind(known, lambda pupil: pupil.record.repairs if pupil.record else ())


def signs(known: Class) -> list[tuple[str, list[str]]]:
    """Return what looks like tampering, by kind, and in whose notebooks."""
    return _by_kind(known, lambda pupil: pupil.record.signs if pupil.record else ())


def _by_kind(known: Class, told: Callable[[Pupil], tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for pupil in known.graded:
        for kind in dict.fromkeys(_kind(sentence) for sentence in told(pupil)):
            found.setdefault(kind, []).append(pupil.student)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _kind(sentence: str) -> str:
    """Return a sentence without the cells that it lists, and without what was there before."""
    return re.sub(r", not '.*", "", sentence.partition(": `")[0])


def _ungraded(known: Class, pupil: Pupil) -> str:
    return pupil.reason


def _signs(known: Class, pupil: Pupil) -> str:
    return "; ".join(pupil.record.signs) if pupil.record else ""


def _open(known: Class, pupil: Pupil) -> str:
    waiting = [name for name, mark in pupil.marks.items() if mark is None and name in known.tasks]
    return "" if pupil.reason else ", ".join(waiting)


def _struggles(known: Class, pupil: Pupil) -> str:
    counted = [name for name, points in known.points.items() if points and name in pupil.verdicts]
    tried = [name for name in counted if not pupil.blank(name)]
    total = known.total(pupil)
    if not counted or len(tried) < TRIED * len(counted) or total >= LITTLE * known.most:
        return ""
    return f"tried {len(tried)} of {len(counted)} tasks, {total:g} of {known.most:g} points"


def _crashed(known: Class, pupil: Pupil) -> str:
    states = {name: v.state for name, v in pupil.verdicts.items() if v.state in WORST}
    kinds = Counter(states.values())
    return "; ".join(f"{kind}: {', '.join(n for n, s in states.items() if s == kind)}" for kind in kinds)


def flagged(found: list[Reason]) -> Iterator[tuple[str, str]]:
    """Yield each student and reason, for the table."""
    for reason in found:
        for student, why in reason.who.items():
            yield student, f"{reason.title.lower()}: {why}"
