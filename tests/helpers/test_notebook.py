"""What a lesson's notebook calls, in a real IPython shell."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.checks import figures, lessons, notebook
from helpers.checks.kept import forget

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
    assert f"{len(lessons.tasks('01-perceptron'))} checks, 18 points" in run(FIRST)
    run(STUB)
    assert (score := run('check("heaviside")')) == 0
    assert score.verdict.state == "not attempted"
    run(WRONG)
    assert (score := run('check("heaviside")')) == 0.5
    assert "silent there" in score._repr_html_()
    run(RIGHT)
    assert run('check("heaviside")') == 1


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bool]]:
    """Let the lesson's answers make torch import a module; tell whether that is loaded."""
    (tmp_path / "slow_to_load.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lessons, "lazily", lambda lesson: ("slow_to_load",))
    monkeypatch.setattr(notebook, "IDLE", 0)
    yield lambda: "slow_to_load" in sys.modules
    sys.modules.pop("slow_to_load", None)


def test_what_loads_slowly_is_loaded_once_the_first_cell_is_done(slow: Callable[[], bool], run: Run) -> None:
    async def kernel() -> None:
        notebook.start("01-perceptron")
        assert not slow()
        for _ in range(3):
            await asyncio.sleep(0)
        assert slow()

    asyncio.run(kernel())


def test_nothing_is_loaded_for_a_lesson_that_does_not_exist(slow: Callable[[], bool], run: Run) -> None:
    async def kernel() -> None:
        with pytest.raises(lessons.UnknownLesson):
            notebook.start("99-nothing")
        for _ in range(3):
            await asyncio.sleep(0)
        assert not slow()

    asyncio.run(kernel())


def test_it_is_loaded_at_once_where_there_is_no_kernel(slow: Callable[[], bool], run: Run) -> None:
    run(FIRST)
    assert slow()


@pytest.mark.parametrize("call", ["check", "counterexample"])
def test_it_is_loaded_before_a_check_s_clock_runs(
    slow: Callable[[], bool], run: Run, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    busy = SimpleNamespace(call_later=lambda *_: None)
    monkeypatch.setattr(notebook, "asyncio", SimpleNamespace(get_running_loop=lambda: busy))
    run(f"{FIRST}\nfrom helpers import counterexample")
    run(RIGHT)
    assert not slow()
    run(f'{call}("heaviside")')
    assert slow()


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
    with pytest.raises(lessons.UnknownLesson, match="there are: 00-learning, 01-perceptron"):
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


FIGURE = 'with needs("heaviside"):\n    made = heaviside(np.array([2.0]))\n    print(made)'


def test_a_figure_waits_for_its_checks(run: Run) -> None:
    run(FIRST)
    run(RIGHT)
    told = run(FIGURE)
    assert (
        told
        == '*This appears when the check of `heaviside` has passed. `heaviside`: run `check("heaviside")`.*'
    )
    run(WRONG)
    run('check("heaviside")')
    assert "`heaviside`: failed" in run(FIGURE)
    assert "the checks of `heaviside` and `neuron` have passed" in run(
        FIGURE.replace('e"):', 'e", "neuron"):')
    )
    run(RIGHT)
    assert "`heaviside` has changed since: run" in run(FIGURE)
    run('check("heaviside")')
    assert run(FIGURE) == "[1.]\n"
    run(RIGHT)  # the same cell once more
    assert run(FIGURE) == "[1.]\n"


def test_nothing_given_runs_for_somebody_who_has_written_nothing(run: Run) -> None:
    run(FIRST)
    run(STUB)
    run('check("heaviside")')
    assert "not attempted" in run('with needs("heaviside"): print("trained"); raise SystemExit')


def test_a_cell_that_is_stopped_leaves_nothing_half_made(run: Run) -> None:
    run(FIRST + "\n" + RIGHT)
    run('check("heaviside")')
    with pytest.raises(KeyboardInterrupt):
        run('with needs("heaviside"):\n    net = [0]\n    raise KeyboardInterrupt')
    with pytest.raises(NameError):
        run("net")
    told = run('with needs("heaviside"):\n    print(net)')
    assert told.startswith(
        "*This needs `net`, which a cell above makes. That cell was left out, or it did not run"
    )
    run('with needs("heaviside"):\n    net = [1]')
    assert run('with needs("heaviside"):\n    print(net)') == "[1]\n"


def test_a_figure_that_fails_blames_no_right_answer(run: Run, monkeypatch) -> None:
    run(FIRST + "\n" + RIGHT)
    run('check("heaviside")')
    told = run('with needs("heaviside"):\n    1 / 0')
    assert told.startswith(
        "*This stopped with ZeroDivisionError: division by zero. (the check of `heaviside` has passed"
    )
    monkeypatch.setenv("COURSE_EXPECT", "full")
    with pytest.raises(ZeroDivisionError):
        run('with needs("heaviside"):\n    1 / 0')
    with pytest.raises(figures.NotPassed, match="above the checks that it needs: `neuron`"):
        run('with needs("neuron"): pass')


def test_a_figure_of_a_task_that_does_not_exist_says_so(run: Run) -> None:
    run(FIRST)
    with pytest.raises(lessons.UnknownTask, match="no task 'heavyside'"):
        run('with needs("heavyside"): pass')


def test_where_a_shell_leaves_nothing_out_figures_run_as_far_as_they_can(tmp_path) -> None:
    import subprocess
    import sys

    lines = [FIRST, STUB, FIGURE, RIGHT, FIGURE]
    (script := tmp_path / "s.py").write_text("\n".join(lines))
    told = subprocess.check_output([sys.executable, script], text=True)
    assert told.splitlines()[1:] == ["This appears when the check of `heaviside` has passed.", "[1.]"]


def test_a_kernel_that_something_has_changed_is_told_and_does_not_matter(run: Run) -> None:
    run(FIRST + "\n" + RIGHT + "\nimport torch; torch.set_grad_enabled(False)")
    try:
        score = run('check("heaviside")')
    finally:
        on = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
    assert score == 1
    assert "Something has left gradients switched on or off" in score.verdict.notes[0]
    assert not on  # that is the student's own


def test_a_reference_that_fails_is_nobodys_slip(run: Run, monkeypatch) -> None:
    run(FIRST + "\n" + WRONG)
    tried = []

    def fails(z):
        tried.append(z)
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        forget()
        patch.setitem(lessons.task("01-perceptron", "heaviside").right, "heaviside", fails)
        score = run('check("heaviside")')
    assert (score, score.verdict.state, len(tried) > 1) == (0, "not judged", True)
    assert "The course's own answer to <code>heaviside</code> failed here" in score._repr_html_()
    assert not any(part.named for part in score.verdict.parts)
    forget()
    assert run('check("heaviside")') == 0.5


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
