"""What fails on the grader's side costs nobody a mark: it is tried again, left open, and named."""

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from small_class import LESSON, RIGHT, WRONG, course, hand_in, told

from helpers.checks import lessons, mutants
from helpers.checks.score import Score
from helpers.checks.task import Task
from helpers.checks.verdict import State, not_judged
from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission
from helpers.grading.judging import jobs, pipeline, store
from helpers.grading.judging.outputs import left_open
from helpers.grading.marks.stock import autograde
from helpers.grading.sandbox.command import NoSandbox
from helpers.grading.sandbox.process import Failed, Worker

__all__ = ["course"]
OPEN = (None, None, True, 0.0)
CLASS = [Submission(student, None) for student in ("ada", "bob", "eve")]


def no_reference(patch: pytest.MonkeyPatch) -> None:
    """Have the course's own answer to `heaviside` fail, as it does where a module is broken."""
    real = mutants._expected

    def expected(task: Task, seed: int) -> Any:
        if task.id == "heaviside":
            raise mutants.ReferenceFailed("module 'sympy' has no attribute 'core'.")
        return real(task, seed)

    patch.setattr(mutants, "_expected", expected)


def no_cases(patch: pytest.MonkeyPatch) -> None:
    """Have the cases of `heaviside` fail before anybody is asked."""
    real = jobs._asked

    def asked(task: Task, *told: Any) -> Any:
        if task.id == "heaviside":
            raise ImportError("module 'sympy' has no attribute 'core'.")
        return real(task, *told)

    patch.setattr(jobs, "_asked", asked)


@pytest.mark.parametrize("fails", [no_reference, no_cases])
def test_a_definition_that_fails_leaves_its_task_open_and_no_other(
    course: Course, monkeypatch: pytest.MonkeyPatch, fails: Callable[[pytest.MonkeyPatch], None]
) -> None:
    hand_in(course, "ada", RIGHT, None)
    with monkeypatch.context() as patch:
        fails(patch)
        rows = {row.student: row for row in grade(course, LESSON, CLASS, pages=False)}
    marks = told(course)
    for student in ("ada", "bob", "eve"):
        assert rows[student].ending == Ending.GRADED
        assert rows[student].marks["heaviside"] is None
        assert "`heaviside` was not judged" in rows[student].remark
        assert "no attribute 'core'" in rows[student].remark
        assert "not in the notebook" not in rows[student].remark
        assert marks[student, "check-heaviside"] == OPEN
        assert marks[student, "check-neuron"] == (0.0, None, False, 0.0)
    assert {o.ending for o in execute(course, LESSON, ["ada", "bob"]).values()} == {Ending.GRADED}
    assert (told(course)["ada", "check-heaviside"][0], told(course)["bob", "check-heaviside"][0]) == (
        1.0,
        0.5,
    )
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.UNCHANGED


def test_formgraders_own_button_leaves_it_open_too(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        no_reference(patch)
        assert autograde(course, LESSON, "ada") == ""
    assert told(course)["ada", "check-heaviside"] == OPEN
    assert told(course)["ada", "check-neuron"] == (0.0, None, False, 0.0)
    record = store.read(course, LESSON, "ada")
    assert record
    assert record.verdicts["heaviside"].state == State.NOT_JUDGED


def test_a_check_in_a_kernel_says_so_where_nbgrader_reads_it() -> None:
    from IPython.core.formatters import DisplayFormatter

    scores = [not_judged(lessons.task(LESSON, "heaviside"), "The machine failed.")]
    data, metadata = DisplayFormatter().format(Score(scores[0]))
    assert (data["text/plain"], metadata) == ("0.0", {"not judged": True})
    output = nbformat.v4.new_output("execute_result", data, metadata=metadata)
    assert left_open(nbformat.v4.new_code_cell(outputs=[output]))


def failing(times: int, patch: pytest.MonkeyPatch) -> list[Worker]:
    """Have the workers fail on bob's submission so many times; return those that it was tried in."""
    real, tried = Worker.run, list[Worker]()

    def run(worker: Worker, job: bytes, *rest: Any) -> bytes:
        if b"bob was here" in job:
            tried.append(worker)
            if len(tried) <= times:
                raise Failed("no word from the worker")
        return real(worker, job, *rest)

    patch.setattr(Worker, "run", run)
    return tried


def test_what_workers_fail_on_is_tried_once_more_in_fresh_ones(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "bob", WRONG + "\n# bob was here", None)
    tried = failing(3, monkeypatch)
    outcomes = execute(course, LESSON, ["ada", "bob", "eve"])
    assert {o.ending for o in outcomes.values()} == {Ending.GRADED}
    assert len(set(map(id, tried))) >= 3
    assert told(course)["bob", "check-heaviside"][0] == 0.5


def test_where_no_fresh_ones_start_either_the_others_are_graded_and_the_cause_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "bob", WRONG + "\n# bob was here", None)
    failing(9, monkeypatch)
    pools, real = list[Any](), pipeline.pool

    def pool(*told: Any) -> Any:
        pools.append(told)
        if len(pools) > 1:
            raise NoSandbox("the sandbox does not start: no space left")
        return real(*told)

    monkeypatch.setattr(pipeline, "pool", pool)
    outcomes = execute(course, LESSON, ["ada", "bob", "eve"])
    assert [outcomes[s].ending for s in ("ada", "bob", "eve")] == [
        Ending.GRADED, Ending.INFRASTRUCTURE, Ending.GRADED,
    ]  # fmt: skip
    assert "grade again: no word from the worker (fresh workers failed" in outcomes["bob"].reason
    assert told(course)["bob", "check-heaviside"] == OPEN
