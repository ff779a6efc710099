"""Volumes, windows and filters are drawn to scale, and their numbers are those of the references."""

import re

import numpy as np
import pytest
from drawn import lenet
from matplotlib.patches import Polygon, Rectangle

from helpers.figures import (
    Drawing,
    one_filter,
    sliding,
    volumes,
    windows,
)  # fmt: skip
from helpers.reference.convolution import out_size
from helpers.reference.convolution import windows as reference_windows


def test_volumes_are_to_scale() -> None:
    [ax] = lenet().fig.axes
    fronts = {}
    for patch in ax.patches:
        if isinstance(patch, Polygon):
            (x0, y0), (x1, y1) = patch.get_xy().min(axis=0), patch.get_xy().max(axis=0)
            fronts.setdefault((round(x1 - x0, 3), round(y1 - y0, 3)), []).append(x0)
    found = {size: len(xs) for size, xs in fronts.items()}
    unit = max(w for w, _ in found) / 28
    assert found == {
        **{(round(n * unit, 3), round(n * unit, 3)): k for n, k in [(28, 7), (14, 6), (10, 16), (5, 16)]},
        **{(10.0, float(n)): 1 for n in (120, 84, 10)},
    }


def test_volumes_tell_shapes_and_steps() -> None:
    alt = lenet().alt
    assert (
        "image 1 × 28 × 28; by conv 5 × 5, window 5 × 5: maps 6 × 28 × 28; by pool, window 2 × 2: 6 × 14"
        in alt
    )
    assert alt.endswith("by dense: 120; by dense: 84; by dense: scores 10.")
    for wrong in ([(1, 2)], [(3, 4, 4)], [(3, 4, 4), (0,)]):
        with pytest.raises(ValueError, match="channels, height, width"):
            volumes(wrong)
    with pytest.raises(ValueError, match="need 1 kernels, not 2"):
        volumes([(1, 4, 4), (1, 2, 2)], kernels=[2, 2])


def coloured(drawing: Drawing) -> dict[str, list]:
    """For each number that stands in a cell the colours of its cells."""
    [ax] = drawing.fig.axes
    middles = {}
    for patch in ax.patches:
        if isinstance(patch, Rectangle) and patch.get_fill():
            x, y, w, h = patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()
            middles[round(x + w / 2, 3), round(y + h / 2, 3)] = patch.get_facecolor()
    found: dict[str, list] = {}
    for text in ax.texts:
        if (at := tuple(round(v, 3) for v in text.get_position())) in middles:
            found.setdefault(text.get_text(), []).append(middles[at])
    return found


@pytest.mark.parametrize("settings", [((4, 4), 2, 1, 0, 1), ((3, 3), 2, 1, 1, 2), ((4, 6), 2, 2, 0, 1)])
def test_the_windows_are_the_references(settings: tuple) -> None:
    (h, w), k, stride, pad, channels = settings
    image = np.arange(1.0, channels * h * w + 1).reshape(1, channels, h, w)
    matrix = reference_windows(image, k, stride, pad).reshape(channels * k * k, -1).astype(int)
    spelled = "; ".join(" ".join(map(str, column)) for column in matrix.T)
    drawing = windows((h, w), k, stride, pad, channels)
    assert f"laid flat: {spelled}." in drawing.alt
    for n in range(1, image.size + 1):
        colours = coloured(drawing)[str(n)]
        assert len(set(colours)) == 1
        assert len(colours) == 1 + (matrix == n).sum()  # in the image, and in each window that holds it
    seen = [colours[0] for text, colours in coloured(drawing).items() if text.isdigit() and text != "0"]
    assert len(set(seen)) == image.size


def test_windows_that_do_not_fit_are_errors() -> None:
    for call in (
        lambda: windows((6, 6), 2),
        lambda: windows((2, 2), 3),
        lambda: windows((3, 3), 2, marked=4),
    ):
        with pytest.raises(ValueError, match=r"room for|none has number 4"):
            call()


def test_sliding_tells_the_references_sizes() -> None:
    for n, k, stride, pad in [(5, 3, 1, 0), (5, 3, 2, 1), (8, 3, 3, 0), (6, 2, 2, 0)]:
        out, left = out_size(n, k, stride, pad), (n + 2 * pad - k) % stride
        alt = sliding([(n, k, stride, pad)]).alt
        assert f"the output is {out} × {out}" in alt
        assert (f"{left} column" in alt) == (left > 0)
    for wrong in ([], [(5, 3, 1, 0)] * 5, [(2, 3, 1, 0)]):
        with pytest.raises(ValueError, match="room"):
            sliding(wrong)


@pytest.mark.parametrize("shape", [(3, 5, 3, 1), (2, 4, 2, 2), (4, 6, 3, 2)])
def test_a_filter_adds_up_what_it_reads(shape: tuple[int, int, int, int]) -> None:
    told = one_filter(*shape).alt.replace("−", "-")
    table = r"((?:-?\d+ )*-?\d+(?: / (?:-?\d+ )*-?\d+)*)"

    def numbers(text: str) -> np.ndarray:
        return np.array([[int(n) for n in row.split()] for row in text.split(" / ")])

    framed, *filters = re.split(r"(?:The filter|Filter \d): ", told.split("Framed is")[1])
    read = [numbers(t) for t in re.findall(rf"(?:[a-z]|channel \d) {table}", framed.split(": ")[1])]
    assert len(read) == shape[0]
    assert len(filters) == shape[3]
    for text in filters:
        pieces = re.findall(rf"(?:[a-z]|channel \d) {table} gives (-?\d+)", text)
        sums = [int((numbers(w) * window).sum()) for (w, _), window in zip(pieces, read, strict=True)]
        assert sums == [int(s) for _, s in pieces]
        assert f"Together: {sum(sums)}," in text
    with pytest.raises(ValueError, match="room for 2 to 4 channels"):
        one_filter(channels=5)
