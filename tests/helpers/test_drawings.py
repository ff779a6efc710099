"""Drawings say in words what they draw, keep within their figure, and no text covers another."""

import re
import sys
from itertools import combinations, pairwise

import pytest
from drawn import DRAWINGS

from helpers.figures import (
    Drawing,
    network,
    show,
)  # fmt: skip
from helpers.figures.geometry import overlap
from helpers.figures.words import brief, listed, number, subscript

PAGE = 7.6  # inches: what a notebook shows without shrinking it


@pytest.fixture(params=DRAWINGS, scope="module")
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return DRAWINGS[request.param]()


def areas(drawing: Drawing, artists) -> list[tuple[float, float, float, float]]:
    """Where things stand in the figure, in pixels of the page."""
    renderer = drawing.fig.canvas.get_renderer()
    boxes = [artist.get_window_extent(renderer) for artist in artists]
    return [(b.x0, b.y0, b.x1, b.y1) for b in boxes]


def test_nothing_is_cut_off(drawing: Drawing) -> None:
    [ax] = drawing.fig.axes
    width, height = drawing.fig.get_size_inches() * drawing.fig.dpi
    for x0, y0, x1, y1 in areas(drawing, [*ax.texts, *ax.patches, *ax.lines]):
        assert x0 >= 0
        assert y0 >= 0
        assert x1 <= width
        assert y1 <= height
    assert drawing.fig.get_figwidth() <= PAGE


def test_no_text_covers_another(drawing: Drawing) -> None:
    [ax] = drawing.fig.axes
    for (one, a), (other, b) in combinations(zip(ax.texts, areas(drawing, ax.texts), strict=True), 2):
        assert not overlap(a, b), f"{one.get_text()!r} and {other.get_text()!r}"


def test_letters_can_be_read(drawing: Drawing) -> None:
    assert min(text.get_fontsize() for text in drawing.fig.axes[0].texts) >= 8


def test_numbers_drawn_are_numbers_told(drawing: Drawing) -> None:
    for text in drawing.fig.axes[0].texts:
        for word in text.get_text().replace("(", " ").replace(")", " ").replace(",", " ").split():
            if set(word) & set("0123456789"):
                assert word in drawing.alt, f"{word!r} is drawn and not told: {drawing.alt}"


def test_a_caption_is_seen_and_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = network((2, 1))
    show(*drawing, caption="Two inputs <here>.")
    assert capsys.readouterr().out == f"{drawing.alt}\nTwo inputs <here>.\n"
    sent: list[dict] = []
    publisher = type("Pub", (), {"publish": staticmethod(sent.append)})
    shell = type("Shell", (), {"display_pub": publisher})
    monkeypatch.setitem(
        sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    )
    show(*drawing, caption="Two inputs <here>.")
    assert re.search(
        r"<img [^>]*><figcaption [^>]*>Two inputs &lt;here&gt;.</figcaption>", sent[0]["text/html"]
    )
    show(*drawing)
    assert "figcaption" not in sent[1]["text/html"]


def test_numbers_and_lists_read_as_in_a_sentence() -> None:
    assert [number(x) for x in (1, -0.5, 0.126, -0.001, 100)] == ["1", "−0.5", "0.13", "0", "100"]
    assert number(120.4, 0) == "120"
    assert [brief(x) for x in (2.25, -0.00123, 0.0, 1234.0)] == ["2.25", "−0.00123", "0", "1.23e+03"]
    assert subscript("x", 784) == "x₇₈₄"
    assert [listed(list("abc"[:n])) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert all(a != b for a, b in pairwise([number(0.1), number(0.2)]))
