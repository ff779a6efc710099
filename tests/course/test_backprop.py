"""The references of lesson 03 against PyTorch and finite differences, and the numbers that the lesson states."""

import os
import socket
from inspect import getsource
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits  # comes with scikit-learn

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.backprop.rules import RELU_IN_PLACE
from helpers.checks.backprop.training import accuracy_asked, unseen_quadrants
from helpers.data import mnist
from helpers.probes.backprop import learns
from helpers.reference import backprop as ref
from helpers.reference.perceptron import sigmoid, softmax

seeds = st.integers(0, 2**31)


def params(seed: int, *widths: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(d, k)) / np.sqrt(d), rng.normal(size=k) / 2) for d, k in pairwise(widths)]


def twins(layers) -> list[torch.Tensor]:
    return [torch.tensor(a, requires_grad=True) for layer in layers for a in layer]


def torch_loss(X, classes, flat: list[torch.Tensor]) -> torch.Tensor:
    A = torch.tensor(X)
    for W, b in zip(flat[0:-2:2], flat[1:-2:2], strict=True):
        A = torch.tanh(A @ W + b)
    return torch.nn.functional.cross_entropy(A @ flat[-2] + flat[-1], torch.tensor(classes))


# ---------------------------------------------------------------- by hand


@given(seeds, st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), st.integers(2, 4))
def test_backprop_is_autograd_and_finite_differences(seed: int, n: int, d: int, h: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    X, classes, layers = rng.normal(size=(n, d)), rng.integers(0, k, n), params(seed, d, h, k)
    flat = twins(layers)
    torch_loss(X, classes, flat).backward()
    got = ref.backprop(X, np.eye(k)[classes], *layers[0], *layers[1])
    for ours, theirs in zip(got, flat, strict=True):
        np.testing.assert_allclose(ours, theirs.grad, rtol=1e-10, atol=1e-12)

    def loss(W1: np.ndarray) -> float:
        _, Z2 = ref.forward(X, W1.reshape(d, h), layers[0][1], *layers[1])
        return -float(np.mean(np.log(softmax(Z2)[np.arange(n), classes])))

    np.testing.assert_allclose(
        got[0].ravel(), ref.numeric_gradient(loss, layers[0][0].ravel()), rtol=1e-6, atol=1e-8
    )


@given(seeds, st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_a_step_is_torchs_sgd(seed: int, widths: list[int]) -> None:
    widths = [*widths[:-1], max(2, widths[-1])]
    rng = np.random.default_rng(seed)
    X, classes, layers = (
        rng.normal(size=(6, widths[0])),
        rng.integers(0, widths[-1], 6),
        params(seed, *widths),
    )
    flat = twins(layers)
    torch_loss(X, classes, flat).backward()
    torch.optim.SGD(flat, lr=0.7).step()
    stepped = ref.train_step(X, np.eye(widths[-1])[classes], layers, 0.7)
    for ours, theirs in zip([a for layer in stepped for a in layer], flat, strict=True):
        np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-10, atol=1e-12)


@given(st.floats(-700, 700))
def test_slopes_are_autograds(z: float) -> None:
    for slope, f in [
        (ref.sigmoid_slope, torch.sigmoid),
        (ref.tanh_slope, torch.tanh),
        (ref.relu_slope, torch.relu),
    ]:
        t = torch.tensor([z], dtype=torch.float64, requires_grad=True)
        f(t).sum().backward()
        np.testing.assert_allclose(slope(np.array([z])), t.grad, rtol=1e-7, atol=1e-12)


@given(seeds, st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_pulling_back_is_the_product_of_jacobians(seed: int, widths: list[int]) -> None:
    rng = np.random.default_rng(seed)
    jacobians = [rng.normal(size=(m, d)) for d, m in pairwise(widths)]
    g, product = rng.normal(size=widths[-1]), np.eye(widths[0])
    for J in jacobians:
        product = J @ product
    np.testing.assert_allclose(ref.pull_back(g, jacobians), g @ product, rtol=1e-9, atol=1e-9)


def test_the_outcome_asked_of_train_step_is_never_out_of_reach() -> None:
    for seed in range(40):
        for case in unseen_quadrants(np.random.default_rng(seed)):
            got = learns(ref.train_step, **case.inputs)
            assert accuracy_asked(case, None, got) is None
            assert np.mean(got == case.truth) > 0.9  # 0.8 is asked


def judged(task: str, source: str) -> dict[str, str]:
    """Judge an answer that was written in place of the reference's; by part, what is said."""
    found = lessons.task("03-backprop", task)
    namespace = dict(found.right)
    exec(source, namespace)
    return {part.part: part.says for part in assess(found, namespace, [source], 0).parts}


def test_a_form_of_a_slip_that_passes_a_part_is_not_why_another_answer_fails_it() -> None:
    """A gradient changed in place by relu's pull was told as a comma that was missing in total."""
    said = judged("rules", RELU_IN_PLACE)
    assert said["relu"].startswith("The pull of `relu` changes the array g")
    assert said["total"] == ""


def test_a_wrong_truth_value_is_told() -> None:
    source = getsource(ref.BatchNorm).replace("self.training = True", "self.training = False")
    assert "training" in judged("BatchNorm", source)["a new layer"]


@pytest.mark.parametrize("seen", ["order, seen", "seen"])
def test_an_order_that_remembers_earlier_calls_is_found(seen: str) -> None:
    """In the lesson the parameters are in every graph: a second call must find them again."""
    order, body = ("", "\n    order = []") if seen == "seen" else ("order, ", "")
    source = f"""{order}seen = {"[], " if order else ""}set()

def topological_order(node):{body}
    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.edges:
                visit(parent)
            order.append(node)
    visit(node)
    return order
"""
    assert all(judged("topological_order", source).values())


# ---------------------------------------------------------------- the engine

shapes = st.sampled_from([(), (1,), (4,), (3, 1), (1, 4), (3, 4)])
SQUARE = (3, 3)


@given(seeds, shapes, shapes)
def test_sums_and_products_broadcast_as_torchs_do(seed: int, a: tuple, b: tuple) -> None:
    rng = np.random.default_rng(seed)
    ours = [ref.Tensor(rng.normal(size=shape)) for shape in (a, b)]
    theirs = [torch.tensor(t.data, requires_grad=True) for t in ours]
    weights = rng.normal(size=np.broadcast_shapes(a, b))
    ref.backward(ref.apply(ref.total, (ours[0] * ours[1] + ours[0]) * weights))
    ((theirs[0] * theirs[1] + theirs[0]) * torch.tensor(weights)).sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.grad.shape == mine.data.shape
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-10, atol=1e-10)


@settings(max_examples=150)
@given(seeds, st.integers(1, 14))
def test_random_graphs_have_torchs_gradients(seed: int, size: int) -> None:
    """Every operation in any order, inputs used as often as chance will have it, broadcasting included."""
    rng = np.random.default_rng(seed)
    leaves = [rng.normal(size=shape) for shape in (SQUARE, SQUARE, (3,), (3, 1), ())]
    ours = [ref.Tensor(a) for a in leaves]
    theirs = [torch.tensor(a, requires_grad=True) for a in leaves]
    mine, other = list(ours), list(theirs)
    for _ in range(size):
        kind = rng.choice(["add", "mul", "sub", "matmul", "relu", "log_softmax", "constant"])
        i, j = rng.integers(0, len(mine), 2)
        square = [k for k, t in enumerate(mine) if t.data.shape == SQUARE]
        s, t = rng.choice(square), rng.choice(square)
        if kind == "matmul":
            pair = mine[s] @ mine[t] * 0.5, other[s] @ other[t] * 0.5
        elif kind == "relu":
            pair = ref.apply(ref.relu, mine[i]), torch.relu(other[i])
        elif kind == "log_softmax":
            pair = ref.apply(ref.log_softmax, mine[s]), torch.log_softmax(other[s], 1)
        elif kind == "constant":
            c = rng.normal(size=SQUARE)
            pair = c @ mine[s], torch.tensor(c) @ other[s]
        elif kind == "add":
            pair = mine[i] + mine[j], other[i] + other[j]
        elif kind == "sub":
            pair = mine[i] - mine[j], other[i] - other[j]
        else:
            pair = mine[i] * mine[j] * 0.3, other[i] * other[j] * 0.3
        mine.append(pair[0])
        other.append(pair[1])
    loss, goal = ref.Tensor(0.0), torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    for m, o in zip(mine[-4:], other[-4:], strict=True):
        loss, goal = loss + ref.apply(ref.total, m), goal + o.sum()
    ref.backward(loss)
    goal.backward()
    np.testing.assert_allclose(loss.data, goal.detach(), rtol=1e-10)
    for mine_leaf, their_leaf in zip(ours, theirs, strict=True):
        want = np.zeros(their_leaf.shape) if their_leaf.grad is None else their_leaf.grad.numpy()
        got = np.zeros(want.shape) if mine_leaf.grad is None else mine_leaf.grad
        assert np.shape(got) == want.shape
        scale = max(1.0, float(np.abs(want).max()))
        np.testing.assert_allclose(got / scale, want / scale, rtol=1e-10, atol=1e-10)


@given(seeds, st.booleans())
def test_log_softmax_is_torchs_for_scores_of_any_size(seed: int, huge: bool) -> None:
    rng = np.random.default_rng(seed)
    Z, g = rng.normal(size=(4, 3)) * (1000 if huge else 1), rng.normal(size=(4, 3))
    t = torch.tensor(Z, requires_grad=True)
    want = torch.log_softmax(t, 1)
    want.backward(torch.tensor(g))
    value, (pull,) = ref.log_softmax(Z)
    np.testing.assert_allclose(value, want.detach(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(pull(g), t.grad, rtol=1e-10, atol=1e-10)
    Y = np.eye(3)[rng.integers(0, 3, 4)]
    np.testing.assert_allclose(pull(-Y / 4), (softmax(Z) - Y) / 4, atol=1e-12)  # as the lesson says


def test_constants_get_no_gradient_and_single_precision_stays() -> None:
    W = ref.Tensor(np.ones((3, 2), np.float32))
    X = np.ones((4, 3), np.float32)
    out = ref.apply(ref.total, ref.apply(ref.log_softmax, X @ W)) * (-1 / 4)
    ref.backward(out)
    assert out.data.dtype == W.grad.dtype == np.float32
    assert {id(node) for node in ref.topological_order(out)} >= {id(W)}
    assert all(
        isinstance(parent, ref.Tensor) for node in ref.topological_order(out) for parent, _ in node.edges
    )


def test_running_backward_twice_changes_nothing() -> None:
    a = ref.Tensor(2.0)
    loss = a * a + a
    for _ in range(2):
        ref.backward(loss)
        assert a.grad == 5


# ---------------------------------------------------------------- deeper


@given(seeds, st.integers(2, 9), st.integers(1, 4), st.integers(1, 4))
def test_batch_norm_is_torchs_in_training_and_evaluation(seed: int, n: int, d: int, times: int) -> None:
    rng = np.random.default_rng(seed)
    ours, theirs = ref.BatchNorm(d), torch.nn.BatchNorm1d(d, dtype=torch.float64)
    for _ in range(times):
        X = rng.normal(size=(n, d)) * 3 + 1
        np.testing.assert_allclose(ours(X), theirs(torch.tensor(X)).detach(), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours.mean, theirs.running_mean, rtol=1e-10)
    np.testing.assert_allclose(ours.var, theirs.running_var, rtol=1e-10)
    ours.training = False
    theirs.eval()
    X = rng.normal(size=(1, d))
    np.testing.assert_allclose(ours(X), theirs(torch.tensor(X)).detach(), rtol=1e-9, atol=1e-9)


def test_weights_are_drawn_as_torch_draws_them() -> None:
    w = torch.empty(300, 700)  # torch's (out, in)
    torch.manual_seed(0)
    assert torch.nn.init.xavier_normal_(w).std().item() == pytest.approx(
        ref.weight_std(700, 300, "tanh"), rel=0.01
    )
    assert torch.nn.init.kaiming_normal_(w).std().item() == pytest.approx(
        ref.weight_std(700, 300, "relu"), rel=0.01
    )


@given(seeds, st.integers(2, 9))
def test_the_zigzag_is_numpys_interpolation(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.cumsum(rng.uniform(0.2, 1, m)), rng.normal(size=m)
    W1, b1, w2, b2 = ref.interpolate(x, y)
    t = np.linspace(x[0], x[-1], 50)
    np.testing.assert_allclose(np.maximum(t[:, None] @ W1 + b1, 0) @ w2 + b2, np.interp(t, x, y), atol=1e-9)


@given(seeds)
def test_permuted_hidden_neurons_compute_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    (W1, b1), (W2, b2) = params(seed, 4, 5, 3)
    X, order = rng.normal(size=(6, 4)), rng.permutation(5)
    P1, p1, P2 = ref.permute_hidden(order, W1, b1, W2)
    np.testing.assert_allclose(
        ref.forward(X, P1, p1, P2, b2)[1], ref.forward(X, W1, b1, W2, b2)[1], atol=1e-12
    )


# ---------------------------------------------------------------- the data, and what the lesson states


def test_the_digits_load_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    images, labels = mnist()
    assert images.shape == (10_000, 28, 28)
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)
    assert np.bincount(labels).tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    from helpers import data

    assert os.path.getsize(os.path.join(os.path.dirname(data.__file__), "mnist.npz")) < 1.7e6


def test_counts_that_the_lesson_states() -> None:
    assert sum(a.size for layer in params(0, 4, 5, 3) for a in layer) == 43
    assert sum(a.size for layer in params(0, 784, 128, 10) for a in layer) == 101_770
    assert 3 * 1000**2 == 3_000_000
    assert 2 * 1000**3 + 1000**2 == 2_001_000_000
    assert 9e-7 < 0.25**10 < 1e-6
    assert np.sum(np.log10(np.arange(1, 129))) == pytest.approx(215.6, abs=0.1)
    z = np.linspace(-3, 3, 61)
    slip = (np.exp(-z) - np.exp(z)) / (np.exp(z) + np.exp(-z))
    np.testing.assert_allclose(slip, -np.tanh(z))
    assert ref.sigmoid_slope(z).max() == pytest.approx(0.25)


def test_updating_the_last_layer_too_early_still_learns_but_steps_wrongly() -> None:
    """The numbers of part 5: 10 % off, and from 20 starts about as many learn XOR."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(7, 4)), np.eye(3)[rng.integers(0, 3, 7)]
    W1, b1, W2, b2 = rng.normal(size=(4, 5)), np.zeros(5), rng.normal(size=(5, 3)), np.zeros(3)
    (right, _), (W2_new, _) = ref.train_step(X, Y, [(W1, b1), (W2, b2)], 0.5)
    H, Z2 = ref.forward(X, W1, b1, W2, b2)
    hasty = W1 - 0.5 * X.T @ (((softmax(Z2) - Y) / 7 @ W2_new.T) * (1 - H**2))
    assert np.linalg.norm(hasty - right) / np.linalg.norm(right - W1) == pytest.approx(0.10, abs=0.005)


def test_lines_that_bend() -> None:
    """Two neurons leave a strip of the disc, three nearly have it, eight do; sixteen follow a spiral."""
    rng = np.random.default_rng(0)
    inside = rng.uniform(-1.5, 1.5, size=(200, 2))
    disc = inside, ((inside**2).sum(axis=1) < 1).astype(int)
    t = 0.75 * np.pi * np.linspace(0.9, 3, 100)
    arm = np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 5
    spiral = np.concatenate([arm, -arm]) + rng.normal(size=(200, 2)) * 0.05, np.repeat([0, 1], 100)
    for (X, y), width, steps, low, high in [
        (disc, 2, 2000, 0.7, 0.85), (disc, 3, 2000, 0.93, 0.99), (disc, 8, 2000, 0.99, 1),
        (spiral, 16, 5000, 0.99, 1),
    ]:  # fmt: skip
        rng = np.random.default_rng(0)
        layers = [
            (rng.normal(size=(2, width)), rng.normal(size=width)),
            (rng.normal(size=(width, 2)) / np.sqrt(width), np.zeros(2)),
        ]
        for _ in range(steps):
            layers = ref.train_step(X, np.eye(2)[y], layers, 0.5)
        Z2 = ref.forward(X, *layers[0], *layers[1])[1]
        assert low <= np.mean(Z2.argmax(axis=1) == y) <= high


@pytest.mark.slow
def test_xor_is_found_from_half_of_the_starts_with_two_hidden_neurons() -> None:
    corners, xor = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    found, stuck = {1: 0, 2: 0, 4: 0}, []
    for width in found:
        for seed in range(20):
            rng = np.random.default_rng(seed)
            layers = [
                (rng.normal(size=(2, width)), np.zeros(width)),
                (rng.normal(size=(width, 2)), np.zeros(2)),
            ]
            for _ in range(1000):
                layers = ref.train_step(corners, np.eye(2)[xor], layers, 1.0)
            H, Z2 = ref.forward(corners, *layers[0], *layers[1])
            found[width] += (Z2.argmax(axis=1) == xor).all()
            if width == 2 and not (Z2.argmax(axis=1) == xor).all():
                stuck.append(H)
    assert found[1] == 0
    assert 7 <= found[2] <= 13
    assert found[4] >= 19
    apart = np.linalg.norm(stuck[0][:, None] - stuck[0], axis=-1)
    same = [(i, j) for i in range(4) for j in range(i) if apart[i, j] < 0.05]
    assert [xor[i] != xor[j] for i, j in same] == [True]  # the picture: two labels on one point, tanh is flat
    assert (1 - stuck[0][same[0][0]] ** 2).max() < 0.05


@pytest.mark.parametrize(
    ("rule", "std", "skip", "low", "high"),
    [
        ("relu", 0.3, False, 1e6, 1e8),
        ("relu", 2, False, 0.1, 10),
        ("squash", 1, True, 0.1, 10),
        ("tanh", 1, False, 0.1, 10),
        ("squash", 1, False, 1e-20, 1e-18),
    ],
)
def test_gradients_vanish_explode_or_stay(rule: str, std: float, skip: bool, low: float, high: float) -> None:
    def squash(A):
        S = sigmoid(A)
        return S, (lambda g: g * S * (1 - S),)

    def tanh(A):
        T = np.tanh(A)
        return T, (lambda g: g * (1 - T**2),)

    scale = {2: ref.weight_std(64, 64, "relu"), 1: ref.weight_std(64, 64, "tanh")}.get(std, std)
    rng = np.random.default_rng(0)
    layers = [ref.Tensor(rng.normal(size=(100, 64)))]
    for _ in range(30):
        new = ref.apply(
            {"relu": ref.relu, "tanh": tanh, "squash": squash}[rule],
            layers[-1] @ (scale * rng.normal(size=(64, 64))),
        )
        layers.append(layers[-1] + new if skip else new)
    ref.backward(ref.apply(ref.total, layers[-1] * rng.normal(size=(100, 64))))
    assert low < np.linalg.norm(layers[0].grad) / np.linalg.norm(layers[-1].grad) < high


class Digits(NamedTuple):
    """The lesson's network after its training, PyTorch's twin, and the digits for validation and test."""

    weights: list[ref.Tensor]
    model: torch.nn.Module
    X_train: np.ndarray
    y_train: np.ndarray
    X: np.ndarray
    y: np.ndarray


def flat(part: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = mnist(part)
    return (images.reshape(-1, 784) / 255).astype(np.float32), labels


@pytest.fixture(scope="module")
def trained() -> Digits:
    X, labels = flat("train")
    Y, rng, weights = np.eye(10, dtype=np.float32)[labels], np.random.default_rng(0), []
    for d, k in [(784, 128), (128, 10)]:
        weights += [ref.Tensor((rng.normal(size=(d, k)) * np.sqrt(2 / d)).astype(np.float32))]
        weights += [ref.Tensor(np.zeros(k, np.float32))]
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    for theirs, ours in zip(model.parameters(), weights, strict=True):
        theirs.data = torch.tensor(ours.data.T.copy())
    optimiser = torch.optim.SGD(model.parameters(), lr=0.2)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    with threadpool_limits(1):  # of NumPy's matrix products
        for rows in [r for _ in range(15) for r in np.array_split(rng.permutation(7000), 110)]:
            ref.backward(digit_loss(X[rows], Y[rows], weights))
            for p in weights:
                p.data -= 0.2 * p.grad
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(
                model(torch.tensor(X[rows])), torch.tensor(labels[rows])
            ).backward()
            optimiser.step()
    return Digits(weights, model, X, labels, *flat("validation"))


def digit_scores(X, weights):
    W1, b1, W2, b2 = weights
    return ref.apply(ref.relu, X @ W1 + b1) @ W2 + b2


def digit_loss(X, Y, weights):
    return ref.apply(ref.total, ref.apply(ref.log_softmax, digit_scores(X, weights)) * Y) * (-1 / len(Y))


def said(X, weights) -> np.ndarray:
    return digit_scores(X, weights).data.argmax(axis=1)


def test_digits_are_learned_as_well_as_by_torch(trained: Digits) -> None:
    theirs = np.mean(trained.model(torch.tensor(trained.X)).argmax(dim=1).numpy() == trained.y)
    ours = np.mean(said(trained.X, trained.weights) == trained.y)
    assert ours == pytest.approx(theirs, abs=0.006)
    assert ours == pytest.approx(0.949, abs=0.006)  # what the question "mend" says
    assert np.mean(said(trained.X_train, trained.weights) == trained.y_train) > 0.985  # the curve's gap
    X_test, y_test = flat("test")
    assert np.mean(said(X_test, trained.weights) == y_test) == pytest.approx(0.95, abs=0.008)


def test_who_is_to_blame_for_the_four_and_what_it_costs_to_mend_it(trained: Digits) -> None:
    four, truth = trained.X[[575]], np.eye(10, dtype=np.float32)[[4]]
    assert trained.y[575] == 4
    P = softmax(digit_scores(four, trained.weights).data)[0]
    assert P.argmax() == 9
    assert P[4] + P[9] > 0.9  # nothing is asked of the other scores
    ref.backward(digit_loss(four, truth, trained.weights))
    gradients = [p.grad for p in trained.weights]
    assert 0.05 < sum(map(np.count_nonzero, gradients)) / 101_770 < 0.1  # "fewer than one in ten"
    ink, spoke = np.count_nonzero(four), np.count_nonzero(gradients[1])
    assert (ink, spoke) == (pytest.approx(100, abs=10), pytest.approx(80, abs=8))
    np.testing.assert_allclose(gradients[0], np.outer(four, gradients[1]), atol=1e-6)  # ink times error
    most = np.argsort(-np.linalg.norm(gradients[0], axis=0))[:8]
    votes = trained.weights[2].data[most]
    assert ((votes[:, 4] > votes[:, 9]) == (gradients[1][most] < 0)).all()  # blue: those that vote for the 4
    right, fours = {}, {}
    for eta in (0.005, 0.02, 0.2):
        mended = [ref.Tensor(p.data - eta * g) for p, g in zip(trained.weights, gradients, strict=True)]
        assert said(four, mended) == [4]
        answers = said(trained.X, mended)
        right[eta], fours[eta] = np.mean(answers == trained.y), np.sum((answers == 4) & (trained.y != 4))
    before = np.mean(said(trained.X, trained.weights) == trained.y)
    assert right[0.005] >= before - 0.003  # harms nobody
    assert right[0.02] < before - 0.008
    assert right[0.2] < 0.4
    assert fours[0.2] > 600


def test_the_gradient_of_the_pixels_fools_the_network_and_chance_does_not(trained: Digits) -> None:
    pixels = ref.Tensor(trained.X)
    ref.backward(digit_loss(pixels, np.eye(10, dtype=np.float32)[trained.y], trained.weights))
    chance = np.random.default_rng(0).choice([-1, 1], size=trained.X.shape)

    def accuracy(change: np.ndarray) -> float:
        changed = np.clip(trained.X + change, 0, 1).astype(np.float32)
        return float(np.mean(said(changed, trained.weights) == trained.y))

    assert accuracy(0.1 * np.sign(pixels.grad)) < 0.2
    assert accuracy(0.1 * chance) > accuracy(0 * chance) - 0.015  # next to nothing


def test_between_a_network_and_its_twin_there_is_a_mountain(trained: Digits) -> None:
    X, Y = trained.X_train, np.eye(10, dtype=np.float32)[trained.y_train]
    W1, b1, W2, b2 = (p.data for p in trained.weights)
    other = ref.permute_hidden(np.random.default_rng(0).permutation(128), W1, b1, W2)
    middle = [(p + q) / 2 for p, q in zip((W1, b1, W2), other, strict=True)]
    here, there, between = (float(digit_loss(X, Y, [*w, b2]).data) for w in ((W1, b1, W2), other, middle))
    assert here == pytest.approx(there, rel=1e-4)
    assert between > 5 * here
