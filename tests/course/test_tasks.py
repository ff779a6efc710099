"""The grader graded: every solution, blank, misconception and alternative gets the points it must."""

import inspect
import itertools
import linecache
import os
from collections.abc import Callable

import pytest

from helpers.checks import lessons
from helpers.checks import task as task_module
from helpers.checks.assess import assess
from helpers.checks.kept import forget
from helpers.checks.mutants import implement
from helpers.checks.task import Misconception, Task
from helpers.checks.verdict import State, Verdict
from helpers.grading.sample.trouble import LIAR
from helpers.probes.plain import encode

pytestmark = pytest.mark.usefixtures("fixed_cases_twice")

LONG = bool(os.environ.get("COURSE_LONG"))  # `make test-all`
SEEDS = range(20 if LONG else 2)
WRONG_SEEDS = range(20 if LONG else 1)  # of the 5,000 wrong answers, which fixed cases decide
TRAINING_SEEDS = range(3)
TRAINING = {"Perceptron", "train_step", "fit_probe"}

ALL = [(lesson, task) for lesson in lessons.MODULES for task in lessons.tasks(lesson).values()]


def seeds(task: Task) -> range:
    return TRAINING_SEEDS if task.id in TRAINING else SEEDS


def wrong_seeds(task: Task) -> range:
    return TRAINING_SEEDS if task.id in TRAINING and LONG else WRONG_SEEDS


tasks = pytest.mark.parametrize(
    ("lesson", "task"), [pytest.param(*one, id=f"{one[0]} {one[1].id}") for one in ALL]
)


as_in_a_kernel = pytest.mark.usefixtures("as_in_a_kernel")


def passed(verdict: Verdict) -> set[str]:
    return {part.part for part in verdict.parts if part.state == State.PASSED}


@tasks
def test_the_reference_scores_full_marks(lesson: str, task: Task) -> None:
    for seed in seeds(task):
        verdict = assess(task, dict(task.right), [], seed)
        assert verdict.state == State.PASSED
        assert verdict.points == task.points
        assert not verdict.notes


@tasks
def test_the_solution_agrees_with_the_reference(lesson, task, solution_cells) -> None:
    cells, namespace = solution_cells(lesson)
    for seed in seeds(task):
        verdict = assess(task, namespace, cells, seed)
        assert verdict.points == task.points, verdict
        assert verdict.state == State.PASSED


@tasks
def test_the_stub_scores_nothing_and_is_not_an_error(lesson, task, stub_cells) -> None:
    cells, namespace = stub_cells(lesson)
    for seed in seeds(task):
        verdict = assess(task, namespace, cells, seed)
        assert verdict.state == State.NOT_ATTEMPTED, verdict
        assert verdict.points == 0


def idle(answer: object, result: Callable[..., object]) -> object:
    """The same class or function, which does nothing and returns what it is told to."""

    def method(self: object, *args: object, **kwargs: object) -> object:
        return result(*args, **kwargs)

    if not isinstance(answer, type):
        return result
    kept = {n: v for n, v in vars(answer).items() if n not in ("__dict__", "__weakref__")}
    doing = {n: method for n, v in kept.items() if inspect.isfunction(v) and n != "__init__"}
    return type(answer.__name__, answer.__bases__, kept | doing)


def liar(*args: object, **kwargs: object) -> object:
    """Return an object that equals everything."""
    space: dict = {}
    exec(LIAR, space)
    return space["Liar"]()


IDLE = {
    "nothing": lambda *args, **kwargs: None,
    "zero": lambda *args, **kwargs: 0.0,
    "a liar": liar,
    "its input": lambda *args, **kwargs: next(iter([*args, *kwargs.values()]), None),
}


@as_in_a_kernel
@tasks
@pytest.mark.parametrize("result", IDLE)
def test_an_answer_that_does_nothing_earns_nothing(lesson: str, task: Task, result: str) -> None:
    namespace = dict(task.right) | {name: idle(task.right[name], IDLE[result]) for name in task.answers}
    for seed in wrong_seeds(task):
        verdict = assess(task, namespace, [], seed)
        assert not passed(verdict), verdict
        assert verdict.points == 0


