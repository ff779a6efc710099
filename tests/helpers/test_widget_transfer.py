"""The figure of lesson 09 shows what was measured, in both forms, and what the lesson says of it is there."""

import numpy as np
import pytest

from helpers.widgets import VIEW
from helpers.widgets.transfer import LABELS, SCALINGS, SETS, cuts, surface

MEAN, SD, NOISE = surface()
TEXTURES, PHOTOGRAPHS, DIGITS, SHUFFLED = range(4)
COLUMN, ALL, ROW = range(len(SCALINGS))
ONE, FIVE, MOST = LABELS.index(1), LABELS.index(5), LABELS.index(25)


def test_shapes_and_that_pixels_do_not_depend_on_the_weights() -> None:
    assert MEAN.shape == SD.shape == NOISE.shape == (3, 2, len(SETS), 9, len(LABELS))
    np.testing.assert_array_equal(MEAN[:, 0, :, 0], MEAN[:, 1, :, 0])
    assert ((MEAN >= 0) & (MEAN <= 1)).all()
    assert not NOISE[:, :, :, 0].any()  # no difference between pixels and pixels
    np.testing.assert_allclose(MEAN[:, :, DIGITS, 0], MEAN[:, :, SHUFFLED, 0], atol=0.005)  # order is nothing


@pytest.mark.parametrize("how", range(len(SCALINGS)))
def test_the_hill_of_the_digits_is_there_in_every_scaling(how: int) -> None:
    for labels in range(len(LABELS)):
        curve = MEAN[how, 0, DIGITS, :, labels]
        assert curve[1:].argmax() + 1 in (5, 6)
        assert curve[5] > curve[0] + 0.07
        assert curve[8] < curve[5] - 0.05


def test_the_cliff_at_the_end_is_there_in_one_scaling_only() -> None:
    fall = MEAN[:, 0, :, 7, ONE] - MEAN[:, 0, :, 8, ONE]
    assert fall[COLUMN, :3] == pytest.approx([0.27, 0.14, 0.14], abs=0.006)
    assert (fall[[ALL, ROW], :3] < 0.084).all()
    assert MEAN[COLUMN, 0, TEXTURES, 8, ONE] == pytest.approx(0.71, abs=0.01)
    assert MEAN[ROW, 0, TEXTURES, 8, ONE] > 0.98
    assert MEAN[COLUMN, 0, DIGITS, [0, 8], ONE] == pytest.approx([0.40, 0.34], abs=0.006)
    assert MEAN[ALL, 0, DIGITS, [0, 8], ONE] == pytest.approx([0.44, 0.44], abs=0.006)
    assert abs(MEAN[ALL, 0, DIGITS, 8, ONE] - MEAN[ALL, 0, DIGITS, 0, ONE]) < NOISE[ALL, 0, DIGITS, 8, ONE]


def test_untrained_textures_two_roads_and_negative_transfer() -> None:
    assert MEAN[:, 1, TEXTURES, 1, ONE] == pytest.approx([0.9] * 3, abs=0.011)
    trained, random = MEAN[ROW, :, PHOTOGRAPHS, :, FIVE]
    assert trained[1:].argmax() + 1 in (6, 7)
    assert random[1:].argmax() + 1 in (2, 3)
    assert (MEAN[:, :, SHUFFLED, 1:] < MEAN[:, :, SHUFFLED, :1]).all()


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = cuts()
    curve = MEAN[ROW, 0, DIGITS, :, FIVE]
    assert f"digits: pixels {curve[0]:.2f}, best after stage {curve[1:].argmax() + 1}" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    np.testing.assert_allclose(figure.widget.mean, MEAN, atol=1e-4)
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(cuts()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
