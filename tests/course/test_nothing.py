"""An answer that says nothing earns nothing: no judge is content with values that it finds no fault in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.checks.verdict import State, decide

pytestmark = pytest.mark.usefixtures("as_in_a_kernel")

TASKS = {
    f"{lesson} {name}": task for lesson in lessons.MODULES for name, task in lessons.tasks(lesson).items()
}
SHAPES_ALONE = {  # parts that ask for shapes and counts, and nothing else
    "01-perceptron xor_network": {"shapes"},
    "09-transfer-learning features": {"batches"},
}
SEED = 0  # that of test_tasks.py: what each wrong answer gives is made once for both


def each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what changes every leaf of a value."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(one) for key, one in value.items()}
        return [changed(one) for one in value] if isinstance(value, list) else change(value)

    return changed


def filled(number: float) -> Callable[[Any], Any]:
    """Return what puts one number in the place of all with decimals."""

    def change(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return np.full_like(leaf, number) if leaf.dtype.kind == "f" else leaf
        return number if type(leaf) is float else leaf

    return each(change)


NOTHING: dict[str, Callable[[Any], Any]] = {
    "None": lambda value: None,
    "an empty list": lambda value: [],
    "an empty dict": lambda value: {},
    "no text": lambda value: "",
    "no numbers": lambda value: np.zeros(0),
    "lists without entries": lambda value: [] if isinstance(value, list) else each(lambda leaf: leaf)(value),
    "nothing under each key": lambda value: dict.fromkeys(value) if isinstance(value, dict) else None,
    "the first of all": lambda value: value[:1] if isinstance(value, list) else value,
    "not a number": filled(float("nan")),
    "infinity": filled(float("inf")),
}


@pytest.fixture(scope="module", params=TASKS)
def answered(request: pytest.FixtureRequest) -> tuple[str, Task, Any]:
    """A task, and what is seen of its right answer."""
    task = TASKS[request.param]
    return request.param, task, task.observe(task.right, SEED)


def test_values_that_say_nothing_pass_no_part(answered: tuple[str, Task, Any]) -> None:
    name, task, seen = answered
    for what, change in NOTHING.items():
        made = {part: [replace(o, value=change(o.value)) for o in rows] for part, rows in seen.items()}
        other = {
            part
            for part in made
            if any(repr(a.value) != repr(b.value) for a, b in zip(made[part], seen[part], strict=True))
        }
        told = decide(task, SEED, made).parts
        passed = {row.part for row in told if row.state == State.PASSED}
        assert passed & other <= SHAPES_ALONE.get(name, set()), what


def test_rows_that_were_not_seen_come_in_no_order_that_could_be_guessed() -> None:
    from helpers.checks.backprop.training import unseen_quadrants
    from helpers.checks.perceptron.learning import accuracy_asked, unseen_discs

    for cases in (unseen_discs, unseen_quadrants):
        for case in cases(np.random.default_rng(SEED)):
            truth = np.asarray(case.truth)
            guess = (np.arange(len(truth)) >= len(truth) / 2).astype(float)
            assert accuracy_asked(case, None, guess)
            assert accuracy_asked(case, None, 1 - guess)
