"""Interactive figures in JupyterLab that are drawn on, written in, played and pressed."""

from collections.abc import Callable
from typing import Any

import pytest
from served import added, widget

Shot = Callable[[str], None]
Opened = Callable[[str], Any]

DESK = """import numpy as np
from helpers.widgets.writer import desk
pieces = ["a", "b", " whale", "."]
desk(lambda ids: np.array([1.0, 0.0, 3.0, 2.0]), pieces, ["ab", "ba"])"""

CANVAS = """import numpy as np
from helpers.data import mnist
from helpers.widgets.canvas import draw_digit
images, labels = mnist()
means = np.stack([images[labels == k].mean(axis=0) / 255 for k in range(10)])
def read(picture):
    z = -((means - picture) ** 2).sum(axis=(1, 2))
    p = np.exp(z - z.max())
    return p / p.sum()
draw_digit(read, blame=lambda picture, digit: means[digit] - picture)"""


def test_a_digit_is_drawn_by_mouse_and_by_keys_and_read(opened: Opened, shot: Shot) -> None:
    lesson = opened("03-backprop")
    canvas = added(lesson, CANVAS, "digit-canvas")
    page, says, pad = lesson.page, canvas.locator(".says"), canvas.locator(".pad")

    def says_that(text: str) -> None:
        where = "document.querySelector('.digit-canvas .says').textContent"
        page.wait_for_function(f"() => {where}.includes({text!r})")

    says_that("It reads")
    shot("example")
    canvas.get_by_role("button", name="Clear").click()
    says_that("Draw a digit")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.48, box["y"] + box["height"] * 0.8, steps=12)
    page.mouse.up()
    says_that("It reads a 1")
    shot("one")
    canvas.locator(".dx").focus()
    before = says.inner_text()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert canvas.locator(".dx + output").inner_text() == "6"
    page.wait_for_timeout(500)
    assert says.inner_text() != before
    canvas.locator(".centred").check()
    says_that("It reads a")
    canvas.locator(".centred").uncheck()
    canvas.locator(".dx").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    pad.focus()
    page.keyboard.press("Delete")
    says_that("Draw a digit")
    for key in ["ArrowUp"] * 9 + [" "] + ["ArrowDown"] * 18:
        page.keyboard.press(key)
    says_that("It reads a 1")
    canvas.get_by_role("radio", name="7:").click()
    says_that("speak for the 7")
    assert canvas.get_by_role("radio", name="7:").get_attribute("aria-checked") == "true"
    shot("keys")


@pytest.mark.parametrize(
    ("lesson", "source", "name", "table"),
    [
        ("08-transformers", "display(carriers())", "carriers", ".heads"),
        ("09-transfer-learning", "display(cuts())", "transfer-cuts", ".heat"),
    ],
)
def test_arrows_move_through_a_table(
    opened: Opened, shot: Shot, lesson: str, source: str, name: str, table: str
) -> None:
    notebook = opened(lesson)
    found = widget(notebook, source, name)
    said = [found.locator(".says").inner_text()]
    found.locator(table).focus()
    for key in ("ArrowLeft", "ArrowDown"):
        notebook.page.keyboard.press(key)
        said.append(found.locator(".says").inner_text())
    assert len(set(said)) == 3
    found.locator('button[aria-pressed="false"]').first.click()
    notebook.page.wait_for_timeout(300)
    assert found.locator(".says").inner_text() not in said
    shot(lesson)


def test_capacity_is_dragged_and_told(opened: Opened, shot: Shot) -> None:
    lesson = opened("04-generalisation")
    found = widget(lesson, "display(capacity())", "capacity")
    says, errors = found.locator(".says"), found.locator(".errors")
    assert says.inner_text().startswith("4 features, λ = 0")
    errors.focus()
    for _ in range(11):
        lesson.page.keyboard.press("ArrowRight")
    assert says.inner_text().startswith("15 features, λ = 0: error 0.00 on the samples, 3.21 on new ones")
    shot("wild")
    lesson.page.keyboard.press("ArrowUp")
    assert "λ = 0.0001: error" in says.inner_text()
    assert "off the scale" not in says.inner_text()
    box = errors.bounding_box()
    errors.click(position={"x": box["width"] - 12, "y": box["height"] / 2})
    assert says.inner_text().startswith("60 features")
    found.locator(".size").focus()
    lesson.page.keyboard.press("Home")
    assert says.inner_text().startswith("1 feature, ")


def test_a_writer_is_asked_by_keys_and_restricted(opened: Opened, shot: Shot) -> None:
    desk = added(opened("06-rnn"), DESK, "writer")
    text, says, bars = desk.locator(".text"), desk.locator(".says"), desk.locator(".next button")
    page = desk.page
    assert text.inner_text() == "ab"
    assert bars.first.inner_text().startswith("·whale")
    bars.first.click()
    bars.first.and_(desk.locator(":enabled")).wait_for()
    assert text.inner_text() == "ab whale"
    text.focus()
    page.keyboard.press("Backspace")
    bars.first.and_(desk.locator(":enabled")).wait_for()
    assert text.inner_text() == "ab"
    assert says.inner_text().startswith("4 of 4 pieces")
    desk.locator(".p").focus()
    page.keyboard.press("Home")
    assert says.inner_text().startswith("1 of 4 pieces")
    assert bars.nth(1).inner_text().endswith("not drawn")
    text.focus()
    page.keyboard.press("Space")  # the only one that is left
    bars.first.and_(desk.locator(":enabled")).wait_for()
    assert text.inner_text() == "ab whale"
    shot("asked")


