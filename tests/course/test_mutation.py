"""Every task is proved: its reference, changed by rule, is rejected, or the change is declared to be no slip."""

import os
from pathlib import Path

import pytest

from helpers.checks import lessons
from helpers.checks.mutation import equivalent
from helpers.checks.mutation.prove import prove
from helpers.checks.task import Task

pytestmark = pytest.mark.usefixtures("as_in_a_kernel")

ROOT = Path(__file__).parents[2]
LONG = bool(os.environ.get("COURSE_LONG"))  # `make test-all`
SEEDS, MOST = (range(20), None) if LONG else (range(1), 24)

ALL = [(lesson, task) for lesson in lessons.MODULES for task in lessons.tasks(lesson).values()]


def declared(lesson: str) -> equivalent.Equivalents:
    return equivalent.read(ROOT / "tests" / "equivalent" / f"{lesson}.toml")


@pytest.mark.parametrize(
    ("lesson", "task"), [pytest.param(*pair, id=f"{pair[0]} {pair[1].id}") for pair in ALL]
)
def test_every_mutant_is_rejected_or_declared_equivalent(lesson: str, task: Task) -> None:
    known = declared(lesson)
    if known.open:
        pytest.skip("the lesson's survivors are still to be worked through")
    proof = prove(task, SEEDS, known.of(task.id), MOST)
    assert not proof.survivors, "\n\n".join(map(str, proof.survivors))
    assert not proof.stale, "\n\n".join(proof.stale)


@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_equivalents_are_declared_of_tasks_that_exist(lesson: str) -> None:
    assert declared(lesson).reasons.keys() <= lessons.tasks(lesson).keys()
