"""Wrong answers that no task foresaw: each is rejected, and named, or told a case that can be rerun by hand."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.counterexample import smallest
from helpers.checks.evidence import differ
from helpers.checks.rerun import call
from helpers.checks.task import Case, Task
from helpers.checks.verdict import State, Verdict
from helpers.grading.percent import read
from helpers.probes.plain import plain

pytestmark = pytest.mark.usefixtures("as_in_a_kernel")

ROOT = Path(__file__).parents[2]
LESSONS = ["01-perceptron", "02-gradient-descent", "03-backprop", "04-generalisation", "05-convolution"]
SEEDS = range(10 if os.environ.get("COURSE_LONG") else 1)  # `make test-all`
ENOUGH = 0.9  # of the answers that are named or told such a case


@dataclass(eq=False)
class Wrong:
    """A wrong answer of the bank: its task, its cell, and a namespace in which it was run."""

    title: str
    task: Task
    cells: list[str]
    namespace: dict

    def verdict(self, seed: int) -> Verdict:
        return assess(self.task, dict(self.namespace), self.cells, seed)


@cache
def bank(lesson: str, solved: Callable) -> list[Wrong]:
    cells, names = solved(lesson)
    found = []
    for cell in read(ROOT / "tests" / "answers" / f"{lesson}.py"):
        own = dict(names)
        exec(compile(cell.source, f"<{cell.keys['title']}>", "exec"), own)
        task = lessons.task(lesson, cell.keys["answer"])
        found.append(Wrong(cell.keys["title"], task, [*cells, cell.source], own))
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_wrong_answer_is_rejected(lesson: str, solution_cells) -> None:
    for wrong in bank(lesson, solution_cells):
        for seed in SEEDS:
            assert wrong.verdict(seed).state != State.PASSED, wrong.title


def test_nearly_all_are_named_or_told_a_case_that_can_be_rerun(solution_cells) -> None:
    answers = [wrong for lesson in LESSONS for wrong in bank(lesson, solution_cells)]
    lost = [wrong.title for wrong in answers if not named(wrong) and not rerun(wrong)]
    assert len(lost) <= (1 - ENOUGH) * len(answers), lost


def named(wrong: Wrong) -> bool:
    return any(part.named for part in wrong.verdict(0).parts)


def rerun(wrong: Wrong) -> bool:
    """Run the line that the counterexample gives: the same comes, and it is not what was expected."""
    case = smallest(wrong.task, dict(wrong.namespace), 0)
    assert case is not None, wrong.title
    if not case.code:
        return False
    names = dict(wrong.namespace) | {"np": np} | dict(case.inputs)
    came = outcome(case.code, names)
    if "It raised" in case.says:
        return f"It raised {came}" in case.says
    assert differ(case.got, came) is None, wrong.title
    assert differ(case.expected, came), wrong.title
    return True


def outcome(code: str, names: dict) -> object:
    """Return what a line gives, or the name of what it raises."""
    try:
        return plain(eval(code, names))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_line_of_a_case_gives_what_is_expected_of_a_right_answer(lesson: str) -> None:
    told = 0
    for task in lessons.tasks(lesson).values():
        for part in task.parts:
            case, seen = task.cases_of(part, 0)[0], next(task.observe_part(part, task.right, 0))
            if code := call(task, part, case):
                names = {name: task.right[name] for name in task.answers}
                given = dict(case.inputs)
                assert differ(seen.value, plain(eval(code, names | {"np": np} | given))) is None, code
                told += 1
    assert told >= 10


def one(answer, X, *rest, n=3):
    """Ask for the first, of all but the last input."""
    return answer(X, *rest[:-1], n)[0]


def two(answer, X):
    X = X + 1
    return answer(X)


def hides(answer, X):
    return answer(secret(X))


def secret(X):
    return X


def test_a_line_is_given_only_where_it_says_all() -> None:
    task = lessons.task("01-perceptron", "softmax")
    case = Case({"Z": 1, "w": 2, "y": 3, "last": 4})

    def told(probe: str, case: Case) -> str:
        return call(task, replace(task.parts[0], probe=f"{__name__}.{probe}"), case)

    assert told("one", case) == "softmax(Z, w, y, 3)[0]"
    assert told("two", Case({"Z": 1})) == ""
    assert told("hides", Case({"Z": 1})) == ""
    meant = replace(task.parts[0], means=lambda value: value)
    assert call(task, task.parts[0], Case({"Z": 1})) == "softmax(Z)"
    assert call(task, meant, Case({"Z": 1})) == ""
