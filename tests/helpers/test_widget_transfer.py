"""The figure of lesson 09 shows what was measured, in both forms, and what the lesson says of it is there."""

import numpy as np
import pytest

from helpers.widgets import VIEW
from helpers.widgets.transfer import LABELS, SETS, cuts, surface

MEAN, SD = surface()
TEXTURES, FACES, DIGITS, SHUFFLED = range(4)
ONE, FIVE, MOST = LABELS.index(1), LABELS.index(5), LABELS.index(25)


def test_shapes_and_that_pixels_do_not_depend_on_the_weights() -> None:
    assert MEAN.shape == SD.shape == (2, len(SETS), 9, len(LABELS))
    np.testing.assert_array_equal(MEAN[0, :, 0], MEAN[1, :, 0])
    assert ((MEAN >= 0) & (MEAN <= 1)).all()
    np.testing.assert_allclose(
        MEAN[:, DIGITS, 0], MEAN[:, SHUFFLED, 0], atol=0.005
    )  # the order of pixels is nothing


def test_the_hill_of_the_digits_and_the_fall_at_the_end() -> None:
    for labels in range(len(LABELS)):
        curve = MEAN[0, DIGITS, :, labels]
        assert curve[1:].argmax() + 1 in (5, 6)
        assert curve[5] > curve[0] + 0.1
        assert curve[8] < curve[5] - 0.08
    assert (MEAN[0, :, 8, ONE] < MEAN[0, :, 7, ONE]).all()
    assert MEAN[0, DIGITS, 0, ONE] == pytest.approx(0.40, abs=0.005)
    assert MEAN[0, DIGITS, 8, ONE] == pytest.approx(0.34, abs=0.005)
    assert MEAN[0, :2, 8, FIVE].min() > 0.97


def test_untrained_textures_and_negative_transfer() -> None:
    assert MEAN[1, TEXTURES, 1, ONE] == pytest.approx(0.9, abs=0.01)
    assert MEAN[0, TEXTURES, 0, ONE] < 0.5
    assert (MEAN[:, SHUFFLED, 1:] < MEAN[:, SHUFFLED, :1]).all()


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = cuts()
    assert "digits: pixels 0.66, best after stage 6 with 0.82, last stage 0.67" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    np.testing.assert_allclose(figure.widget.mean, MEAN, atol=1e-4)
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(cuts()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
