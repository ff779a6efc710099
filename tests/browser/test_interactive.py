"""Interactive figures in JupyterLab, moved as a reader moves them: mouse and keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Shot = Callable[[str], None]
Opened = Callable[[str], Any]

DESK = """import numpy as np
from helpers.widgets.writer import desk
pieces = ["a", "b", " whale", "."]
desk(lambda ids: np.array([1.0, 0.0, 3.0, 2.0]), pieces, ["ab", "ba"])"""

PLAYGROUND = """from helpers.reference.perceptron import Perceptron
from helpers.widgets.perceptron import playground
playground(Perceptron)"""


def widget(lesson: Any, source: str, name: str) -> Any:
    """Run the cell that shows a widget, and return the widget."""
    lesson.run(lesson.cell(source))
    found = lesson.page.locator(f".{name}").first
    found.scroll_into_view_if_needed()
    return found


def added(lesson: Any, source: str, name: str) -> Any:
    """Show a widget in a cell of its own, below the first one, and return it."""
    first = lesson.cell("start(")
    lesson.run(first)
    lesson.add_below(first, source)
    found = lesson.page.locator(f".{name}").first
    found.scroll_into_view_if_needed()
    return found


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
