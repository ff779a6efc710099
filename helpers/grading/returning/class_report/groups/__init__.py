"""The answers to a task, grouped: wrong ones by what they did, right ones by how they are written.

Nothing is run: what a wrong answer did was kept when it was judged, and a right one is parsed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from helpers.checks.verdict import State, Verdict
from helpers.grading import CourseError
from helpers.grading.judging.store import Check
from helpers.grading.judging.traces import WRONG, Shown
from helpers.grading.returning.class_report.gather import Class
from helpers.grading.returning.class_report.groups.approaches import approach
from helpers.grading.returning.class_report.groups.cluster import cluster

DECLARED = "misconception"  # who named a part, where the task declares what it was named


@dataclass(frozen=True)
class Group:
    """Students whose answers to a task do the same.

    Attributes:
        number: from 1, wrong ones first, those of most students first.
        students: by id.
        fails: the parts that they fail; none where they are right.
        name: what the checks called it, or how a right answer is written; empty where there is no name.
        declared: whether the task declares it as a misconception.
        source: the shortest of the answers, which stands for all.
        whose: the student who wrote that.
        shown: a case that shows what is wrong.
    """

    number: int
    students: tuple[str, ...]
    fails: tuple[str, ...]
    name: str
    declared: bool
    source: str
    whose: str
    shown: Shown | None = None


@dataclass(frozen=True)
class Grouped:
    """The answers to a task.

    Attributes:
        groups: in the order of their numbers.
        unknown: the students whose wrong answer was judged before it was kept what answers do.
    """

    groups: tuple[Group, ...]
    unknown: tuple[str, ...] = ()

    def numbered(self, number: int) -> Group:
        """Return a group; raises CourseError where there is none of this number."""
        for group in self.groups:
            if group.number == number:
                return group
        raise CourseError(
            f"there is no group {number}: the task has {len(self.groups)}, as `course report` numbers them"
        )


def grouped(known: Class, task: str) -> Grouped:
    """Return the answers to a task of a class, grouped.

    Raises:
        CourseError: for a task that the lesson does not have.
    """
    if task not in known.tasks:
        raise CourseError(f"{known.lesson} has no task {task!r}; it has: {', '.join(known.tasks)}")
    checks = {p.student: p.record.checks[task] for p in known.graded if p.record and task in p.record.checks}
    return group(checks, known.sources.get(task, {}))


def group(checks: Mapping[str, Check], sources: Mapping[str, str]) -> Grouped:
    """Group answers to one task.

    Args:
        checks: how the check of each student ended.
        sources: the students' answers.
    """
    wrong = {who: check for who, check in checks.items() if check.verdict.state in WRONG}
    traces = {who: check.trace for who, check in wrong.items() if check.trace}
    found = [_wrong(who, {one: checks[one] for one in who}, sources) for who in cluster(traces)]
    ways: dict[str, list[str]] = {}
    for who in sorted(checks.keys() - wrong.keys()):
        if checks[who].verdict.state == State.PASSED and who in sources:
            ways.setdefault(approach(sources[who]), []).append(who)
    right = [_group(who, sources, name=way) for way, who in ways.items()]
    ordered = [*sorted(found, key=_order), *sorted(right, key=_order)]
    numbered = [replace(one, number=i) for i, one in enumerate(ordered, start=1)]
    return Grouped(tuple(numbered), tuple(sorted(wrong.keys() - traces.keys())))


def _wrong(who: Iterable[str], checks: Mapping[str, Check], sources: Mapping[str, str]) -> Group:
    """Return a group of wrong answers, called what its members' checks called it."""
    names = Counter(called for check in checks.values() if (called := _name(check.verdict)))
    declared, name = min(names, key=lambda called: (-names[called], called), default=(False, ""))
    one = _group(who, sources, name)
    first = checks[one.whose]
    fails = tuple(part.part for part in first.verdict.parts if part.state in WRONG)
    return replace(one, fails=fails, declared=declared, shown=first.trace.shown if first.trace else None)


def _name(verdict: Verdict) -> tuple[bool, str] | None:
    """Return what a check called an answer, a declared misconception before a rule's name."""
    named = [(part.by == DECLARED, part.named[0]) for part in verdict.parts if part.named]
    return max(named, key=lambda name: name[0], default=None)


def _group(who: Iterable[str], sources: Mapping[str, str], name: str) -> Group:
    students = tuple(sorted(who))
    whose = min(students, key=lambda one: (len(sources.get(one, "").strip()), sources.get(one, ""), one))
    return Group(0, students, (), name, False, sources.get(whose, ""), whose)


def _order(one: Group) -> tuple[object, ...]:
    return -len(one.students), one.source, one.students
