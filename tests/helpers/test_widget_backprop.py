"""The stepper's numbers are PyTorch's, its sentences tell the sums, and both of its forms exist."""

import json
import re
from dataclasses import asdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.reference import backprop as ref
from helpers.widgets import VIEW
from helpers.widgets.backprop import INPUTS, RANGE, SCENES, stepper, trace
from helpers.widgets.backprop_own import own_stepper, own_trace

values = st.floats(-RANGE, RANGE)
scenes = pytest.mark.parametrize("scene", SCENES)


def by_torch(scene: str, inputs: dict[str, float]) -> list[torch.Tensor]:
    nodes: list[torch.Tensor] = []
    for name, formula, parents, _ in SCENES[scene]:
        if not parents:
            node = torch.tensor(inputs[name], dtype=torch.float64, requires_grad=True)
        elif "tanh" in formula:
            node = torch.tanh(nodes[parents[0]])
        else:
            a, b = (nodes[i] for i in parents)
            node = a * b if "·" in formula else a + b if "+" in formula else a - b
        node.retain_grad()
        nodes.append(node)
    nodes[-1].backward()
    return nodes


@given(st.sampled_from(list(SCENES)), st.data())
def test_values_and_gradients_are_torchs(scene: str, data: st.DataObject) -> None:
    inputs = {name: data.draw(values) for name in INPUTS[scene]}
    for ours, theirs in zip(trace(SCENES[scene], inputs).nodes, by_torch(scene, inputs), strict=True):
        assert ours.value == pytest.approx(theirs.item(), abs=1e-12)
        assert ours.grad == pytest.approx(theirs.grad.item(), abs=1e-12)


@scenes
def test_gradients_pass_only_when_they_are_complete(scene: str) -> None:
    run = trace(SCENES[scene], INPUTS[scene])
    left: set[int] = set()
    for edge in run.edges:
        left.add(edge.consumer)
        assert edge.parent not in left, "it had handed its gradient on already"
        assert edge.arrives == pytest.approx(edge.local * run.nodes[edge.consumer].grad)
    last = {edge.parent: edge.total for edge in run.edges}
    assert all(run.nodes[i].grad == total for i, total in last.items())


@scenes
def test_there_is_a_sentence_for_each_step_and_names_follow_the_formulas(scene: str) -> None:
    run = trace(SCENES[scene], INPUTS[scene])
    assert len(run.says) == 1 + len(run.forward) + 1 + len(run.edges)
    assert any("add up to" in says for says in run.says)  # a node is used twice in each
    for _, formula, parents, _ in SCENES[scene]:
        names = [SCENES[scene][i][0] for i in parents]
        assert [w for w in re.findall(r"\w+", formula) if w not in ("tanh", "input")] == names
    json.dumps(asdict(run), allow_nan=False)


def test_what_the_lesson_says_of_the_pictures() -> None:
    two = {n.name: n.grad for n in trace(SCENES["used by two"], INPUTS["used by two"]).nodes}
    assert (two["a"], two["b"]) == (2.25, 6.0)
    shortcut = trace(SCENES["a shortcut"], {"w": 0.0, "x": 1.0}).nodes
    assert {n.name: n.grad for n in shortcut}["x"] == 2.0  # past the neuron, all of it


def test_moving_an_input_runs_again_and_so_does_another_scene() -> None:
    widget = stepper().widget
    widget.inputs = {**widget.inputs, "w": 1.0}
    assert widget.trace == asdict(trace(SCENES["a neuron"], widget.inputs))
    widget.scene = "used by two"
    widget.inputs = dict(INPUTS["used by two"])
    assert [n["name"] for n in widget.trace["nodes"]] == ["a", "b", "u", "v", "L"]


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = stepper()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert data["text/html"].startswith('<img alt="A computation graph, a neuron.')
    assert "L = 0.29 with gradient 1.00" in data["text/plain"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(stepper()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]


# ---------------------------------------------------------------- on the reader's own engine


def product_of_sums(a, b):
    return (a * b) * (a + b)


def half_a_neuron(w, x, b):
    return ref.apply(ref.relu, w * x + b) * 2.0 + x


@given(values, values, values)
def test_the_readers_own_graph_has_torchs_gradients(a: float, b: float, c: float) -> None:
    for formula, inputs in ((product_of_sums, {"a": a, "b": b}), (half_a_neuron, {"w": a, "x": b, "b": c})):
        leaves = {
            name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in inputs.items()
        }
        if formula is product_of_sums:
            loss = product_of_sums(**leaves)
        else:
            loss = torch.relu(leaves["w"] * leaves["x"] + leaves["b"]) * 2.0 + leaves["x"]
        loss.backward()
        nodes = {n.name: n for n in own_trace(formula, ref.Tensor, inputs).nodes}
        assert nodes["L"].value == pytest.approx(loss.item(), abs=1e-12)
        for name, leaf in leaves.items():
            assert nodes[name].grad == pytest.approx(leaf.grad.item(), abs=1e-12)


def test_the_readers_own_graph_is_told_as_the_drawn_one() -> None:
    run = own_trace(product_of_sums, ref.Tensor, {"a": 2.0, "b": 0.5})
    assert [(n.name, n.formula) for n in run.nodes][2:] == [("u", "a · b"), ("v", "a + b"), ("L", "u · v")]
    assert "they add up to 6.00" in run.says[-1]
    assert len({n.at for n in run.nodes}) == len(run.nodes)
    formulas = [n.formula for n in own_trace(half_a_neuron, ref.Tensor, {"w": 1.0, "x": 1.0, "b": 0.0}).nodes]
    assert formulas[3:] == ["w · x", "u + b", "relu v", "z · …", "h + x"]
    widget = own_stepper(product_of_sums, ref.Tensor, a=2.0, b=0.5).widget
    widget.inputs = {"a": 1.0, "b": 1.0}
    assert widget.trace["nodes"][-1]["value"] == 2.0


def test_a_graph_without_room_and_one_of_arrays_are_refused() -> None:
    def long(a):
        for _ in range(9):
            a = a * a
        return a

    with pytest.raises(ValueError, match="room for 6 steps"):
        own_trace(long, ref.Tensor, {"a": 1.0})
    with pytest.raises(ValueError, match="single numbers"):
        own_trace(lambda a: a * ref.Tensor([1.0, 2.0]), ref.Tensor, {"a": 1.0})
