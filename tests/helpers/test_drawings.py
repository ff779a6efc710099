"""Drawings say in words what they draw, keep within their figure, and no text covers another."""

import re
import sys
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from helpers.figures import Drawing, graph, network, neuron, one_filter, show, sliding, volumes, windows
from helpers.figures.geometry import overlap
from helpers.figures.layered import layered
from helpers.figures.words import brief, listed, number, subscript
from helpers.reference import backprop as engine
from helpers.reference.convolution import out_size
from helpers.reference.convolution import windows as reference_windows

RNG = np.random.default_rng(0)
XOR = (
    (2, 2, 1),
    [[[1, -1], [1, -1]], [1, 1]],
    [[-0.5, 1.5], [-1.5]],
    [["x₁", "x₂"], ["or", "nand"], ["xor"]],
)
DRAWINGS = {
    "4-5-3": lambda: network((4, 5, 3)),
    "XOR": lambda: network(*XOR),
    "784-128-10": lambda: network((784, 128, 10), titles=["pixels", "hidden", "scores"]),
    "3-4 printed": lambda: network((3, 4), [RNG.normal(size=(3, 4))], [RNG.normal(size=4)]),
    "4-5-3 weights": lambda: network((4, 5, 3), [RNG.normal(size=(4, 5)), RNG.normal(size=(5, 3))]),
    "active": lambda: network((2, 3, 1), active=[[1, 0], [0.2, -0.8, 0.6], [0.9]]),
    "deep": lambda: network((6, 8, 8, 8, 2)),
    "neuron": lambda: neuron([2, -1], -0.5, ["rain", "wind"]),
    "neuron valued": lambda: neuron([1.5, -0.75, 0], 0.25, x=[1, 2, 3], activation="sigmoid"),
    "neuron of ten": lambda: neuron(RNG.normal(size=10), -12.25, x=RNG.normal(size=10), activation="tanh"),
    "neuron without": lambda: neuron([1], -1, activation="none"),
}


def engine_graph(most: int = 15, **wanted: str) -> Drawing:
    """A graph with a shortcut, a square, and a node that is used by two."""
    a, b = engine.Tensor(2.0), engine.Tensor(-0.5)
    u = a * b
    s = u * (a + b) + a
    L = s * s
    engine.backward(L)
    return graph(L, {"a": a, "b": b, "u": u, "L": L}, most=most, **wanted)


def array_graph() -> Drawing:
    W, b = engine.Tensor(RNG.normal(size=(4, 5))), engine.Tensor(np.zeros(5))
    H = engine.apply(engine.relu, RNG.normal(size=(8, 4)) @ W + b)
    return graph(engine.apply(engine.total, H + H), {"W": W, "b": b, "H": H})


