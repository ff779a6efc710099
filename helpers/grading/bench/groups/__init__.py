"""How pure and how complete the class report's groups are, on made-up classes whose slips are known.

Slips are the misconceptions that tasks declare, in all their forms, and changes of the reference by rule.
Each is written in some styles, run, judged and kept as grading does; the groups have to tell who made which.
"""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.checks import lessons
from helpers.checks.mutants import wrong_source
from helpers.checks.mutation.mutants import NAMES, mutants
from helpers.checks.task import Task
from helpers.checks.verdict import State, decide
from helpers.grading.bench.made_up import restyled
from helpers.grading.judging.store import Check
from helpers.grading.judging.traces import WRONG, trace
from helpers.grading.returning.class_report.groups import Group, group

LESSONS = ("01-perceptron", "02-gradient-descent", "03-backprop")  # in NumPy, as the styles are
STYLES, CHANGES, SEED = 3, 6, 11  # of each slip; changes by rule of each task; of the cases


@dataclass(frozen=True)
class Counted:
    """How groups and slips agree.

    Attributes:
        wrong: how many answers were grouped.
        slips, groups: how many there were.
        pure: those that are in a group with most others of their slip's kind.
        whole: those that are in the largest of the groups that their slip was parted into.
    """

    wrong: int = 0
    slips: int = 0
    groups: int = 0
    pure: int = 0
    whole: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        mine, theirs = vars(self), vars(other)
        return Counted(**{name: mine[name] + theirs[name] for name in mine})


def measure(students: int, names: Sequence[str] = LESSONS) -> list[dict[str, Any]]:
    """Return, for each lesson, how pure and complete the groups are, and how long grouping took."""
    found = []
    for lesson in names:
        counted, seconds = Counted(), 0.0
        for task in lessons.tasks(lesson).values():
            checks, sources, slips = _class(task, students)
            began = time.perf_counter()
            groups = group(checks, sources).groups
            seconds += time.perf_counter() - began
            counted += compared(groups, slips)
        told = {"slips": counted.slips, "groups": counted.groups, "seconds": seconds}
        purity, completeness = (n / max(1, counted.wrong) for n in (counted.pure, counted.whole))
        found.append(
            {"lesson": lesson, "wrong": counted.wrong, "purity": purity, "completeness": completeness, **told}
        )
    return found


def told(figures: list[dict[str, Any]]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"{f['lesson']}: {f['wrong']} wrong answers of {f['slips']} slips in {f['groups']} groups, purity "
        f"{f['purity']:.1%}, completeness {f['completeness']:.1%}, grouped in {f['seconds']:.1f} s"
        for f in figures
    )


def compared(groups: Sequence[Group], slips: Mapping[str, str]) -> Counted:
    """Count how groups of wrong answers agree with the slips that students made, by student."""
    wrong = [Counter(slips[student] for student in one.students) for one in groups if one.fails]
    totals = [Counter({i: n for i, of in enumerate(wrong) if (n := of[slip])}) for slip in {*slips.values()}]
    return Counted(
        wrong=sum(of.total() for of in wrong),
        slips=sum(bool(of) for of in totals),
        groups=len(wrong),
        pure=sum(max(of.values()) for of in wrong),
        whole=sum(max(of.values()) for of in totals if of),
    )


def _class(task: Task, students: int) -> tuple[dict[str, Check], dict[str, str], dict[str, str]]:
    """Return a class that got a task wrong: checks, answers and slips by student."""
    rng = random.Random(task.id)
    wrong = {
        f"{i}.{k}": wrong_source(task, form)
        for i, slip in enumerate(task.misconceptions)
        for k, form in enumerate(slip.variants)
    }
    wrong |= {mutant.change: mutant.source for mutant in mutants(task, CHANGES)}
    names = rng.sample([*wrong], len(wrong))
    made = {name: [_judged(task, text) for text in _styles(rng, wrong[name])] for name in names}
    checks, sources, slips = dict[str, Check](), dict[str, str](), dict[str, str]()
    for i, name in enumerate(rng.choices(names, [1 / (1 + k) for k in range(len(names))], k=students)):
        source, check = rng.choice(made[name])
        student = f"student-{i}"
        if check.verdict.state in WRONG:
            checks[student], sources[student], slips[student] = check, source, name
    return checks, sources, slips


def _styles(rng: random.Random, source: str) -> list[str]:
    return [source, *(restyled(rng, source) for _ in range(STYLES - 1))]


def _judged(task: Task, source: str) -> tuple[str, Check]:
    """Run one of our own wrong answers, and judge it."""
    space = dict(task.right) | NAMES
    exec(compile(source, f"<{task.id}, made up>", "exec"), space)
    seen = task.observe(space, SEED)
    verdict = decide(task, SEED, seen)
    assert verdict.state != State.NOT_JUDGED
    return source, Check(verdict, "", trace=trace(task, SEED, seen, verdict))
