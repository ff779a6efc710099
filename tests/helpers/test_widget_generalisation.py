"""The figure of lesson 04 shows what the lesson says of it, in both forms."""

import numpy as np
import pytest

from helpers.widgets import VIEW
from helpers.widgets.generalisation import (
    NOISE,
    PENALTIES,
    SAMPLES,
    SIZES,
    capacity,
    fitted,
    measured,
    samples,
)

CURVES, KNOWN, NEW = measured()
AT_15, AT_60 = SIZES.index(15), SIZES.index(60)


def test_shapes_and_that_no_error_on_new_rows_is_below_the_noise() -> None:
    assert CURVES.shape == (len(PENALTIES), len(SIZES), 121)
    assert KNOWN.shape == NEW.shape == (len(PENALTIES), len(SIZES))
    assert (NEW >= NOISE).all()


def test_more_features_never_fit_the_samples_worse() -> None:
    assert (np.diff(KNOWN[0]) < 1e-6).all()
    assert (np.diff(KNOWN, axis=0) > -1e-6).all()


def test_it_is_stiff_then_right_then_wild_then_calm() -> None:
    assert NEW[0, 0] > 2 * NEW[0, SIZES.index(4)]
    assert KNOWN[0, AT_15] < 1e-6
    assert NEW[0, AT_15] > 3 > 8 * NEW[0, AT_60]
    assert NEW[0].argmin() < AT_15
    assert NEW[1, AT_15] < NEW[0, AT_15] / 3


def test_with_as_many_features_as_samples_every_sample_is_met() -> None:
    x, y = samples()
    np.testing.assert_allclose(fitted(SAMPLES, 0.0, x), y, atol=1e-6)


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = capacity()
    assert "0.78 at P = 1, 0.31 at P = 4, 3.21 at P = 15, 0.34 at P = 60" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    np.testing.assert_allclose(figure.widget.new, NEW, atol=1e-4)
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(capacity()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
