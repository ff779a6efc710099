"""Answers that are like the references, and pairs of students whose answers are like nobody else's.

What many write alike says nothing; what two write alike and nobody else does is worth a look. So trees are
cut into shingles, those of the stub and of the references are left out, and only shingles that few share make
a pair: no two students are ever compared unless they share one. A sign for a person, never a verdict.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import log2

import nbformat

from helpers.grading.returning.class_report.forms import SHINGLE, Form, Forms
from helpers.grading.returning.class_report.gather import Class

LONG = 30  # nodes beyond the stub, below which people write alike by themselves
MANY = 20  # a form that more than one in so many write is no sign at all
RARE = 12  # rare shingles that two answers share, for them to be looked at
SHARE = 0.6  # of all shingles of both, for them to be alike
ENOUGH = 24  # rare shingles over all tasks, for a pair to be told
SURE = 10  # bits beyond what some pair in a class of this size has by chance, for a pair to be told


@dataclass(frozen=True)
class Alike:
    """A task that two students answered alike.

    Attributes:
        task: its id.
        share: of the shingles of both, those that both have.
        writers: how many in the class wrote so, these two included.
        rare: how many shingles they share that few others have.
    """

    task: str
    share: float
    writers: int
    rare: int = 0


@dataclass(frozen=True)
class Pair:
    """Two students with unusually similar answers."""

    students: tuple[str, str]
    tasks: tuple[Alike, ...]

    @property
    def rare(self) -> int:
        """How much they share that few others have, in shingles."""
        return sum(alike.rare for alike in self.tasks)

    def bits(self, students: int) -> float:
        """How unlikely it is that two agree in all these tasks, if each chose among what the class wrote."""
        return sum(log2(max(1.0, students / alike.writers)) for alike in self.tasks)


@dataclass(frozen=True)
class Likeness:
    """What was found in a class.

    Attributes:
        copied: by task, the students whose answer is the reference's or the sample answer, names aside.
        sized: by task, how many answers were long enough to say.
        pairs: those with most in common first.
    """

    copied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sized: Mapping[str, int] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()


def likeness(known: Class) -> Likeness:
    """Compare the answers of a class with the references and with each other, task by task."""
    samples = _samples(known)
    copied, sized = dict[str, tuple[str, ...]](), dict[str, int]()
    found_pairs: dict[tuple[str, str], list[Alike]] = {}
    for name, task in known.tasks.items():
        find = Forms(task.answers, known.stubs.get(name, "")).form
        forms = {who: f for who, text in known.sources[name].items() if (f := find(text)) and f.size >= LONG}
        ours = [f for text in (task.source, samples.get(name, "")) if (f := find(text))]
        exact = {reference.exact for reference in ours}
        sized[name] = len(forms)
        copied[name] = tuple(sorted(who for who, f in forms.items() if f.exact in exact))
        for pair, alike in compare(name, forms, ours, len(known.graded)).items():
            found_pairs.setdefault(pair, []).append(alike)
    pairs = [Pair(pair, tuple(found)) for pair, found in found_pairs.items()]
    n = len(known.graded)
    told = [p for p in pairs if p.rare >= ENOUGH or p.bits(n) >= 2 * log2(n) + SURE]
    told.sort(key=lambda p: (-p.bits(n) - p.rare / SHINGLE, p.students))
    return Likeness(copied, sized, tuple(told))


def few(students: int) -> int:
    """Return how many may share something for it to be rare, in a class of this size."""
    return 2 if students < 10 else max(3, min(8, students // 25))


def compare(
    task: str, forms: Mapping[str, Form], ours: Collection[Form], students: int
) -> dict[tuple[str, str], Alike]:
    """Return the pairs who answered a task alike: by shingles that few share, or in a form that few have.

    Args:
        task: its id.
        forms: of the answers, by student.
        ours: those of the references, which say nothing about two students.
        students: how many there are in the class.
    """
    found = {}
    groups: dict[int, list[str]] = {}
    for student in sorted(forms):
        groups.setdefault(forms[student].exact, []).append(student)
    for exact, who in groups.items():
        if 2 <= len(who) <= max(few(students), students // MANY) and exact not in {f.exact for f in ours}:
            found.update({pair: Alike(task, 1.0, len(who)) for pair in combinations(who, 2)})
    for (a, b), (rare, writers) in _sharing(forms, ours, few(students)).items():
        one, two = forms[a].shingles, forms[b].shingles
        share = len(one & two) / len(one | two)
        if rare >= RARE and share >= SHARE:
            found[a, b] = Alike(task, share, writers, rare)
    return found


def _sharing(
    forms: Mapping[str, Form], ours: Collection[Form], most: int
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return how many rare shingles pairs of students share, and how many in all have one of them."""
    common = frozenset[int]().union(*(reference.shingles for reference in ours))
    writers: dict[int, list[str]] = {}
    for student in sorted(forms):
        for shingle in forms[student].shingles - common:
            writers.setdefault(shingle, []).append(student)
    shared, together = Counter[tuple[str, str]](), dict[tuple[str, str], int]()
    for who in writers.values():
        if 2 <= len(who) <= most:
            for pair in combinations(who, 2):
                shared[pair] += 1
                together[pair] = max(together.get(pair, 0), len(who))
    return {pair: (rare, together[pair]) for pair, rare in shared.items()}


def _samples(known: Class) -> dict[str, str]:
    """Return the sample answers by task, out of the instructor's notebook."""
    cells = nbformat.read(known.course.instructor(known.lesson), as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.id in known.tasks}
