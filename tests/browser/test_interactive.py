"""Interactive figures in JupyterLab, moved as a reader moves them: mouse and keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Shot = Callable[[str], None]
Opened = Callable[[str], Any]


def widget(lesson: Any, source: str, name: str) -> Any:
    """Run the cell that shows a widget, and return the widget."""
    lesson.run(lesson.cell(source))
    found = lesson.page.locator(f".{name}").first
    found.scroll_into_view_if_needed()
    return found


def test_a_name_grows_letter_by_letter(opened: Opened, shot: Shot) -> None:
    lesson = opened("06-rnn")
    grower = widget(lesson, "display(grower())", "rnn-grower")
    name, says = grower.locator(".name"), grower.locator(".says")
    name.click()
    lesson.page.keyboard.type("mar")
    grower.locator(".tiles button").nth(2).wait_for()
    assert grower.locator(".tiles").inner_text().startswith("m")
    before = says.inner_text()
    slider = grower.locator('input[type="range"]')
    slider.focus()
    for _ in range(20):
        lesson.page.keyboard.press("ArrowRight")
    assert grower.locator("output").inner_text() > "1.00"
    assert says.inner_text() != before  # hotter: less sure of the next letter
    shot("hot")
    grower.get_by_role("button", name="Grow a whole name").click()
    lesson.page.wait_for_function(
        "() => document.querySelector('.rnn-grower .grown').textContent.includes('mar')"
    )
    grower.get_by_role("button", name="0 letters").click()
    name.click()
    lesson.page.keyboard.type("q.")
    lesson.page.wait_for_function(
        "() => document.querySelector('.rnn-grower .grown').textContent.includes('q')"
    )
    shot("grown")


def test_heads_of_a_real_model_show_where_a_word_looks(opened: Opened, shot: Shot) -> None:
    from helpers import minilm

    lesson = opened("07-attention")
    heads = widget(lesson, "display(heads())", "attention-heads")
    said, which = heads.locator(".says"), heads.locator(".which")
    heads.locator(".tokens button", has_text=re.compile(r"^it\d")).click()
    assert "“it”" in said.inner_text()
    before = which.inner_text()
    heads.locator(".grid").focus()
    lesson.page.keyboard.press("ArrowRight")
    assert which.inner_text() != before
    if minilm.folder():
        heads.locator(".own").fill("The cup broke because it fell.")
        heads.get_by_role("button", name="Look").click()
        heads.locator(".tokens button", has_text="cup").wait_for()
    else:
        assert heads.locator(".own").is_disabled()
        assert "pip install" in (heads.locator(".own").get_attribute("placeholder") or "")
    shot("own-sentence")


@pytest.mark.parametrize(
    ("lesson", "source"),
    [
        ("02-gradient-descent", "display(explorer())"),
        ("03-backprop", "display(stepper("),
        ("05-convolution", "display(slider())"),
    ],
)
def test_a_slider_changes_its_figure(opened: Opened, shot: Shot, lesson: str, source: str) -> None:
    notebook = opened(lesson)
    notebook.run(notebook.cell(source))
    slider = notebook.page.locator('.jp-OutputArea input[type="range"]').first
    slider.scroll_into_view_if_needed()
    figure = slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')][1]")
    before = figure.inner_html()
    slider.focus()
    for _ in range(3):
        notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_timeout(300)
    assert figure.inner_html() != before
    shot(lesson)
