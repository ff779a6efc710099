"""Figures carry alternative text, and lines and areas stand where the weights say."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.figures import boundary, clip, image, panels, points, regions, show

SQUARE = ((-1.0, 1.0), (-2.0, 2.0))


def test_importing_is_cheap():
    code = "import sys, helpers.figures, helpers.widgets.perceptron; print({'matplotlib', 'anywidget', 'torch'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_pyplot_is_not_touched():
    fig, [ax] = panels()
    points(ax, np.eye(2), [0, 1])
    image(fig, "Two points.")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_alternative_text_is_required(alt):
    with pytest.raises(ValueError, match="alternative text"):
        show(panels()[0], alt)


def test_alternative_text_is_escaped_and_printed_outside_of_ipython(capsys):
    alt = 'A < B & "C"'
    assert '<img alt="A &lt; B &amp; &quot;C&quot;"' in image(panels()[0], alt)
    show(panels()[0], alt)
    assert capsys.readouterr().out == alt + "\n"


def test_a_notebook_gets_image_and_text(monkeypatch):
    sent = []
    shell = type("Shell", (), {"display_pub": type("Pub", (), {"publish": staticmethod(sent.append)})})
    monkeypatch.setitem(
        sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    )
    show(panels(width=3)[0], "Nothing.")
    assert sent[0]["text/plain"] == "Nothing."
    assert "max-width:100%" in sent[0]["text/html"]
    assert "width:300px" in sent[0]["text/html"]


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        fig, axes = panels(2)
        points(axes[0], np.eye(2), [0, 1])
        return image(fig, "Points.")

    assert draw() == draw()


def test_panels_are_in_a_row_and_as_large_as_told():
    fig, axes = panels(3, width=7, height=2)
    assert len(axes) == 3
    assert fig.get_size_inches().tolist() == [7, 2]


def test_classes_differ_in_colour_and_form():
    _, [ax] = panels()
    points(ax, np.zeros((6, 2)), np.array([0, 0, 1, 1, 2, 2]), names=("a", "b", "c"))
    assert len({tuple(c.get_edgecolor()[0]) + tuple(c.get_facecolor()[0]) for c in ax.collections}) == 3
    assert len({c.get_paths()[0].vertices.tobytes() for c in ax.collections}) == 3
    assert [c.get_label() for c in ax.collections] == ["a", "b", "c"]


def test_a_class_without_a_name_is_an_error():
    with pytest.raises(ValueError, match="class 2 has no name"):
        points(panels()[1][0], np.zeros((3, 2)), [0, 1, 2])


def test_one_legend_for_all_panels_unless_there_is_one():
    fig, axes = panels(2)
    for ax in axes:
        points(ax, np.eye(2), [0, 1])
    image(fig, "Points.")
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["label 0", "label 1"]
    fig, [ax] = panels()
    points(ax, np.eye(2), [0, 1])
    ax.legend()
    image(fig, "Points.")
    assert not fig.legends


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


@given(st.tuples(numbers, numbers, numbers))
def test_a_line_ends_on_the_border_and_has_score_zero(w):
    ends = clip(w, *SQUARE)
    corners = np.array([[1, a, b] for a in SQUARE[0] for b in SQUARE[1]]) @ np.array(w)
    if ends is None:
        assert w[1] == w[2] == 0 or corners.min() >= -1e-9 or corners.max() <= 1e-9
        return
    scale = np.hypot(w[1], w[2])
    assert np.abs(w[0] + ends @ np.array(w[1:])).max() <= 1e-9 * max(1, scale)
    assert (np.abs(ends) <= [1 + 1e-9, 2 + 1e-9]).all()
    assert np.isclose(np.abs(ends) / [1, 2], 1).any(axis=1).all()


@pytest.mark.parametrize("w", [(1, 0, 0), (0, 0, 0), (9, 1, 1), (np.nan, 1, 1), (0, np.inf, 1)])
def test_no_line_draws_nothing_and_fails_nowhere(w):
    _, [ax] = panels()
    boundary(ax, w)
    assert not ax.lines
    assert not ax.texts


@pytest.mark.parametrize("w", [(0.2, 1, 2), (0, -1, 0), (0.5, 0, -3)])
def test_the_arrow_points_to_where_the_neuron_fires(w):
    _, [ax] = panels()
    ax.set(xlim=SQUARE[0], ylim=SQUARE[1])
    boundary(ax, w, name="a line")
    assert ax.lines[0].get_label() == "a line"
    assert w[0] + np.dot(w[1:], ax.texts[0].xy) > 1e-3
    assert (ax.get_xlim(), ax.get_ylim()) == SQUARE
    boundary(ax, w, arrow=False)
    assert len(ax.texts) == 1


def test_regions_show_the_class_of_each_place():
    _, [ax] = panels()
    regions(ax, lambda X: X[:, 0] > 0, (-1, 1), (0, 3))
    classes = ax.images[0].get_array()
    assert (classes[:, :120] == 0).all()
    assert (classes[:, 120:] == 1).all()
    assert ax.get_xlim() == (-1, 1)
    assert ax.get_ylim() == (0, 3)
