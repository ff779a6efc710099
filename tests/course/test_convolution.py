"""The references of lesson 05 against PyTorch and plain loops, and the numbers that the lesson states."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits  # comes with scikit-learn

from helpers import data
from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.convolution.forward import CROSS, EXAMPLE
from helpers.data import cat, mnist
from helpers.grading.percent import read
from helpers.reference import convolution as ref
from helpers.reference.backprop import Tensor, apply, backward, log_softmax, total

LESSON = Path(__file__).parents[2] / "solutions/05-convolution/05-convolution.py"
seeds = st.integers(0, 2**31)
nn = torch.nn
F = torch.nn.functional
torch.set_num_threads(1)  # at these sizes more are slower


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    return [torch.tensor(a, requires_grad=True) for a in arrays]


# ---------------------------------------------------------------- the layer


def test_forward_and_backward_are_torchs_in_500_random_configurations() -> None:
    rng = np.random.default_rng(5)
    for _ in range(500):
        n, c, m, k = (int(x) for x in rng.integers(1, 5, size=4))
        stride, pad, dilation = int(rng.integers(1, 4)), int(rng.integers(0, 4)), int(rng.integers(1, 4))
        span = dilation * (k - 1) + 1
        h, w = (int(rng.integers(max(1, span - 2 * pad), span + 9)) for _ in range(2))
        inputs = rng.normal(size=(n, c, h, w)), rng.normal(size=(m, c, k, k)), rng.normal(size=m)
        value, pulls = ref.conv_rule(*inputs, stride, pad, dilation)
        twins = tensors(*inputs)
        want = F.conv2d(*twins, stride=stride, padding=pad, dilation=dilation)
        G = rng.normal(size=value.shape)
        want.backward(torch.tensor(G))
        np.testing.assert_allclose(value, want.detach(), rtol=1e-10, atol=1e-10)
        for pull, twin in zip(pulls, twins, strict=True):
            np.testing.assert_allclose(pull(G), twin.grad, rtol=1e-10, atol=1e-10)
        if dilation == 1:
            np.testing.assert_allclose(ref.conv(*inputs, stride, pad), value, rtol=1e-10, atol=1e-10)
            assert value.shape[2:] == tuple(ref.out_size(side, k, stride, pad) for side in (h, w))
        if n == 1 and dilation == 1:
            np.testing.assert_allclose(
                ref.conv_loops(inputs[0][0], *inputs[1:], stride, pad), value[0], rtol=1e-10, atol=1e-10
            )


@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_fold_is_the_transpose_of_windows(seed: int, k: int, stride: int, pad: int, dilation: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2, 3, 8, 9))
    V = ref.windows(X, k, stride, pad, dilation)
    other = rng.normal(size=V.shape)
    assert np.sum(V * other) == pytest.approx(np.sum(X * ref.fold(other, X.shape, stride, pad, dilation)))
    flat = F.unfold(torch.tensor(X), k, dilation, pad, stride)
    np.testing.assert_array_equal(V.reshape(flat.shape), flat)


@given(st.integers(1, 30), st.integers(1, 6), st.integers(1, 4), st.integers(0, 3))
def test_out_size_counts_places(n: int, k: int, stride: int, pad: int) -> None:
    if n + 2 * pad >= k:
        assert ref.out_size(n, k, stride, pad) == len(range(0, n + 2 * pad - k + 1, stride))


def test_the_worked_example_and_why_it_is_not_enough() -> None:
    want = [[1, 4, 3, 4, 1], [1, 2, 4, 3, 3], [1, 2, 3, 4, 1], [1, 3, 3, 1, 1], [3, 3, 1, 1, 0]]
    for K in (CROSS, CROSS[::-1, ::-1], CROSS.T):
        np.testing.assert_array_equal(ref.correlate(EXAMPLE, K), want)
        np.testing.assert_array_equal(ref.convolve(EXAMPLE, K), want)
    K = np.arange(9.0).reshape(3, 3)
    assert np.abs(ref.correlate(EXAMPLE, K) - ref.convolve(EXAMPLE, K)).max() > 1
    np.testing.assert_allclose(
        ref.correlate(EXAMPLE, K), F.conv2d(*(torch.tensor(a)[None, None] for a in (EXAMPLE, K)))[0, 0]
    )


def test_the_lessons_hand_made_kernels(solution_cells) -> None:
    _, names = solution_cells("05-convolution")
    X = np.random.default_rng(0).normal(size=(8, 9))
    np.testing.assert_array_equal(ref.correlate(X, names["identity"]), X[1:-1, 1:-1])
    assert names["blur"].sum() == pytest.approx(1)
    for K in (names["sobel"], names["all_edges"]):
        assert np.abs(ref.correlate(np.full((5, 5), 0.7), K)).max() < 1e-12
    ramp = np.tile(np.arange(9.0), (8, 1))
    assert np.abs(ref.correlate(ramp, names["all_edges"])).max() < 1e-12
    assert np.abs(ref.correlate(ramp.T, names["sobel"])).max() < 1e-12  # a horizontal line is not seen
    assert (ref.correlate(ramp, names["sobel"]) > 0).all()  # brighter to the right is positive


def test_counts_and_shapes_that_the_lesson_states() -> None:
    def count(shape, *layers):
        everything, rows = 0, []
        for layer, *sizes in layers:
            shape, learned = layer(shape, *sizes)
            rows.append((shape, learned))
            everything += learned
        return everything, rows

    conv, pool, dense = ref.conv_layer, ref.pool_layer, ref.dense_layer
    small, rows = count(
        (3, 32, 32),
        (conv, 32, 3),
        (pool, 2, 2),
        (conv, 64, 3),
        (pool, 2, 2),
        (conv, 64, 3),
        (dense, 64),
        (dense, 10),
    )
    assert small == 122_570
    assert [learned for _, learned in rows] == [896, 0, 18_496, 0, 36_928, 65_600, 650]
    assert [shape for shape, _ in rows][:5] == [
        (32, 30, 30),
        (32, 15, 15),
        (64, 13, 13),
        (64, 6, 6),
        (64, 4, 4),
    ]
    assert small / 2 < 65_600
    assert count((3, 400, 400), (dense, 1000), (dense, 10))[0] == 480_011_010
    assert conv((3, 400, 400), 64, 3)[1] == 1_792
    assert conv((3, 32, 32), 6, 5) == ((6, 28, 28), 456)
    assert conv((32, 9, 9), 64, 3)[1] == 18_496
    lenet = (
        (conv, 6, 5, 1, 2),
        (pool, 2, 2),
        (conv, 16, 5),
        (pool, 2, 2),
        (dense, 120),
        (dense, 84),
        (dense, 10),
    )
    everything, rows = count((1, 28, 28), *lenet)
    assert everything == 61_706
    assert [learned for _, learned in rows if learned] == [156, 2_416, 48_120, 10_164, 850]
    assert [shape for shape, _ in rows][:4] == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    alexnet, rows = count(
        (3, 227, 227), (conv, 96, 11, 4), (pool, 3, 2), (conv, 256, 5, 1, 2), (pool, 3, 2), (conv, 384, 3, 1, 1),
        (conv, 384, 3, 1, 1), (conv, 256, 3, 1, 1), (pool, 3, 2), (dense, 4096), (dense, 4096), (dense, 1000),
    )  # fmt: skip
    assert alexnet == 62_378_344
    assert sum(learned for _, learned in rows[-3:]) / alexnet == pytest.approx(0.94, abs=0.005)
    halved = [(96, 256, 5), (384, 384, 3), (384, 256, 3)]  # filters that read half of the channels
    assert alexnet - sum(c // 2 * m * k * k for c, m, k in halved) == 60_965_224


def test_a_three_by_three_tower_costs_less_than_a_seven_by_seven() -> None:
    assert ref.receptive_field([(3, 1)] * 3) == 7 == ref.receptive_field([(7, 1)])
    assert 3 * 9 < 49
    assert ref.receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]) == 16


@given(seeds, st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_receptive_field_is_where_a_gradient_arrives(seed: int, layers: list[tuple[int, int]]) -> None:
    field = ref.receptive_field(layers)
    x = torch.zeros(1, 1, field, requires_grad=True)
    z = x
    for k, stride in layers:
        z = F.conv1d(z, torch.ones(1, 1, k), stride=stride)
    assert z.shape[2] == 1
    z.sum().backward()
    assert x.grad[0, 0, 0] != 0
    assert x.grad[0, 0, -1] != 0


# ---------------------------------------------------------------- pooling, shifts


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_pools_are_torchs_ties_included(seed: int, k: int, stride: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2, 3, 7, 8))
    X = np.maximum(X, 0) if ties else X
    for ours, theirs in ((ref.max_pool, F.max_pool2d), (ref.average_pool, F.avg_pool2d)):
        [twin] = tensors(X)
        want = theirs(twin, k, stride)
        G = rng.normal(size=tuple(want.shape))
        want.backward(torch.tensor(G))
        value, (pull,) = ours(X, k, stride)
        np.testing.assert_allclose(value, want.detach(), rtol=1e-12)
        np.testing.assert_allclose(pull(G), twin.grad, rtol=1e-10, atol=1e-12)


def test_the_lessons_pooled_matrix() -> None:
    X = np.array([[1.0, 2, 0, 1], [0, 1, 3, 2], [4, 0, 1, 5], [2, 7, 6, 0]])
    np.testing.assert_array_equal(ref.max_pool(X[None, None])[0][0, 0], [[2, 3], [7, 6]])


def test_convolution_is_equivariant_and_what_breaks_it() -> None:
    rng = np.random.default_rng(0)
    X, K = rng.normal(size=(3, 1, 8, 12)), rng.normal(size=(2, 1, 3, 3))

    def wrapped(X, stride=1):
        return ref.conv(np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), K, np.zeros(2), stride)

    def pooled(X):
        return ref.max_pool(wrapped(X))[0]

    def largest(X):
        return wrapped(X).max(axis=(2, 3), keepdims=True)

    for d in (1, 2, 5):
        assert ref.equivariance_gap(wrapped, X, d) == 0
        assert ref.invariance_gap(wrapped, X, d) > 1
        assert ref.invariance_gap(largest, X, d) == 0
    assert ref.equivariance_gap(pooled, X, 1) > 1
    assert ref.invariance_gap(pooled, X, 1) > 1
    strided = wrapped(X, 2)
    np.testing.assert_array_equal(wrapped(ref.shift(X, 2), 2), ref.shift(strided, 1))
    for d in (0, 1):
        assert np.abs(wrapped(ref.shift(X, 1), 2) - ref.shift(strided, d)).max() > 1
    np.testing.assert_array_equal(  # pooling a stack is stacking the pools
        ref.max_pool(X.transpose(1, 0, 2, 3))[0],
        np.concatenate([ref.max_pool(x[None])[0] for x in X], axis=1),
    )


# ---------------------------------------------------------------- deeper


@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2))
def test_the_toeplitz_matrix_is_torchs_one_dimensional_convolution(
    seed: int, k: int, stride: int, pad: int
) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=9), rng.normal(size=k)
    [twin] = tensors(x)
    want = F.conv1d(twin[None, None], torch.tensor(w)[None, None], stride=stride, padding=pad)[0, 0]
    g = rng.normal(size=len(want))
    want.backward(torch.tensor(g))
    T = ref.toeplitz(w, 9, stride, pad)
    np.testing.assert_allclose(T @ x, want.detach(), atol=1e-12)
    np.testing.assert_allclose(T.T @ g, twin.grad, atol=1e-12)
    assert ref.toeplitz(np.ones(3), 6).shape == (4, 6)


@given(seeds, st.integers(1, 3), st.integers(1, 3))
def test_a_dilated_kernel_is_torchs_dilation(seed: int, k: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    X, K, b = rng.normal(size=(2, 3, 9, 8)), rng.normal(size=(4, 3, k, k)), rng.normal(size=4)
    want = F.conv2d(*map(torch.tensor, (X, K, b)), dilation=d)
    np.testing.assert_allclose(ref.conv(X, ref.dilate(K, d), b), want, atol=1e-10)
    np.testing.assert_allclose(ref.conv_rule(X, K, b, dilation=d)[0], want, atol=1e-10)


def test_blocks_are_torchs() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 3, 5, 6))
    branches = [(rng.normal(size=(m, 3, k, k)), rng.normal(size=m)) for m, k in ((2, 1), (3, 3), (1, 5))]
    x = torch.tensor(X)
    want = torch.cat([F.conv2d(x, *map(torch.tensor, pair), padding="same") for pair in branches], dim=1)
    np.testing.assert_allclose(ref.inception(X, branches), want, atol=1e-12)
    K1, b1, K2, b2 = (rng.normal(size=s) for s in ((4, 3, 3, 3), (4,), (3, 4, 3, 3), (3,)))
    inner = torch.relu(F.conv2d(x, torch.tensor(K1), torch.tensor(b1), padding=1))
    want = torch.relu(x + F.conv2d(inner, torch.tensor(K2), torch.tensor(b2), padding=1))
    np.testing.assert_allclose(ref.residual(X, K1, b1, K2, b2), want, atol=1e-10)
    np.testing.assert_array_equal(ref.residual(X, 0 * K1, 0 * b1, 0 * K2, 0 * b2), np.maximum(X, 0))


# ---------------------------------------------------------------- LeNet and what the lesson states of it


def test_lenet_and_its_gradients_are_torchs(solution_cells) -> None:
    _, names = solution_cells("05-convolution")
    params = names["new_lenet"](np.random.default_rng(0))
    for p in params:
        p.data = p.data.astype(float)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ).double()  # fmt: skip
    for theirs, ours in zip(model.parameters(), params, strict=True):
        theirs.data = torch.tensor(ours.data.T.copy() if ours.data.ndim == 2 else ours.data)
    images, labels = mnist()
    X, Y = images[:8, None] / 255, np.eye(10)[labels[:8]]
    scores = ref.lenet(X, params)
    np.testing.assert_allclose(scores.data, model(torch.tensor(X)).detach(), atol=1e-10)
    backward(apply(total, apply(log_softmax, scores) * Y) * (-1 / 8))
    F.cross_entropy(model(torch.tensor(X)), torch.tensor(labels[:8])).backward()
    for theirs, ours in zip(model.parameters(), params, strict=True):
        got = ours.grad.T if ours.data.ndim == 2 else ours.grad
        np.testing.assert_allclose(got, theirs.grad, atol=1e-10)
    assert sum(p.data.size for p in params) == 61_706
    with_tensor = ref.lenet(Tensor(X), params)  # an image may be a Tensor too
    backward(apply(total, with_tensor * 1.0))


def pictures(part: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = mnist(part)
    return (images[:, None] / 255).astype(np.float32), labels


@pytest.fixture(scope="module")
def trained(solution_cells) -> SimpleNamespace:
    names = dict(solution_cells("05-convolution")[1])
    X, labels = pictures("train")
    X_val, labels_val = pictures("validation")
    names |= {"X": X, "labels": labels, "X_val": X_val, "labels_val": labels_val}
    moves = {"change": lambda X, rng: ref.shift(X, int(rng.integers(-4, 5)))}
    mirror = {"change": lambda X, rng: X[..., ::-1] if rng.random() < 0.5 else X}
    runs = {
        "lenet": (names["new_lenet"], names["lenet"], 4, {}),
        "dense": (names["new_dense"], names["dense"], 16, {}),
        "moved": (names["new_lenet"], names["lenet"], 4, moves),
        "mirrored": (names["new_lenet"], names["lenet"], 4, mirror),
    }

    @cache
    def params(name: str) -> list[Tensor]:
        new, model, epochs, more = runs[name]
        with threadpool_limits(1):
            return names["train"](name, new, model, X, names["Y"], epochs, **more)

    @cache
    def accuracy(name: str, d: int, part: str = "validation") -> float:
        X, labels = pictures(part)
        return float(names["accuracy"](runs[name][1], params(name), ref.shift(X, d), labels))

    return SimpleNamespace(accuracy=accuracy, params=params, names=names, X=X, X_val=X_val, labels=labels)


def test_a_pool_keeps_some_numbers_when_the_image_moves() -> None:
    X = mnist()[0][:100, None] / 255
    kernel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]

    def changed(k: int) -> float:
        before, after = (
            ref.max_pool(
                ref.conv(np.pad(some, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), kernel, np.zeros(1)),
                k,
                k,
            )[0]
            for some in (X, ref.shift(X, 1))
        )
        seen = (before != 0) | (after != 0)
        return float(np.mean(before[seen] != after[seen]))

    assert [round(changed(k), 2) for k in (1, 2, 4)] == [1.0, 0.85, 0.59]


@pytest.mark.slow
def test_learned_features_beat_edges_and_edges_beat_pixels(trained) -> None:
    names = dict(trained.names)
    for cell in read(LESSON):
        if cell.source.startswith(("def edge_counts", "def linear_accuracy")):
            exec(cell.source, names)
    head = [Tensor(np.eye(84, dtype=np.float32)), Tensor(np.zeros(84, np.float32))]

    def learned(X: np.ndarray) -> np.ndarray:
        params = [*trained.params("lenet")[:8], *head]
        return np.concatenate([ref.lenet(rows, params).data for rows in np.split(X, len(X) // 100)])

    features = [lambda X: X.reshape(len(X), -1), names["edge_counts"], learned]
    assert [F(trained.X[:100]).shape[1] for F in features] == [784, 128, 84]
    with threadpool_limits(1):
        right = [names["linear_accuracy"](F) for F in features]
    assert right == pytest.approx([0.870, 0.924, 0.957], abs=0.008)
    assert (1 - right[1]) / (1 - right[0]) == pytest.approx(0.6, abs=0.06)  # four mistakes in ten are gone


@pytest.mark.slow
def test_lenet_reads_more_with_less_and_forgives_a_little(trained) -> None:
    assert sum(p.data.size for p in trained.params("dense")) == 101_770
    for part in ("validation", "test"):
        assert trained.accuracy("lenet", 0, part) == pytest.approx(0.964, abs=0.008)
        mistakes = [1 - trained.accuracy(name, 0, part) for name in ("lenet", "dense")]
        assert mistakes[0] < 0.75 * mistakes[1]
        assert trained.accuracy("lenet", 3, part) == pytest.approx(0.68, abs=0.06)
        assert trained.accuracy("dense", 3, part) < 0.5
    assert trained.accuracy("dense", 0, "test") == pytest.approx(0.93, abs=0.006)
    assert trained.accuracy("lenet", 1) > 0.94
    halves = [
        np.interp(-0.5, [-trained.accuracy(name, d) for d in range(5)], range(5))
        for name in ("lenet", "dense")
    ]
    assert 1 < halves[0] - halves[1] < 1.5  # a good pixel more
    assert trained.accuracy("lenet", 4) > 0.1
    X, _ = pictures("validation")
    edge = (X[:, 0, :, 24:].max(axis=(1, 2)) > 0.25).mean()
    assert edge == pytest.approx(1 / 7, abs=0.02)


@pytest.mark.slow
def test_augmentation_teaches_what_convolution_does_not(trained) -> None:
    assert trained.accuracy("moved", 0) > 0.945
    assert trained.accuracy("moved", 4) > 0.92
    assert trained.accuracy("lenet", 4) < 0.6


@pytest.mark.slow
def test_digits_in_the_mirror_mislead(trained) -> None:
    mistakes = [1 - trained.accuracy(name, 0) for name in ("lenet", "mirrored")]
    assert mistakes[1] > 1.4 * mistakes[0]


@pytest.mark.slow
def test_what_was_new_in_2012_is_worth_something_here_too(trained) -> None:
    names = dict(trained.names)
    [cell] = [cell for cell in read(LESSON) if cell.source.startswith("def sigmoid_rule")]
    exec(cell.source.partition("\nwith needs")[0], names)
    X, Y = trained.X, names["Y"]
    with threadpool_limits(1):
        right = {
            name: names["accuracy"](
                model, names["train"](name, names["new_lenet"], model, X[:n], Y[:n], epochs), *pictures("validation")
            )
            for name, model, n, epochs in [
                ("as it is", names["lenet"], 7000, 2), ("sigmoids", names["lenet_1998"], 7000, 2),
                ("500 digits", names["lenet"], 500, 28),
            ]
        }  # fmt: skip
    assert right["sigmoids"] < 0.25
    assert 1.5 < (1 - right["500 digits"]) / (1 - right["as it is"]) < 2.1


def test_the_kernel_is_found_again_first_as_an_edge_then_exactly() -> None:
    photo, sobel = cat().mean(axis=2)[None, None] / 255, np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    wanted = ref.conv(photo, sobel[None, None], np.zeros(1))
    assert wanted.size == 49_284
    K, velocity, kept = np.zeros((1, 1, 3, 3)), 0.0, {}
    for step in range(401):
        kept[step] = K[0, 0]
        Z, (_, pull, _) = ref.conv_rule(photo, K, np.zeros(1))
        velocity = 0.9 * velocity - 0.5 * pull(2 * (Z - wanted) / Z.size)
        K = K + velocity
    assert (kept[10][:, 0] < -0.2).all()
    assert (kept[10][:, 2] > 0.2).all()
    assert np.abs(kept[10][:, 1]).max() < 0.01
    assert kept[50][1, 2] / kept[50][0, 2] < 1.3  # the middle row is not found yet
    assert np.abs(kept[400] - sobel).max() < 0.08


def test_what_commutes_with_all_shifts_is_one_kernel() -> None:
    M = np.random.default_rng(0).normal(size=(9, 9))
    shared = np.mean([np.roll(M, (d, d), axis=(0, 1)) for d in range(9)], axis=0)
    x = np.random.default_rng(1).normal(size=9)
    np.testing.assert_allclose(shared @ np.roll(x, 1), np.roll(shared @ x, 1), atol=1e-12)
    v = shared[:, 0]  # what it makes of one bright pixel
    assert len(np.unique(shared.round(12))) == 9
    np.testing.assert_allclose(
        shared @ x, [sum(x[j] * v[(p - j) % 9] for j in range(9)) for p in range(9)], atol=1e-12
    )


def test_fold_of_ones_counts_how_often_a_pixel_was_read() -> None:
    assert (ref.toeplitz(np.ones(2), 4).sum(axis=0) == [1, 2, 2, 1]).all()
    ones = ref.fold(np.ones((1, 1, 2, 2, 3, 3)), (1, 1, 4, 4))[0, 0]
    np.testing.assert_array_equal(ones, np.outer([1, 2, 2, 1], [1, 2, 2, 1]))


def test_her_eyes_are_greener_than_the_rest_and_a_reshape_shows_no_cat() -> None:
    photo = cat() / 255
    K = np.array([-0.5, 1, -0.5])[None, :, None, None] * np.ones((1, 3, 5, 5)) / 25
    Z = ref.conv(photo.transpose(2, 0, 1)[None], K, np.zeros(1))[0, 0]
    y, x = np.unravel_index(Z.argmax(), Z.shape)
    assert 60 < y < 125  # in an eye
    assert 50 < x < 110 or 170 < x < 210
    y, x = np.unravel_index(Z.argmin(), Z.shape)
    assert 160 < y < 195  # the nose
    assert 120 < x < 170
    wrong, right = photo.reshape(3, 224, 224)[0], photo[:, :, 0]
    rough = [np.abs(np.diff(picture, axis=1)).mean() for picture in (wrong, right)]
    assert rough[0] > 4 * rough[1]


def test_multiplications_are_done_by_convolutions_and_numbers_are_kept_by_dense_layers(
    solution_cells, capsys: pytest.CaptureFixture[str]
) -> None:
    _, names = solution_cells("05-convolution")
    conv, pool, dense = ref.conv_layer, ref.pool_layer, ref.dense_layer
    capsys.readouterr()  # what the lesson's own cells print
    names["count"](
        (3, 227, 227), (conv, 96, 11, 4), (pool, 3, 2), (conv, 256, 5, 1, 2), (pool, 3, 2), (conv, 384, 3, 1, 1),
        (conv, 384, 3, 1, 1), (conv, 256, 3, 1, 1), (pool, 3, 2), (dense, 4096), (dense, 4096), (dense, 1000),
    )  # fmt: skip
    *rows, last, _ = capsys.readouterr().out.splitlines()
    assert [int(x.replace(",", "")) for x in last.split()[2:]] == [62_378_344, 1_135_256_096]
    products = {row.split()[0]: 0 for row in rows}
    for row in rows:
        products[row.split()[0]] += int(row.split()[-1].replace(",", ""))
    assert round(products["dense_layer"] / 1e6) == 59
    assert products["dense_layer"] / 1_135_256_096 == pytest.approx(1 / 20, abs=0.003)
    assert products["pool_layer"] == 0
    names["count"](
        (3, 32, 32), (conv, 32, 3), (pool, 2, 2), (conv, 64, 3), (pool, 2, 2), (conv, 64, 3), (dense, 64)
    )
    *rows, last, _ = capsys.readouterr().out.splitlines()
    share = int(rows[-1].split()[-1].replace(",", "")) / int(last.split()[-1].replace(",", ""))
    assert share == pytest.approx(1 / 70, rel=0.03)  # one in seventy


@pytest.mark.slow
def test_a_network_slid_over_a_strip_reads_its_digits_and_says_something_elsewhere(trained) -> None:
    names, moved = dict(trained.names), trained.params("moved")
    [cell] = [cell for cell in read(LESSON) if cell.source.startswith("def everywhere")]
    exec(cell.source.partition("\nwith needs")[0], names)
    X, labels = pictures("validation")
    single = names["everywhere"](X[:100], moved)[..., 0, 0]
    np.testing.assert_allclose(single, ref.lenet(X[:100], moved).data, atol=1e-4)
    gaps = (20, 8, 32, 0, 16)
    strip = np.concatenate(
        [np.pad(x[0], ((0, 0), (0, gap))) for x, gap in zip(X[:5], gaps, strict=True)], axis=1
    )
    scores = names["everywhere"](strip[None, None], moved)[0, :, 0]
    p = np.exp(apply(log_softmax, scores.T).data)
    starts = np.cumsum([0, *(28 + gap for gap in gaps[:-1])]) // 4
    assert (p[starts].argmax(axis=1) == labels[:5]).all()
    assert p[starts].max(axis=1).min() > 0.8
    empty = [i for i in range(len(p)) if not strip[:, 4 * i : 4 * i + 28].any()]
    assert empty
    assert p[empty].max() < 0.5


@pytest.mark.slow
def test_shuffled_pixels_hurt_the_convolutional_network_alone(trained) -> None:
    names = {"torch": torch, "np": np, **trained.names}
    for cell in read(LESSON):
        if "def torch_accuracy" in cell.source or cell.source.startswith("nn = torch.nn"):
            exec(cell.source, names)
    order = np.random.default_rng(100).permutation(784)

    def both(layers: list) -> list[float]:
        return [
            names["torch_accuracy"](
                names["in_order"](trained.X, to), names["in_order"](trained.X_val, to), 0, *layers
            )
            for to in (np.arange(784), order)
        ]

    before, after = both(names["small_cnn"])
    plain, plain_after = both(names["small_mlp"])
    assert before > 0.94
    assert 0.84 < after < plain < before
    assert plain_after == pytest.approx(plain, abs=0.015)


def test_single_precision_is_some_ten_millionths_apart() -> None:
    rng = np.random.default_rng(0)
    X, K = rng.normal(size=(4, 128, 16, 16)), rng.normal(size=(32, 128, 3, 3))
    single = ref.conv(X.astype(np.float32), K.astype(np.float32), np.zeros(32, np.float32))
    assert single.dtype == np.float32
    assert 1e-7 < ref.apart(single, ref.conv(X, K, np.zeros(32))) < 1e-6


def test_the_cat_is_small_and_stands_in_the_sources() -> None:
    folder = Path(data.__file__).parent
    assert (folder / "cat.npz").stat().st_size < 200_000
    image = cat()
    assert image.shape == (224, 224, 3)
    assert image.dtype == np.uint8
    assert "CC0" in (folder / "SOURCES.md").read_text().split("`cat.npz`")[1].splitlines()[0]


def test_reference_answers_need_no_name_that_a_notebook_lacks(solution_cells) -> None:
    """Their sources are pasted: as the course's own pieces in the sandbox, and as sample answers."""
    _, names = solution_cells("05-convolution")
    for task in lessons.tasks("05-convolution").values():
        exec(f"{task.imports}\n{task.source}", dict(names))


def test_two_slips_that_make_up_for_each_other_are_not_told_of_a_change_in_place(solution_cells) -> None:
    """`correlate` turned and `convolve` not turned is right for `convolve`: it explains nothing."""
    cells, names = solution_cells("05-convolution")
    source = "def convolve(X, K):\n    K[:] = K[::-1, ::-1].copy()\n    return correlate(X, K)\n"
    own = {**names}
    exec(source, own)
    verdict = assess(lessons.task("05-convolution", "correlate"), own, [*cells, source], 0)
    assert [part.says for part in verdict.parts if part.state != "passed"] == [
        "It changes its input `K` in place: work on a copy."
    ]


def test_a_pull_inside_of_an_answer_is_not_the_pull_of_another_cell(solution_cells) -> None:
    """A comparison with PyTorch that binds a name which the answer has, too, costs nothing."""
    cells, names = solution_cells("05-convolution")
    beside = "import torch\nfor pull in [torch.nn.functional.conv2d]:\n    pass\n"
    verdict = assess(lessons.task("05-convolution", "max_pool"), {**names}, [beside, *cells], 0)
    assert verdict.points == 2