LENET = [(1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]
LENET_STEPS = ["conv 5 × 5", "pool", "conv 5 × 5", "pool", "dense", "dense", "dense"]


def lenet() -> Drawing:
    kernels = [5, 2, 5, 2, None, None, None]
    return volumes(LENET, ["image", "maps", *[""] * 5, "scores"], kernels, LENET_STEPS)


DRAWINGS |= {
    "LeNet": lenet,
    "large volumes": lambda: volumes(
        [(3, 224, 224), (64, 55, 55), (384, 13, 13), (4096,)], kernels=[11, 3, None]
    ),
    "colour": lambda: volumes([(3, 5, 5), (1, 3, 3)], kernels=[3]),
}
DRAWINGS |= {
    "im2col": windows,
    "im2col padded": lambda: windows((3, 3), 2, pad=1, marked=5),
    "im2col channels": lambda: windows((3, 3), 2, channels=2),
    "im2col stride": lambda: windows((4, 6), 2, stride=2),
}
DRAWINGS |= {
    "padding and stride": sliding,
    "a stride that leaves some": lambda: sliding([(8, 3, 3, 0), (4, 2, 2, 0), (3, 3, 1, 2), (6, 1, 1, 0)]),
    "one filter": one_filter,
    "two filters": lambda: one_filter(filters=2),
    "two channels": lambda: one_filter(2, 4, 2),
}
DRAWINGS |= {"graph": engine_graph, "graph of arrays": array_graph}
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


def arrows(drawing: Drawing) -> list[FancyArrowPatch]:
    return [p for p in drawing.fig.axes[0].patches if isinstance(p, FancyArrowPatch)]


def test_every_weight_is_an_arrow_and_the_largest_the_thickest() -> None:
    W = [RNG.normal(size=(4, 5)), RNG.normal(size=(5, 3))]
    lines = arrows(network((4, 5, 3), W))
    assert len(lines) == 20 + 15
    widths = np.array([line.get_linewidth() for line in lines[:20]]).reshape(4, 5)
    assert np.unravel_index(widths.argmax(), (4, 5)) == np.unravel_index(np.abs(W[0]).argmax(), (4, 5))
    colours = {(w > 0, line.get_edgecolor()) for w, line in zip(W[0].ravel(), lines, strict=False)}
    assert len(colours) == 2


def test_xors_weights_are_told_as_they_are() -> None:
    alt = network(*XOR).alt
    assert "layers of 2, 2 and 1 neurons" in alt
    assert "x₁ to or 1, x₁ to nand −1, x₂ to or 1 and x₂ to nand −1" in alt
    assert "or −0.5 and nand 1.5" in alt
    assert "1.25" in network((2, 1), [[1.25, 3]], [0.5]).alt


def test_a_network_that_does_not_fit_is_an_error() -> None:
    for call, says in [
        (lambda: network((4,)), "two layers"),
        (lambda: network((4, 5), [np.ones((5, 4))]), r"shape \(5, 4\); the layers ask for \(4, 5\)"),
        (lambda: network((4, 5, 3), [np.ones((4, 5))]), "need 2 arrays of weights, not 1"),
        (lambda: network((2, 1), names=[["a"], ["b"]]), "2 neurons, but 1 names"),
        (lambda: neuron([1, 2], 0, ["a"]), "2 weights, 1 names"),
        (lambda: neuron([1], 0, activation="stairs"), "'stairs' is none of"),
    ]:
        with pytest.raises(ValueError, match=says):
            call()


def test_a_neuron_computes_what_it_prints() -> None:
    drawing = neuron([1.5, -0.75], 0.25, x=[1, 2], activation="sigmoid")
    assert "z = 0.25 and ŷ = 0.56" in drawing.alt
    assert "ŷ = 0.56" in {text.get_text() for text in drawing.fig.axes[0].texts}
    assert "z = 0 and ŷ = 0." in neuron([1], -1, x=[1]).alt  # the step at zero
    assert "z = 0.5 and ŷ = 1." in neuron([1], -1, x=[1.5]).alt


def test_a_graph_tells_the_students_expression() -> None:
    alt = engine_graph().alt
    assert "a, an input, is 2, grad −0.75; b, an input, is −0.5, grad 2" in alt
    assert "u (×, from a and b), is −1, grad" in alt
    assert "L (×, from node 6 and node 6), is 0.25, grad 1." in alt
    assert "W, an input, is (4, 5);" in array_graph().alt
    assert "H (relu, from node 4), is (8, 5)" in array_graph().alt


def test_a_graph_has_an_arrow_for_each_use() -> None:
    assert len(arrows(engine_graph())) == 2 + 2 + 2 + 2 + 2
    assert len(arrows(array_graph())) == 1 + 2 + 1 + 2 + 1


def test_a_graph_takes_other_objects_and_refuses_what_is_too_large() -> None:
    tree = {"f": ["g", "x"], "g": ["x"], "x": []}
    drawing = graph("f", parents=tree.get, label=lambda n: n)
    assert "node 3 (f, from node 2 and node 1)" in drawing.alt
    with pytest.raises(ValueError, match="more than 4 nodes"):
        engine_graph(most=4)
    x = engine.Tensor(1.0)
    for _ in range(5000):
        x = x + 1.0
    with pytest.raises(ValueError, match="too many"):
        graph(x)


@pytest.mark.parametrize("seed", range(8))
def test_no_node_stands_on_another_and_parents_stand_before(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parents = [[int(p) for p in rng.integers(i, size=rng.integers(3))] if i else [] for i in range(12)]
    widths = rng.uniform(40, 100, 12)
    places, roads = layered(parents, widths, 30, 70)
    for i, j in combinations(range(12), 2):
        (x1, y1), (x2, y2) = places[i], places[j]
        assert abs(x1 - x2) >= (widths[i] + widths[j]) / 2 or abs(y1 - y2) >= 70 - 1e-9
    for i, row in enumerate(parents):
        assert all(places[p].x < places[i].x for p in row)
        assert all(len(roads[p, i]) == row.count(p) for p in row)


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
