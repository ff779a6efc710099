"""What the marks say about each task: how hard it is, whether it tells students apart, how long it runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean, median

from helpers.checks.verdict import State
from helpers.grading.returning.class_report.gather import Class, Pupil

FEW = 10  # students, below whom a correlation says nothing
FIFTHS = 5


@dataclass(frozen=True)
class Item:
    """One task or essay, and how the class did.

    Attributes:
        name: its id.
        points: the most it can earn; 0 for practice.
        full, part, nothing, blank: how many students got all of it, some, none, or left it as it was.
        share: the mean share of it that was earned; None where nobody was graded.
        rest: the correlation with the marks of all other tasks; None where it can't be said.
        fifths: the mean share in each fifth of the class, the weakest first; empty in a small class.
        seconds: how long the answers ran, median; None where that is not known.
        longest: the longest.
    """

    name: str
    points: float
    full: int
    part: int
    nothing: int
    blank: int
    share: float | None
    rest: float | None
    fifths: tuple[float, ...]
    seconds: float | None
    longest: float | None

    @property
    def n(self) -> int:
        """How many students were graded."""
        return self.full + self.part + self.nothing + self.blank


@dataclass(frozen=True)
class Misread:
    """A sentence that a check said, and to how many students."""

    task: str
    says: str
    students: tuple[str, ...]


def items(known: Class) -> list[Item]:
    """Return what is to be said of each task and essay, in the lesson's order."""
    return [_item(known, name, points) for name, points in known.points.items()]


def misread(known: Class) -> list[Misread]:
    """Return the misconceptions that checks named, those of most students first."""
    found: dict[tuple[str, str], set[str]] = {}
    for pupil in known.graded:
        for task, verdict in pupil.verdicts.items():
            for part in verdict.parts:
                if part.named:
                    found.setdefault((task, part.named[0]), set()).add(pupil.student)
    told = [Misread(task, says, tuple(sorted(who))) for (task, says), who in found.items()]
    order = {name: i for i, name in enumerate(known.points)}
    return sorted(told, key=lambda m: (-len(m.students), order.get(m.task, 0), m.says))


def nameless(known: Class) -> dict[str, int]:
    """Count, for each task, the students who failed a part of it and were told no misconception by name."""
    counts = Counter[str]()
    for pupil in known.graded:
        for task, verdict in pupil.verdicts.items():
            failed = [part for part in verdict.parts if part.state == State.FAILED]
            counts[task] += bool(failed) and not any(part.named for part in failed)
    return {task: counts[task] for task in known.points if counts[task]}


def in_words(item: Item) -> str:
    """Say what an item's correlation with the rest means."""
    if item.rest is None:
        return "too few to say" if item.n < FEW else "all did alike"
    if item.rest < 0:
        return "stronger students do worse here: look at it"
    kinds = ((0.4, "tells strong from weak well"), (0.2, "tells them apart a little"))
    return next((says for least, says in kinds if item.rest >= least), "says little about the rest")


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Return Pearson's correlation, or None where there are too few or one does not vary."""
    if len(x) < FEW:
        return None
    mx, my = fmean(x), fmean(y)
    dx, dy = [a - mx for a in x], [b - my for b in y]
    scale = sqrt(sum(a * a for a in dx) * sum(b * b for b in dy))
    return sum(a * b for a, b in zip(dx, dy, strict=True)) / scale if scale > 1e-12 else None


def _item(known: Class, name: str, points: float) -> Item:
    rows = [(pupil, share) for pupil in known.graded if (share := _share(pupil, name, points)) is not None]
    kinds = Counter(
        "blank" if pupil.blank(name) else "full" if share >= 1 else "part" if share > 0 else "nothing"
        for pupil, share in rows
    )
    shares = [share for _, share in rows]
    rest = [known.total(p) - (p.marks.get(name) or 0.0) * _counted(known, name) for p, _ in rows]
    seconds = [p.verdicts[name].seconds for p, _ in rows if name in p.verdicts and not p.blank(name)]
    return Item(
        name, points, kinds["full"], kinds["part"], kinds["nothing"], kinds["blank"],
        share=fmean(shares) if shares else None,
        rest=correlation(shares, rest),
        fifths=_fifths(shares, rest),
        seconds=median(seconds) if seconds else None,
        longest=max(seconds, default=None),
    )  # fmt: skip


def _counted(known: Class, name: str) -> bool:
    """Whether a mark is part of the totals that are compared."""
    return name in known.tasks or not known.open_essays


def _share(pupil: Pupil, name: str, points: float) -> float | None:
    """Return the share of a task that a student earned; of practice, the share of parts that passed."""
    if points:
        mark = pupil.marks.get(name)
        return None if mark is None else mark / points
    verdict = pupil.verdicts.get(name)
    if not verdict or not verdict.parts:
        return None
    return sum(part.state == State.PASSED for part in verdict.parts) / len(verdict.parts)


def _fifths(shares: Sequence[float], rest: Sequence[float]) -> tuple[float, ...]:
    """Return the mean share in each fifth of the class, by how it did in the rest."""
    if len(shares) < FIFTHS * FIFTHS:
        return ()
    ranked = [share for _, share in sorted(zip(rest, shares, strict=True), key=lambda pair: pair[0])]
    bounds = [round(i * len(ranked) / FIFTHS) for i in range(FIFTHS + 1)]
    return tuple(fmean(ranked[a:b]) for a, b in pairwise(bounds))
