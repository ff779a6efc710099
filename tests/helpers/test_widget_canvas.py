"""The canvas hands the drawing to the reader's function as MNIST would have it, and survives what comes back."""

import json
import time

import numpy as np
import pytest

from helpers.data import mnist
from helpers.widgets import VIEW, canvas
from helpers.widgets.canvas import answer, draw_digit
from helpers.widgets.strokes import as_mnist, moved, resized

IMAGES, LABELS = mnist()
MEANS = np.stack([IMAGES[k == LABELS].mean(axis=0) / 255 for k in range(10)])  # (10, 28, 28)
PICTURE = (IMAGES[0] / 255).astype(np.float32)


def read(picture):
    """Ten probabilities, from the distances to the mean digits."""
    z = -((MEANS - picture) ** 2).sum(axis=(1, 2))
    p = np.exp(z - z.max())
    return p / p.sum()


def blame(picture, digit):
    return MEANS[digit] - picture


def loops(picture):
    while True:
        pass


def sleeps(picture):
    time.sleep(1e-4)
    raise ValueError("no such layer")


def test_moving_loses_what_leaves_and_brings_zeros() -> None:
    for dx, dy in [(0, 0), (3, 0), (-2, 5), (28, 0), (0, -28)]:
        found = moved(PICTURE, dx, dy)
        for y, x in [(14, 14), (10, 17), (20, 9)]:
            inside = 0 <= y - dy < 28 and 0 <= x - dx < 28
            assert found[y, x] == (PICTURE[y - dy, x - dx] if inside else 0)


def test_resizing_keeps_the_mean() -> None:
    for shape in [(10, 10), (7, 13), (40, 28)]:
        assert resized(PICTURE, *shape).mean() == pytest.approx(PICTURE.mean(), rel=1e-4)
    np.testing.assert_allclose(resized(PICTURE, 28, 28), PICTURE, atol=1e-6)


def test_a_digit_that_is_moved_and_small_comes_back_as_mnist_has_it() -> None:
    small = np.zeros((28, 28), np.float32)
    small[2:16, 1:15] = resized(PICTURE, 14, 14)
    found = as_mnist(small)
    rows, columns = np.nonzero(found > 0.1)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    for axis in (0, 1):
        centre = (np.arange(28) * found.sum(axis=1 - axis)).sum() / found.sum()
        assert centre == pytest.approx(14, abs=0.51)
    np.testing.assert_allclose(as_mnist(moved(PICTURE, -1, 1)), as_mnist(PICTURE), atol=1e-6)
    assert not as_mnist(np.zeros((28, 28), np.float32)).any()


def test_mnists_own_digits_stay_what_they_are() -> None:
    for image in IMAGES[:30] / 255:
        found = as_mnist(image.astype(np.float32))
        assert np.corrcoef(found.ravel(), image.ravel())[0, 1] > 0.999


def test_probabilities_and_scores_are_told() -> None:
    found = answer(read, None, PICTURE)
    first, second = np.argsort(-read(PICTURE))[:2]
    p = read(PICTURE)
    assert (
        found["says"]
        == f"It reads a {first}, with {p[first]:.0%}; next comes {second}, with {p[second]:.0%}."
    )
    assert found["probable"]
    scores = answer(lambda x: [[0, 1, 5.5, 2, 0, 0, 0, 0, 0, -1]], None, PICTURE)
    assert scores["says"] == "It reads a 2, with score 5.50; next comes 3, with score 2.00."
    assert not scores["probable"]


def test_blame_is_of_the_chosen_digit_and_signed() -> None:
    first = answer(read, blame, PICTURE)
    assert first["digit"] == np.argmax(read(PICTURE))
    other = answer(read, blame, PICTURE, digit=7)
    pulls = np.array(other["blame"]).reshape(28, 28)
    assert np.abs(pulls).max() == 100
    assert (np.sign(pulls) * (MEANS[7] - PICTURE) >= 0).all()
    assert "speak for the 7" in other["says"]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (sleeps, "Your `read` stopped with ValueError: no such layer"),
        (loops, "Your `read` was still busy after"),
        (lambda x: np.zeros(9), "returned an array of shape (9,); it is to return ten numbers"),
        (lambda x: np.full(10, np.nan), "a number that is not finite"),
        (lambda x: None, "array of shape (); it is to return ten numbers"),
        (lambda x: "nine", "ValueError"),
    ],
)
def test_a_broken_function_gets_a_sentence(broken, says, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "SECONDS", 0.3 if broken is loops else 60.0)
    found = answer(broken, None, PICTURE)
    assert says in found["says"]
    assert found["failed"]
    assert found["scores"] == []
    json.dumps(found, allow_nan=False)


def test_a_broken_blame_leaves_the_scores() -> None:
    found = answer(read, lambda x, k: np.zeros(5), PICTURE)
    assert "Your `blame` returned an array of shape (5,)" in found["says"]
    assert len(found["scores"]) == 10


def test_what_is_not_written_is_left_to_needs() -> None:
    def stub(picture):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        draw_digit(stub)


def test_the_function_cannot_spoil_the_picture_nor_print(capsys: pytest.CaptureFixture[str]) -> None:
    def spoils(picture):
        print("reading")
        p = read(picture)
        picture[:] = 0
        return p

    before = PICTURE.copy()
    assert answer(spoils, None, PICTURE) == answer(read, None, before)
    assert (before == PICTURE).all()
    assert capsys.readouterr().out == ""


def test_drawing_shifting_and_centring_read_again() -> None:
    widget = draw_digit(read, blame=blame).widget
    assert (
        widget.seen["scores"] == read(np.array(widget.examples[0], np.float32).reshape(28, 28) / 255).tolist()
    )
    ink = np.rint(255 * moved(PICTURE, 5, -3)).astype(int).ravel().tolist()
    widget.drawn = {**widget.drawn, "ink": ink, "dx": -5, "dy": 3, "turn": 1}
    assert np.argmax(widget.seen["scores"]) == np.argmax(read(PICTURE))
    assert widget.seen["turn"] == 1
    back = np.array(widget.seen["picture"]).reshape(28, 28) / 255
    np.testing.assert_allclose(back, PICTURE, atol=1 / 255)
    widget.drawn = {**widget.drawn, "dx": 0, "dy": 0, "centred": True, "turn": 2}
    np.testing.assert_allclose(
        np.array(widget.seen["picture"]).reshape(28, 28) / 255, as_mnist(moved(PICTURE, 5, -3)), atol=0.01
    )
    widget.drawn = {**widget.drawn, "ink": [0] * 784, "turn": 3}
    assert widget.seen["says"] == "Draw a digit."
    json.dumps(widget.seen, allow_nan=False)


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = draw_digit(read, examples=IMAGES[:3])
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/plain"].count("It reads a") == 3
    assert f"Example 1: It reads a {np.argmax(read(PICTURE))}" in data["text/html"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(draw_digit(read)._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
