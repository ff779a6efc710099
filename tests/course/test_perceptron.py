"""The references of lesson 01 against PyTorch, finite differences and theory; what the lesson prints and states."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import Perceptron as SklearnPerceptron
from sklearn.svm import SVC, LinearSVC

from helpers.checks.perceptron.learning import accuracy_asked, discs, unseen_discs
from helpers.data import SPECIES, iris
from helpers.reference import perceptron as ref

small = st.floats(-50, 50)
seeds = st.integers(0, 2**31)


def draw(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def slope(f, w: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    """Central differences, entry by entry."""
    out = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[i] = eps
        out[i] = (f(w + step) - f(w - step)) / (2 * eps)
    return out


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=small))
def test_heaviside_is_torchs_with_zero_at_zero(z: np.ndarray) -> None:
    np.testing.assert_array_equal(ref.heaviside(z), torch.heaviside(torch.tensor(z), torch.zeros(1).double()))


@given(seeds, st.integers(1, 6), st.integers(1, 5))
def test_a_neuron_is_torchs_linear_layer_and_so_is_its_widened_form(seed: int, n: int, d: int) -> None:
    X, w = draw(seed, (n, d), (d,))
    layer = torch.nn.functional.linear(
        torch.tensor(X), torch.tensor(w)[None], torch.tensor([0.3], dtype=torch.float64)
    )
    np.testing.assert_allclose(
        ref.neuron(X, w, 0.3, np.tanh), torch.tanh(layer)[:, 0], rtol=1e-12, atol=1e-12
    )
    X1, w1 = ref.absorb_bias(X, w, 0.3)
    np.testing.assert_allclose(X1 @ w1, layer[:, 0], rtol=1e-12, atol=1e-12)


def test_the_perceptron_is_scikit_learns() -> None:
    for seed in range(5):
        X, y = (rows[::-1] for rows in discs(np.random.default_rng(seed), 20))  # no score is 0 but the first
        ours = ref.Perceptron(3)
        ours.fit(X, y)
        theirs = SklearnPerceptron(fit_intercept=False, shuffle=False, tol=None, max_iter=100).fit(X, y)
        np.testing.assert_allclose(ours.w, theirs.coef_[0])


@given(seeds, st.integers(2, 30))
def test_novikoffs_bound_holds_in_any_order_for_any_separating_weights(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = discs(rng, n)
    order = rng.permutation(len(X))
    model = ref.Perceptron(3)
    model.fit(X[order], y[order], epochs=100_000)
    assert (model.predict(X) == y).all()
    for w in (model.w, np.array([-5.5, 1.0, 1.0])):
        bound = ref.novikoff_bound(X, y, w)
        assert model.mistakes <= bound
        assert bound == pytest.approx(ref.novikoff_bound(X, y, 7 * w))


def test_where_w_does_not_separate_there_is_no_bound() -> None:
    X, y = discs(np.random.default_rng(0), 5)
    assert ref.novikoff_bound(X, 1 - y, np.array([-5.5, 1.0, 1.0])) == np.inf


def test_the_outcome_asked_of_the_perceptron_is_never_out_of_reach() -> None:
    worst = 1.0
    for seed in range(60):
        for case in unseen_discs(np.random.default_rng(seed)):
            model = ref.Perceptron(3)
            order = np.random.default_rng(seed).permutation(len(case.inputs["X"]))
            model.fit(case.inputs["X"][order], case.inputs["y"][order])
            got = model.predict(case.inputs["X_new"])
            assert accuracy_asked(case, None, got) is None
            worst = min(worst, float(np.mean(got == case.truth)))
    assert worst > 0.8  # 0.7 is asked


def test_fourteen_of_sixteen_truth_tables_and_no_weights_for_xor() -> None:
    X = np.array([[1.0, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
    learned = []
    for k in range(16):
        y = np.array([k >> i & 1 for i in range(4)], dtype=float)
        model = ref.Perceptron(3)
        model.fit(X, y)
        learned.append((model.predict(X) == y).all())
    assert [k for k in range(16) if not learned[k]] == [6, 9]
    grid = np.stack(np.meshgrid(*[np.arange(-2, 2.25, 0.5)] * 3), axis=-1).reshape(-1, 3)
    right = ((grid @ X.T > 0) == np.array([0, 1, 1, 0])).sum(axis=1)
    assert right.max() == 3


@given(seeds, st.integers(2, 7), st.integers(1, 4))
def test_the_logistic_neuron_is_torchs_cross_entropy(seed: int, n: int, d: int) -> None:
    w, X, y = *draw(seed, (d,), (n, d)), np.resize([1.0, 0.0, 0.0], n)
    loss, gradient = ref.logistic(w, X, y)
    t = torch.tensor(w, requires_grad=True)
    want = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(X) @ t, torch.tensor(y))
    want.backward()
    assert loss == pytest.approx(want.item(), rel=1e-10)
    np.testing.assert_allclose(gradient, t.grad, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(gradient, slope(lambda v: ref.logistic(v, X, y)[0], w), rtol=1e-6, atol=1e-7)
    s = 2 * y - 1
    assert loss == pytest.approx(np.mean(np.log1p(np.exp(-s * (X @ w)))), rel=1e-9)


@given(
    hnp.arrays(
        np.float64, hnp.array_shapes(min_dims=1, max_dims=2, min_side=1), elements=st.floats(-1e4, 1e4)
    )
)
def test_softmax_is_torchs_for_scores_of_any_size(Z: np.ndarray) -> None:
    P = ref.softmax(Z)
    np.testing.assert_allclose(P, torch.softmax(torch.tensor(Z), -1), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(P.sum(axis=-1), 1)
    np.testing.assert_allclose(P, ref.softmax(Z + 3.7), rtol=1e-7, atol=1e-12)


@given(seeds, st.integers(2, 6), st.integers(1, 4), st.integers(2, 4))
def test_the_softmax_gradient_is_autograds(seed: int, n: int, d: int, K: int) -> None:
    W, X = draw(seed, (d, K), (n, d))
    classes = np.random.default_rng(seed).integers(0, K, n)
    t = torch.tensor(W, requires_grad=True)
    torch.nn.functional.cross_entropy(torch.tensor(X) @ t, torch.tensor(classes)).backward()
    np.testing.assert_allclose(ref.softmax_gradient(W, X, np.eye(K)[classes]), t.grad, rtol=1e-9, atol=1e-12)


def test_two_classes_are_the_sigmoid_of_the_difference() -> None:
    Z = np.random.default_rng(0).normal(size=(5, 2)) * 3
    np.testing.assert_allclose(ref.softmax(Z)[:, 1], ref.sigmoid(Z[:, 1] - Z[:, 0]))


@given(seeds, st.integers(1, 12), st.integers(1, 5))
def test_the_normal_equations_are_least_squares(seed: int, n: int, d: int) -> None:
    X, y = draw(seed, (n, d), (n,))
    want = np.linalg.lstsq(X, y, rcond=None)[0]
    if np.linalg.cond(X) < 1e3:
        np.testing.assert_allclose(ref.normal_equations(X, y), want, rtol=1e-6, atol=1e-8)
    X2 = np.column_stack([X, X[:, 0]])
    if np.linalg.cond(X) < 1e3:
        np.testing.assert_allclose(ref.normal_equations(X2, y), np.linalg.pinv(X2) @ y, rtol=1e-5, atol=1e-7)


def test_the_margin_of_a_support_vector_machine_is_one_over_the_length_of_w() -> None:
    X, y = discs(np.random.default_rng(1), 20)
    svm = LinearSVC(C=1e5, loss="hinge", fit_intercept=False, max_iter=1_000_000, tol=1e-8).fit(X, y)
    w, s = svm.coef_[0], 2 * y - 1
    assert np.min(s * (X @ w)) == pytest.approx(1, abs=1e-2)
    assert ref.hinge(w, X, s) == pytest.approx(0, abs=1e-2)
    R = np.linalg.norm(X, axis=1).max()
    assert ref.novikoff_bound(X, y, w) == pytest.approx((R * np.linalg.norm(w)) ** 2, rel=0.03)


@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_stacked_linear_layers_collapse(seed: int, d: int, h: int, k: int) -> None:
    X, W1, b1, W2, b2 = draw(seed, (5, d), (d, h), (h,), (h, k), (k,))
    W, b = ref.collapse(W1, b1, W2, b2)
    np.testing.assert_allclose(X @ W + b, (X @ W1 + b1) @ W2 + b2, rtol=1e-9, atol=1e-9)


def test_iris_is_scikit_learns() -> None:
    from sklearn.datasets import load_iris

    X, species = iris()
    np.testing.assert_array_equal(X, load_iris().data)
    np.testing.assert_array_equal(species, load_iris().target)
    assert tuple(load_iris().target_names) == SPECIES


LESSON = Path(__file__).parents[2] / "solutions/01-perceptron/01-perceptron.py"


@pytest.fixture(scope="module")
def experiments(experiments_of: Callable) -> tuple[str, dict]:
    return experiments_of("01-perceptron", "playground")


@pytest.mark.parametrize(
    "line",
    [
        "swims, with the bias -2   -   -  yes  -   -   -  yes  - ",  # only with a friend
        "swims, with the bias  0   -   -  yes  -  yes  -  yes yes",  # even before an exam
        "6 mistakes on 50 cards, then right on 100% of all 126",
        "(R / γ)² = 15.9: at most 15 mistakes",
        "after 5000 cards: 6 mistakes",
        "sweep 3, shown (1, 1): w = [ 1. -1.  0.]",
        "sweep 4, shown (1, 1): w = [ 1. -1.  0.]",
        "2 of 4 corners right, 13 mistakes so far",
        "14 of 16 are learned; not: [[0, 1, 1, 0], [1, 0, 0, 1]]",
        "104 of 256 are learned with three inputs",
        "0.4 to the power of 1000: 0.0",
        "two classes equal the sigmoid: True",
        "a common shift changes nothing: True",
        "setosa or not: 7 mistakes, then 100% right; bound 377",
        "19 + 23 = 42 by asking 104 neurons",
        "MSE 4.0  root outside: 2.0  root inside: 1.0",
        "XOR by least squares: (b, w1, w2) = [0.5 0.  0. ] predicts [0.5 0.5 0.5 0.5]",
    ],
)
def test_the_experiments_print_what_the_lesson_says(experiments: tuple[str, dict], line: str) -> None:
    assert line in experiments[0]


def numbers(text: str, pattern: str) -> list[list[float]]:
    return [[float(x) for x in row] for row in re.findall(pattern, text)]


def test_the_figures_read_as_the_lesson_reads_them(experiments: tuple[str, dict]) -> None:
    text, names = experiments
    rows = numbers(text, r"(\d+) rows: +([\d.]+) mistakes on average, +(\d+) at most")
    assert [n for n, *_ in rows] == [20, 100, 500, 2500]
    assert max(mean for _, mean, _ in rows) < 10  # a handful, where the bound is 100
    steps = numbers(text, r"(\d+) steps: J = ([\d.]+), length of w = +([\d.]+)")
    assert np.all(np.diff(np.array(steps)[:, 1]) < 0)
    assert np.all(np.diff(np.array(steps)[:, 2]) > 4)  # ten times the steps: as much again
    [[seen, unseen]] = numbers(text, r"named right: ([\d.]+)% of the flowers it learned from, ([\d.]+)%")
    assert unseen == pytest.approx(96, abs=0.5)  # 24 of 25
    assert seen > unseen
    squares, heart, raw = (np.array(names[k]) for k in ("squares", "heart", "raw"))
    assert np.all(raw < np.exp(-0.5) + 0.01)
    assert raw[1] < 0.56  # about half, with 30 samples
    assert squares[0] > 0.9 > raw[-1]
    assert np.abs(heart[2:] - squares[:3]).max() < 0.02  # ten times as many samples
    for together, alone in re.findall(r"w = \[(.+?)\]; from the \d+ support vectors alone: \[(.+?)\]", text):
        np.testing.assert_allclose(
            np.fromstring(together, sep=" "), np.fromstring(alone, sep=" "), atol=0.011
        )
    [digits] = re.findall(r"(\d+)% of the digits it has not seen", text)
    assert int(digits) > 80


def test_the_best_line_gets_one_of_versicolor_and_virginica_wrong() -> None:
    X, species = iris()
    X, y = X[species > 0], species[species > 0] == 2

    def separable(kept: np.ndarray) -> bool:
        return bool(
            SVC(C=1e9, kernel="linear", max_iter=2_000_000).fit(X[kept], y[kept]).score(X[kept], y[kept]) == 1
        )

    assert not separable(np.arange(100))
    assert any(separable(np.delete(np.arange(100), i)) for i in (33, 83))


@pytest.mark.parametrize("a", [0, 1])
@pytest.mark.parametrize("b", [0, 1])
def test_a_half_adder_adds(a: int, b: int) -> None:
    asked = []

    def nand(p: int, q: int) -> int:
        asked.append((p, q))
        return 1 - p * q

    digit, carry = ref.half_adder(nand, a, b)
    assert digit + 2 * carry == a + b
    assert len(asked) == 5
