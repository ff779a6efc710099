"""The slider's numbers are PyTorch's, its sentences tell the sums, and both of its forms exist."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

from helpers.widgets import VIEW
from helpers.widgets.convolution import (
    CHANNELS,
    COLOURED,
    IMAGES,
    KERNELS,
    PADS,
    STRIDES,
    slider,
    stacked,
    trace,
)


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("pad", PADS)
def test_outputs_are_torchs(image: str, stride: int, pad: int) -> None:
    for kernel in (*KERNELS.values(), np.arange(9.0).reshape(3, 3).tolist()):
        run = trace(IMAGES[image], kernel, stride, pad)
        x, k = (torch.tensor(a, dtype=torch.float64)[None, None] for a in (IMAGES[image], kernel))
        want = torch.nn.functional.conv2d(x, k, stride=stride, padding=pad)[0, 0]
        np.testing.assert_allclose(run.out, want, atol=1e-12)
        assert len(run.says) == 1 + len(run.corners) == 1 + want.numel()
        for (y, x_), value in zip(run.corners, want.ravel().tolist(), strict=True):
            window = np.array(run.planes[""])[y : y + 3, x_ : x_ + 3]
            assert window.shape == (3, 3)
            assert np.sum(window * kernel) == pytest.approx(value)
        json.dumps(asdict(run), allow_nan=False)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("pad", PADS)
def test_a_filter_of_three_channels_is_torchs(stride: int, pad: int) -> None:
    run = stacked(KERNELS["Sobel"], stride, pad)
    x, k = (torch.tensor(a, dtype=torch.float64)[None] for a in ([*CHANNELS.values()], run.kernels))
    want = torch.nn.functional.conv2d(x, k, stride=stride, padding=pad)[0, 0]
    np.testing.assert_allclose(run.out, want, atol=1e-12)
    assert list(run.planes) == ["red: kernel × 2", "green: kernel × −1", "blue: kernel × −1"]
    assert len(run.says) == 1 + want.numel()


def test_what_is_white_is_nothing_to_a_filter_whose_channels_cancel() -> None:
    run = stacked(KERNELS["identity"], 1, 0)
    assert run.says[1] == "Row 0, column 0: red 18, green 0, blue 0; together 18."
    assert run.says[4] == "Row 0, column 3: red 18, green −9, blue −9; together 0."


def test_sentences_tell_the_sum_and_what_is_left_over() -> None:
    run = trace(IMAGES["the worked example"], KERNELS["cross"], 1, 0)
    assert run.says[0].startswith("Output size: ⌊(7 + 2·0 − 3) / 1⌋ + 1 = 5.")
    assert run.says[2] == "Row 0, column 1: 1·1 + 1·1 + 1·1 + 0·1 + 1·1 = 4."
    over = trace(IMAGES["a square"], KERNELS["cross"], 3, 0)
    assert "⌊(8 + 2·0 − 3) / 3⌋ + 1 = 2. 2 of the padded rows are never reached." in over.says[0]


def test_what_the_lesson_says_of_the_pictures() -> None:
    edges = np.array(trace(IMAGES["a square"], KERNELS["Sobel"], 1, 0).out)
    assert (edges.max(), edges.min()) == (36, -36)
    assert not edges[:, 3].any() or not edges[:, 2:4].all()
    assert edges[2, 0] > 0 > edges[2, -1]  # brighter to the right, then darker
    zeros = [[0] * 3] * 3
    assert not np.any(trace(IMAGES["a seven"], zeros, 2, 1).out)


def test_changing_the_settings_or_the_image_slides_again() -> None:
    widget = slider().widget
    widget.settings = {**widget.settings, "stride": 2, "pad": 1}
    assert widget.trace == asdict(trace(IMAGES["the worked example"], KERNELS["cross"], 2, 1))
    widget.image = COLOURED
    assert widget.trace == asdict(stacked(KERNELS["cross"], 2, 1))
    widget.image = "a seven"
    assert widget.trace == asdict(trace(IMAGES["a seven"], KERNELS["cross"], 2, 1))


def test_every_image_is_a_rectangle_that_takes_every_setting() -> None:
    for grid in IMAGES.values():
        assert len({len(row) for row in grid}) == 1
        assert min(len(trace(grid, KERNELS["cross"], s, p).corners) for s in STRIDES for p in PADS) >= 4


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = slider()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="Kernels slide over images.')
    assert "1 4 3 4 1; 1 2 4 3 3" in data["text/plain"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(slider()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
