"""Networks, graphs and blocks are drawn and told as they are."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from drawn import RNG, XOR, array_graph, arrows, engine_graph

from helpers.figures import (
    block,
    cell,
    graph,
    network,
    neuron,
    triangle,
    two_towers,
    unrolled,
)  # fmt: skip
from helpers.figures.layered import layered
from helpers.figures.words import listed, number
from helpers.reference import backprop as engine


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


def test_a_cell_computes_what_it_prints() -> None:
    c, h = torch.tensor([[2.0]]), torch.zeros(1, 1)
    module = torch.nn.LSTMCell(1, 1)
    gates = [math.log(0.25 / 0.75), math.log(0.5 / 0.5), math.atanh(0.8), math.log(0.9 / 0.1)]  # i, f, g, o
    with torch.no_grad():
        for w in module.parameters():
            w.zero_()
        module.bias_ih.copy_(torch.tensor(gates))
        new_h, new_c = module(torch.zeros(1, 1), (h, c))
    alt = cell(forget=0.5, let_in=0.25, out=0.9, before=2, candidate=0.8).alt
    assert f"c′ = {number(new_c.item())}" in alt
    assert f"h′ = {number(new_h.item())}" in alt
    with pytest.raises(ValueError, match="between 0, shut, and 1"):
        cell(1.2, 0, 0)


def test_a_mask_shows_who_may_look_where() -> None:
    tokens = ["The", "big", "dog", "barked"]
    for back in (None, 2):
        drawing = triangle(tokens, back)
        want = np.tril(np.ones((4, 4), bool)) & np.triu(
            np.ones((4, 4), bool), -3 if back is None else 1 - back
        )
        shut = sum(text.get_text() == "−∞" for text in drawing.fig.axes[0].texts)
        assert shut == (~want).sum()
        for token, row in zip(tokens, want, strict=True):
            assert (
                f"“{token}” looks at {listed([f'“{t}”' for t, one in zip(tokens, row, strict=True) if one])}"
                in drawing.alt
            )


def test_a_norm_stands_on_the_road_or_beside_it() -> None:
    assert "attention of its norm is added" in block().alt
    assert block().alt.endswith("nothing but sums stands on the road.")
    after = block(norm="after")
    assert after.alt.count("the sum is normalised") == 2
    for drawing, beside in ((block(), True), (after, False)):
        heights = [t.get_position()[1] for t in drawing.fig.axes[0].texts if t.get_text() == "norm"]
        assert len(heights) == 2
        assert all((h > 0) is beside for h in heights)


def test_chains_and_towers_of_unequal_length_are_errors() -> None:
    for call in (
        lambda: unrolled("abc", "ab"),
        lambda: unrolled(""),
        lambda: two_towers(["a"], ["b"]),
        lambda: two_towers(["a", "b"], ["c"]),
        lambda: block(()),
        lambda: block(norm="above"),
        lambda: triangle([]),
    ):
        with pytest.raises(ValueError, match=r"one to|two to"):
            call()
