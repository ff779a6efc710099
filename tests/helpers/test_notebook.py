"""What a lesson's notebook calls, in a real IPython shell."""

import os
from collections.abc import Callable, Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.checks import lessons, notebook

FIRST = 'import numpy as np\nfrom helpers import ask, check, hint, needs, start\nstart("01-perceptron")'
STUB = "def heaviside(z):\n    # YOUR CODE HERE\n    raise NotImplementedError"
WRONG = "def heaviside(z): return np.where(z >= 0, 1.0, 0.0)"
RIGHT = "def heaviside(z): return np.where(z > 0, 1.0, 0.0)"

Run = Callable[[str], object]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a cell and return its result; what it raises is raised."""
    for name in [name for name in os.environ if name.startswith(("COURSE_", "NBGRADER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(notebook, "_session", None)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()

    def run(cell: str) -> object:
        with capture_output() as captured:
            done = shell.run_cell(cell, store_history=True)
        if done.error_before_exec or done.error_in_exec:
            raise done.error_before_exec or done.error_in_exec
        shown = [str(o.data.get("text/markdown", o.data.get("text/plain"))) for o in captured.outputs]
        return done.result if done.result is not None else captured.stdout + "".join(shown)

    yield run
    InteractiveShell.clear_instance()


def test_a_students_way_from_stub_to_full_marks(run: Run) -> None:
    assert "13 checks, 18 points" in run(FIRST)
    run(STUB)
    assert (score := run('check("heaviside")')) == 0
    assert score.verdict.state == "not attempted"
    run(WRONG)
    assert (score := run('check("heaviside")')) == 0.5
    assert "silent there" in score._repr_html_()
    run(RIGHT)
    assert run('check("heaviside")') == 1


def test_a_syntax_error_in_the_last_version_is_told(run: Run) -> None:
    run(FIRST)
    run(RIGHT)
    with pytest.raises(SyntaxError):
        run("def heaviside(z) return 1")
    assert "does not run" in run('check("heaviside")').verdict.parts[0].says
    run(RIGHT)
    assert run('check("heaviside")') == 1


def test_magics_in_other_cells_do_not_matter(run: Run) -> None:
    run(FIRST)
    run("%precision 0")
    run(RIGHT)
    assert run('check("heaviside")') == 1


def test_before_the_first_cell_is_run_that_is_said(run: Run) -> None:
    run("from helpers import check")
    with pytest.raises(notebook.NotStarted, match="first code cell"):
        run('check("heaviside")')


def test_unknown_names_are_told_with_those_that_exist(run: Run) -> None:
    run(FIRST)
    with pytest.raises(lessons.UnknownTask, match="no task 'step'; it has: heaviside"):
        run('check("step")')
    with pytest.raises(KeyError, match="no question 'x'; it has: gates"):
        run('ask("x")')
    with pytest.raises(lessons.UnknownLesson, match="there are: 01-perceptron"):
        run('start("99-nothing")')
    import helpers

    with pytest.raises(AttributeError, match="it has: ask, check"):
        helpers.chek  # noqa: B018


def test_a_skew_between_notebook_and_course_is_explained(run: Run) -> None:
    told = run(FIRST.replace('perceptron")', 'perceptron", "0123456789ab")'))
    assert "made for another version of the course (release 0123456789ab, installed" in told
    assert "another version" not in run(f'start("01-perceptron", "{lessons.release("01-perceptron")}")')


def test_hints_come_one_by_one(run: Run) -> None:
    run(FIRST)
    assert [run('hint("heaviside")').level for _ in range(4)] == [1, 2, 3, 3]
    assert run('hint("heaviside", 1)')._repr_markdown_().startswith("**Hint 1 of 3.**")


@pytest.mark.parametrize("task", lessons.tasks("01-perceptron").values(), ids=lambda t: t.id)
def test_the_last_hint_still_leaves_something_to_do(task) -> None:
    assert len(set(task.hints)) == 3
    body = task.source.split('"""')[-1]
    assert body.strip() not in " ".join(task.hints)


@pytest.mark.parametrize("state", ["validate", "autograde", ""])
def test_validate_is_told_by_an_exception_and_nobody_else(run: Run, monkeypatch, state: str) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", state)
    run(FIRST)
    run(WRONG)
    if state == "validate":
        with pytest.raises(notebook.CheckFailed, match="is silent at zero: failed"):
            run('check("heaviside")')
        run(RIGHT)
    assert run('check("heaviside")') == (1 if state == "validate" else 0.5)


@pytest.mark.parametrize(("expect", "cell"), [("full", RIGHT), ("unattempted", STUB)])
def test_in_ci_any_other_outcome_is_an_error(run: Run, monkeypatch, expect: str, cell: str) -> None:
    monkeypatch.setenv("COURSE_EXPECT", expect)
    run(FIRST)
    run(cell)
    run('check("heaviside")')
    run(WRONG)
    with pytest.raises(notebook.CheckFailed, match=f"COURSE_EXPECT={expect}"):
        run('check("heaviside")')


def test_a_figure_waits_for_its_answers(run: Run) -> None:
    run(FIRST)
    run(STUB)
    assert run('with needs("heaviside"):\n    heaviside(1)') == "*This appears when `heaviside` works.*"
    told = run('with needs("heaviside", "neuron"):\n    1 / 0')
    assert (
        told
        == "*This appears when `heaviside` and `neuron` work. It stopped with ZeroDivisionError: division by zero.*"
    )
    run(RIGHT)
    assert run('with needs("heaviside"):\n    print(heaviside(np.array([2.0])))') == "[1.]\n"


def test_a_figure_that_loops_for_ever_is_stopped(run: Run, monkeypatch) -> None:
    monkeypatch.setattr(notebook, "FIGURE_SECONDS", 0.1)
    run(FIRST)
    assert "a time-out" in run('with needs("heaviside"):\n    while True: pass')


def test_outside_ipython_a_script_works_too(tmp_path) -> None:
    import subprocess
    import sys

    (script := tmp_path / "s.py").write_text(f'{FIRST}\n{RIGHT}\nprint(check("heaviside"))')
    assert subprocess.check_output([sys.executable, script], text=True).endswith("1.0\n")


def test_progress_tells_points_and_what_is_left(run: Run) -> None:
    run(FIRST + "\nfrom helpers import progress")
    total = sum(task.points for task in lessons.tasks("01-perceptron").values())
    assert run("progress()").points == 0
    run(WRONG)
    run('check("heaviside")')
    found = run("progress()")
    assert f"0.5 of {total:g} points so far" in found.headline
    assert ", 10 exercises left" in found.headline
    assert "✗ heaviside: 0.5 of 1" in repr(found)
    run(RIGHT)
    run('check("heaviside")')
    assert ", 9 exercises left" in (found := run("progress()")).headline
    assert f"<progress max='{total:g}' value='1'" in found._repr_html_()
    assert "✓ 1 of 1" in found._repr_html_()
    assert "✓ heaviside: 1 of 1" in repr(found)