def test_centres_are_dragged_and_step(opened: Opened, shot: Shot) -> None:
    lesson = opened("11-classical")
    found = widget(lesson, "display(groups())", "groups")
    says = found.locator(".says")
    assert says.inner_text().startswith("K-means, step 0: inertia 15.4")
    found.get_by_role("button", name="Run").click()
    assert "Nothing moves any more." in says.inner_text()
    assert "inertia 0.92" in says.inner_text()
    found.get_by_role("button", name="mixture").click()
    found.get_by_role("button", name="Run").click()
    assert found.locator(".oval").count() == 3
    assert says.inner_text().startswith("mixture, step ")
    shot("mixture")
    found.locator("svg").focus()
    before = found.locator(".centre").first.get_attribute("transform")
    lesson.page.keyboard.press("1")
    lesson.page.keyboard.press("ArrowRight")
    assert found.locator(".centre").first.get_attribute("transform") != before
    assert says.inner_text().startswith("mixture, step 0")
    lesson.page.keyboard.press("Enter")
    assert says.inner_text().startswith("mixture, step 1")


def test_a_point_is_dragged_through_the_plane_of_digits(opened: Opened, shot: Shot) -> None:
    lesson = opened("10-generative")
    found = widget(lesson, "display(plane())", "plane")
    says, seen = (
        found.locator(".says"),
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 14, 14).data]",
    )
    written = [found.locator("canvas").evaluate(seen)]
    box = found.locator("svg").bounding_box()
    lesson.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    lesson.page.mouse.down()
    lesson.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4, steps=4)
    lesson.page.mouse.up()
    assert "of the 15 nearest real digits" in says.inner_text()
    written.append(found.locator("canvas").evaluate(seen))
    shot("plane")
    found.locator("svg").focus()
    for _ in range(60):
        lesson.page.keyboard.press("ArrowUp")
    assert says.inner_text().endswith("no code of a real digit is near.")
    written.append(found.locator("canvas").evaluate(seen))
    assert written[0] != written[1] != written[2]


def test_noise_is_scrubbed(opened: Opened, shot: Shot) -> None:
    from helpers.widgets.generative import decided

    lesson = opened("10-generative")
    found = widget(lesson, "display(scrub())", "scrub")
    says = found.locator(".says")
    assert says.inner_text().startswith("Time 50: 0 % of the variance is picture")
    found.locator("svg").focus()
    lesson.page.keyboard.press("End")
    assert says.inner_text().startswith("Time 0: 100 % of the variance is picture")
    assert found.locator("svg circle").count() == 240
    found.locator(".k").focus()
    lesson.page.keyboard.press("ArrowLeft")
    assert f"{decided()[49]} of 240" in says.inner_text()
    shot("noise")


def test_a_maze_is_played_with_the_arrow_keys(opened: Opened, shot: Shot) -> None:
    lesson = opened("12-maze")
    found = widget(lesson, "display(playground())", "maze-playground")
    says, counts = found.locator(".says"), found.locator("output")
    assert says.inner_text() == "You 0, wandering 0. Turn 0."
    found.get_by_role("button", name="resting").click()
    found.get_by_text("You 0, resting 0. Turn 0.").wait_for()
    found.locator("svg").focus()
    for turn, key in enumerate(("ArrowUp", "ArrowRight", " "), start=1):
        lesson.page.keyboard.press(key)
        found.get_by_text(f"turn {turn} of {turn}").wait_for()
    shot("three turns")
    found.locator(".back").click()
    assert counts.inner_text() == "turn 2 of 3"
    found.locator(".k").focus()
    lesson.page.keyboard.press("Home")
    assert says.inner_text() == "You 0, resting 0. Turn 0."
    assert "You in row 7, column 1" in found.locator("svg").get_attribute("aria-label")
    found.get_by_role("button", name="Another maze").click()
    found.get_by_text("turn 0 of 0").wait_for()


PRESS = """from helpers.widgets.assistants import press
answers = ["it lives in the sea."] * 6 + ["it lives in the sea. it is grey."] * 3 + ["it it it it."]
display(press("where?", answers, [0.0] * 6 + [1.0] * 3 + [4.0], [1.0] * 6 + [1.3] * 3 + [-1.0]))"""


def test_a_reward_is_pressed_until_the_judge_turns_away(opened: Opened, shot: Shot) -> None:
    lesson = opened("13-assistants")
    found = added(lesson, PRESS, "press")
    says, answers = found.locator(".says"), found.locator(".answers li")
    assert says.inner_text().startswith("β = 10: KL 0")
    assert answers.first.inner_text().startswith("it lives in the sea.")
    found.locator(".k").focus()
    lesson.page.keyboard.press("ArrowRight")
    assert not says.inner_text().startswith("β = 10:")
    shot("gentle")
    lesson.page.keyboard.press("End")
    assert answers.first.inner_text().startswith("it it it it.")
    assert "100 % · r 4 · judge −1" in answers.first.inner_text()
    assert "judge −" in says.inner_text()
    shot("pressed")