@as_in_a_kernel
@pytest.mark.parametrize(
    ("task", "misconception"),
    [
        pytest.param(task, m, id=f"{lesson} {task.id}: {m.says[:50]}")
        for lesson, task in ALL
        for m in task.misconceptions
    ],
)
def test_each_misconception_is_rejected_by_name(task: Task, misconception: Misconception) -> None:
    answer, parts = implement(task, misconception), {part.name for part in task.parts}
    for seed in wrong_seeds(task):
        verdict = assess(task, answer, [], seed)
        assert passed(verdict) == parts - misconception.fails
        assert verdict.points == task.score(parts - misconception.fails)
        assert verdict.state == State.FAILED
        said = [part.named[0] for part in verdict.parts if part.named]
        assert misconception.says in said, f"seed {seed}: it said {said}"


@as_in_a_kernel
@pytest.mark.parametrize(
    ("task", "form"),
    [
        pytest.param(task, form, id=f"{lesson} {task.id}: {m.says[:50]}, form {i}")
        for lesson, task in ALL
        for m in task.misconceptions
        for i, form in enumerate(m.variants[1:], start=2)
    ],
)
def test_each_other_form_of_a_misconception_is_named_too(task: Task, form: Misconception) -> None:
    answer = implement(task, form)
    for seed in wrong_seeds(task):
        verdict = assess(task, answer, [], seed)
        assert verdict.state == State.FAILED
        assert form.says in {said for part in verdict.parts for said in part.named}


@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_each_alternative_scores_full_marks(lesson: str, alternatives) -> None:
    for task, name, source, cells, namespace in alternatives(lesson):
        for seed in seeds(task):
            verdict = assess(task, namespace, [*cells, source], seed)
            assert verdict.state == State.PASSED, f"{task.id}, {name}, seed {seed}: {verdict}"
            assert verdict.points == task.points


@tasks
def test_the_reference_can_be_handed_in(lesson: str, task: Task, solution_cells) -> None:
    """Its source needs nothing but imports and what the lesson defines: students of the demo hand in changes of it."""
    exec(f"{task.imports}\n{task.source}", dict(solution_cells(lesson)[1]))


@tasks
def test_there_are_misconceptions_and_alternatives_enough(lesson: str, task: Task, alternatives) -> None:
    assert len(task.misconceptions) >= 3
    assert sum(t is task for t, *_ in alternatives(lesson)) >= 2


@tasks
def test_cases_are_random_but_reproducible(lesson: str, task: Task) -> None:
    for part in task.parts:
        once = task.cases_of(part, 7)
        forget()
        again = task.cases_of(part, 7)
        assert again is not once
        assert once, f"{part.name} has no case"
        for a, b in zip(once, again, strict=True):
            assert list(a.inputs) == list(b.inputs)
            assert encode(dict(a.inputs)) == encode(dict(b.inputs))


@tasks
def test_the_digest_is_stable(lesson: str, task: Task) -> None:
    import dataclasses

    same, other = (
        dataclasses.replace(task),
        dataclasses.replace(task, parts=task.parts, seconds=task.seconds + 1),
    )
    assert task.digest == same.digest
    assert task.digest != other.digest
    assert "0x" not in repr([p.cases for p in task.parts if not callable(p.cases)])


def test_ids_are_unique_and_points_add_up_to_18() -> None:
    for lesson in lessons.MODULES:
        known = lessons.tasks(lesson)
        assert sum(task.points for task in known.values()) == 18  # and 2 for the written question
        answers = list(itertools.chain.from_iterable(task.answers for task in known.values()))
        assert len(set(answers)) == len(answers)
        assert 6 <= sum(task.points > 0 for task in known.values()) <= 10
        used = {name for task in known.values() for name in task.uses}
        assert used <= set(answers)


def test_a_definition_includes_what_its_functions_call() -> None:
    """A judge that only calls another function changes with it: else old marks would be kept."""

    def code(body: str) -> str:
        scope = {"helper": lambda: None}
        name = f"<definition {len(body)} {body}>"
        source = f"def helper():\n    {body}\ndef judge():\n    return [helper() for _ in range(2)]\n"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), scope)
        return task_module._code(scope["judge"])

    assert code("return 1") == code("return 1")
    assert code("return 1") != code("return 2")
