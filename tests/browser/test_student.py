"""A student's first hour in JupyterLab."""

from collections.abc import Callable
from typing import Any

Shot = Callable[[str], None]
Opened = Callable[[str], Any]

WRONG = "def heaviside(z):\n    return np.where(z >= 0, 1.0, 0.0)"
RIGHT = "def heaviside(z):\n    return np.where(z > 0, 1.0, 0.0)"


def test_from_the_unfilled_lesson_to_the_first_points(opened: Opened, shot: Shot) -> None:
    lesson = opened("01-perceptron")
    shot("opened")
    lesson.run_all()
    page = lesson.page
    assert page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    shown = page.locator(".jp-Notebook").inner_text()
    assert "Traceback" not in shown
    assert shown.count("– not attempted") > 20
    assert "0 of 18 points so far" in shown

    answer, check = lesson.cell("def heaviside"), lesson.cell('check("heaviside")')
    lesson.fill(answer, WRONG)
    lesson.run(check)
    assert "silent there" in lesson.output(check)
    check.scroll_into_view_if_needed()
    shot("misconception")
    hint = lesson.add_below(check, 'hint("heaviside")')
    assert "Hint 1 of 3" in lesson.output(hint)

    lesson.fill(answer, RIGHT)
    lesson.run(check)
    assert "1 of 1 point" in lesson.output(check)
    progress = lesson.cell("progress()")
    lesson.run(progress)
    assert "1 of 18 points so far, 9 exercises left" in lesson.output(progress)
    progress.scroll_into_view_if_needed()
    shot("progress")


def test_nbgraders_validate_says_what_fails(opened: Opened, shot: Shot) -> None:
    lesson = opened("01-perceptron")
    lesson.page.get_by_role("button", name="Validate").click()
    dialog = lesson.page.locator(".jp-Dialog, .nbgrader-ErrorDialog, .validate-modal").first
    dialog.wait_for()
    assert "heaviside" in dialog.inner_text()
    assert "not attempted" in dialog.inner_text()
    shot("dialog")
