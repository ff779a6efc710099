"""Interactive figures in JupyterLab, moved as a reader moves them: sliders, steppers, points."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from served import added, widget

Shot = Callable[[str], None]
Opened = Callable[[str], Any]

PLAYGROUND = """from helpers.reference.perceptron import Perceptron
from helpers.widgets.perceptron import playground
playground(Perceptron)"""


def test_a_rule_for_mails_is_built_word_by_word(opened: Opened, shot: Shot) -> None:
    from helpers.widgets.learning import START, thrown

    lesson = opened("00-learning")
    rules = widget(lesson, "display(rules())", "learning-rules")
    lost, found = rules.locator(".c01"), rules.locator(".c11")

    def shows(votes: dict[str, int], k: int) -> bool:
        ham, news, spam = thrown(votes, k)
        return [cell.inner_text().replace(",", "") for cell in (lost, found)] == [str(ham + news), str(spam)]

    assert shows(START, 1)
    offer = rules.get_by_role("button", name="offer: not used")
    offer.click()
    assert shows({**START, "offer": 1}, 1)
    rules.locator(".k").focus()
    lesson.page.keyboard.press("ArrowRight")
    assert shows({**START, "offer": 1}, 2)
    rules.get_by_role("button", name="offer: for spam").focus()
    lesson.page.keyboard.press("Enter")
    assert shows({**START, "offer": -1}, 2)
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.keyboard.press("Enter")
    assert shows({**START, "offer": -1, "credit": 1}, 2)
    shot("rule")
    rules.get_by_role("button", name="Clear").click()
    assert shows({}, 2)


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
    seen = "canvas => [...canvas.getContext('2d').getImageData(140, 140, 1, 1).data]"
    red, _, blue, _ = heads.locator(".map").evaluate(seen)
    assert blue > red + 50  # in its colour before anything is clicked
    heads.locator(".places button", has_text="1·3").click()
    assert "layer 1, head 3" in which.inner_text()
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
    ("lesson", "source", "name", "scenes"),
    [
        ("03-backprop", "display(stepper(", "backprop-stepper", ".tabs"),
        ("05-convolution", "display(slider())", "conv-slider", ".images"),
    ],
)
def test_a_stepper_goes_by_buttons_by_keys_and_by_itself(
    opened: Opened, shot: Shot, lesson: str, source: str, name: str, scenes: str
) -> None:
    notebook = opened(lesson)
    stepper = widget(notebook, source, name)
    output, press = stepper.locator(".k + output"), notebook.page.keyboard.press
    stepper.locator(".on").click()
    assert " 1 of " in output.inner_text()
    stepper.locator("svg").first.focus()
    press("ArrowRight")
    assert " 2 of " in output.inner_text()
    press("End")
    assert stepper.locator(".on").is_disabled()
    press("Home")
    assert stepper.locator(".back").is_disabled()
    press(" ")
    assert stepper.locator(".play").inner_text() == "Pause"
    notebook.page.wait_for_function(
        f"() => / [3-9] of /.test(document.querySelector('.{name} .k + output').value)"
    )
    press(" ")
    assert stepper.locator(".play").inner_text() == "Play"
    stepper.locator(".k").focus()
    press("Home")
    press("ArrowRight")
    assert " 1 of " in output.inner_text()
    other = stepper.locator(f"{scenes} button").nth(1)
    assert other.get_attribute("aria-pressed") == "false"
    other.click()
    notebook.page.wait_for_function(
        f"() => / 0 of /.test(document.querySelector('.{name} .k + output').value)"
    )
    assert other.get_attribute("aria-pressed") == "true"
    shot(lesson)


@pytest.mark.parametrize(
    ("source", "slider", "told"),
    [
        ("from helpers.widgets.gradient_descent import explorer\nexplorer()", ".eta", ".factors"),
        (
            "from helpers.reference.gradient_descent import adam_step, descend, momentum_step\n"
            "from helpers.widgets.gradient_descent import race\nrace(descend, momentum_step, adam_step)",
            ".rows input",
            ".rows output",
        ),
        (
            "from helpers.widgets.gradient_descent_ball import momentum_map\nmomentum_map()",
            ".eta",
            ".etas",
        ),
    ],
    ids=["explorer", "race", "map"],
)
def test_where_descent_starts_is_dragged_and_moved_by_keys(
    opened: Opened, shot: Shot, source: str, slider: str, told: str
) -> None:
    lesson = opened("02-gradient-descent")
    shown = added(lesson, source, "descent")
    start = shown.locator(".start")
    seen = [start.get_attribute("transform")]

    def moved() -> None:
        lesson.page.wait_for_function(
            f"() => document.querySelector('.descent .start').getAttribute('transform') !== '{seen[-1]}'"
        )
        seen.append(start.get_attribute("transform"))

    box = shown.locator(".plane").bounding_box()
    mouse = lesson.page.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    mouse.down()
    moved()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    moved()
    mouse.up()
    mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3)
    lesson.page.wait_for_timeout(300)
    assert start.get_attribute("transform") == seen[-1]  # let go
    start.focus()
    lesson.page.keyboard.press("ArrowRight")
    moved()
    before = shown.locator(told).first.inner_text()
    shown.locator(slider).first.focus()
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_timeout(500)
    assert shown.locator(told).first.inner_text() != before
    shot(slider.strip(".").split()[0])


def test_a_point_is_dragged_to_the_other_side(opened: Opened, shot: Shot) -> None:
    lesson = opened("01-perceptron")
    playground = added(lesson, PLAYGROUND, "perceptron-playground")
    point = playground.locator("[data-i]").first
    box = point.bounding_box()
    plane = playground.locator(".plane").bounding_box()
    lesson.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lesson.page.mouse.down()
    lesson.page.mouse.move(plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2)
    lesson.page.mouse.up()
    lesson.page.wait_for_timeout(500)
    assert point.bounding_box() != box
    shot("dragged")
