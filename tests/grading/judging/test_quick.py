"""A notebook is run in one process, with care only where that ends badly: the marks are the same both ways."""

from typing import Any

import nbformat
import pytest
from small_class import LESSON, ROOT, filled

from helpers.checks import lessons
from helpers.checks.assess import follow_through
from helpers.checks.verdict import State, Verdict
from helpers.grading.course import Course
from helpers.grading.judging import jobs, replies
from helpers.grading.judging.judge import verdicts_of
from helpers.grading.sample.students import draw
from helpers.grading.sandbox.lending import Lender
from helpers.grading.sandbox.process import Worker
from helpers.probes.plain import MAX_BYTES, decode, encode

SEED = 11
TASKS = lessons.tasks(LESSON)


def run(worker: Worker, notebook: nbformat.NotebookNode, careful: bool) -> Any:
    job = jobs.job(LESSON, notebook, SEED) | {"careful": careful}
    reply = worker.run(encode(job), 400, Lender().lent(jobs.pieces(LESSON, TASKS)))
    return decode(reply, most_text=MAX_BYTES)


def judge(reply: Any, notebook: nbformat.NotebookNode, kind: str = "check") -> dict[str, Verdict]:
    names = TASKS if kind == "check" else [name for name in TASKS if TASKS[name].uses]
    return verdicts_of(LESSON, notebook, replies.seen(LESSON, reply, names, kind), SEED)


@pytest.mark.parametrize("number", range(3))
def test_both_ways_give_the_same_verdicts(lone_worker: Worker, number: int) -> None:
    student = draw(Course(ROOT), LESSON, 3, seed=5)[number]
    notebook = filled(**{name: a.source for name, a in student.answers.items() if a.source is not None})
    quick, careful = (run(lone_worker, notebook, careful) for careful in (False, True))
    assert not quick["left out"]
    for name, verdict in judge(quick, notebook).items():
        other = judge(careful, notebook)[name]
        assert (verdict.parts, verdict.points, verdict.notes) == (other.parts, other.points, other.notes)


def test_the_courses_own_answers_stand_in_for_the_students(lone_worker: Worker) -> None:
    wrong = "def heaviside(z):\n    return (z >= 0) * 1.0"
    notebook = filled(
        heaviside=wrong, Perceptron=TASKS["Perceptron"].imports + "\n\n" + TASKS["Perceptron"].source
    )
    reply = run(lone_worker, notebook, careful=False)
    own, helped = judge(reply, notebook)["Perceptron"], judge(reply, notebook, "again")["Perceptron"]
    assert (own.state, helped.state) == (State.FAILED, State.PASSED)
    assert follow_through(TASKS["Perceptron"], own, helped).points == TASKS["Perceptron"].points
    assert judge(reply, notebook)["heaviside"].state == State.FAILED


def test_later_cells_do_not_change_what_a_check_saw(lone_worker: Worker) -> None:
    """Asked again at the end, an answer is what it was when its check was run."""
    notebook = filled(
        heaviside="def heaviside(z):\n    return (z >= 0) * 1.0",
        Perceptron=TASKS["Perceptron"].imports + "\n\n" + TASKS["Perceptron"].source,
    )
    notebook.cells.append(nbformat.v4.new_code_cell("Perceptron = heaviside = None", id="own-1"))
    reply = run(lone_worker, notebook, careful=False)
    assert judge(reply, notebook, "again")["Perceptron"].state == State.PASSED


@pytest.mark.parametrize(
    "source", ["import os\nos._exit(3)", "def neuron(*_):\n    import os\n    os.kill(os.getpid(), 9)"]
)
def test_a_notebook_that_takes_its_process_with_it_is_run_with_care(lone_worker: Worker, source: str) -> None:
    notebook = filled(heaviside=TASKS["heaviside"].source, neuron=source)
    reply = run(lone_worker, notebook, careful=False)
    told = judge(reply, notebook)
    assert told["heaviside"].state == State.PASSED
    assert told["neuron"].state == State.CRASHED
    assert told["gates"].state == State.NOT_ATTEMPTED
    assert not replies.told_again(reply)
    assert judge(run(lone_worker, filled(), careful=False), filled())["gates"].state == State.NOT_ATTEMPTED
