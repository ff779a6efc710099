"""The figures of lesson 10 show what the lesson says of them, in both forms."""

import numpy as np
import pytest

from helpers.data import latent_plane, noise_paths
from helpers.widgets import VIEW
from helpers.widgets.generative import decided, decoded, neighbours, plane, scrub, share


def test_the_decoder_writes_what_the_codes_say() -> None:
    _, places, labels = latent_plane()
    assert places.shape == (700, 2)
    assert decoded(places).shape == (700, 196)
    own = [neighbours(place)[0] == k for place, k in zip(places, labels, strict=True)]
    assert np.mean(own) > 0.5


def test_the_browser_gets_the_same_decoder() -> None:
    layers, _, _ = latent_plane()
    widget = plane().widget
    sent = np.frombuffer(widget.decoder, dtype=np.float32)
    np.testing.assert_array_equal(sent, np.concatenate([a.ravel() for a in layers]))
    assert widget.sizes == [[2, 64], [64, 64], [64, 196]]


def test_noise_ends_in_eight_spots() -> None:
    points, digits, drawn = noise_paths()
    assert points.shape == (51, 240, 2)
    assert np.std(points[0]) == pytest.approx(1, abs=0.1)
    radius = np.linalg.norm(points[-1], axis=1)
    assert np.mean(np.abs(radius - 1.4) < 0.21) > 0.9
    turns = np.round(np.arctan2(points[-1, :, 1], points[-1, :, 0]) / (np.pi / 4)).astype(int) % 8
    assert (np.bincount(turns, minlength=8) > 10).all()
    np.testing.assert_allclose(digits[-1], drawn[:12])


def test_spots_are_decided_on_the_way() -> None:
    found = decided()
    assert found[0] < 60
    assert found[-1] == 240
    assert [found[25], found[35]] == [109, 169]  # as the lesson says
    assert [share(0), share(50)] == pytest.approx([1, 0], abs=0.001)


@pytest.mark.parametrize(("figure", "says"), [(plane, "between two kinds"), (scrub, "nearest to the spot")])
def test_both_forms_and_the_image_alone(figure, says, monkeypatch: pytest.MonkeyPatch) -> None:
    assert says in figure().alt
    data, _ = figure()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(figure()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
